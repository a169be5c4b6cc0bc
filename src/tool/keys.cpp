#include "tool/keys.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "parley/clock.hpp"
#include "parley/issue.hpp"
#include "tool/failure.hpp"
#include "tool/output.hpp"

namespace parley::tool {

PrivateKey generate_key(const std::string& flag, const std::string& kind) {
  constexpr unsigned long kFewest = 512, kMost = 8192;
  const std::string digits = kind.starts_with("rsa:") ? kind.substr(4) : std::string();
  if (kind.starts_with("ec:") || kind.starts_with("dsa:"))
    throw Failure(Exit::unsupported,
                  fmt::format("{} {}: not supported by this build", flag, printable(kind)),
                  "it has rsa:N");
  const bool number = !digits.empty() && digits.size() <= 4 &&
                      digits.find_first_not_of("0123456789") == std::string::npos;
  const unsigned long bits = number ? std::strtoul(digits.c_str(), nullptr, 10) : 0;
  if (bits < kFewest || bits > kMost || bits % 8 != 0)
    throw usage_error(fmt::format("{} {}: a key is rsa:N with N from {} to {}, a multiple of 8",
                                  flag, printable(kind), kFewest, kMost));
  Result<PrivateKey> key = PrivateKey::generate_rsa(system_rng(), bits);
  if (!key)
    throw Failure(exit_for(key.error().code), fmt::format("no key: {}", key.error().text()), {},
                  key.error());
  return *std::move(key);
}

Identity self_signed(const std::string& flag, const std::string& kind) {
  constexpr std::int64_t kMonth = 30 * 86400;
  PrivateKey key = generate_key(flag, kind);
  const std::int64_t now = SystemClock().unix_seconds();
  CertificateRequest request{.common_name = "localhost",
                             .subject_alt_names = {"localhost", "127.0.0.1", "::1"},
                             .not_before = now,
                             .not_after = now + kMonth};
  Result<Certificate> c = issue_certificate(system_rng(), request, key);
  // 512 bits do not hold the padding of every hash; SHA-1 fits them all.
  if (!c && c.error().code == Errc::key_too_small) {
    request.hash = "sha1";
    c = issue_certificate(system_rng(), request, key);
  }
  if (!c)
    throw Failure(Exit::bug, fmt::format("no certificate: {}", c.error().text()), {}, c.error());
  return {{*std::move(c)}, std::move(key)};
}

}  // namespace parley::tool
