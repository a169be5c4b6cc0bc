#include "tool/failure.hpp"

#include <fmt/format.h>

#include <new>

#include "tool/output.hpp"

namespace parley::tool {
namespace {

std::string_view peer_of(const Scene& s) { return side_name(other(s.us)); }

/// What to try after an alert from the peer.
std::string alert_hint(Alert a, const Scene& s) {
  const bool client = s.us == Side::client;
  // Suite and version were settled by the ServerHello, so after that they are not what it minds.
  const bool settled = !s.last.empty() && s.last != "ClientHello";
  switch (a) {
    case Alert::handshake_failure:
    case Alert::insufficient_security:
      if (client && settled)
        return "it may want a client certificate, or another one than it got: try --cert and --key";
      return client ? "it may want a suite, version or client certificate we did not offer: try "
                      "--tls1, --ssl3, other --ciphers, or --cert and --key"
                    : "it may not like the suite we chose: try other --ciphers";
    case Alert::protocol_version:
      return "it speaks another version: try --sslv23, --tls1 or --ssl3";
    case Alert::inappropriate_fallback: return "it can speak a higher version: try --sslv23";
    case Alert::unknown_ca:
    case Alert::bad_certificate:
    case Alert::unsupported_certificate:
    case Alert::certificate_expired:
    case Alert::certificate_revoked:
    case Alert::certificate_unknown:
    case Alert::no_certificate:
      return client ? "it does not accept our certificate: try another --cert and --key"
                    : "it does not accept our certificate: it must know the CA of --cert";
    case Alert::unrecognized_name: return "it has no service of that name: try --sni NAME";
    default: return {};
  }
}

constexpr const char* kGoOn = "--verify none goes on unprotected";

/// What to try after a refusal of ours, in the flags of this command.
std::string refusal_hint(const Error& e, Side us) {
  const bool client = us == Side::client;
  switch (e.code) {
    case Errc::unsupported_protocol:
      return "its version is switched off here, or unknown: try --sslv23, or a lower --min";
    case Errc::no_shared_cipher:
      return "no suite in both lists fits our certificates, curves and --verify: widen --ciphers, "
             "or "
             "add a --cert of another kind";
    case Errc::no_shared_signature_scheme:
      return "the peer knows no signature that our key can make: try --max tls1.1, or a --cert of "
             "another kind";
    case Errc::downgraded:
      return "somebody between us made the version lower than both ends wanted";
    case Errc::dh_key_too_small:
      return "its prime is too short to be safe (Logjam): a lower --min-dh lets it through, and "
             "--ciphers DEFAULT:!kEDH does without";
    case Errc::peer_did_not_return_certificate:
      return "--verify optional lets clients in without a certificate";
    case Errc::unknown_ca:
      return "give the root that signed its chain with --ca FILE, or go on unprotected with "
             "--verify none";
    case Errc::certificate_expired:
    case Errc::certificate_not_yet_valid:
      return "check the clock of this machine and the dates of the certificate; --verify none goes "
             "on unprotected";
    case Errc::certificate_type:
      return "the certificate is for another purpose (extendedKeyUsage); --verify none goes on "
             "unprotected";
    case Errc::wrong_version_number:
    case Errc::unknown_protocol:
      return client ? "there may be no TLS on that port, or only newer versions"
                    : "it may not speak TLS, or only newer versions";
    case Errc::http_request: return "the client sent plain HTTP to a TLS port";
    case Errc::no_cipher_list:
    case Errc::peer_error_no_cipher:
      return client ? "it has none of the suites of SSL 2.0 that --ciphers names: try --sslv23, "
                      "--tls1 or --ssl3 without --ssl2"
                    : "SSL 2.0 needs suites of its own at both ends: widen --ciphers";
    case Errc::non_sslv2_initial_packet:
      return client ? "it does not speak SSL 2.0: try --sslv23, --tls1 or --ssl3"
                    : "it wants a later version: serve --sslv23, --tls1 or --ssl3";
    case Errc::bad_certificate:
      if (e.where == std::string_view("certificate.certificate_list"))
        return "the suite it chose needs a certificate, and it has sent none";
      return kGoOn;
    default: return exit_for(e.code) == Exit::verification ? kGoOn : "";
  }
}

Failure from_ssl_error(const SSLError& e) {
  if (e.library() == "PEM" || e.library() == "X509")
    return {Exit::local, printable(e.strerror()), e.hint(), e.cause()};
  const Exit exit = e.cause() ? exit_for(e.cause()->code) : Exit::policy;
  return {exit, printable(e.strerror()), e.hint(), e.cause()};
}

}  // namespace

std::string_view exit_name(Exit e) {
  switch (e) {
    case Exit::ok: return "ok";
    case Exit::no: return "no";
    case Exit::usage: return "usage";
    case Exit::unreachable: return "unreachable";
    case Exit::peer_alert: return "peer_alert";
    case Exit::policy: return "policy";
    case Exit::verification: return "verification";
    case Exit::protocol: return "protocol";
    case Exit::truncated: return "truncated";
    case Exit::local: return "local";
    case Exit::unsupported: return "unsupported";
    case Exit::bug: return "bug";
  }
  return "bug";
}

// No default: a new Errc does not compile until somebody has given it its code.
Exit exit_for(Errc code) {
  switch (code) {
    case Errc::truncated:
    case Errc::trailing_bytes:
    case Errc::length_out_of_range:
    case Errc::bad_value:
    case Errc::too_deep:
    case Errc::bad_der:
    case Errc::bad_string:
    case Errc::bad_time:
    case Errc::wrong_version_number:
    case Errc::unknown_protocol:
    case Errc::http_request:
    case Errc::bad_record_type:
    case Errc::record_overflow:
    case Errc::bad_record_mac:
    case Errc::empty_record:
    case Errc::too_many_empty_records:
    case Errc::too_many_warnings:
    case Errc::unexpected_message:
    case Errc::unaligned_key_change:
    case Errc::message_too_long:
    case Errc::bad_change_cipher_spec:
    case Errc::bad_alert:
    case Errc::data_before_finished:
    case Errc::wrong_cipher_returned:
    case Errc::wrong_signature_type:
    case Errc::downgraded:
    case Errc::bad_max_fragment_length:
    case Errc::anonymous_certificate_request:
    case Errc::bad_compression:
    case Errc::unsolicited_extension:
    case Errc::duplicate_extension:
    case Errc::bad_extension:
    case Errc::renegotiation_mismatch:
    case Errc::session_mismatch:
    case Errc::non_sslv2_initial_packet:
    case Errc::bad_point:
    case Errc::point_at_infinity:
    case Errc::wrong_curve:
    case Errc::bad_group:
    case Errc::bad_dh_value:
    case Errc::signature_out_of_range:
    case Errc::bad_signature:
    case Errc::decrypt_failed:
    case Errc::finished_mismatch: return Exit::protocol;
    case Errc::bad_base64:
    case Errc::no_start_line:
    case Errc::no_end_line:
    case Errc::bad_password_read:
    case Errc::bad_decrypt:
    case Errc::too_many_iterations:
    case Errc::bad_scalar:  // peers do not tell their private numbers
    case Errc::no_certificate:
    case Errc::key_values_mismatch:
    case Errc::key_type_mismatch:
    case Errc::out_of_memory:
    case Errc::unreadable_file: return Exit::local;
    case Errc::sequence_overflow:
    case Errc::key_limit_reached:
    case Errc::unsupported_protocol:
    case Errc::inappropriate_fallback:
    case Errc::no_shared_cipher:
    case Errc::no_shared_signature_scheme:
    case Errc::no_exporter:
    case Errc::no_application_protocol:
    case Errc::no_ciphers_available:
    case Errc::no_cipher_list:
    case Errc::unrecognized_name:
    case Errc::renegotiation_refused:
    case Errc::dh_key_too_small:
    case Errc::dh_key_too_large:
    case Errc::key_too_small: return Exit::policy;
    case Errc::peer_did_not_return_certificate:
    case Errc::bad_certificate:
    case Errc::certificate_type:
    case Errc::certificate_verify_failed:
    case Errc::certificate_expired:
    case Errc::certificate_not_yet_valid:
    case Errc::unknown_ca:
    case Errc::bad_certificate_signature:
    case Errc::not_a_ca:
    case Errc::path_too_long:
    case Errc::unknown_critical_extension:
    case Errc::invalid_extension:
    case Errc::bad_certificate_key:
    case Errc::certificate_rejected:
    case Errc::certificate_revoked:
    case Errc::crl_missing:
    case Errc::crl_not_yet_valid:
    case Errc::crl_expired:
    case Errc::bad_crl_signature:
    case Errc::crl_signer:
    case Errc::crl_scope:
    case Errc::unsupported_crl:
    case Errc::ocsp_missing:
    case Errc::ocsp_invalid:
    case Errc::ocsp_unknown:
    case Errc::name_not_permitted:
    case Errc::name_excluded:
    case Errc::unsupported_name_constraint:
    case Errc::no_explicit_policy:
    case Errc::weak_key:
    case Errc::weak_signature:
    case Errc::hostname_mismatch:
    case Errc::email_address_mismatch:
    case Errc::ip_address_mismatch: return Exit::verification;
    case Errc::unsupported_key:
    case Errc::unsupported_algorithm:
    case Errc::key_too_large: return Exit::unsupported;
    case Errc::peer_error_no_cipher:  // SSL 2.0's word for an alert
    case Errc::peer_error_no_certificate:
    case Errc::peer_error_certificate:
    case Errc::peer_error_unsupported_certificate_type:
    case Errc::closed:  // close_notify instead of a handshake message
    case Errc::peer_alert: return Exit::peer_alert;
    case Errc::unexpected_eof: return Exit::truncated;
    case Errc::no_cipher_match:
    case Errc::invalid_command: return Exit::usage;
    case Errc::not_open:
    case Errc::no_random:
    case Errc::bad_argument:
    case Errc::internal:
    case Errc::count_: return Exit::bug;
  }
  return Exit::bug;
}

std::string chain_text(const Error& e) {
  return fmt::format("{} ({} of certificate {} in the chain)", errc_reason(e.code), e.where,
                     e.offset);
}

Failure connection_failure(const Error& e, const Scene& s) {
  const std::string_view peer = peer_of(s);
  const std::string after = s.last.empty() ? "" : fmt::format(" after our {}", s.last);
  const Exit exit = exit_for(e.code);
  std::string text, hint = refusal_hint(e, s.us);
  switch (exit) {
    case Exit::peer_alert:
      text = fmt::format("the {} refused with alert {} ({}){}", peer, alert_name(e.received),
                         static_cast<int>(e.received), after);
      hint = alert_hint(e.received, s);
      break;
    case Exit::truncated:
      text = s.reset
                 ? fmt::format("the {} reset the connection without close_notify{}", peer, after)
                 : fmt::format("the {} ended the stream without close_notify{}", peer, after);
      hint = s.last.empty() ? "what came may be cut off"
             : s.us == Side::client
                 ? "it may not speak TLS there, or dislike what we offer: try --tls1 or --ssl3"
                 : "";
      break;
    case Exit::verification:
      text = e.code == Errc::peer_did_not_return_certificate
                 ? fmt::format("we refused the {}: it sent no certificate", peer)
                 : fmt::format("we refused the {}'s certificate: {}", peer, chain_text(e));
      break;
    case Exit::policy:
      text = fmt::format("we refused the {}: {}", peer, e.text());
      if (e.code == Errc::no_ciphers_available) {
        text = "we have no suite to offer";
        hint = "widen --ciphers; anonymous suites need --verify none as well";
      }
      break;
    case Exit::unsupported:
      text = fmt::format("this build does not support what the {} wants: {}", peer, e.text());
      break;
    case Exit::protocol:
      text = fmt::format("the {} broke the protocol, so we refused it: {}", peer, e.text());
      break;
    case Exit::local: text = fmt::format("we cannot go on: {}", e.text()); break;
    case Exit::ok:
    case Exit::no:
    case Exit::usage:
    case Exit::unreachable:
    case Exit::bug: text = fmt::format("a bug in parley: {}", e.text()); break;
  }
  return {exit, fmt::format("{}: {}", s.peer, text), std::move(hint), e};
}

Failure file_failure(const std::string& path, const Error& e) {
  std::string hint;
  switch (e.code) {
    case Errc::no_start_line: hint = "it holds no PEM block of the kind that is needed"; break;
    case Errc::no_end_line:
    case Errc::bad_base64:
    case Errc::truncated: hint = "it may be cut off or damaged"; break;
    case Errc::bad_password_read:
      hint = "the key has a password: --pass env:NAME or --pass file:PATH";
      break;
    case Errc::bad_decrypt: hint = "the password is not the one of this key"; break;
    case Errc::too_many_iterations:
      hint = "encrypt it again with fewer iterations (openssl pkcs8 -topk8 -iter)";
      break;
    case Errc::key_values_mismatch:
    case Errc::key_type_mismatch: hint = "the key belongs to another certificate"; break;
    default: break;
  }
  const bool unsupported = e.code == Errc::unsupported_key || e.code == Errc::unsupported_algorithm;
  return {unsupported ? Exit::unsupported : Exit::local,
          fmt::format("{}: {}", printable(path), e.text()), std::move(hint), e};
}

Failure failure_from(std::exception_ptr thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const Failure& f) {
    return f;
  } catch (const SSLError& e) {
    return from_ssl_error(e);
  } catch (const socket_error& e) {
    return {Exit::unreachable, printable(e.strerror())};
  } catch (const IOError& e) {
    return {Exit::local, e.filename().empty()
                             ? printable(e.strerror())
                             : fmt::format("{}: {}", printable(e.filename()), e.strerror())};
  } catch (const std::bad_alloc&) {
    return {Exit::local, "out of memory"};
  } catch (const std::exception& e) {
    return {Exit::bug, fmt::format("a bug in parley: {}", printable(e.what()))};
  } catch (...) {
    return {Exit::bug, "a bug in parley: an exception of no known kind"};
  }
}

}  // namespace parley::tool
