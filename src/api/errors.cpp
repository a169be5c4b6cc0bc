// The exceptions, and the tables from Errc and Alert to their texts and hints.
#include "api/errors.hpp"

#include <cerrno>

#include "api/repr.hpp"
#include "parley/ssl.hpp"

namespace parley {
namespace {

class SslCategory final : public std::error_category {
 public:
  const char* name() const noexcept override { return "ssl"; }
  std::string message(int code) const override {
    switch (code) {
      case SSL_ERROR_SSL: return "TLS failure";
      case SSL_ERROR_WANT_READ: return "The operation did not complete (read)";
      case SSL_ERROR_WANT_WRITE: return "The operation did not complete (write)";
      case SSL_ERROR_WANT_X509_LOOKUP: return "The operation did not complete (X509 lookup)";
      case SSL_ERROR_SYSCALL: return "Some I/O error occurred";
      case SSL_ERROR_ZERO_RETURN: return "TLS/SSL connection has been closed";
      case SSL_ERROR_WANT_CONNECT: return "The operation did not complete (connect)";
      case SSL_ERROR_EOF: return "EOF occurred in violation of protocol";
      default: return "Invalid error code";
    }
  }
};

class GaiCategory final : public std::error_category {
 public:
  const char* name() const noexcept override { return "getaddrinfo"; }
  std::string message(int code) const override {
    return "getaddrinfo error " + std::to_string(code);
  }
};

std::string numbered(int number, const std::string& text) {
  return "[Errno " + std::to_string(number) + "] " + text;
}

/// SSL3's alerts keep their prefix in TLS, and TLS's theirs, as OpenSSL names its reasons.
struct AlertText {
  Alert alert;
  std::string_view text;
};
constexpr AlertText kAlertTexts[] = {
    {Alert::close_notify, "sslv3 alert close notify"},
    {Alert::unexpected_message, "sslv3 alert unexpected message"},
    {Alert::bad_record_mac, "sslv3 alert bad record mac"},
    {Alert::decryption_failed, "tlsv1 alert decryption failed"},
    {Alert::record_overflow, "tlsv1 alert record overflow"},
    {Alert::decompression_failure, "sslv3 alert decompression failure"},
    {Alert::handshake_failure, "sslv3 alert handshake failure"},
    {Alert::no_certificate, "sslv3 alert no certificate"},
    {Alert::bad_certificate, "sslv3 alert bad certificate"},
    {Alert::unsupported_certificate, "sslv3 alert unsupported certificate"},
    {Alert::certificate_revoked, "sslv3 alert certificate revoked"},
    {Alert::certificate_expired, "sslv3 alert certificate expired"},
    {Alert::certificate_unknown, "sslv3 alert certificate unknown"},
    {Alert::illegal_parameter, "sslv3 alert illegal parameter"},
    {Alert::unknown_ca, "tlsv1 alert unknown ca"},
    {Alert::access_denied, "tlsv1 alert access denied"},
    {Alert::decode_error, "tlsv1 alert decode error"},
    {Alert::decrypt_error, "tlsv1 alert decrypt error"},
    {Alert::export_restriction, "tlsv1 alert export restriction"},
    {Alert::protocol_version, "tlsv1 alert protocol version"},
    {Alert::insufficient_security, "tlsv1 alert insufficient security"},
    {Alert::internal_error, "tlsv1 alert internal error"},
    {Alert::inappropriate_fallback, "tlsv1 alert inappropriate fallback"},
    {Alert::user_canceled, "tlsv1 alert user cancelled"},
    {Alert::no_renegotiation, "tlsv1 alert no renegotiation"},
    {Alert::unsupported_extension, "tlsv1 unsupported extension"},
    {Alert::certificate_unobtainable, "tlsv1 certificate unobtainable"},
    {Alert::unrecognized_name, "tlsv1 unrecognized name"},
    {Alert::bad_certificate_status_response, "tlsv1 bad certificate status response"},
    {Alert::bad_certificate_hash_value, "tlsv1 bad certificate hash value"},
    {Alert::unknown_psk_identity, "tlsv1 unknown psk identity"},
    {Alert::no_application_protocol, "tlsv1 alert no application protocol"},
};

/// "sslv3 alert handshake failure" is SSLV3_ALERT_HANDSHAKE_FAILURE to programs.
std::string as_reason(std::string_view text) {
  std::string s;
  for (const char c : text) {
    if (c >= 'a' && c <= 'z')
      s += static_cast<char>(c - 'a' + 'A');
    else
      s += c == ' ' ? '_' : c;
  }
  return s;
}

std::string_view alert_hint(Alert a) {
  switch (a) {
    case Alert::handshake_failure:
    case Alert::insufficient_security:
      return "The peer wants a suite, version or certificate that was not offered: widen "
             "set_ciphers(), try another PROTOCOL_ constant, or load a certificate.";
    case Alert::export_restriction:
      return "The peer may not use keys of this length: try other suites with set_ciphers().";
    case Alert::protocol_version:
      return "The peer speaks another version: try PROTOCOL_SSLv23 or another PROTOCOL_ constant.";
    case Alert::unknown_ca:
      return "The peer does not know who signed our certificate: send the whole chain with "
             "load_cert_chain(), or have the peer trust its root.";
    case Alert::no_certificate:
    case Alert::access_denied:
      return "The peer wants a certificate that it knows: load one with load_cert_chain().";
    case Alert::bad_certificate:
    case Alert::unsupported_certificate:
    case Alert::certificate_unknown:
    case Alert::certificate_unobtainable:
    case Alert::bad_certificate_status_response:
    case Alert::bad_certificate_hash_value:
      return "The peer did not accept our certificate: look at its chain, its purpose and its key.";
    case Alert::certificate_revoked:
      return "The peer finds our certificate revoked: get a new one.";
    case Alert::certificate_expired:
      return "The peer finds our certificate expired: renew it, or check the clock of the peer.";
    case Alert::inappropriate_fallback:
      return "The server could do better: offer your highest version, without fallback_scsv.";
    case Alert::no_renegotiation:
      return "The peer grants no further handshake: open another connection instead.";
    case Alert::unrecognized_name:
      return "The peer has no service of that name: check server_hostname.";
    case Alert::unsupported_extension:
      return "The peer met an extension that it had not asked for, which is a fault of one of the "
             "two "
             "sides.";
    case Alert::bad_record_mac:
    case Alert::decryption_failed:
      return "What we sent arrived changed, or the keys of both sides differ: connect again, and "
             "look at what stands between if it persists.";
    case Alert::record_overflow:
      return "The peer takes no record of this length: it may be damaged on the way.";
    case Alert::decompression_failure:
      return "The peer could not decompress what we never compress: it may be faulty.";
    case Alert::decrypt_error:
      return "The peer could not check a signature or Finished: see that certificate and key "
             "belong "
             "together, and that nothing changes the handshake on its way.";
    case Alert::unexpected_message:
      return "The peer expected another message: the two sides differ about the order, which is a "
             "fault of one of them.";
    case Alert::illegal_parameter:
      return "The peer does not allow a parameter of ours: try another PROTOCOL_ constant or other "
             "suites.";
    case Alert::decode_error:
      return "The peer could not read a message of ours: try another PROTOCOL_ constant.";
    case Alert::internal_error: return "The peer failed for reasons of its own: see its log.";
    case Alert::user_canceled: return "Somebody stopped the peer: try again.";
    case Alert::unknown_psk_identity:
      return "The peer does not know the key that was named: check which it shares with you.";
    case Alert::no_application_protocol:
      return "The peer speaks none of the application protocols that were offered.";
    case Alert::close_notify: return "The peer ended the connection in good order.";
  }
  return "The peer gave a reason that no specification names: see its log.";
}

std::string_view hint(const Error& e) {
  switch (e.code) {
    case Errc::no_shared_cipher:
      return "Both sides' set_ciphers() must have a suite in common, and the server needs a "
             "certificate and key: load_cert_chain().";
    case Errc::no_ciphers_available:
      if (std::string_view(e.where).find("verify_mode") != std::string_view::npos)
        return "verify_mode asks for a certificate, and the suites of set_ciphers() are anonymous: "
               "give others, or set CERT_NONE or CERT_OPTIONAL.";
      return "No suite of this context can be used with its versions: widen set_ciphers().";
    case Errc::wrong_version_number:
    case Errc::unknown_protocol:
      return "The peer may not speak TLS on this port, or only versions that are switched off.";
    case Errc::unsupported_protocol:
      return "The version is switched off here: try PROTOCOL_SSLv23 and clear OP_NO_ bits.";
    case Errc::http_request:
      return "The client sent plain HTTP to a TLS port: give it an https URL.";
    case Errc::bad_record_mac:
      return "The record was changed on its way, or the keys of both sides differ: connect again, "
             "and look at what stands between if it persists.";
    case Errc::unknown_ca:
      return "Load the certificate of the root that signed the peer's chain with "
             "load_verify_locations().";
    case Errc::certificate_expired:
    case Errc::certificate_not_yet_valid:
      return "Check the clock of this machine and the dates of the certificate.";
    case Errc::certificate_verify_failed:
      return "What set_verify_callback() was given has refused the chain.";
    case Errc::not_a_ca:
      return "A certificate of the chain was signed by one that may not sign others.";
    case Errc::certificate_type:
      return "The certificate may not be used for this side of a connection (extendedKeyUsage).";
    case Errc::bad_certificate_signature:
      return "A signature in the chain is wrong: the certificate is forged, damaged, or another "
             "issuer of the same name is the right one.";
    case Errc::path_too_long:
      return "An issuer in the chain allows fewer certificates below it than there are.";
    case Errc::unknown_critical_extension:
      return "The chain has a critical extension that this library does not know: it must be "
             "refused.";
    case Errc::invalid_extension:
      return "An extension in the chain, or in a revocation list, is malformed or occurs twice: "
             "cause() names it.";
    case Errc::bad_certificate_key: return "A public key in the chain cannot be read.";
    case Errc::certificate_rejected:
      return "The trust settings of the root (TRUSTED CERTIFICATE) forbid this use of it.";
    case Errc::certificate_revoked:
      return "The issuer has taken the certificate back: cause() says which one of the chain.";
    case Errc::crl_missing:
      return "VERIFY_CRL_CHECK asks for a revocation list of each issuer: load it with "
             "load_verify_locations().";
    case Errc::crl_not_yet_valid:
      return "Check the clock of this machine and the dates of the revocation list.";
    case Errc::crl_expired:
      return "Load a newer revocation list of that issuer, and check the clock of this machine.";
    case Errc::bad_crl_signature:
      return "The revocation list is forged, damaged, or of another issuer of that name.";
    case Errc::crl_signer:
      return "The issuer of the certificate may not sign revocation lists (keyUsage).";
    case Errc::crl_scope:
      return "The revocation list is not about this kind of certificate: load the one that is.";
    case Errc::unsupported_crl:
      return "The revocation list is of a kind that this library does not read: indirect, or a "
             "delta.";
    case Errc::ocsp_missing:
      return "set_request_status() insists on an OCSP response, and the server brought none.";
    case Errc::ocsp_invalid:
      return "The server's OCSP response is damaged, too old, of another certificate or signed by "
             "somebody else: cause() says where it goes wrong.";
    case Errc::ocsp_unknown:
      return "The responder that answers for the issuer does not know the server's certificate.";
    case Errc::name_not_permitted:
    case Errc::name_excluded: return "An issuer in the chain may not sign for that name.";
    case Errc::unsupported_name_constraint:
      return "An issuer in the chain is limited in a way that this library cannot check.";
    case Errc::no_explicit_policy:
      return "The chain is not valid under any policy that is asked for.";
    case Errc::weak_key: return "VerifyPolicy::strength says how small the keys of a chain may be.";
    case Errc::weak_signature:
      return "VerifyPolicy::strength says which hashes signatures may be made with.";
    case Errc::hostname_mismatch:
      return "The certificate is of another host than the one that was asked for.";
    case Errc::email_address_mismatch:
      return "The certificate is of another mail address than the one that was asked for.";
    case Errc::ip_address_mismatch:
      return "The certificate is of another address than the one that was asked for.";
    case Errc::bad_certificate:
    case Errc::bad_der:
    case Errc::bad_string:
    case Errc::bad_time:
    case Errc::too_deep:
      return "The certificate or key may be damaged: cause() says where it goes wrong.";
    case Errc::unsupported_key:
    case Errc::unsupported_algorithm:
    case Errc::key_too_large:
      return "RSA, DSA and the curves of set_ecdh_curve() are known here: use a certificate with "
             "such a key.";
    case Errc::key_too_small: return "The key is too short to be of use: make a longer one.";
    case Errc::dh_key_too_small:
      return "The server's Diffie-Hellman prime is too short to be safe (Logjam): "
             "lower set_dh_limits() to let it through.";
    case Errc::dh_key_too_large:
      return "The server's Diffie-Hellman prime is longer than set_dh_limits() allows.";
    case Errc::renegotiation_refused:
      return "The peer does not speak RFC 5746, or set_renegotiation() or OP_NO_RENEGOTIATION "
             "forbids another handshake.";
    case Errc::inappropriate_fallback:
      return "The client could do better: let it offer its highest version, without fallback_scsv.";
    case Errc::unrecognized_name:
      return "The server name callback refused the name that the client asked for.";
    case Errc::no_cipher_list:
    case Errc::peer_error_no_cipher:
    case Errc::non_sslv2_initial_packet:
      return "SSL 2.0 needs suites of its own at both ends: set_ciphers(\"SSLv2\"). It is broken: "
             "better use another version.";
    case Errc::peer_error_no_certificate:
    case Errc::peer_error_certificate:
    case Errc::peer_error_unsupported_certificate_type:
      return "The peer did not get the certificate that it wants: load_cert_chain() with one that "
             "it can check.";
    case Errc::no_certificate: return "A server needs load_cert_chain().";
    case Errc::peer_did_not_return_certificate:
      return "The client must load a certificate, or verify_mode be CERT_OPTIONAL.";
    case Errc::bad_password_read:
      return "The key has a password: give it with load_cert_chain(), or remove it.";
    case Errc::bad_decrypt: return "The password is not the one of this key.";
    case Errc::too_many_iterations:
      return "Encrypt the key again with fewer iterations (openssl pkcs8 -topk8 -iter).";
    case Errc::key_values_mismatch:
    case Errc::key_type_mismatch: return "The key belongs to another certificate.";
    case Errc::no_start_line: return "The file holds no PEM block of the kind that is needed.";
    case Errc::no_end_line:
    case Errc::bad_base64: return "The file may be cut off or damaged.";
    case Errc::unreadable_file: return "Look at the name, the kind and the rights of the file.";
    case Errc::sequence_overflow: return "The keys are used up: open another connection.";
    case Errc::out_of_memory: return "Memory ended in an earlier call: open another connection.";
    case Errc::key_limit_reached:
      return "One key has protected as much as set_key_limits() allows, and the peer wanted no "
             "other: open another connection, or choose a cipher with larger blocks.";
    case Errc::not_open: return "Call do_handshake() first, and nothing after unwrap().";
    case Errc::no_random: return "The system gives no random bytes: look at its generator.";
    case Errc::no_cipher_match:
    case Errc::invalid_command:
      return "Give a cipher list as OpenSSL reads it, such as HIGH:RC4-SHA:!aNULL.";
    case Errc::bad_argument: return "Look at what was given: cause() names it.";
    case Errc::internal: return "This is a fault of the library: please report what cause() says.";
    default:
      return "The peer broke the protocol, or something changed it on the way: cause() says where.";
  }
}

/// X509_V_ERR_ numbers; 0 for a code that is not about a chain.
int verify_number(Errc code) {
  switch (code) {
    case Errc::certificate_verify_failed: return 1;
    case Errc::bad_certificate_signature:
    case Errc::unsupported_algorithm: return 7;
    case Errc::certificate_not_yet_valid: return 9;
    case Errc::certificate_expired: return 10;
    case Errc::unknown_ca: return 20;
    case Errc::not_a_ca: return 24;
    case Errc::path_too_long: return 25;
    case Errc::certificate_type: return 26;
    case Errc::unknown_critical_extension: return 34;
    case Errc::invalid_extension: return 41;
    case Errc::bad_certificate_key: return 6;
    case Errc::certificate_rejected: return 28;
    case Errc::certificate_revoked: return 23;
    case Errc::crl_missing: return 3;
    case Errc::crl_not_yet_valid: return 11;
    case Errc::crl_expired: return 12;
    case Errc::bad_crl_signature: return 8;
    case Errc::crl_signer: return 35;
    case Errc::crl_scope: return 44;
    case Errc::unsupported_crl: return 36;
    case Errc::ocsp_missing: return 73;
    case Errc::ocsp_invalid: return 74;
    case Errc::ocsp_unknown: return 75;
    case Errc::name_not_permitted: return 47;
    case Errc::name_excluded: return 48;
    case Errc::unsupported_name_constraint: return 51;
    case Errc::no_explicit_policy: return 43;
    case Errc::weak_key: return 67;
    case Errc::weak_signature: return 68;
    case Errc::hostname_mismatch: return 62;
    case Errc::email_address_mismatch: return 63;
    case Errc::ip_address_mismatch: return 64;
    default: return 0;
  }
}

/// OpenSSL calls a hello of a version that is not wanted the one or the other, by who finds it out;
/// programs that look for either shall find it.
std::string documented_text(const Error& e) {
  const bool in_a_hello = std::string_view(e.where).find("_hello.") != std::string_view::npos;
  if (e.code != Errc::unsupported_protocol || !in_a_hello) return e.text();
  return std::string(errc_reason(Errc::wrong_version_number)) + ": " + e.text();
}

SSLError::Details details(const Error& e, std::string_view library = "SSL") {
  return {.reason = std::string(errc_name(e.code)),
          .hint = std::string(hint(e)),
          .cause = e,
          .library = std::string(library)};
}

[[noreturn]] void throw_verification(const Error& e, int number) {
  std::string message(e.code == Errc::certificate_verify_failed
                          ? std::string_view("unspecified certificate verification error")
                          : errc_reason(e.code));
  std::string text = "certificate verify failed: " + message;
  if (e.offset != 0) text += " (depth " + std::to_string(e.offset) + ")";
  SSLError::Details d = details(e);
  d.reason = "CERTIFICATE_VERIFY_FAILED";
  throw SSLCertVerificationError(std::move(text), std::move(d), number, std::move(message));
}

}  // namespace

const std::error_category& ssl_category() noexcept {
  static const SslCategory category;
  return category;
}

const std::error_category& gai_category() noexcept {
  static const GaiCategory category;
  return category;
}

IOError::IOError(std::error_code code, Text text)
    : std::system_error(code), text_(std::make_shared<const Text>(std::move(text))) {}

IOError::IOError(int errnum, std::string strerror, std::string filename)
    : std::system_error(errnum, std::generic_category()) {
  Text t{std::move(strerror), std::move(filename), {}};
  if (t.strerror.empty()) t.strerror = std::generic_category().message(errnum);
  t.what = numbered(errnum, t.strerror);
  if (!t.filename.empty()) t.what += ": " + repr(t.filename);
  text_ = std::make_shared<const Text>(std::move(t));
}

socket_error::socket_error(std::error_code code, Text text) : IOError(code, std::move(text)) {}

timeout::timeout(std::string message)
    : socket_error(std::error_code(ETIMEDOUT, std::generic_category()), {message, {}, message}) {}

gaierror::gaierror(int eai_code, std::string message)
    : socket_error(std::error_code(eai_code, gai_category()),
                   {message, {}, numbered(eai_code, message)}) {}

SSLError::SSLError(int code, std::string strerror) : SSLError(code, std::move(strerror), {}) {}

SSLError::SSLError(int code, std::string strerror, Details d)
    : socket_error(std::error_code(code, ssl_category()), {strerror, {}, numbered(code, strerror)}),
      details_(std::make_shared<const Details>(std::move(d))) {}

SSLWantReadError::SSLWantReadError()
    : SSLError(
          SSL_ERROR_WANT_READ, ssl_category().message(SSL_ERROR_WANT_READ),
          {.reason = "WANT_READ", .hint = "Wait until the socket is readable, then call again."}) {}
SSLWantWriteError::SSLWantWriteError()
    : SSLError(
          SSL_ERROR_WANT_WRITE, ssl_category().message(SSL_ERROR_WANT_WRITE),
          {.reason = "WANT_WRITE", .hint = "Wait until the socket is writable, then call again."}) {
}
SSLZeroReturnError::SSLZeroReturnError()
    : SSLError(SSL_ERROR_ZERO_RETURN, ssl_category().message(SSL_ERROR_ZERO_RETURN),
               {.reason = "ZERO_RETURN",
                .hint = "Both sides have closed TLS: unwrap() gives the plain socket."}) {}
SSLSyscallError::SSLSyscallError(std::string strerror)
    : SSLError(SSL_ERROR_SYSCALL, std::move(strerror),
               {.reason = "SYSCALL", .hint = "A call of the system failed under TLS."}) {}
SSLEOFError::SSLEOFError(std::optional<Error> cause)
    : SSLError(SSL_ERROR_EOF, ssl_category().message(SSL_ERROR_EOF),
               {.reason = "UNEXPECTED_EOF",
                .hint = "The peer closed the stream without close_notify.",
                .cause = cause}) {}
SSLCertVerificationError::SSLCertVerificationError(std::string strerror, Details d, int verify_code,
                                                   std::string verify_message)
    : SSLError(SSL_ERROR_SSL, std::move(strerror), std::move(d)),
      verify_code_(verify_code),
      verify_message_(std::make_shared<const std::string>(std::move(verify_message))) {}

std::string received_alert_text(Alert a) {
  for (const AlertText& t : kAlertTexts)
    if (t.alert == a) return std::string(t.text);
  return "unknown alert type " + std::to_string(static_cast<int>(a));
}

std::string received_alert_name(Alert a) { return as_reason(received_alert_text(a)); }

void throw_error(const Error& e) {
  if (e.code == Errc::unexpected_eof) throw SSLEOFError(e);
  if (e.code == Errc::closed) throw SSLZeroReturnError();
  if (const int number = verify_number(e.code)) throw_verification(e, number);
  SSLError::Details d = details(e);
  if (e.code == Errc::peer_alert) {
    d.reason = received_alert_name(e.received);
    d.hint = alert_hint(e.received);
    throw SSLError(SSL_ERROR_SSL, received_alert_text(e.received), std::move(d));
  }
  throw SSLError(SSL_ERROR_SSL, documented_text(e), std::move(d));
}

void throw_pem_error(const Error& e, const std::string& file) {
  if (e.code == Errc::key_values_mismatch || e.code == Errc::key_type_mismatch)
    throw SSLError(SSL_ERROR_SSL, std::string(errc_reason(e.code)), details(e, "X509"));
  std::string text = "PEM lib: " + std::string(errc_reason(e.code));
  if (!file.empty()) text += " in " + repr(file);
  if (e.offset != 0) text += " at byte " + std::to_string(e.offset);
  throw SSLError(SSL_ERROR_SSL, std::move(text), details(e, "PEM"));
}

}  // namespace parley
