// Sealed sessions for others to keep (RFC 5077 section 4).
#include <cassert>

#include "crypto/cipher.hpp"
#include "crypto/ct.hpp"
#include "crypto/hmac.hpp"
#include "crypto/secret.hpp"
#include "parley/reader.hpp"
#include "parley/session.hpp"
#include "parley/writer.hpp"
#include "session/resumable.hpp"

namespace parley {
namespace {

constexpr std::size_t kName = 16, kAesKey = 32, kMacKey = 32, kBlock = 16, kMac = 32;
/// key_name, iv, the length of encrypted_state.
constexpr std::size_t kFront = kName + kBlock + 2;
constexpr std::size_t kSealedAt = 8;
/// A key may be handed in for each process that seals; more would only be searched for nothing.
constexpr std::size_t kKeysHeld = 16;
static_assert(kName + kAesKey + kMacKey == TicketKeys::kKeySize);

/// How long a key seals, seconds: at least one, or a short lifetime would make a key for every
/// ticket.
std::uint64_t sealing_time(std::int64_t lifetime) {
  return std::max<std::uint64_t>(static_cast<std::uint64_t>(lifetime) / 2, 1);
}

}  // namespace

struct TicketKeys::Key {
  Key(ByteView bytes, std::int64_t now) : made(now) {
    assert(bytes.size() == kKeySize);
    std::ranges::copy(bytes.first(kName), name.begin());
    std::ranges::copy(bytes.subspan(kName, kAesKey), aes.span().begin());
    std::ranges::copy(bytes.last(kMacKey), mac.span().begin());
  }
  /// Over everything that stands before the MAC: key_name, iv and encrypted_state with its length.
  crypto::Digest mac_of(ByteView front) const {
    return crypto::hmac(crypto::HashId::sha256, mac.view(), {front});
  }

