// Secrets by the name of their connection, out of the text of a key log.
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "parley/bytes.hpp"

namespace parley::explain {

struct KeyLog {
  explicit KeyLog(std::string_view text);
  /// The secret under this name; null when there is none. Names are bytes, held as text.
  static const Bytes* find(const std::map<std::string, Bytes>& table, ByteView name) {
    const auto it = table.find(std::string{as_text(name)});
    return it != table.end() ? &it->second : nullptr;
  }
  std::map<std::string, Bytes> masters;     ///< CLIENT_RANDOM: by client_random
  std::map<std::string, Bytes> premasters;  ///< PMS_CLIENT_RANDOM
  std::map<std::string, Bytes> ssl2;        ///< SSL2_CLIENT_CHALLENGE: MASTER-KEY by CHALLENGE
};

}  // namespace parley::explain
