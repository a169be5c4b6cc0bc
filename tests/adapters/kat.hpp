// What the parts of parley-kat share: a request, its answers, and the tables of operations.
#pragma once
#include <charconv>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>
#include <string>

#include "crypto/hash.hpp"
#include "parley/bytes.hpp"

namespace parley::kat {

using nlohmann::json;

/// Ends a request without an answer; what() is the reason.
struct Skip : std::runtime_error {
  using runtime_error::runtime_error;
};
inline Skip malformed(const std::string& what) { return Skip("malformed: " + what); }
inline Skip missing(const std::string& primitive) { return Skip("not implemented: " + primitive); }

/// Bounds what a request can make this program allocate, bytes.
inline constexpr std::size_t kMostOutput = std::size_t{1} << 24;

class Request {
 public:
  explicit Request(const json& j) : j_(j) {}

  bool has(const char* name) const { return j_.contains(name); }
  std::string text(const char* name) const {
    const auto it = j_.find(name);
    if (it == j_.end()) throw malformed(std::string("no ") + name);
    if (!it->is_string()) throw malformed(std::string(name) + " is no string");
    return it->get<std::string>();
  }
  /// Whole bytes in hex.
  Bytes bytes(const char* name) const {
    const std::string hex = text(name);
    if (hex.size() % 2 != 0) throw malformed(std::string(name) + " has half a byte");
    return decode_hex(name, hex);
  }
  Bytes bytes_or_none(const char* name) const { return has(name) ? bytes(name) : Bytes{}; }
  /// A number in hex, which may have an odd number of digits.
  Bytes number(const char* name) const {
    std::string hex = text(name);
    if (hex.size() % 2 != 0) hex.insert(0, 1, '0');
    return decode_hex(name, hex);
  }
  /// A count of bytes: a JSON number, or a string in hex.
  std::size_t count(const char* name) const {
    const auto it = j_.find(name);
    if (it == j_.end()) throw malformed(std::string("no ") + name);
    std::uint64_t n = kMostOutput + 1;
    if (it->is_number_unsigned()) {
      n = it->get<std::uint64_t>();
    } else if (it->is_string()) {
      const std::string hex = it->get<std::string>();
      const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), n, 16);
      if (error != std::errc{} || end != hex.data() + hex.size())
        throw malformed(std::string(name) + " is no number");
    } else {
      throw malformed(std::string(name) + " is no number");
    }
    if (n > kMostOutput) throw malformed(std::string(name) + " is too large");
    return static_cast<std::size_t>(n);
  }
  /// Which of two values `dir` has.
  bool dir_is(std::string_view forward, std::string_view backward) const {
    const std::string dir = text("dir");
    if (dir != forward && dir != backward) throw malformed("dir " + dir);
    return dir == forward;
  }

 private:
  static Bytes decode_hex(const char* name, std::string_view hex) {
    Bytes out(hex.size() / 2);
    for (std::size_t i = 0; i < out.size(); ++i) {
      const char* at = hex.data() + 2 * i;
      const auto [end, error] = std::from_chars(at, at + 2, out[i], 16);
      if (error != std::errc{} || end != at + 2) throw malformed(std::string(name) + " is not hex");
    }
    return out;
  }
  const json& j_;
};

inline json out(ByteView b) { return {{"out", to_hex(b)}}; }
inline json ok(bool b) { return {{"ok", b}}; }

/// The hash of which `name` is the hash_name(). Throws Skip for one that is not here.
crypto::HashId hash_id(const std::string& name);

/// One operation of a request.
struct Op {
  std::string_view name;
  json (*run)(const Request&);  ///< null: the primitive is not here
};

std::span<const Op> symmetric_ops();   ///< ciphers, hashes, key derivation, records
std::span<const Op> public_key_ops();  ///< keys and primes

}  // namespace parley::kat