  std::array<std::uint8_t, kName> name{};
  crypto::Secret<kAesKey> aes;
  crypto::Secret<kMacKey> mac;
  std::int64_t made;  ///< Unix seconds
};

TicketKeys::TicketKeys(std::int64_t lifetime_seconds)
    : lifetime_(std::max<std::int64_t>(lifetime_seconds, 0)) {}
TicketKeys::~TicketKeys() = default;

bool TicketKeys::seals(const Key& k, std::int64_t now) const {
  return age(k.made, now) < sealing_time(lifetime_);
}

void TicketKeys::drop_old(std::int64_t now) {
  // What a key sealed at its last moment lives a lifetime longer.
  const auto lifetime = static_cast<std::uint64_t>(lifetime_);
  std::erase_if(newest_first_, [&](const std::shared_ptr<const Key>& k) {
    const std::uint64_t a = age(k->made, now);
    return a >= lifetime && a - lifetime >= sealing_time(lifetime_);
  });
  if (newest_first_.size() > kKeysHeld) newest_first_.resize(kKeysHeld);
}

void TicketKeys::make_newest(std::shared_ptr<const Key> key, std::int64_t now) {
  std::erase_if(newest_first_,
                [&](const std::shared_ptr<const Key>& k) { return k->name == key->name; });
  newest_first_.insert(newest_first_.begin(), std::move(key));
  drop_old(now);
}

Status TicketKeys::add_key(ByteView key, std::int64_t now) {
  if (key.size() != kKeySize) return Error{.code = Errc::bad_argument, .where = "ticket key"};
  auto k = std::make_shared<const Key>(key, now);
  const std::lock_guard lock{mutex_};
  make_newest(std::move(k), now);
  return {};
}

std::shared_ptr<const TicketKeys::Key> TicketKeys::sealing_key(std::int64_t now) const {
  const std::lock_guard lock{mutex_};
  if (newest_first_.empty() || !seals(*newest_first_.front(), now)) return nullptr;
  return newest_first_.front();
}

Result<std::shared_ptr<const TicketKeys::Key>> TicketKeys::key_to_seal_with(Rng& rng,
                                                                            std::int64_t now) {
  if (auto key = sealing_key(now)) return key;
  crypto::Secret<kKeySize> fresh;
  if (!rng.fill(fresh.span())) return Error{.code = Errc::no_random, .where = "ticket key"};
  auto made = std::make_shared<const Key>(fresh.view(), now);
  const std::lock_guard lock{mutex_};
  // Another thread may have been faster while the generator worked.
  if (newest_first_.empty() || !seals(*newest_first_.front(), now))
    make_newest(std::move(made), now);
  return newest_first_.front();
}

Result<Bytes> TicketKeys::seal(const Session& session, Rng& rng, std::int64_t now) {
  const crypto::SecretBytes state = [&] {
    Bytes encoded = session.encode();
    if (encoded.empty()) return crypto::SecretBytes{};
    // PKCS #7: one byte at least.
    const std::size_t used = kSealedAt + encoded.size();
    const std::size_t pad = kBlock - used % kBlock;
    crypto::SecretBytes s{used + pad};
    const auto sealed_at = static_cast<std::uint64_t>(now);
    for (unsigned i = 0; i < kSealedAt; ++i)
      s.span()[i] = static_cast<std::uint8_t>(sealed_at >> (8 * (kSealedAt - 1 - i)));
    std::ranges::copy(encoded, s.span().begin() + kSealedAt);
    std::ranges::fill(s.span().last(pad), static_cast<std::uint8_t>(pad));
    crypto::wipe(encoded);
    return s;
  }();
  if (state.empty() || kFront + state.size() + kMac > kMaxTicketSize)
    return Error{.code = Errc::length_out_of_range, .where = "ticket"};

  PARLEY_TRY(const std::shared_ptr<const Key> key, key_to_seal_with(rng, now));
  std::array<std::uint8_t, kBlock> iv;
  if (!rng.fill(iv)) return Error{.code = Errc::no_random, .where = "ticket"};

  Bytes ticket;
  ticket.reserve(kFront + state.size() + kMac);
  Writer w{ticket};
  w.bytes(key->name);
  w.bytes(iv);
  w.u16(static_cast<std::uint16_t>(state.size()));
  ticket.resize(kFront + state.size());
  crypto::make_block_cipher(crypto::BlockCipherId::aes256, key->aes.view())
      ->cbc_encrypt(iv, state, ByteSpan{ticket}.subspan(kFront));
  append(ticket, key->mac_of(ticket));
  return ticket;
}

TicketKeys::Opened TicketKeys::open(ByteView ticket, std::shared_ptr<const void> scope,
                                    std::int64_t now) {
  if (ticket.size() < kFront + kBlock + kMac || ticket.size() > kMaxTicketSize) return {};
  std::shared_ptr<const Key> key;
  bool renew = false;
  {
    const std::lock_guard lock{mutex_};
    drop_old(now);
    const auto it = std::ranges::find_if(newest_first_, [&](const std::shared_ptr<const Key>& k) {
      return equal(k->name, ticket.first(kName));
    });
    if (it == newest_first_.end()) return {};
    key = *it;
    renew = it != newest_first_.begin() || !seals(*key, now);
  }
  // Nothing of the ticket but the key's name is looked at before its MAC is known to be right.
  const ByteView front = ticket.first(ticket.size() - kMac);
  if (!crypto::ct_equal(key->mac_of(front), ticket.last(kMac))) return {};

  const ByteView encrypted = front.subspan(kFront);
  const std::size_t length = std::size_t{ticket[kFront - 2]} << 8 | ticket[kFront - 1];
  if (encrypted.size() != length || length % kBlock != 0) return {};
  std::array<std::uint8_t, kBlock> iv;
  std::ranges::copy(ticket.subspan(kName, kBlock), iv.begin());
  crypto::SecretBytes state{length};
  crypto::make_block_cipher(crypto::BlockCipherId::aes256, key->aes.view())
      ->cbc_decrypt(iv, encrypted, state);

  const std::size_t pad = state.view()[length - 1];
  if (pad == 0 || pad > kBlock || pad + kSealedAt > length) return {};
  if (!std::ranges::all_of(state.view().last(pad), [&](std::uint8_t b) { return b == pad; }))
    return {};
  std::uint64_t sealed_at = 0;
  for (const std::uint8_t b : state.view().first(kSealedAt)) sealed_at = sealed_at << 8 | b;
  auto session =
      Session::decode(state.view().subspan(kSealedAt, length - kSealedAt - pad), std::move(scope));
  if (!session) return {};
  // From when the session was made: a renewed ticket holds no younger one. From when it was
  // sealed too, for sessions made while the clock was wrong.
  const auto lifetime = static_cast<std::uint64_t>(lifetime_);
  if (age((*session)->data().created, now) >= lifetime ||
      age(static_cast<std::int64_t>(sealed_at), now) >= lifetime)
    return {.expired = true};
  return {.session = *std::move(session), .renew = renew};
}

}  // namespace parley
