// Hostile input is decided within bounds of work and memory (asn1/README.md, "Bounds"): counted in
// headers read and bytes allocated, so that no clock is needed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "asn1/der_reader.hpp"
#include "asn1/der_writer.hpp"
#include "asn1/oid.hpp"
#include "parley/crl.hpp"
#include "parley/x509.hpp"

namespace {
std::size_t allocated = 0;  // bytes, ever
}

// Not inlined: GCC would see free() of what operator new gave.
[[gnu::noinline]] void* operator new(std::size_t n) {
  allocated += n;
  if (void* p = std::malloc(n)) return p;
  std::abort();
}
[[gnu::noinline]] void* operator new(std::size_t n, const std::nothrow_t&) noexcept {
  return operator new(n);
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }

namespace parley {
namespace {

using namespace asn1;

struct Cost {
  std::uint64_t headers;
  std::size_t bytes;
};
template <class Work>
Cost cost_of(Work work) {
  const std::uint64_t headers = headers_read;
  const std::size_t bytes = allocated;
  work();
  return {headers_read - headers, allocated - bytes};
}

// What a part of a certificate is replaced with, if at all.
struct Parts {
  Bytes serial{1};
  Bytes name{};
  Bytes exponent{1, 0, 1};
  Bytes extensions{};  // the inside of Extensions
};
void write_algorithm(DerWriter& w, ByteView oid) {
  const auto s = w.open(kSequence);
  w.oid(oid);
  w.null();
}
Bytes certificate(const Parts& p) {
  Bytes der;
  DerWriter w{der};
  const auto whole = w.open(kSequence);
  {
    const auto tbs = w.open(kSequence);
    {
      const auto version = w.open(context_constructed(0));
      w.integer(2);
    }
    w.primitive(kInteger, p.serial);
    write_algorithm(w, oid::kSha256WithRsa);
    w.primitive(kSequence, p.name);
    {
      const auto validity = w.open(kSequence);
      w.time(0);
      w.time(1);
    }
    w.primitive(kSequence, p.name);
    {
      const auto info = w.open(kSequence);
      write_algorithm(w, oid::kRsaEncryption);
      const auto bits = w.open_bits();
      const auto key = w.open(kSequence);
      w.unsigned_integer(Bytes(128, 0x81));
      w.unsigned_integer(p.exponent);
    }
    if (!p.extensions.empty()) {
      const auto outer = w.open(context_constructed(3));
      w.primitive(kSequence, p.extensions);
    }
  }
  write_algorithm(w, oid::kSha256WithRsa);
  w.bits(Bytes(128, 0));
  return der;
}
template <class Write>
Bytes extension(ByteView oid, Write value) {
  Bytes der;
  DerWriter w{der};
  const auto s = w.open(kSequence);
  w.oid(oid);
  const auto octets = w.open(kOctetString);
  value(w);
  return der;
}

// The bounds that asn1/README.md states.
constexpr std::uint64_t kHeadersPerByte = 2;
constexpr std::size_t kParseBytes = std::size_t{64} << 10;  // beside the input
constexpr std::size_t kDecodedPerByte = 64;

Certificate parsed_within_bounds(Bytes der) {
  const std::size_t size = der.size();
  std::optional<Certificate> c;
  const Cost cost = cost_of([&] { c = *Certificate::parse(std::move(der)); });
  EXPECT_LE(cost.headers, kHeadersPerByte * size);
  EXPECT_LE(cost.bytes, kParseBytes);
  return *c;
}
template <class Decode>
void expect_decoded_within_bounds(std::size_t size, Decode decode) {
  const Cost cost = cost_of(decode);
  EXPECT_LE(cost.headers, kHeadersPerByte * size);
  EXPECT_LE(cost.bytes, kDecodedPerByte * size + kParseBytes);
}

TEST(Bounds, of_ten_thousand_alternative_names) {
  const Bytes names = extension(oid::kSubjectAltName, [](DerWriter& w) {
    const auto list = w.open(kSequence);
    for (int i = 0; i < 10'000; ++i) w.text(context(2), "h" + std::to_string(i) + ".example.org");
  });
  const Certificate c = parsed_within_bounds(certificate({.extensions = names}));
  expect_decoded_within_bounds(names.size(),
                               [&] { EXPECT_EQ(c.raw_subject_alt_names()->size(), 10'000U); });
  expect_decoded_within_bounds(names.size(),
                               [&] { EXPECT_EQ((*c.subject_alt_names())->size(), 10'000U); });
  expect_decoded_within_bounds(2 * names.size(), [&] { EXPECT_FALSE(describe(c).empty()); });
}

TEST(Bounds, of_names_with_ten_thousand_parts) {
  for (const bool one_rdn : {false, true}) {
    Bytes name;
    DerWriter w{name};
    const auto attribute = [&w](int i) {
      const auto atv = w.open(kSequence);
      w.oid(oid::kCommonName);
      w.text(kUtf8String, "part " + std::to_string(i));
    };
    if (one_rdn) {
      const auto set = w.open(kSet);
      for (int i = 0; i < 10'000; ++i) attribute(i);
    } else {
      for (int i = 0; i < 10'000; ++i) {
        const auto set = w.open(kSet);
        attribute(i);
      }
    }
    const Certificate c = parsed_within_bounds(certificate({.name = name}));
    expect_decoded_within_bounds(2 * name.size(), [&] { EXPECT_TRUE(c.subject().has_value()); });
    expect_decoded_within_bounds(2 * name.size(), [&] { EXPECT_TRUE(c.self_issued()); });
  }
}

TEST(Bounds, of_ten_thousand_policies) {
  Parts parts;
  for (const bool same : {false, true}) {
    parts.extensions = extension(oid::kCertificatePolicies, [same](DerWriter& w) {
      const auto list = w.open(kSequence);
      for (int i = 0; i < 10'000; ++i) {
        const auto one = w.open(kSequence);
        w.oid(*oid_from_text("1.2.3." + std::to_string(same ? 1 : i)));
      }
    });
    const Certificate c = parsed_within_bounds(certificate(parts));
    expect_decoded_within_bounds(2 * parts.extensions.size(),
                                 [&] { EXPECT_EQ(c.certificate_policies().has_value(), !same); });
  }
}

TEST(Bounds, a_serial_number_of_100_kilobytes_is_refused_at_once) {
  const Bytes der = certificate({.serial = Bytes(100'000, 0x55)});
  const Cost cost = cost_of(
      [&] { EXPECT_EQ(Certificate::parse(Bytes{der}).error().code, Errc::length_out_of_range); });
  EXPECT_LE(cost.headers, 32U);
  EXPECT_LE(cost.bytes, der.size() + 4096);
}

TEST(Bounds, a_huge_exponent_is_neither_computed_with_nor_printed_whole) {
  const Certificate c = parsed_within_bounds(certificate({.exponent = Bytes(100'000, 0x55)}));
  const Cost cost = cost_of([&] { EXPECT_LT(describe(c).size(), 2000U); });
  EXPECT_LE(cost.bytes, 64U << 10);
  EXPECT_EQ(public_key_facts(c).bits, 1024U);
}

TEST(Bounds, ten_thousand_extensions_are_refused_at_the_two_hundred_and_fifty_seventh) {
  Bytes many;
  for (int i = 0; i < 10'000; ++i)
    append(many, extension(oid::kKeyUsage, [](DerWriter& w) { w.named_bits(1); }));
  const Bytes der = certificate({.extensions = many});
  const Cost cost = cost_of(
      [&] { EXPECT_EQ(Certificate::parse(Bytes{der}).error().code, Errc::length_out_of_range); });
  EXPECT_LE(cost.headers, 257U * 8);
}

TEST(Bounds, deep_nesting_is_not_followed) {
  Bytes deep;
  for (int i = 0; i < 5'000; ++i) {
    Bytes outer;
    DerWriter w{outer};
    w.primitive(kSequence, deep);
    deep = std::move(outer);
  }
  const Bytes unknown = *oid_from_text("1.2.3.4");
  const Bytes holder = extension(unknown, [&](DerWriter& w) { w.raw(deep); });
  const Certificate c = parsed_within_bounds(certificate({.extensions = holder}));
  EXPECT_LE(cost_of([&] { EXPECT_FALSE(describe(c).empty()); }).headers, 100U);
  EXPECT_EQ(check_der(deep).error().code, Errc::too_deep);
  for (const ByteView known : {ByteView{oid::kSubjectAltName}, ByteView{oid::kNameConstraints},
                               ByteView{oid::kCertificatePolicies}}) {
    const Bytes value = extension(known, [&](DerWriter& w) { w.raw(deep); });
    const Certificate d = parsed_within_bounds(certificate({.extensions = value}));
    EXPECT_LE(cost_of([&] { EXPECT_FALSE(describe(d).empty()); }).headers, 100U);
  }
}

TEST(Bounds, an_object_identifier_of_100_kilobytes_is_refused) {
  const Bytes der =
      certificate({.extensions = extension(Bytes(100'000, 0x55), [](DerWriter& w) { w.null(); })});
  EXPECT_EQ(Certificate::parse(Bytes{der}).error().code, Errc::bad_der);
}

constexpr std::uint32_t kEntries = 100'000;

// Serial numbers shuffled, so that the index has something to sort.
std::uint32_t serial_of(std::uint32_t i) { return (i * 7919U) % kEntries + 1; }

Bytes list_of_many(bool same_serial) {
  Bytes der;
  DerWriter w{der};
  const auto whole = w.open(kSequence);
  {
    const auto tbs = w.open(kSequence);
    w.integer(1);
    write_algorithm(w, oid::kSha256WithRsa);
    w.primitive(kSequence, {});
    w.time(0);
    const auto list = w.open(kSequence);
    for (std::uint32_t i = 0; i < kEntries; ++i) {
      const auto entry = w.open(kSequence);
      w.integer(same_serial ? 5 : serial_of(i));
      w.time(1'000'000 + i);
    }
  }
  write_algorithm(w, oid::kSha256WithRsa);
  w.bits(Bytes(128, 0));
  return der;
}

TEST(Bounds, a_list_of_a_hundred_thousand_entries_is_read_once_and_then_looked_up) {
  Bytes der = list_of_many(false);
  std::optional<RevocationList> l;
  const Cost cost = cost_of([&] { l = *RevocationList::parse(std::move(der)); });
  ASSERT_EQ(l->size(), kEntries);
  EXPECT_LE(cost.headers, kEntries * 20);
  // Twelve bytes an entry in the end and sixteen meanwhile; a vector that grows takes five times
  // its size altogether.
  EXPECT_LE(cost.bytes, kEntries * (5 * 8 + 4 + 16) + 4096);
  for (const std::uint32_t i : {0U, 1U, 777U, kEntries - 1}) {
    Bytes wanted;
    DerWriter{wanted}.integer(serial_of(i));
    const Cost lookup = cost_of([&] {
      const auto found = l->find(ByteView{wanted}.subspan(2));
      ASSERT_TRUE(found.has_value());
      EXPECT_EQ(found->date, 1'000'000 + i);
    });
    EXPECT_LE(lookup.headers, 150U);
    EXPECT_LE(lookup.bytes, 1024U);
  }
  const Bytes absent{0x7f, 0xff, 0xff, 0xff};
  EXPECT_LE(cost_of([&] { EXPECT_FALSE(l->find(absent).has_value()); }).headers, 150U);
}

TEST(Bounds, equal_serial_numbers_of_another_issuer_are_passed_over_without_decoding) {
  const RevocationList l = *RevocationList::parse(list_of_many(true));
  const Bytes other = [] {
    Bytes name;
    DerWriter w{name};
    const auto outer = w.open(kSequence);
    const auto set = w.open(kSet);
    const auto atv = w.open(kSequence);
    w.oid(oid::kCommonName);
    w.text(kUtf8String, "other");
    return name;
  }();
  const Bytes serial{5};
  const Cost cost = cost_of([&] { EXPECT_FALSE(l.find(serial, other).has_value()); });
  EXPECT_LE(cost.headers, 4U * kEntries + 200);
  EXPECT_LE(cost.bytes, 4096U);
  EXPECT_EQ(l.find(serial)->date, 1'000'000);
}

}  // namespace
}  // namespace parley
