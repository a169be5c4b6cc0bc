// The views behind parley::OcspResponse.
#pragma once
#include "asn1/certificate.hpp"
#include "parley/ocsp.hpp"

namespace parley {

struct OcspResponse::Fields {
  Bytes der;  // owns what everything below views
  int status = 0;
  ByteView tbs, signature_algorithm, signature;
  ByteView responder_name, responder_key_hash;
  std::int64_t produced_at = 0;
  std::vector<OcspAnswer> answers;
  std::vector<ByteView> certificates;
  bool critical = false;
};

}  // namespace parley
