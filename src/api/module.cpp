// The module functions: wrap_socket with its old defaults, certificates as text.
#include <stdexcept>

#include "parley/pem.hpp"
#include "parley/ssl.hpp"

namespace parley {
namespace {

/// Python asks for truth: an empty string is as good as none.
const std::string* given(const std::optional<std::string>& s) {
  return s && !s->empty() ? &*s : nullptr;
}

SSLContext private_context(const wrap_socket_options& o) {
  // The documents promise SSLv3 for clients and SSLv23 for servers.
  SSLContext c(o.ssl_version.value_or(o.server_side ? PROTOCOL_SSLv23 : PROTOCOL_SSLv3));
  c.verify_mode = o.cert_reqs;
  if (const std::string* ca = given(o.ca_certs)) c.load_verify_locations(*ca);
  if (const std::string* cert = given(o.certfile)) c.load_cert_chain(*cert, o.keyfile);
  if (const std::string* ciphers = given(o.ciphers)) c.set_ciphers(*ciphers);
  return c;
}

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/// As lenient as Python's binascii: whatever is not base64 is skipped.
bytes decode_base64(std::string_view text) {
  bytes out;
  unsigned group = 0, digits = 0, pads = 0;
  for (const char c : text) {
    const int d = base64_digit(c);
    if (c == '=') ++pads;
    if (d < 0) continue;
    if (pads != 0) throw std::invalid_argument("Incorrect padding");
    group = group << 6 | static_cast<unsigned>(d);
    if (++digits % 4 == 0) {
      for (const unsigned shift : {16u, 8u, 0u})
        out.push_back(static_cast<std::uint8_t>(group >> shift & 0xff));
      group = 0;
    }
  }
  const unsigned rest = digits % 4;
  if (rest == 1 || (rest != 0 && pads < 4 - rest)) throw std::invalid_argument("Incorrect padding");
  if (rest >= 2) out.push_back(static_cast<std::uint8_t>(group >> (rest == 2 ? 4 : 10) & 0xff));
  if (rest == 3) out.push_back(static_cast<std::uint8_t>(group >> 2 & 0xff));
  return out;
}

int family_of(const address& a) {
  if (!a.path.empty()) return AF_UNIX;
  return a.host.find(':') != std::string::npos ? AF_INET6 : AF_INET;
}

}  // namespace

SSLSocket wrap_socket(socket& sock, const wrap_socket_options& o) {
  if (o.server_side && given(o.certfile) == nullptr)
    throw std::invalid_argument("certfile must be specified for server-side operations");
  if (given(o.keyfile) != nullptr && given(o.certfile) == nullptr)
    throw std::invalid_argument("certfile must be specified");
  SSLSocket s =
      private_context(o).wrap_socket(sock, {.server_side = o.server_side,
                                            .do_handshake_on_connect = o.do_handshake_on_connect,
                                            .suppress_ragged_eofs = o.suppress_ragged_eofs});
  s.wrapped_with_ = std::make_shared<const wrap_socket_options>(o);
  return s;
}

SSLSocket wrap_socket(socket&& sock, const wrap_socket_options& o) { return wrap_socket(sock, o); }

std::string get_server_certificate(const address& a, int ssl_version,
                                   const std::optional<std::string>& ca_certs) {
  SSLSocket s =
      wrap_socket(socket(family_of(a)), {.cert_reqs = given(ca_certs) ? CERT_REQUIRED : CERT_NONE,
                                         .ssl_version = ssl_version,
                                         .ca_certs = ca_certs});
  s.connect(a);
  return DER_cert_to_PEM_cert(s.getpeercert(binary_form).value_or(bytes{}));
}

std::string get_protocol_name(int protocol) {
  switch (protocol) {
#ifndef PARLEY_NO_SSL2
    case PROTOCOL_SSLv2: return "SSLv2";
#endif
    case PROTOCOL_SSLv3: return "SSLv3";
    case PROTOCOL_SSLv23: return "SSLv23";
    case PROTOCOL_TLSv1: return "TLSv1";
    case PROTOCOL_TLSv1_1: return "TLSv1.1";
    case PROTOCOL_TLSv1_2: return "TLSv1.2";
    default: return "<unknown>";
  }
}

std::string DER_cert_to_PEM_cert(ByteView der) { return encode_pem("CERTIFICATE", der); }

bytes PEM_cert_to_DER_cert(std::string_view pem) {
  if (!pem.starts_with(PEM_HEADER))
    throw std::invalid_argument("Invalid PEM encoding; must start with " + std::string(PEM_HEADER));
  const std::size_t last = pem.find_last_not_of(" \t\r\n\f\v");
  std::string_view body = pem.substr(0, last + 1);
  if (body.size() < PEM_HEADER.size() + PEM_FOOTER.size() || !body.ends_with(PEM_FOOTER))
    throw std::invalid_argument("Invalid PEM encoding; must end with " + std::string(PEM_FOOTER));
  body = body.substr(PEM_HEADER.size(), body.size() - PEM_HEADER.size() - PEM_FOOTER.size());
  if (body.find("-----") != std::string_view::npos)
    throw std::invalid_argument("Invalid PEM encoding; must hold one certificate only");
  return decode_base64(body);
}

}  // namespace parley
