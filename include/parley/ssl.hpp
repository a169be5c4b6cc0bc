// The documented interface: SSLContext, SSLSocket and the module functions, spelled as in Python's
// ssl module. This header alone is enough for programs that talk TLS over sockets.
//
//   parley::SSLContext context(parley::PROTOCOL_SSLv23);
//   context.verify_mode = parley::CERT_REQUIRED;      // the default is CERT_NONE: no protection
//   context.load_verify_locations("ca.pem");          // against an active attacker
//   parley::socket plain;
//   parley::SSLSocket s = context.wrap_socket(plain);
//   s.connect({"localhost", 4433});
//   s.sendall("hello\n");
//   parley::bytes answer = s.recv();
//
// Wrong arguments throw std::invalid_argument; everything else derives from IOError (socket.hpp).
// One context may be used by several threads at once; one socket by one thread that reads and one
// that writes, once its handshake is done.
#pragma once
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parley/cert_dict.hpp"
#include "parley/export.hpp"
#include "parley/ssl_constants.hpp"
#include "parley/ssl_context.hpp"
#include "parley/ssl_error.hpp"
#include "parley/ssl_object.hpp"
#include "parley/ssl_socket.hpp"
#include "parley/version.hpp"

namespace PARLEY_PUBLIC parley {

/// Members in the order of Python's parameters. An empty string counts as not given.
struct wrap_socket_options {
  std::optional<std::string> keyfile{};
  std::optional<std::string> certfile{};
  bool server_side = false;
  int cert_reqs = CERT_NONE;
  /// Not given: PROTOCOL_SSLv3 for a client, PROTOCOL_SSLv23 for a server.
  std::optional<int> ssl_version{};
  std::optional<std::string> ca_certs{};
  bool do_handshake_on_connect = true;
  bool suppress_ragged_eofs = true;
  std::optional<std::string> ciphers{};
};

/// A context of its own for one socket, then SSLContext::wrap_socket. A keyfile needs a certfile,
/// and so does a server (std::invalid_argument). Files are read now.
SSLSocket wrap_socket(socket& sock, const wrap_socket_options& = {});
SSLSocket wrap_socket(socket&& sock, const wrap_socket_options& = {});

/// Whom to believe instead of the system; as load_verify_locations() and load_verify_data().
struct default_context_options {
  std::optional<std::string> cafile{}, capath{}, cadata{};
};
/// A context with sensible settings: PROTOCOL_TLS under the policy "modern". For Purpose::server,
/// a client that is going to authenticate servers, with CERT_REQUIRED, check_hostname and, when the
/// options name nobody, the system's certificates; for Purpose::client a server, which has yet to
/// load its own. $SSLKEYLOGFILE is where it logs its secrets, if that is set.
SSLContext create_default_context(Purpose purpose = Purpose::server,
                                  const default_context_options& = {});

/// The certificate of the server at that address, as PEM; checked against ca_certs if given.
std::string get_server_certificate(const address&, int ssl_version = PROTOCOL_SSLv3,
                                   const std::optional<std::string>& ca_certs = {});

inline constexpr std::string_view PEM_HEADER = "-----BEGIN CERTIFICATE-----";
inline constexpr std::string_view PEM_FOOTER = "-----END CERTIFICATE-----";
/// Base64 in lines of 64 between the two; the DER is not looked at.
std::string DER_cert_to_PEM_cert(ByteView der);
/// The text must begin with PEM_HEADER and end with PEM_FOOTER and white space; one certificate
/// only. std::invalid_argument otherwise.
bytes PEM_cert_to_DER_cert(std::string_view pem);

/// Where SSLContext::set_default_verify_paths() looks. Python's name and members.
struct DefaultVerifyPaths {
  std::optional<std::string> cafile{};  ///< the file; nothing when there is none
  /// The directories, joined by ':' as they were given; nothing when none of them is there.
  std::optional<std::string> capath{};
  std::string openssl_cafile_env{}, openssl_cafile{};  ///< the variable, and what stands in for it
  std::string openssl_capath_env{}, openssl_capath{};
};
DefaultVerifyPaths get_default_verify_paths();
/// The directories that a capath names, which stand between ':' in it.
std::vector<std::string> capath_directories(std::string_view capath);

/// Whether the certificate is for this host: CertificateError when it is not, naming what it is
/// for. Any label of a name in it may hold one '*', for characters other than dots; when there is
/// no DNS name, the subject's commonNames count. Names are compared as text: an address is a host
/// name like any other, and matches a commonName that spells it the same way; "IP Address" entries
/// are not looked at. A host name that is not ASCII is also tried in its xn-- form.
/// std::invalid_argument "empty or no certificate" for what an unchecked peer gives, so that
/// CERT_NONE cannot look like success.
void match_hostname(const cert_dict& cert, std::string_view hostname);
void match_hostname(std::nullopt_t, std::string_view hostname);
/// What getpeercert() gives. A template, so that {} is the empty dictionary.
template <std::same_as<std::optional<cert_dict>> Peer>
void match_hostname(const Peer& cert, std::string_view hostname) {
  cert ? match_hostname(*cert, hostname) : match_hostname(std::nullopt, hostname);
}

/// Whether the random generator can be used: asks it.
bool RAND_status();
/// Mixes bytes into the generator. However predictable they are, it never becomes worse: they
/// come on top of what the operating system gives. `entropy` is accepted for old programs; a
/// generator that always asks the system has no use for an estimate.
void RAND_add(ByteView data, double entropy);
void RAND_add(std::string_view data, double entropy);
/// Asks an entropy gathering daemon at a UNIX socket for 255 bytes, adds what it gives, and returns
/// how many bytes that was. SSLError when there is no such daemon, or it gives nothing, breaks off
/// or takes longer than ten seconds.
int RAND_egd(const std::string& path);

}  // namespace parley
