// The documented face of the random generator.
#include "api/rand.hpp"

#include <array>
#include <cerrno>
#include <chrono>

#include "api/posix.hpp"
#include "api/repr.hpp"
#include "crypto/entropy.hpp"
#include "crypto/secret.hpp"
#include "parley/rng.hpp"
#include "parley/ssl.hpp"

namespace parley {
namespace {

constexpr double kEgdPatience = 10;  // seconds

/// One conversation with a daemon; every wait ends at the same moment.
class EgdTalk {
 public:
  explicit EgdTalk(double seconds)
      : end_(Clock::now() +
             std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds))) {}
  EgdTalk(const EgdTalk&) = delete;
  EgdTalk& operator=(const EgdTalk&) = delete;
  ~EgdTalk() { posix::close(fd_); }

  bool connect(const std::string& path) {
    const posix::Resolved to =
        posix::resolve({.path = path}, AF_UNIX, SOCK_STREAM, /*to_bind=*/false);
    if (to.error != 0) return false;
    const posix::Descriptor d = posix::open_socket(AF_UNIX, SOCK_STREAM, 0);
    fd_ = d.fd;
    // Non-blocking: a daemon that accepts nobody must not hold us.
    return d.error == 0 && posix::set_blocking(fd_, false) == 0 &&
           posix::connect(fd_, to.where) == 0;
  }
  bool send(ByteView bytes) {
    while (!bytes.empty()) {
      const posix::Outcome r = posix::send(fd_, bytes, 0);
      if (posix::would_block(r.error)) {
        if (!wait(posix::Ready::to_write)) return false;
      } else if (r.error != 0) {
        return false;
      }
      bytes = bytes.subspan(r.n);
    }
    return true;
  }
  /// All of `into`.
  bool receive(ByteSpan into) {
    while (!into.empty()) {
      const posix::Outcome r = posix::recv(fd_, into, 0);
      if (posix::would_block(r.error)) {
        if (!wait(posix::Ready::to_read)) return false;
        continue;
      }
      if (r.error != 0 || r.n == 0) return false;
      into = into.subspan(r.n);
    }
    return true;
  }

 private:
  using Clock = std::chrono::steady_clock;
  bool wait(posix::Ready what) const {
    const double left = std::chrono::duration<double>(end_ - Clock::now()).count();
    return left > 0 && posix::wait(fd_, what, left) == 0;
  }
  Clock::time_point end_;
  int fd_ = -1;
};

}  // namespace

std::optional<std::size_t> gather_from_egd(const std::string& path, double seconds) {
  // The daemon's commands: 01 n asks for at most n bytes without waiting for more to gather; the
  // answer is an octet k and k bytes.
  constexpr std::uint8_t kReadNow = 1;
  EgdTalk talk(seconds);
  if (!talk.connect(path)) return {};
  std::size_t got = 0;
  while (got < kEgdBytes) {
    const auto wanted = static_cast<std::uint8_t>(kEgdBytes - got);
    std::array<std::uint8_t, 1> count{};
    if (!talk.send(std::array{kReadNow, wanted}) || !talk.receive(count)) return {};
    if (count[0] > wanted) return {};
    if (count[0] == 0) break;
    crypto::SecretBytes part(count[0]);
    if (!talk.receive(part)) return {};
    crypto::add_entropy(part);
    got += part.size();
  }
  if (got == 0) return {};
  return got;
}

bool RAND_status() {
  std::array<std::uint8_t, 1> probe{};
  return system_rng().fill(probe);
}

void RAND_add(ByteView data, double) { crypto::add_entropy(data); }
void RAND_add(std::string_view data, double entropy) { RAND_add(as_bytes(data), entropy); }

int RAND_egd(const std::string& path) {
  refuse_embedded_null(path);
  const std::optional<std::size_t> got = gather_from_egd(path, kEgdPatience);
  if (!got)
    throw SSLError(SSL_ERROR_SSL,
                   "EGD connection failed or EGD did not return enough data to seed the PRNG",
                   {.reason = "EGD_FAILED",
                    .hint = "The generator is seeded by the system already: RAND_egd only adds to "
                            "it and can be left out.",
                    .library = "RAND"});
  return static_cast<int>(*got);
}

}  // namespace parley
