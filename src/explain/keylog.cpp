#include "explain/keylog.hpp"

#include "parley/explain.hpp"

namespace parley::explain {
namespace {

std::string_view word(std::string_view& line) {
  const std::size_t begin = std::min(line.find_first_not_of(" \t\r"), line.size());
  line.remove_prefix(begin);
  const std::size_t end = std::min(line.find_first_of(" \t\r"), line.size());
  const std::string_view w = line.substr(0, end);
  line.remove_prefix(end);
  return w;
}

}  // namespace

KeyLog::KeyLog(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::string_view label = word(line);
    auto* table = label == "CLIENT_RANDOM"           ? &masters
                  : label == "PMS_CLIENT_RANDOM"     ? &premasters
                  : label == "SSL2_CLIENT_CHALLENGE" ? &ssl2
                                                     : nullptr;
    if (table == nullptr) continue;
    auto name = parse_hex(word(line));
    auto secret = parse_hex(word(line));
    if (name && secret && !name->empty() && !secret->empty())
      (*table)[std::string{as_text(*name)}] = *std::move(secret);
  }
}

}  // namespace parley::explain
