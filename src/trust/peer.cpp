#include "trust/peer.hpp"

#include "parley/ocsp_check.hpp"

namespace parley::trust {
namespace {

Status judge_chain(const Config& c, std::span<const Certificate> chain, Purpose purpose,
                   std::int64_t now) {
  VerifyPolicy policy = c.verify_policy;
  policy.unix_seconds = now;
  policy.purpose = purpose;
  PARLEY_CHECK(verify_chain(c.trust, chain, policy));
  return {};
}

Status judge_response(const Config& c, std::span<const Certificate> chain, ByteView der,
                      std::int64_t now) {
  const Result<OcspResponse> response = OcspResponse::parse(to_bytes(der));
  if (!response)
    return Error{.code = Errc::ocsp_invalid,
                 .where = response.error().where,
                 .offset = response.error().offset};
  PARLEY_TRY(const OcspVerdict v,
             check_ocsp(*response, chain, c.trust,
                        {.unix_seconds = now, .strength = c.verify_policy.strength}));
  switch (v.status) {
    case OcspStatus::good: return {};
    case OcspStatus::revoked:
      return Error{.code = Errc::certificate_revoked, .where = "certificate_status"};
    case OcspStatus::unknown: break;
  }
  return Error{.code = Errc::ocsp_unknown, .where = "certificate_status"};
}

}  // namespace

Status judge_staple(const Config& c, std::span<const Certificate> chain, ByteView response,
                    std::int64_t now, std::optional<Error>& own_verdict) {
  if (c.verify_mode == VerifyMode::none) return {};
  const Status verdict = judge_response(c, chain, response, now);
  if (verdict) return {};
  own_verdict = verdict.error();
  return c.verify_override ? c.verify_override(verdict, chain) : verdict;
}

Status judge_peer(const Config& c, std::span<const Certificate> chain, Purpose purpose,
                  std::int64_t now, std::optional<Error>& own_verdict) {
  if (c.verify_mode == VerifyMode::none) return {};
  const Status verdict = judge_chain(c, chain, purpose, now);
  if (!verdict) own_verdict = verdict.error();
  return c.verify_override ? c.verify_override(verdict, chain) : verdict;
}

bool still_trusted(const Config& c, const Session& s, Purpose purpose, std::int64_t now) {
  const Session::Data& d = s.data();
  if (c.verify_mode == VerifyMode::none || d.peer_chain.empty()) return true;
  if (d.verification != nullptr) return d.verification == c.verification;
  std::optional<Error> own_verdict;
  return judge_peer(c, d.peer_chain, purpose, now, own_verdict).has_value();
}

}  // namespace parley::trust
