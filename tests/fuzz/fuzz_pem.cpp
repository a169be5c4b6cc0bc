// Any text as PEM: find the blocks, decode them, and encode what came out. Links asn1 alone.
#include <cstdlib>

#include "parley/pem.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley;
  const auto blocks = pem_blocks(as_text({data, size}));
  if (!blocks) return 0;
  for (const PemBlock& b : *blocks) {
    const Result<Bytes> der = b.decode();
    if (!der) continue;
    const std::string again = encode_pem(b.label, *der);
    const auto reread = pem_blocks(again);
    if (!reread || reread->size() != 1 || *reread->front().decode() != *der) std::abort();
  }
  return 0;
}
