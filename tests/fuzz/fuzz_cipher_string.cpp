// Any bytes as a cipher list. The first byte chooses the context, the rest is the string.
#include <algorithm>
#include <cstdlib>

#include "suite/suite.hpp"

namespace {

using namespace parley;

void require(bool holds) {
  if (!holds) std::abort();
}

bool belongs(const CipherSuite& s, CipherContext c) {
  const bool ssl2 = s.first == ProtocolVersion::ssl20;
  if (!s.selectable) return c != CipherContext::sslv2 && has_full_name_only(s);
  return c == CipherContext::sslv23 || ssl2 == (c == CipherContext::sslv2);
}

/// Every suite once, and all of them in the context.
void check_list(const CipherList& list, CipherContext context) {
  CipherList sorted = list;
  std::ranges::sort(sorted);
  require(!list.empty());
  require(std::ranges::adjacent_find(sorted) == sorted.end());
  for (const CipherSuite* s : list) require(belongs(*s, context));
}

void check_error(const Error& e, std::size_t size) {
  require(e.code == Errc::no_cipher_match || e.code == Errc::invalid_command);
  require(e.offset <= size);
}

/// What is said about more than one string of the same context.
void check_relations(std::string_view text, CipherContext context, const CipherList& list) {
  const std::string string(text);
  // Sorting at the end makes a sorted permutation.
  const auto sorted = expand_cipher_string(string + ":@STRENGTH", context);
  require(sorted.has_value() && std::ranges::is_permutation(*sorted, list));
  require(std::ranges::is_sorted(*sorted, std::ranges::greater{}, &CipherSuite::secret_bits));
  // What was killed stays away, and nothing else goes.
  const auto killed = expand_cipher_string(string + ":!RC4:RC4", context);
  CipherList rest = list;
  std::erase_if(rest, [](const CipherSuite* s) { return s->enc == Enc::rc4 && s->selectable; });
  require(killed ? *killed == rest : rest.empty());
}

void check_hellos(const CipherList& list) {
  for (const HelloForm form : {HelloForm::ssl2, HelloForm::v2_compatible, HelloForm::v3})
    for (const CipherSuite* s : hello_suites(list, form, ProtocolVersion::tls10)) {
      const bool ssl2 = s->first == ProtocolVersion::ssl20;
      require(s->first != ProtocolVersion::tls12 && s->kx != Kx::psk && s->kx != Kx::srp);
      require(form == HelloForm::v2_compatible || ssl2 == (form == HelloForm::ssl2));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr CipherContext kContexts[]{CipherContext::sslv23, CipherContext::sslv3,
                                      CipherContext::sslv2};
  const CipherContext context = kContexts[data[0] % 3];
  const std::string_view text = as_text({data + 1, size - 1});
  const Result<CipherList> list = expand_cipher_string(text, context);
  const Result<CipherList> spoken = parse_cipher_list(text, context);
  if (!list) {
    check_error(list.error(), text.size());
    require(!spoken && spoken.error().code == list.error().code);
    return 0;
  }
  check_list(*list, context);
  CipherList expected = *list;
  std::erase_if(expected, [](const CipherSuite* s) { return !is_spoken(*s); });
  require(spoken ? *spoken == expected : expected.empty());
  check_relations(text, context, *list);
  check_hellos(*list);
  return 0;
}
