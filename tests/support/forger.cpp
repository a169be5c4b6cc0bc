#include "support/forger.hpp"

#include "tests/support/vector_file.hpp"

namespace parley::test {

Forger::Forger(const Pair& p, Side from, std::size_t records_sent) : version_(*p.client.version()) {
  const ProtocolProfile& profile = *find_profile(version_);
  const CipherSuite& suite = *p.client.suite();
  // The master secret from the key log, the randoms from the hellos on the wire.
  const Bytes master = from_hex(std::string_view{p.client_seen.key_log.at(0)}.substr(14 + 65));
  const Randoms randoms{.client = ByteView{p.from_client.log}.subspan(11, 32),
                        .server = ByteView{p.from_server.log}.subspan(11, 32)};
  const std::size_t mac_size = crypto::digest_size(mac_hash(suite.mac));
  Bytes block(2 * mac_size);
  profile.key_block(master, randoms, block);
  const ByteView secret = ByteView{block}.subspan(from == Side::client ? 0 : mac_size, mac_size);
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
