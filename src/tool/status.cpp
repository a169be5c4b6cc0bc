#include "tool/status.hpp"

#include <fmt/format.h>

#include "parley/clock.hpp"
#include "parley/ocsp_check.hpp"
#include "tool/files.hpp"

namespace parley::tool {
namespace {

std::string text_of(const OcspVerdict& v) {
  std::string s{ocsp_status_name(v.status)};
  if (v.status == OcspStatus::revoked) {
    s += fmt::format(" at {}", rfc3339(v.revoked_at));
    if (v.reason) s += fmt::format(" ({})", reason_name(*v.reason));
  }
  s += fmt::format("; of {}", rfc3339(v.this_update));
  if (v.next_update) s += fmt::format(", good until {}", rfc3339(*v.next_update));
  return s + (v.delegated ? "; signed by a responder of the issuer" : "; signed by the issuer");
}

Json json_of(const OcspVerdict& v) {
  const auto moment = [](const std::optional<std::int64_t>& t) {
    return t ? Json(rfc3339(*t)) : Json(nullptr);
  };
  Json j{{"verdict", ocsp_status_name(v.status)},
         {"this_update", rfc3339(v.this_update)},
         {"next_update", moment(v.next_update)},
         {"delegated", v.delegated}};
  if (v.status == OcspStatus::revoked) {
    j["revoked_at"] = rfc3339(v.revoked_at);
    j["reason"] = v.reason ? Json(reason_name(*v.reason)) : Json(nullptr);
  }
  return j;
}

Result<OcspVerdict> verdict_of(const Connection& tls, const Config& config) {
  PARLEY_TRY(const OcspResponse response, OcspResponse::parse(to_bytes(tls.ocsp_response())));
  return check_ocsp(
      response, tls.peer_chain(), config.trust,
      {.unix_seconds = SystemClock().unix_seconds(), .strength = config.verify_policy.strength});
}

}  // namespace

void report_status(Output& out, const Connection& tls, const Config& config) {
  if (tls.ocsp_response().empty()) {
    out.note(tls.resumed() ? "status: not asked for in a resumed session"
                           : "status: the server staples no OCSP response");
    out.document["status"] = nullptr;
    return;
  }
  const Result<OcspVerdict> v = verdict_of(tls, config);
  if (v) {
    out.note("status: " + text_of(*v));
    out.document["status"] = json_of(*v);
    return;
  }
  out.warn("status: the stapled OCSP response cannot be believed: " + v.error().text());
  out.document["status"] = {{"verdict", "invalid"}, {"why", v.error().text()}};
}

void staple_file(SSLContext& context, const std::string& path) {
  const std::string der = read_file(path);
  const auto refuse = [&path](const std::string& why) -> Failure {
    return {Exit::local, fmt::format("--ocsp {}: {}", printable(path), why),
            "it takes an OCSP response in DER about the certificate of --cert"};
  };
  if (der.empty()) throw refuse("the file is empty");
  try {
    context.set_ocsp_response(as_bytes(der));
  } catch (const SSLError& e) {
    throw refuse(e.cause() ? e.cause()->text() : std::string{e.what()});
  }
}

}  // namespace parley::tool
