// Any bytes as a private key: PEM text or DER, without a password and with one; what loads survives
// its own PEM. A byte in front chooses the password.
#include <cstdlib>

#include "parley/key.hpp"

namespace {

void round_trip(const parley::PrivateKey& key) {
  const auto again = parley::PrivateKey::from_pem(key.to_pem());
  if (!again || again->public_key_info() != key.public_key_info()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley;
  if (size == 0) return 0;
  const ByteView input{data + 1, size - 1};
  AskPassword ask{};
  if (data[0] != 0) ask = [&] { return std::string(data[0] % 32, 'p'); };
  if (const auto key = PrivateKey::from_pem(as_text(input), ask)) round_trip(*key);
  if (const auto key = PrivateKey::from_der(input, ask)) round_trip(*key);
  return 0;
}
