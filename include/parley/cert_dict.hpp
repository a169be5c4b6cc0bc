// Certificates as the dictionaries of getpeercert().
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "parley/export.hpp"
#include "parley/x509.hpp"

namespace PARLEY_PUBLIC parley {

/// What getpeercert() returns; the members are the dictionary's keys in its order.
struct cert_dict {
  /// One relative distinguished name: (attribute, value) pairs in the order of the encoding.
  using RDN = std::vector<std::pair<std::string, std::string>>;
  using Name = std::vector<RDN>;
  /// ("DNS", "example.org"), or ("DirName", a Name).
  using AltName = std::pair<std::string, std::variant<std::string, Name>>;

  Name subject{};  ///< attributes by long name ("commonName") or dotted number
  Name issuer{};
  int version = 0;             ///< 1 to 3; 0 when absent
  std::string serialNumber{};  ///< upper-case hex, two digits an octet
  std::string notBefore{};     ///< "Oct  5 23:01:56 2020 GMT"
  std::string notAfter{};
  std::optional<std::vector<AltName>> subjectAltName{};

  /// No key at all: what an unvalidated peer certificate gives.
  bool empty() const { return keys().empty(); }
  /// The keys present, in the documented order.
  std::vector<std::string_view> keys() const;
  bool contains(std::string_view key) const;
  bool operator==(const cert_dict&) const = default;
};

/// Asks getpeercert() and get_ca_certs() for the DER encoding.
struct binary_form_t {};
inline constexpr binary_form_t binary_form{};

/// The dictionary of one certificate. SSLError when a name cannot be decoded.
cert_dict cert_to_dict(const Certificate&);
/// The dictionary of the first certificate of a PEM file, for tests; SSLError "Can't open file",
/// "Error decoding PEM-encoded file".
cert_dict _test_decode_cert(const std::string& path);
/// Seconds since the epoch, in UTC, of a notBefore or notAfter: "May  9 00:00:00 2007 GMT". Months
/// in English whatever the locale. std::invalid_argument for anything else.
double cert_time_to_seconds(std::string_view time);

}  // namespace parley
