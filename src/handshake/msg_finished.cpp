// Finished: RFC 2246 section 7.4.9, RFC 6101 section 5.6.9.
#include "crypto/ct.hpp"
#include "handshake/handlers.hpp"
#include "wire/messages.hpp"

namespace parley {
namespace {

Result<VerifyData> verify_data(const Handshake& h, Side from) {
  const crypto::SecretBytes* master = h.master_secret.get();
  if (master == nullptr) return Error{.code = Errc::internal, .where = "finished"};
  return h.profile->finished(prf_hash(*h.suite), h.transcript.bytes(), *master, from);
}

/// For the hellos of a renegotiation (RFC 5746 section 3.1).
void remember(Handshake& h, Side from, const VerifyData& v) {
  (from == Side::client ? h.client_verify_data : h.server_verify_data) = to_bytes(v);
}

}  // namespace

Status send_finished(Handshake& h, Bytes& body) {
  PARLEY_TRY(const VerifyData v, verify_data(h, h.side));
  remember(h, h.side, v);
  return build(Finished{to_bytes(v)}, body);
}

Status receive_finished(Handshake& h, ByteView body) {
  PARLEY_TRY(const VerifyData expected, verify_data(h, other(h.side)));
  Finished m;
  PARLEY_CHECK(parse(body, m));
  if (m.verify_data.size() != expected.size)
    return Error{.code = Errc::length_out_of_range, .where = "finished.verify_data"};
  if (!crypto::ct_equal(m.verify_data, expected))
    return Error{.code = Errc::finished_mismatch, .where = "finished.verify_data"};
  remember(h, other(h.side), expected);
  return {};
}

}  // namespace parley
