// Ways to compute the same must agree: by the instructions of each row of crypto/kernels.hpp, whole
// or in pieces, in place or apart, forth and back, in constant time or not. One byte for the
// primitive; then where to cut, key and data.
#include <cstdlib>

#include "crypto/aead.hpp"
#include "crypto/cipher.hpp"
#include "crypto/hmac.hpp"
#include "crypto/kernels.hpp"
#include "crypto/montgomery.hpp"

namespace {

using namespace parley;
using namespace parley::crypto;

void require(bool holds) {
  if (!holds) std::abort();
}

/// What is eaten from the front.
struct Input {
  ByteView left;
  std::uint8_t u8() {
    const ByteView b = take(1);
    return b.empty() ? std::uint8_t{0} : b[0];
  }
  ByteView take(std::size_t n) {
    const ByteView b = left.first(std::min(n, left.size()));
    left = left.subspan(b.size());
    return b;
  }
  /// Exactly so many bytes; zeros where the input ends.
  Bytes fixed(std::size_t n) {
    Bytes b = to_bytes(take(n));
    b.resize(n);
    return b;
  }
};

/// The places where a message is cut, from 0 to its size.
std::array<std::size_t, 6> cuts(Input& in, std::size_t most) {
  std::array<std::size_t, 6> at{};
  for (std::size_t i = 1; i < 5; ++i) at[i] = most * in.u8() / 255;
  at[5] = most;
  std::ranges::sort(at);
  return at;
}

Bytes check_hash(Input& in) {
  const auto id = static_cast<HashId>(in.u8() % 8);
  Bytes places = in.fixed(4);
  const ByteView m = in.left;
  Input at_places{places};
  const auto at = cuts(at_places, m.size());
  const Digest whole = hash(id, {m});
  Hasher pieces{id};
  for (std::size_t i = 0; i < 5; ++i) {
    const Hasher fork = pieces;
    pieces = fork;
    pieces.update(m.subspan(at[i], at[i + 1] - at[i]));
  }
  Digest got{.size = digest_size(id)};
  pieces.finish(got.bytes);
  require(equal(got, whole));
  if (id == HashId::md2) return to_bytes(whole.view());
  // The constant-time end: at[1] bytes before it, at least at[2], in truth at[3] of at[4].
  Hasher secret{id};
  secret.update(m.first(at[1]));
  const ByteView tail = m.subspan(at[1], at[4] - at[1]);
  secret.finish_secret_length(tail, at[3] - at[1], at[2] - at[1], got.bytes);
  require(equal(got, hash(id, {m.first(at[3])})));
  return to_bytes(whole.view());
}

Bytes check_hmac(Input& in) {
  const auto id = static_cast<HashId>(1 + in.u8() % 7);
  const Bytes places = in.fixed(4);
  const Bytes key = to_bytes(in.take(in.u8()));
  const ByteView m = in.left;
  Input at_places{places};
  const auto at = cuts(at_places, m.size());
  const Hmac keyed{id, key};
  Hmac pieces = keyed, secret = keyed;
  for (std::size_t i = 0; i < 5; ++i) pieces.update(m.subspan(at[i], at[i + 1] - at[i]));
  Digest got{.size = digest_size(id)};
  pieces.finish(got.bytes);
  const Digest whole = hmac(id, key, {m});
  require(equal(got, whole));
  secret.update(m.first(at[1]));
  secret.finish_secret_length(m.subspan(at[1], at[4] - at[1]), at[3] - at[1], at[2] - at[1],
                              got.bytes);
  require(equal(got, hmac(id, key, {m.first(at[3])})));
  return to_bytes(whole.view());
}

Bytes check_block_cipher(Input& in) {
  const auto id = static_cast<BlockCipherId>(in.u8() % 13);
  const std::size_t run_blocks = 1 + in.u8() % 9;
  const auto cipher = make_block_cipher(id, in.fixed(cipher_key_size(id)));
  require(cipher != nullptr);
  const std::size_t block = cipher->block_size();
  const Bytes iv = in.fixed(block);
  const Bytes plain = to_bytes(in.left.first(in.left.size() / block * block));

  Bytes chain = iv, whole(plain.size());
  cipher->cbc_encrypt(chain, plain, whole);
  require(plain.empty() ||
          std::equal(chain.begin(), chain.end(), whole.end() - std::ptrdiff_t(block)));
  // In place and in runs.
  Bytes runs = plain;
  Bytes run_chain = iv;
  for (std::size_t i = 0; i < runs.size(); i += run_blocks * block) {
    const ByteSpan run = ByteSpan{runs}.subspan(i, std::min(run_blocks * block, runs.size() - i));
    cipher->cbc_encrypt(run_chain, run, run);
  }
  require(runs == whole && run_chain == chain);
  // Back, at once and in runs, in place and apart.
  Bytes back(plain.size());
  chain = iv;
  cipher->cbc_decrypt(chain, whole, back);
  require(back == plain && chain == run_chain);
  run_chain = iv;
  for (std::size_t i = 0; i < runs.size(); i += run_blocks * block) {
    const ByteSpan run = ByteSpan{runs}.subspan(i, std::min(run_blocks * block, runs.size() - i));
    cipher->cbc_decrypt(run_chain, run, run);
  }
  require(runs == plain);
  // ECB of many blocks is ECB of each, and CBC by hand.
  Bytes many(plain.size()), by_hand(plain.size());
  cipher->ecb_encrypt(plain, many);
  ByteView before = iv;
  for (std::size_t i = 0; i < plain.size(); i += block) {
    Bytes one(block);
    cipher->ecb_encrypt(ByteView{plain}.subspan(i, block), one);
    require(equal(one, ByteView{many}.subspan(i, block)));
    for (std::size_t j = 0; j < block; ++j) one[j] = plain[i + j] ^ before[j];
    cipher->ecb_encrypt(one, ByteSpan{by_hand}.subspan(i, block));
    before = ByteView{by_hand}.subspan(i, block);
  }
  require(by_hand == whole);
  cipher->ecb_decrypt(many, many);
  require(many == plain);
  return whole;
}

Bytes check_rc4(Input& in) {
  const Bytes places = in.fixed(4);
  const Bytes key = in.fixed(1U + in.u8());
  const Bytes m = to_bytes(in.left);
  Input at_places{places};
  const auto at = cuts(at_places, m.size());
  Bytes whole(m.size()), pieces = m;
  Rc4{key}.apply(m, whole);
  Rc4 stream{key};
  for (std::size_t i = 0; i < 5; ++i) {
    const ByteSpan part = ByteSpan{pieces}.subspan(at[i], at[i + 1] - at[i]);
    stream.apply(part, part);
  }
  require(pieces == whole);
  return whole;
}

Bytes check_aead(Input& in) {
  const auto id = static_cast<AeadId>(in.u8() % 7);
  const std::uint8_t flip = in.u8();
  const auto aead = make_aead(id, in.fixed(aead_key_size(id)));
  require(aead != nullptr);
  const Bytes nonce = in.fixed(kAeadNonce);
  const Bytes aad = to_bytes(in.take(in.u8()));
  const Bytes plain = to_bytes(in.left);
  Bytes apart(plain.size() + aead->tag_size());
  aead->seal(nonce, aad, plain, apart);
  Bytes in_place = plain;
  in_place.resize(apart.size());
  aead->seal(nonce, aad, ByteView{in_place}.first(plain.size()), in_place);
  require(in_place == apart);
  Bytes out(plain.size());
  require(aead->open(nonce, aad, apart, out) && out == plain);
  const Bytes sealed = apart;
  require(aead->open(nonce, aad, in_place, ByteSpan{in_place}.first(plain.size())));
  require(std::equal(plain.begin(), plain.end(), in_place.begin()));
  apart[apart.size() * flip / 256] ^= static_cast<std::uint8_t>(1U << flip % 8);
  require(!aead->open(nonce, aad, apart, out));
  require(std::ranges::all_of(out, [](std::uint8_t b) { return b == 0; }));
  return sealed;
}

Bytes check_montgomery(Input& in) {
  const std::size_t limbs = 1 + in.u8() % 8;
  const std::uint64_t exponent = 1U + in.u8();
  const auto number = [&in, limbs] {
    Num n{limbs};
    decode_big_endian(n.span(), in.fixed(limbs * kLimbBytes));
    return n;
  };
  Num n = number();
  n[0] |= 1;
  n[limbs - 1] |= Limb{1} << 63;
  const Montgomery m{n};
  const Num a = number(), b = number();
  Num x{limbs}, y{limbs}, xy{limbs}, yx{limbs}, again{limbs};
  const auto same = [](const Num& p, const Num& q) {
    return std::ranges::equal(p.view(), q.view());
  };
  m.to_montgomery(x.data(), a.data());
  m.to_montgomery(y.data(), b.data());
  m.mul(xy.data(), x.data(), y.data());
  m.mul(yx.data(), y.data(), x.data());
  require(same(xy, yx));
  m.mul(xy.data(), x.data(), x.data());
  m.square(yx.data(), x.data());
  require(same(xy, yx));
  // Forth and back is the number itself, reduced.
  m.from_montgomery(xy.data(), x.data());
  m.to_montgomery(again.data(), xy.data());
  require(same(again, x));
  // (x + y) - y = x, written with what there is: x - y = -(y - x).
  Num zero{limbs}, forth{limbs}, back{limbs};
  m.sub(forth.data(), x.data(), y.data());
  m.sub(back.data(), y.data(), x.data());
  m.sub(back.data(), zero.data(), back.data());
  require(same(forth, back));
  // Three ways to a power.
  Num secret{limbs}, open{limbs}, product = m.one();
  const Limb e = exponent;
  m.exp(secret.data(), x.data(), LimbView{&e, 1});
  m.exp_public(open.data(), x.data(), exponent);
  for (std::uint64_t i = 0; i < exponent; ++i) {
    Num next{limbs};
    m.mul(next.data(), product.data(), x.data());
    product = next;
  }
  require(same(secret, open) && same(open, product));
  Bytes power(limbs * kLimbBytes);
  encode_big_endian(power, secret.view());
  return power;
}

Bytes check(ByteView input) {
  Input in{input};
  switch (in.u8() % 6) {
    case 0: return check_hash(in);
    case 1: return check_hmac(in);
    case 2: return check_block_cipher(in);
    case 3: return check_rc4(in);
    case 4: return check_aead(in);
    default: return check_montgomery(in);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input{data, size};
  const Bytes result = check(input);
  for (const Kernels* row : available_kernels()) {
    const ForcedKernels forced{*row};
    require(check(input) == result);
  }
  return 0;
}
