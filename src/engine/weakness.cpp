#include "engine/weakness.hpp"

#include "protocol/weakness.hpp"
#include "trust/signature.hpp"

namespace parley {
namespace {

/// 0 for curves, which are short by nature.
std::size_t long_bits(std::size_t bits, KeyType t) {
  return t == KeyType::rsa || t == KeyType::dsa ? bits : 0;
}
std::size_t peer_key_bits(const Handshake& h) {
  if (!h.peer_key) return 0;
  return long_bits(std::visit([](const auto& k) { return k.bits(); }, *h.peer_key),
                   trust::key_type(*h.peer_key));
}
std::size_t own_key_bits(const Handshake& h) {
  return h.identity != nullptr ? long_bits(h.identity->key.bits(), h.identity->key.type()) : 0;
}
std::size_t prime_bits(const Handshake& h) {
  if (h.suite->is_export) return 0;
  if (const auto* theirs = std::get_if<Handshake::DhShare>(&h.server_share))
    return theirs->group.bits();
  const auto* ours = std::get_if<crypto::DhPrivateKey>(&h.own_share);
  return ours != nullptr ? ours->group().bits() : 0;
}

}  // namespace

void announce_weaknesses(const Handshake& h, Observer& observer) {
  const bool client = h.side == Side::client;
  Agreement a;
  a.profile = h.profile;
  a.suite = h.suite;
  a.splits_cbc_records = h.config->split_cbc_records;
  a.no_secure_renegotiation = !h.peer_renegotiation_info;
  a.server_unverified = client && !h.peer_verified && h.suite->auth != Auth::anonymous;
  a.signed_with_sha1 = h.signed_with_sha1;
  a.chain_rests_on_md5 = std::ranges::any_of(h.peer_chain, trust::rests_on_md5);
  a.server_key_bits = client ? peer_key_bits(h) : own_key_bits(h);
  a.client_key_bits = client ? own_key_bits(h) : peer_key_bits(h);
  a.dh_prime_bits = prime_bits(h);
  for_each_weakness(a, [&](const WeaknessEvent& w) { observer.on(w); });
}

}  // namespace parley
