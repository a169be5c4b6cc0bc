// Everything that differs between the versions stands in one value per version.
#pragma once
#include <array>
#include <initializer_list>
#include <span>

#include "parley/alert.hpp"
#include "parley/bytes.hpp"
#include "parley/cipher.hpp"
#include "parley/protocol.hpp"
#include "protocol/record_mac.hpp"
#include "protocol/script.hpp"

namespace parley {

/// How CBC padding is checked. Both send the TLS form, which SSL 3.0 allows.
enum class PaddingRule : std::uint8_t {
  ssl3_length_only,  ///< shorter than a block, bytes free (RFC 6101 section 5.2.3.2)
  tls_filled,        ///< up to 255, every byte the length (RFC 2246 section 6.2.3.2)
};
/// How a client without a suitable certificate says so.
enum class NoCertRule : std::uint8_t { warning_alert, empty_message };
/// How EncryptedPreMasterSecret stands in ClientKeyExchange.
enum class RsaPremaster : std::uint8_t { bare, length_prefixed };

struct Randoms {
  ByteView client, server;  ///< 32 bytes each
};

/// verify_data, 36 bytes in SSL 3.0 and 12 from TLS 1.0 on; and what it is made of, a hash of the
/// messages, up to the 48 bytes of SHA-384.
struct VerifyData {
  std::array<std::uint8_t, 48> bytes{};
  std::size_t size = 0;
  operator ByteView() const { return {bytes.data(), size}; }
};

// The version functions are pure: bytes in, bytes out. They see the transcript as bytes. `prf` is
// the hash that the suite names for TLS 1.2 (RFC 5246 section 5); earlier versions pay no heed.
using PrfFn = void (*)(crypto::HashId prf, ByteView secret, std::string_view label,
                       std::initializer_list<ByteView> seed, ByteSpan out);
using DeriveFn = void (*)(crypto::HashId prf, ByteView secret, Randoms, ByteSpan out);
/// session_hash and the secret made of it (RFC 7627 section 4).
using BoundSecretFn = void (*)(crypto::HashId prf, ByteView premaster, ByteView transcript,
                               ByteSpan out);
/// Export suites stretch the short key of `writer` to a full one and make its IV out of public
/// values (RFC 6101 section 6.2.2.1, RFC 2246 section 6.3.1).
using ExportKeysFn = void (*)(Side writer, ByteView write_key, Randoms, ByteSpan final_key,
                              ByteSpan iv);
using RecordMacFn = RecordMac (*)(crypto::HashId, ByteView mac_secret);
using FinishedFn = VerifyData (*)(crypto::HashId prf, ByteView transcript, ByteView master_secret,
                                  Side);
/// What CertificateVerify signs: MD5 and SHA-1, 36 bytes; DSA and ECDSA take the latter alone.
using SignedFn = VerifyData (*)(ByteView transcript, ByteView master_secret);

struct ProtocolProfile {
  ProtocolVersion version;
  std::string_view name;
  ProtocolVersion hello_record_version;  ///< of the record that carries a client's hello
  // keys
  PrfFn prf;  ///< null in SSL 3.0, which has none, and so neither of what needs one
  DeriveFn master_secret;
  BoundSecretFn extended_master_secret;  ///< null in SSL 3.0
  DeriveFn key_block;
  ExportKeysFn export_keys;  ///< null where export suites must not be negotiated
  // records
  RecordMacFn record_mac;
  bool mac_covers_version;
  PaddingRule padding;
  bool explicit_iv;        ///< each CBC record brings its own, unforeseeable
  bool split_cbc_records;  ///< the first byte of a write travels alone (BEAST)
  // handshake
  FinishedFn finished;
  SignedFn certificate_verify;  ///< null where a signature names its algorithm and covers all
  /// DSA's r and s are taken one after another, too, not in DER alone.
  bool bare_dsa_signatures;
  NoCertRule no_client_certificate;
  RsaPremaster rsa_premaster;
  bool hello_extensions;
  bool close_notify_needed_to_resume;
  std::span<const Alert> alerts;  ///< what may be sent; the rest is substituted
  std::span<const Line> full, resumed;

  /// A signature says what algorithm made it (RFC 5246 section 4.7).
  constexpr bool names_signature_algorithm() const { return certificate_verify == nullptr; }
  constexpr bool has_export_suites() const { return export_keys != nullptr; }
};

/// Every version parley speaks, oldest first.
std::span<const ProtocolProfile* const> all_profiles();
/// Null for a version parley does not speak.
const ProtocolProfile* find_profile(ProtocolVersion);

/// The highest of `enabled` that is not above what the client asks for; null if there is none.
const ProtocolProfile* choose_version(std::span<const ProtocolVersion> enabled,
                                      ProtocolVersion client_version);
/// What a client asks for: the highest enabled version below the lowest hole. A hole switches
/// off everything above it, since a hello can only name a maximum. Null
/// when nothing is enabled.
const ProtocolProfile* highest_to_offer(std::span<const ProtocolVersion> enabled);

/// The alert of this version that says `a` best; without a profile the TLS set is assumed.
Alert substitute_alert(const ProtocolProfile*, Alert a);

/// Length and contents of what the record MAC covers before the data.
struct MacHeader {
  std::array<std::uint8_t, 13> bytes{};
  std::size_t size = 0;
  operator ByteView() const { return {bytes.data(), size}; }
};
MacHeader mac_header(const ProtocolProfile&, std::uint64_t seq, ContentType, std::size_t length);

}  // namespace parley
