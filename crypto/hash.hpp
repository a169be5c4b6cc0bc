// Hash functions. No heap, no virtual calls; a Hasher may be copied to fork a computation.
#pragma once
#include <array>

#include "parley/bytes.hpp"

namespace parley::crypto {

/// MD2 and MD4 are here to read old certificates and for known answers, nothing else.
enum class HashId : std::uint8_t { md2, md4, md5, sha1, sha224, sha256, sha384, sha512 };

inline constexpr std::size_t kMaxDigest = 64;
inline constexpr std::size_t kMaxHashBlock = 128;

std::size_t digest_size(HashId);     ///< bytes
std::size_t block_size(HashId);      ///< bytes
std::string_view hash_name(HashId);  ///< "sha256"

/// An incremental hash. Wiped on destruction, since it may have absorbed a key. After finish()
/// or finish_secret_length() it can only be destroyed or assigned to.
class Hasher {
 public:
  explicit Hasher(HashId);
  Hasher(const Hasher&) = default;
  Hasher& operator=(const Hasher&) = default;
  ~Hasher();

  void update(ByteView);
  /// Writes digest_size() bytes to the front of `out` and ends the computation.
  void finish(ByteSpan out);

  HashId id() const { return id_; }

  /// Ends the computation after absorbing data[0 .. secret_len), in time that depends on
  /// data.size() and min_len only, not on secret_len. Requires min_len <= secret_len <=
  /// data.size(). The heart of the CBC record check (Lucky Thirteen). Not for md2, whose padding
  /// no record uses.
  void finish_secret_length(ByteView data, std::size_t secret_len, std::size_t min_len,
                            ByteSpan out);

 private:
  union State {
    std::array<std::uint32_t, 8> w32;
    std::array<std::uint64_t, 8> w64;
    std::array<std::uint8_t, 32> bytes;  // of MD2
  };
  void finish_md2(ByteSpan out);

  HashId id_;
  State state_;
  std::array<std::uint8_t, kMaxHashBlock> buffer_{};
  std::uint64_t total_ = 0;  // bytes absorbed
};

/// A digest with its length, by value.
struct Digest {
  std::array<std::uint8_t, kMaxDigest> bytes{};
  std::size_t size = 0;
  operator ByteView() const { return {bytes.data(), size}; }
  ByteView view() const { return {bytes.data(), size}; }
};

/// One-shot, over the concatenation of up to a few parts.
Digest hash(HashId, std::initializer_list<ByteView> parts);

}  // namespace parley::crypto
