// What an onlooker knows of a connection that speaks SSL 2.0.
#pragma once
#include "explain/decoder.hpp"
#ifndef PARLEY_NO_SSL2
#include "ssl2/record.hpp"
#include "ssl2/script.hpp"
#endif

namespace parley::explain {

/// Fields of the header of a record of SSL 2.0; `wire` is the whole record.
void describe_ssl2_header(Record&, ByteView wire);

#ifdef PARLEY_NO_SSL2
struct Ssl2State {};
#else
struct Ssl2State {
  std::array<ssl2::Half, 2> halves;
  bool encrypted = false;  ///< from here on, whether we have the keys or not
  /// What the ends see of the order differs (ssl2/script.hpp): it has to fit one of them.
  struct View {
    ssl2::Cursor cursor;
    ssl2::Facts facts{};
    bool fits = true;
  };
  std::array<View, 2> views{View{ssl2::Cursor{ssl2::kClientScript}},
                            View{ssl2::Cursor{ssl2::kServerScript}}};
  bool done = false;
  Bytes challenge, connection_id, certificate_challenge, server_certificate;
  std::vector<std::uint32_t> offered;
  Bytes key_material;
  std::array<Bytes, 2> keys;  ///< by side: what it writes with
  const CipherSuite* suite = nullptr;
};
#endif

}  // namespace parley::explain
