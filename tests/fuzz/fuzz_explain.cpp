// Any bytes as a recorded flow with its key log: every byte must be accounted for, and what is not
// understood must have a reason. The form of the input stands in explain_seed.hpp.
#include <cstdlib>

#include "fuzz/explain_seed.hpp"
#include "support/explained.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley;
  const test::ExplainSeed input = test::read_explain_seed({data, size});
  const explain::Explanation e = explain::decode(input.flow, input.secrets);
  if (!test::coverage(e).complaint.empty()) std::abort();
  if (!e.unframed.empty() && e.stops.empty()) std::abort();
  for (const explain::Message& m : e.messages)
    if ((m.error || m.kind == explain::MessageKind::unknown) && e.stops.empty()) std::abort();
  for (const explain::Stop& s : e.stops)
    if (s.offset > e.stream(s.from).size() || s.why.code == Errc::internal) std::abort();
  return 0;
}
