// The suites parley speaks, by ascending number: RFC 6101 appendix A.6, RFC 2246 appendix A.5,
// RFC 3268 section 2.
#include <array>

#include "parley/cipher.hpp"
#include "suite/suite.hpp"

namespace parley {
namespace {

constexpr auto kSsl3 = ProtocolVersion::ssl30;
// AES joined with TLS (RFC 3268), yet every stack of the time also spoke it in SSL 3.0.
constexpr std::array kSuites{
    CipherSuite{0x0001, "NULL-MD5", "TLS_RSA_WITH_NULL_MD5", Kx::rsa, Auth::rsa, Enc::null,
                Mac::md5, 0, 0, kSsl3},
    CipherSuite{0x0002, "NULL-SHA", "TLS_RSA_WITH_NULL_SHA", Kx::rsa, Auth::rsa, Enc::null,
                Mac::sha1, 0, 0, kSsl3},
    CipherSuite{0x0004, "RC4-MD5", "TLS_RSA_WITH_RC4_128_MD5", Kx::rsa, Auth::rsa, Enc::rc4_128,
                Mac::md5, 128, 128, kSsl3},
    CipherSuite{0x0005, "RC4-SHA", "TLS_RSA_WITH_RC4_128_SHA", Kx::rsa, Auth::rsa, Enc::rc4_128,
                Mac::sha1, 128, 128, kSsl3},
    CipherSuite{0x000a, "DES-CBC3-SHA", "TLS_RSA_WITH_3DES_EDE_CBC_SHA", Kx::rsa, Auth::rsa,
                Enc::des_ede3, Mac::sha1, 112, 168, kSsl3},
    CipherSuite{0x002f, "AES128-SHA", "TLS_RSA_WITH_AES_128_CBC_SHA", Kx::rsa, Auth::rsa,
                Enc::aes128, Mac::sha1, 128, 128, kSsl3},
    CipherSuite{0x0035, "AES256-SHA", "TLS_RSA_WITH_AES_256_CBC_SHA", Kx::rsa, Auth::rsa,
                Enc::aes256, Mac::sha1, 256, 256, kSsl3},
};

consteval bool sorted_unique() {
  for (std::size_t i = 1; i < kSuites.size(); ++i)
    if (kSuites[i - 1].id >= kSuites[i].id) return false;
  return true;
}
static_assert(sorted_unique());

constexpr const CipherSuite* row(std::uint16_t id) {
  for (const CipherSuite& s : kSuites)
    if (s.id == id) return &s;
  return nullptr;
}

// OpenSSL 1.0.1's order of DEFAULT: by strength of the key, then as its table stands.
constexpr std::array kDefaultList{row(0x0035), row(0x002f), row(0x0005), row(0x0004), row(0x000a)};

constexpr std::array<EncTraits, 5> kEnc{{
    {EncTraits::Mode::stream, {}, 0, 0},
    {EncTraits::Mode::stream, {}, 16, 0},
    {EncTraits::Mode::cbc, crypto::BlockCipherId::des_ede3, 24, 8},
    {EncTraits::Mode::cbc, crypto::BlockCipherId::aes128, 16, 16},
    {EncTraits::Mode::cbc, crypto::BlockCipherId::aes256, 32, 16},
}};

bool parse_hex_id(std::string_view name, std::uint16_t& id) {
  if (name.size() != 6 || name.substr(0, 2) != "0x") return false;
  unsigned v = 0;
  for (const char c : name.substr(2)) {
    const char lower = static_cast<char>(c | 0x20);
    if (c >= '0' && c <= '9')
      v = v * 16 + static_cast<unsigned>(c - '0');
    else if (lower >= 'a' && lower <= 'f')
      v = v * 16 + static_cast<unsigned>(lower - 'a' + 10);
    else
      return false;
  }
  id = static_cast<std::uint16_t>(v);
  return true;
}

}  // namespace

std::span<const CipherSuite> all_cipher_suites() { return kSuites; }
std::span<const CipherSuite* const> default_cipher_list() { return kDefaultList; }

const CipherSuite* find_cipher_suite(std::uint16_t id) { return row(id); }

const CipherSuite* find_cipher_suite(std::string_view name) {
  std::uint16_t id = 0;
  if (parse_hex_id(name, id)) return row(id);
  for (const CipherSuite& s : kSuites)
    if (s.openssl_name == name || s.iana_name == name) return &s;
  return nullptr;
}

Result<std::vector<const CipherSuite*>> parse_cipher_list(std::string_view names) {
  std::vector<const CipherSuite*> list;
  std::size_t at = 0;
  while (at <= names.size()) {
    const std::size_t end = std::min(names.find(':', at), names.size());
    const std::string_view name = names.substr(at, end - at);
    const auto offset = static_cast<std::uint32_t>(at);
    at = end + 1;
    if (name.empty()) continue;
    const CipherSuite* s = find_cipher_suite(name);
    if (s == nullptr)
      return Error{.code = Errc::bad_value, .where = "cipher list", .offset = offset};
    if (std::ranges::find(list, s) == list.end()) list.push_back(s);
  }
  if (list.empty()) return Error{.code = Errc::no_ciphers_available, .where = "cipher list"};
  return list;
}

const EncTraits& enc_traits(Enc e) { return kEnc[static_cast<std::size_t>(e)]; }

crypto::HashId mac_hash(Mac m) {
  return m == Mac::md5 ? crypto::HashId::md5 : crypto::HashId::sha1;
}

}  // namespace parley
