#include "asn1/oid.hpp"

#include <charconv>
#include <vector>

#include "asn1/der_reader.hpp"

namespace parley::asn1 {
namespace {

// A decimal number of any size, in limbs of nine digits, least first. OIDs are short
// (kMaxOidSize), so schoolbook work is cheap.
class Decimal {
 public:
  void times128_plus(std::uint32_t add) {
    std::uint64_t carry = add;
    for (std::uint32_t& limb : limbs_) {
      const std::uint64_t v = std::uint64_t{limb} * 128 + carry;
      limb = static_cast<std::uint32_t>(v % kBase);
      carry = v / kBase;
    }
    if (carry > 0) limbs_.push_back(static_cast<std::uint32_t>(carry));
  }
  bool below(std::uint32_t v) const {
    return limbs_.empty() || (limbs_.size() == 1 && limbs_[0] < v);
  }
  /// Not below v, and v is small.
  void minus(std::uint32_t v) {
    for (std::uint32_t& limb : limbs_) {
      const bool borrow = limb < v;
      limb = borrow ? limb + kBase - v : limb - v;
      if (!borrow) break;
      v = 1;
    }
    while (!limbs_.empty() && limbs_.back() == 0) limbs_.pop_back();
  }
  std::string text() const {
    if (limbs_.empty()) return "0";
    std::string s = std::to_string(limbs_.back());
    for (std::size_t i = limbs_.size() - 1; i-- > 0;) {
      const std::string part = std::to_string(limbs_[i]);
      s.append(9 - part.size(), '0');
      s += part;
    }
    return s;
  }

 private:
  static constexpr std::uint32_t kBase = 1'000'000'000;
  std::vector<std::uint32_t> limbs_;
};

void put_base128(Bytes& to, std::uint64_t v) {
  int shift = 63;
  while (shift > 0 && (v >> shift) == 0) shift -= 7;
  for (; shift >= 0; shift -= 7)
    to.push_back(static_cast<std::uint8_t>((shift > 0 ? 0x80U : 0U) | ((v >> shift) & 0x7f)));
}

}  // namespace

std::string oid_text(ByteView content) {
  if (!oid_content_ok(content)) return "";
  std::string s;
  Decimal arc;
  for (const std::uint8_t b : content) {
    arc.times128_plus(b & 0x7f);
    if ((b & 0x80) != 0) continue;
    if (s.empty()) {
      // X.690 section 8.19.4: the first two numbers share a subidentifier, 40 * x + y.
      const std::uint32_t x = arc.below(40) ? 0 : arc.below(80) ? 1 : 2;
      s += std::to_string(x);
      arc.minus(40 * x);
    }
    s += '.';
    s += arc.text();
    arc = Decimal{};
  }
  return s;
}

bool is_oid_text(std::string_view s) {
  std::size_t arcs = 0;
  bool below_two = false;
  for (bool more = true; more; ++arcs) {
    const std::size_t dot = std::min(s.find('.'), s.size());
    const std::string_view arc = s.substr(0, dot);
    more = dot < s.size();
    s.remove_prefix(std::min(dot + 1, s.size()));
    if (arc.empty() || arc.find_first_not_of("0123456789") != std::string_view::npos ||
        (arc.front() == '0' && arc.size() > 1))
      return false;
    // X.660 section 7.6: the root has three arcs, and the first two of them 40 below.
    if (arcs == 0 && arc != "0" && arc != "1" && arc != "2") return false;
    if (arcs == 0) below_two = arc != "2";
    if (arcs == 1 && below_two && (arc.size() > 2 || (arc.size() == 2 && arc.front() > '3')))
      return false;
  }
  return arcs >= 2;
}

Result<Bytes> oid_from_text(std::string_view s) {
  const Error bad{.code = Errc::bad_value, .where = "object identifier"};
  std::vector<std::uint32_t> arcs;
  const char* p = s.data();
  const char* const end = s.data() + s.size();
  while (true) {
    std::uint32_t v = 0;
    const auto [next, ec] = std::from_chars(p, end, v);
    if (ec != std::errc{} || (*p == '0' && next - p > 1)) return bad;
    arcs.push_back(v);
    if (next == end) break;
    if (*next != '.') return bad;
    p = next + 1;
  }
  if (arcs.size() < 2 || arcs[0] > 2 || (arcs[0] < 2 && arcs[1] > 39)) return bad;
  Bytes out;
  put_base128(out, std::uint64_t{arcs[0]} * 40 + arcs[1]);
  for (std::size_t i = 2; i < arcs.size(); ++i) put_base128(out, arcs[i]);
  if (out.size() > kMaxOidSize) return bad;
  return out;
}

const OidRow* find_oid(std::string_view dotted) {
  const auto rows = oid_table();
  const auto it = std::lower_bound(rows.begin(), rows.end(), dotted,
                                   [](const OidRow& r, std::string_view v) { return r.oid < v; });
  return it != rows.end() && it->oid == dotted ? &*it : nullptr;
}

std::string oid_name(ByteView content) {
  std::string dotted = oid_text(content);
  const OidRow* row = find_oid(dotted);
  return row != nullptr ? std::string{row->long_name} : dotted;
}

}  // namespace parley::asn1
