#include "support/forger.hpp"

#include "tests/support/vector_file.hpp"

namespace parley::test {

namespace {

/// Of a hello: it follows the version.
ByteView random_of(const Recorder& r, Step hello, std::size_t handshake) {
  for (const Recorder::Seen& m : r.messages)
    if (m.step == hello && handshake-- == 0) return ByteView{m.body}.subspan(2, 32);
  return {};
}

}  // namespace

Forger::Forger(const Pair& p, Side from, std::size_t records_sent, std::size_t handshake)
    : version_(*p.client.version()) {
  const ProtocolProfile& profile = *find_profile(version_);
  const CipherSuite& suite = *p.client.suite();
  const Recorder& seen = p.client_seen;
  const Bytes master =
      from_hex(std::string_view{seen.master_secrets.at(handshake)}.substr(14 + 65));
  const Randoms randoms{.client = random_of(seen, Step::client_hello, handshake),
                        .server = random_of(seen, Step::server_hello, handshake)};
  const std::size_t mac = mac_size(suite);
  Bytes block(2 * mac);
  profile.key_block(prf_hash(suite), master, randoms, block);
  const ByteView secret = ByteView{block}.subspan(from == Side::client ? 0 : mac, mac);
  half_.set_pending(make_protection(profile, suite, {.mac_secret = secret, .key = {}, .iv = {}}));
  (void)half_.change_keys().has_value();
  for (std::size_t i = 0; i < records_sent; ++i) seal(ContentType::alert, {});
}

Bytes Forger::seal(ContentType type, ByteView plaintext) {
  Bytes out(5 + plaintext.size() + half_.overhead());
  out.resize(*half_.seal(type, version_, plaintext, out));
  return out;
}

}  // namespace parley::test
