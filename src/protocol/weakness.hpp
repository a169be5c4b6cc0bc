// What a careful reader would question about an agreement: one table for both ends of a connection
// and for onlookers.
#pragma once
#include <functional>

#include "parley/cipher.hpp"
#include "parley/observer.hpp"
#include "protocol/profile.hpp"

namespace parley {

/// What was agreed, as far as whoever asks knows it; the rest stays as it is here, and is not
/// questioned.
struct Agreement {
  const ProtocolProfile* profile = nullptr;  ///< null in SSL 2.0, which has none
  bool ssl2 = false;
  bool shares_key_with_ssl2 = false;  ///< the server's key serves SSL 2.0 and later versions
  const CipherSuite* suite = nullptr;
  bool compressed = false;
  bool splits_cbc_records = false;  ///< our end does, where the version asks for it
  bool no_secure_renegotiation = false;
  bool server_unverified = false;
  bool signed_with_sha1 = false;
  /// Of the peer. Signatures of self-issued certificates prove nothing anyway, and do not count.
  bool chain_rests_on_md5 = false;
  /// Of RSA and DSA keys, whose numbers are long; 0: another kind, or not known.
  std::size_t server_key_bits = 0, client_key_bits = 0;
  std::size_t dh_prime_bits = 0;  ///< 0: none, or that of an export suite
};

/// Calls `tell` for each weak choice, in the order of the table.
void for_each_weakness(const Agreement&, const std::function<void(const WeaknessEvent&)>& tell);

}  // namespace parley
