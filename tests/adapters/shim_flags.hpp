// The flags of parley-bogo-shim: what each says, and which are not implemented.
#pragma once
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "parley/config.hpp"

namespace parley::shim {

/// Ends the program with status 1 and one line on stderr: `:NAME: text`.
struct Failure {
  std::string name, text;
};
Failure failure_of(const Error&);

/// Ends the program with status 89.
struct Unimplemented {
  std::string what;
};
inline constexpr int kUnimplementedStatus = 89;

/// What the flags say about one connection.
struct Settings {
  std::uint16_t port = 0;
  bool ipv6 = false;
  bool server = false;
  unsigned resume_count = 0;
  std::string key_file{}, cert_file{};

  bool async = false;
  bool implicit_handshake = false;
  bool shim_writes_first = false;
  bool shim_shuts_down = false;
  bool check_close_notify = false;
  bool send_alert = false;

  std::set<std::uint16_t> versions_off{};  ///< as on the wire
  std::uint16_t min_version = 0, max_version = 0xffff;
  std::optional<std::string> cipher{};
  bool enable_all_curves = false;
  bool fallback = false;
  std::optional<bool> split_records{};  ///< absent: as Config has it
  bool no_ticket = false;
  Renegotiation renegotiation = Renegotiation::refuse;

  bool require_certificate = false;
  bool verify_peer = false;
  bool verify_fail = false;

  std::string host_name{};
  std::optional<std::string> expect_server_name{};
  std::optional<unsigned> expect_renegotiations{};
  std::optional<Bytes> expect_certificate_types{};
  bool expect_session_miss = false;
  bool expect_verify_result = false;
  bool expect_extended_master_secret = false;

  std::vector<std::string> advertise_alpn{};
  std::optional<std::string> select_alpn{};
  std::optional<std::string> expect_alpn{};
  std::optional<std::vector<std::string>> expect_advertised_alpn{};

  bool ocsp_stapling = false;
  Bytes ocsp_response{};
  std::optional<Bytes> expect_ocsp_response{};

  std::size_t export_bytes = 0;  ///< 0: exports nothing
  std::string export_label{}, export_context{};
  bool use_export_context = false;
  bool tls_unique = false;
};

/// A flag with the prefix -on-initial- speaks of the first connection, with -on-resume- of the
/// others, and without one of all.
struct Flags {
  Settings initial, resumed;
};
/// Failure or Unimplemented.
Flags read_flags(std::span<char* const> arguments);

/// The flags as a table in Markdown.
std::string flag_table();

/// Failure for a file that cannot be used, a cipher string that selects nothing and the like.
Config config_of(const Settings&);

}  // namespace parley::shim
