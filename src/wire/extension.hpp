// Hello extensions (RFC 4366 section 2.3): one row each, one registry for all.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "parley/reader.hpp"
#include "parley/writer.hpp"

namespace parley {

/// Where an extension stands.
enum class Place : std::uint8_t { client_hello, server_hello };

/// What a hello says beyond its fixed fields. In a ClientHello: what is offered; in a
/// ServerHello: what is answered.
struct HelloExtensions {
  /// The host_name; empty in a ServerHello, where it only acknowledges.
  std::optional<std::string> server_name;
  /// NamedCurve numbers a client can use, best first; clients only (RFC 4492 section 5.1.1).
  std::optional<std::vector<std::uint16_t>> supported_groups;
  /// SignatureAndHashAlgorithm numbers a client can check, best first; clients only.
  std::optional<std::vector<std::uint16_t>> signature_algorithms;
  /// Versions that a client of TLS 1.3 speaks; client_version then says nothing.
  std::optional<std::vector<std::uint16_t>> supported_versions;
  /// ECPointFormat numbers the sender can read.
  std::optional<Bytes> ec_point_formats;
  /// renegotiated_connection; empty in an initial handshake.
  std::optional<Bytes> renegotiated_connection;
  /// A client's ticket, empty when it has none and would take one; empty in a ServerHello, which
  /// announces NewSessionTicket.
  std::optional<Bytes> session_ticket;
  /// The master secret depends on all messages so far.
  bool extended_master_secret = false;
  /// The MAC of a CBC record covers the ciphertext.
  bool encrypt_then_mac = false;
  /// The code of the longest plaintext, see max_fragment_bytes().
  std::optional<std::uint8_t> max_fragment_length;
  /// ProtocolName of each protocol offered, best first; of the one chosen in a ServerHello.
  std::optional<std::vector<std::string>> alpn;
  /// The client wants an OCSP response; the server says that one may come.
  bool status_request = false;
  /// Bytes of extension_data; clients only.
  std::optional<std::size_t> padding;
};

/// One extension; a value of this type in a file of its own.
struct HelloExtension {
  std::uint16_t number;
  std::string_view name;
  std::string_view specification;
  bool (*present)(const HelloExtensions&);
  void (*write)(Writer&, const HelloExtensions&, Place);  ///< extension_data, without its length
  void (*read)(Reader&, HelloExtensions&, Place);
};
extern const HelloExtension kServerName;
extern const HelloExtension kSupportedGroups;
extern const HelloExtension kEcPointFormats;
extern const HelloExtension kRenegotiationInfo;
extern const HelloExtension kSessionTicket;
extern const HelloExtension kSignatureAlgorithms;
extern const HelloExtension kSupportedVersions;
extern const HelloExtension kExtendedMasterSecret;
extern const HelloExtension kEncryptThenMac;
extern const HelloExtension kMaxFragmentLength;
extern const HelloExtension kAlpn;
extern const HelloExtension kStatusRequest;
extern const HelloExtension kPadding;

/// In the order in which they are written.
std::span<const HelloExtension* const> extension_registry();

/// Reads an extension block. Duplicates are refused. Unknown numbers are passed over in a
/// ClientHello; in a ServerHello everything that `offered` does not hold is refused, unless it is
/// null, as an onlooker has it, who refuses nothing.
Status read_extensions(ByteView block, Place, const HelloExtensions* offered, HelloExtensions& out,
                       FieldSink* sink = nullptr);
/// The block for what is present; empty when nothing is.
Bytes write_extensions(const HelloExtensions&, Place);
/// 512 to 4096 for the codes 1 to 4; nothing for others.
std::optional<std::size_t> max_fragment_bytes(std::uint8_t code);
/// HelloExtensions::padding for a ClientHello that has `hello_size` bytes without it, header
/// included: up to 512 bytes when it has 256 to 511, on which some servers hang (RFC 7685
/// section 1); none otherwise. The extension's own four bytes can bring it to 515.
std::optional<std::size_t> padding_for(std::size_t hello_size);

}  // namespace parley
