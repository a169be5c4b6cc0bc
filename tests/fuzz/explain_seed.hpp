// A flow with its key log as one string of bytes: the size of the log (2 bytes), the log, and
// chunks: a byte whose lowest bit is the side, the size (2 bytes), the bytes.
#pragma once
#include "parley/explain.hpp"
#include "parley/reader.hpp"
#include "parley/writer.hpp"

namespace parley::test {

struct ExplainSeed {
  explain::Flow flow;
  explain::Secrets secrets;
};

inline ExplainSeed read_explain_seed(ByteView in) {
  ExplainSeed s;
  Reader r{in};
  {
    Reader log = r.vec("log", 2, 0, 65535);
    s.secrets.key_log = as_text(log.rest("log"));
  }
  while (!r.empty()) {
    const Side from = (r.u8("side") & 1) != 0 ? Side::server : Side::client;
    // The last chunk may be cut short.
    const std::size_t size = std::min<std::size_t>(r.u16("size"), r.remaining());
    s.flow.push_back({from, {}, to_bytes(r.bytes("bytes", size))});
  }
  return s;
}

inline Bytes write_explain_seed(const ExplainSeed& s) {
  Bytes out;
  Writer w{out};
  {
    Writer::Vec log{w, 2};
    w.bytes(as_bytes(s.secrets.key_log));
  }
  for (const explain::Chunk& c : s.flow) {
    w.u8(c.from == Side::server ? 1 : 0);
    Writer::Vec chunk{w, 2};
    w.bytes(c.bytes);
  }
  return out;
}

}  // namespace parley::test
