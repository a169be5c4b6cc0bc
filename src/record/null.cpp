// The Protection of a connection that has no keys yet.
#include "record/protection.hpp"

#include <cstring>

namespace parley {
namespace {

class NullProtection final : public Protection {
 public:
  std::size_t overhead() const override { return 0; }
  Result<std::size_t> seal(std::uint64_t, ContentType, ByteView plaintext, ByteSpan out) override {
    if (!plaintext.empty()) std::memcpy(out.data(), plaintext.data(), plaintext.size());
    return plaintext.size();
  }
  std::size_t open(std::uint64_t, std::span<OpenRecord> run) override { return run.size(); }
};

}  // namespace

std::unique_ptr<Protection> make_null_protection() { return std::make_unique<NullProtection>(); }

}  // namespace parley
