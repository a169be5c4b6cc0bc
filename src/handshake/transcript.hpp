// The handshake messages so far, as bytes. Whoever needs a hash of them makes it.
#pragma once
#include "parley/bytes.hpp"

namespace parley {

/// Keeping the bytes, a few kilobytes, instead of running hashes removes the question which
/// hashes must run before the version and suite are known; SSL 3.0's Finished and
/// CertificateVerify, which append secrets, become one function call each.
class Transcript {
 public:
  void append(ByteView raw_message) { parley::append(bytes_, raw_message); }
  ByteView bytes() const { return bytes_; }

 private:
  Bytes bytes_;
};

}  // namespace parley
