// OCSP responses (RFC 6960): what a certificate's issuer says of it, dated and signed. In a
// handshake the server brings one along, stapled to its certificate (RFC 6066 section 8).
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "parley/bytes.hpp"
#include "parley/export.hpp"
#include "parley/result.hpp"

namespace PARLEY_PUBLIC parley {

/// CertStatus (RFC 6960 section 2.2).
enum class OcspStatus : std::uint8_t { good, revoked, unknown };
/// "good", "revoked" or "unknown".
std::string_view ocsp_status_name(OcspStatus);

/// SingleResponse: what is said of one certificate. Views into the response.
struct OcspAnswer {
  ByteView hash_algorithm{};  ///< AlgorithmIdentifier with its header
  /// Of the issuer's Name, and of the content of the BIT STRING of its key.
  ByteView issuer_name_hash{}, issuer_key_hash{};
  ByteView serial{};  ///< content of the INTEGER
  OcspStatus status = OcspStatus::unknown;
  std::int64_t revoked_at = 0;                ///< Unix seconds; only when revoked
  std::optional<int> reason{};                ///< CRLReason, see reason_name() in parley/crl.hpp
  std::int64_t this_update = 0;               ///< Unix seconds
  std::optional<std::int64_t> next_update{};  ///< Unix seconds
};

/// OCSPResponse with a BasicOCSPResponse inside. Cheap to copy: copies share one immutable buffer.
/// Views live as long as any copy.
class OcspResponse {
 public:
  /// Exactly one response in strict DER; takes the bytes over. At most kMostAnswers and
  /// kMostCertificates: else Errc::length_out_of_range.
  static Result<OcspResponse> parse(Bytes der);
  static constexpr std::size_t kMostAnswers = 1024, kMostCertificates = 16;

  ByteView der() const;
  /// OCSPResponseStatus: 0 successful, 1 malformedRequest, 2 internalError, 3 tryLater,
  /// 5 sigRequired, 6 unauthorized. Unless 0, all that follows is empty.
  int status() const;
  ByteView tbs() const;                  ///< ResponseData with its header: what is signed
  ByteView signature_algorithm() const;  ///< AlgorithmIdentifier with its header
  ByteView signature() const;            ///< content of the BIT STRING
  /// ResponderID: a Name with its header, or SHA-1 of the responder's key; the other is empty.
  ByteView responder_name() const;
  ByteView responder_key_hash() const;
  std::int64_t produced_at() const;  ///< Unix seconds
  std::span<const OcspAnswer> answers() const;
  /// What came along to check the signature with; DER, not looked into.
  std::span<const ByteView> certificates() const;
  /// An extension, of the response or of an answer, is critical: none is understood here.
  bool has_critical_extension() const;

  struct Fields;  ///< the views (asn1/ocsp.cpp)

 private:
  explicit OcspResponse(std::shared_ptr<const Fields> f) : fields_(std::move(f)) {}
  std::shared_ptr<const Fields> fields_;
};

}  // namespace parley
