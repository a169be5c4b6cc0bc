// Whether time tells what it must not: bench_timing [TEXT]. Two kinds of input are timed in turn by
// the toss of a coin, and the Mann-Whitney rank test says how sure one may be that their times
// differ. Two rows are there to be told apart. Exit 1 when a row is not as it should be, 3 when no
// row's name holds TEXT.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "crypto/rsa.hpp"
#include "parley/rng.hpp"
#include "protocol/profile.hpp"
#include "record/protection.hpp"
#include "suite/suite.hpp"

namespace {

using namespace parley;
using Clock = std::chrono::steady_clock;

SystemRng rng;

std::size_t below(std::size_t n) {
  std::array<std::uint8_t, 4> b{};
  if (!rng.fill(b)) throw std::runtime_error("no random bytes");
  return (std::size_t{b[0]} << 24 | std::size_t{b[1]} << 16 | std::size_t{b[2]} << 8 | b[3]) % n;
}
Bytes random_bytes(std::size_t n) {
  Bytes b(n);
  if (!rng.fill(b)) throw std::runtime_error("no random bytes");
  return b;
}

/// What is timed: made ready with an input of kind 0 or 1, then run.
struct Subject {
  std::string name;
  std::size_t samples;
  std::function<void(int kind)> prepare;
  std::function<void()> run;
  bool should_differ = false;
};

struct Times {
  std::vector<double> of[2]{};  // nanoseconds

  double median(int kind) {
    std::vector<double>& v = of[kind];
    const auto middle = v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2);
    std::nth_element(v.begin(), middle, v.end());
    return *middle;
  }

  /// Standard deviations by which the ranks of kind 0 are away from where chance would have them;
  /// ties share their rank.
  double z() const {
    std::vector<std::pair<double, int>> all;
    for (const int kind : {0, 1})
      for (const double t : of[kind]) all.emplace_back(t, kind);
    std::ranges::sort(all);
    double ranks = 0, ties = 0;
    for (std::size_t i = 0; i < all.size();) {
      std::size_t j = i;
      while (j < all.size() && all[j].first == all[i].first) ++j;
      const double rank = static_cast<double>(i + j + 1) / 2, same = static_cast<double>(j - i);
      for (std::size_t k = i; k < j; ++k)
        if (all[k].second == 0) ranks += rank;
      ties += same * same * same - same;
      i = j;
    }
    const auto a = static_cast<double>(of[0].size()), b = static_cast<double>(of[1].size());
    const double n = a + b, u = ranks - a * (a + 1) / 2;
    return (u - a * b / 2) / std::sqrt(a * b / 12 * (n + 1 - ties / (n * (n - 1))));
  }
};

/// Beyond this the two kinds differ: chance gets here once in two million rows.
constexpr double kSure = 5;

bool is_as_it_should_be(const Subject& s) {
  Times times;
  for (std::size_t i = 0; i < s.samples + s.samples / 10; ++i) {
    const int kind = static_cast<int>(below(2));
    s.prepare(kind);
    const Clock::time_point begin = Clock::now();
    s.run();
    const std::chrono::duration<double, std::nano> took = Clock::now() - begin;
    if (i >= s.samples / 10) times.of[kind].push_back(took.count());  // the first warm up
  }
  const double z = times.z();
  const bool differ = std::abs(z) > kSure;
  fmt::print("{:<66} {:>8} {:>10.0f} {:>10.0f} {:>8.2f}  {}\n", s.name, s.samples, times.median(0),
             times.median(1), z,
             differ            ? (s.should_differ ? "told apart, as it should be" : "TOLD APART")
             : s.should_differ ? "NOT TOLD APART"
                               : "the same");
  std::fflush(stdout);
  return differ == s.should_differ;
}

// --- RSA -----------------------------------------------------------------------------------------

constexpr std::uint16_t kVersion = 0x0301;

Bytes premaster(std::uint16_t version, std::size_t size = 48) {
  Bytes b = random_bytes(size);
  b[0] = static_cast<std::uint8_t>(version >> 8);
  b[1] = static_cast<std::uint8_t>(version);
  return b;
}

struct RsaBench {
  crypto::RsaPrivateKey key = *crypto::RsaPrivateKey::generate(rng, 2048);
  Bytes ciphertext{}, fallback = random_bytes(48);
  std::array<std::uint8_t, 48> out{};

  Bytes good() const { return *key.public_key().encrypt(rng, premaster(kVersion)); }
  Bytes wrong_version() const { return *key.public_key().encrypt(rng, premaster(0x0300)); }
  Bytes wrong_length() const { return *key.public_key().encrypt(rng, premaster(kVersion, 47)); }
  /// Below the modulus, whose first bit is set, and after decryption no block of type 2.
  static Bytes wrong_padding() {
    Bytes b = random_bytes(256);
    b[0] &= 0x7f;
    return b;
  }
};

void rsa_subjects(std::vector<Subject>& all) {
  const auto bench = std::make_shared<RsaBench>();
  using Make = std::function<Bytes()>;
  const auto add = [&](const std::string& name, Make bad) {
    all.push_back(
        {"RSA-2048 premaster: good against " + name, 4000,
         [bench, bad](int kind) { bench->ciphertext = kind == 0 ? bench->good() : bad(); },
         [bench] {
           if (!bench->key.decrypt_premaster(rng, bench->ciphertext, kVersion, bench->fallback,
                                             bench->out))
             throw std::runtime_error("RSA fails");
         }});
  };
  add("wrong padding", [] { return RsaBench::wrong_padding(); });
  add("wrong version", [bench] { return bench->wrong_version(); });
  add("wrong length", [bench] { return bench->wrong_length(); });
  all.push_back({"told apart: decryption for tools, good against wrong padding", 4000,
                 [bench](int kind) {
                   bench->ciphertext = kind == 0 ? bench->good() : RsaBench::wrong_padding();
                 },
                 [bench] {
                   // What a careless server would do next.
                   if (bench->key.decrypt(rng, bench->ciphertext))
                     (void)random_bytes(std::size_t{1} << 16);
                 },
                 true});
}

