// The server's side of RSA key exchange: what comes out, and what it never tells.
#include <gtest/gtest.h>

#include "handshake/kx.hpp"
#include "protocol/ssl30.hpp"
#include "protocol/tls12.hpp"
#include "support/pair.hpp"
#include "trust/key_codec.hpp"
#include "wire/messages.hpp"

namespace parley::test {
namespace {

class KxRsa : public testing::TestWithParam<const ProtocolProfile*> {
 protected:
  KxRsa() {
    h.profile = GetParam();
    h.offered_version = GetParam()->version;
    h.identity = &config->identities.front();
  }
  const crypto::RsaPublicKey& public_key() const {
    static const auto key =
        std::get<crypto::RsaPrivateKey>(server_identity().key.impl().key).public_key();
    return key;
  }
  Bytes good_premaster() const {
    Bytes p(48, 0x77);
    p[0] = 3;
    p[1] = static_cast<std::uint8_t>(h.profile->version);
    return p;
  }
  Bytes message(Bytes encrypted) const {
    Bytes body;
    const bool bare = h.profile->rsa_premaster == RsaPremaster::bare;
    EXPECT_TRUE(bare ? build(ClientKeyExchangeRsaSsl30{std::move(encrypted)}, body).has_value()
                     : build(ClientKeyExchangeRsa{std::move(encrypted)}, body).has_value());
    return body;
  }
  /// The premaster secret the server goes on with.
  Bytes receive(Bytes encrypted) {
    crypto::SecretBytes out;
    const Status s = kRsaKeyExchange.receive(h, message(std::move(encrypted)), out);
    EXPECT_TRUE(s.has_value()) << s.error().text();
    return to_bytes(out);
  }

  SeededRng rng{5};
  FixedClock clock{kNow};
  std::shared_ptr<Config> config = server_config();
  Half read, write;
  Handshake h{Side::server, config, {rng, clock}, read, write};
};
INSTANTIATE_TEST_SUITE_P(Versions, KxRsa, testing::ValuesIn(all_profiles()),
                         [](const auto& i) { return test_name(i.param->version); });

TEST_P(KxRsa, yields_the_premaster_secret) {
  EXPECT_EQ(receive(*public_key().encrypt(rng, good_premaster())), good_premaster());
}

TEST_P(KxRsa, takes_a_ciphertext_without_its_leading_zeros) {
  for (int tries = 0; tries < 5000; ++tries) {
    Bytes c = *public_key().encrypt(rng, good_premaster());
    if (c[0] != 0) continue;
    c.erase(c.begin());
    EXPECT_EQ(receive(std::move(c)), good_premaster());
    return;
  }
  FAIL() << "no ciphertext with a leading zero in 5000";
}

TEST_P(KxRsa, every_fault_goes_on_with_a_secret_nobody_knows) {
  const Bytes premaster = good_premaster();
  Bytes wrong_version = premaster;
  wrong_version[1] ^= 1;
  const Bytes shorter(premaster.begin(), premaster.end() - 1);
  Bytes longer = premaster;
  longer.push_back(0);
  Bytes flipped = *public_key().encrypt(rng, premaster);
  flipped.back() ^= 1;
  const std::vector<Bytes> faults{
      *public_key().encrypt(rng, wrong_version),
      *public_key().encrypt(rng, shorter),
      *public_key().encrypt(rng, longer),
      flipped,
      Bytes(public_key().size(), 0),
      Bytes(public_key().size(), 0xff),  // not below the modulus
      Bytes{},
  };
  for (const Bytes& fault : faults) {
    const Bytes once = receive(fault);
    const Bytes again = receive(fault);
    ASSERT_EQ(once.size(), 48u);
    EXPECT_NE(once, premaster);
    EXPECT_NE(once, again) << "the fallback must be fresh";
  }
}

TEST_P(KxRsa, a_ciphertext_longer_than_the_key_is_refused_openly) {
  crypto::SecretBytes out;
  EXPECT_FALSE(kRsaKeyExchange.receive(h, message(Bytes(public_key().size() + 1, 1)), out));
}

}  // namespace
}  // namespace parley::test
