#include "tool/keys.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <optional>

#include "parley/clock.hpp"
#include "parley/issue.hpp"
#include "tool/failure.hpp"
#include "tool/output.hpp"

namespace parley::tool {

namespace {

/// "rsa:2048": everything before and after the colon.
struct Kind {
  std::string_view name, what;
};

std::optional<std::size_t> number_in(std::string_view s) {
  if (s.empty() || s.size() > 4 || s.find_first_not_of("0123456789") != s.npos) return {};
  return std::strtoul(std::string(s).c_str(), nullptr, 10);
}

Result<PrivateKey> make(const Kind& kind) {
  const Error bad{.code = Errc::bad_argument, .where = "kind"};
  if (kind.name == "ed25519" && kind.what.empty())
    return PrivateKey::generate_ed25519(system_rng());
  if (kind.name == "ec") return PrivateKey::generate_ec(system_rng(), kind.what);
  const auto bits = number_in(kind.what);
  if (!bits) return bad;
  if (kind.name == "dsa") return PrivateKey::generate_dsa(system_rng(), *bits);
  if (kind.name != "rsa") return bad;
  return PrivateKey::generate_rsa(system_rng(), *bits);
}

}  // namespace

PrivateKey generate_key(const std::string& flag, const std::string& text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  const Kind kind{std::string_view(text).substr(0, colon),
                  std::string_view(text).substr(std::min(colon + 1, text.size()))};
  Result<PrivateKey> key = make(kind);
  if (key) return *std::move(key);
  if (key.error().code == Errc::unsupported_key)
    throw usage_error(
        fmt::format("{} {}: this curve agrees on secrets and cannot sign, so no "
                    "certificate can be made with it",
                    flag, printable(text)));
  if (key.error().code == Errc::bad_argument)
    throw usage_error(fmt::format("{} {}: a key is {}", flag, printable(text), kKeyKinds));
  throw Failure(exit_for(key.error().code), fmt::format("no key: {}", key.error().text()), {},
                key.error());
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