// --- CBC records ---------------------------------------------------------------------------------

/// One record, as an attacker on the wire can change it.
class CbcBench {
 public:
  CbcBench(const ProtocolProfile& profile, const CipherSuite& suite, std::size_t size)
      : profile_(profile), suite_(suite) {
    std::unique_ptr<Protection> p = protection();
    const Bytes plaintext = random_bytes(size);
    sealed_.resize(size + p->overhead());
    sealed_.resize(*p->seal(0, ContentType::application_data, plaintext, sealed_));
    record_ = sealed_;
    for (const Change c : {Change::none, Change::content, Change::padding, Change::long_padding})
      forged_.push_back(forge(c));
  }

  enum class Change { none, content, padding, long_padding };
  /// Reads both and writes all, whichever is meant: neither leaves traces of its own in caches.
  void prepare(int kind, Change first, Change second) {
    const Bytes &a = changed(first), &b = changed(second);
    const auto mask = static_cast<std::uint8_t>(-kind);
    for (std::size_t i = 0; i < record_.size(); ++i)
      record_[i] = static_cast<std::uint8_t>(a[i] ^ ((a[i] ^ b[i]) & mask));
    protection_ = protection();
  }
  bool open() {
    OpenRecord r{ContentType::application_data, record_};
    return protection_->open(0, {&r, 1}) == 1;
  }

 private:
  std::unique_ptr<Protection> protection() const {
    return make_protection(profile_, suite_,
                           {.mac_secret = ByteView(mac_).first(mac_size(suite_)),
                            .key = ByteView(key_).first(enc_traits(suite_.enc).key_size),
                            .iv = ByteView(iv_).first(enc_traits(suite_.enc).iv_size),
                            .rng = &rng});
  }

  const Bytes& changed(Change change) const { return forged_[static_cast<std::size_t>(change)]; }
  Bytes forge(Change change) const {
    Bytes record = sealed_;
    const std::size_t block = enc_traits(suite_.enc).iv_size;
    // A byte of ciphertext flips the same bits one block later.
    std::uint8_t& moves_padding_length = record[record.size() - block - 1];
    switch (change) {
      case Change::none: break;
      case Change::content: record[record.size() / 2] ^= 1; break;
      case Change::padding: moves_padding_length ^= 0x02; break;
      case Change::long_padding: moves_padding_length ^= 0xf0; break;
    }
    return record;
  }

  const ProtocolProfile& profile_;
  const CipherSuite& suite_;
  Bytes mac_ = random_bytes(64), key_ = random_bytes(64), iv_ = random_bytes(16);
  Bytes sealed_{}, record_{};
  std::vector<Bytes> forged_{};  ///< by Change
  std::unique_ptr<Protection> protection_{};
};

void cbc_subjects(std::vector<Subject>& all) {
  using Change = CbcBench::Change;
  const auto add = [&](const ProtocolProfile& profile, const char* suite, std::size_t size) {
    const auto bench = std::make_shared<CbcBench>(profile, *find_cipher_suite(suite), size);
    const auto row = [&](const char* name, Change a, Change b) {
      all.push_back({fmt::format("{} {}, {} bytes: {}", profile.name, suite, size, name), 40'000,
                     [=](int kind) { bench->prepare(kind, a, b); },
                     [bench] { (void)bench->open(); }});
    };
    row("wrong content against wrong padding", Change::content, Change::padding);
    row("wrong content against long padding", Change::content, Change::long_padding);
    row("wrong padding against long padding", Change::padding, Change::long_padding);
  };
  for (const ProtocolProfile* p : all_profiles()) {
    if (p->version == ProtocolVersion::tls11) continue;  // as TLS 1.0 behind its IV
    for (const std::size_t size : {std::size_t{64}, std::size_t{1024}}) {
      add(*p, "AES128-SHA", size);
      if (p->version == ProtocolVersion::tls12) add(*p, "ECDHE-RSA-AES256-SHA384", size);
    }
    add(*p, "DES-CBC3-SHA", 256);
  }
  // One that must be seen: whoever takes the good record goes on working with it.
  const auto bench = std::make_shared<CbcBench>(*find_profile(ProtocolVersion::tls10),
                                                *find_cipher_suite("AES128-SHA"), 1024);
  all.push_back({"told apart: a record that is good against one that is not", 40'000,
                 [=](int kind) { bench->prepare(kind, Change::none, Change::content); },
                 [bench] {
                   if (bench->open()) (void)random_bytes(4096);
                 },
                 true});
}

}  // namespace

int main(int argc, char** argv) try {
  const std::string text = argc > 1 ? argv[1] : "";
  if (argc > 2) return fmt::print(stderr, "usage: bench_timing [TEXT]\n"), 2;
  std::vector<Subject> all;
  rsa_subjects(all);
  cbc_subjects(all);
  std::erase_if(all, [&](const Subject& s) { return s.name.find(text) == std::string::npos; });
  if (all.empty()) return 3;
  fmt::print("{:<66} {:>8} {:>10} {:>10} {:>8}\n", "first against second", "samples", "first/ns",
             "second/ns", "z");
  return std::ranges::count_if(all, [](const Subject& s) { return !is_as_it_should_be(s); }) == 0
             ? 0
             : 1;
} catch (const std::exception& e) {
  fmt::print(stderr, "bench_timing: {}\n", e.what());
  return 1;
}
