// parley-kat: known-answer tests of foreign suites. One JSON object a line in, one a line out, in
// order; it computes, the suite compares. What the library lacks is answered with "skip" and its
// name, never with an answer.
#include "tests/adapters/kat.hpp"

#include <algorithm>
#include <iostream>
#include <optional>
#include <vector>

#include "crypto/kernels.hpp"

namespace parley::kat {
namespace {

const Op* find_op(std::string_view name) {
  for (const std::span<const Op> table : {symmetric_ops(), public_key_ops()}) {
    const auto op = std::ranges::find(table, name, &Op::name);
    if (op != table.end()) return &*op;
  }
  return nullptr;
}

json answer(const std::string& line) {
  json reply{{"id", nullptr}};
  try {
    const json request = json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (request.is_discarded()) throw malformed("no JSON");
    if (!request.is_object()) throw malformed("no JSON object");
    if (const auto id = request.find("id"); id != request.end()) {
      // Echoing a nested value would recurse as deep as the input likes.
      if (id->is_structured()) throw malformed("id is neither string nor number");
      reply["id"] = *id;
    }
    const Request r{request};
    const std::string name = r.text("op");
    const Op* const op = find_op(name);
    if (op == nullptr || op->run == nullptr)
      throw missing(r.has("alg") && request["alg"].is_string() ? name + " " + r.text("alg") : name);
    reply.update(op->run(r));
  } catch (const Skip& s) {
    reply["skip"] = s.what();
  }
  return reply;
}

int usage() {
  std::cerr << "usage: parley-kat [--kernels | --kernel NAME]   (JSON lines on stdin)\n";
  return 2;
}

}  // namespace
}  // namespace parley::kat

int main(int argc, char** argv) {
  using namespace parley::crypto;
  const std::vector<std::string_view> args(argv + 1, argv + argc);
  if (args.size() == 1 && args[0] == "--kernels") {
    for (const Kernels* row : available_kernels()) std::cout << row->name << '\n';
    return 0;
  }
  std::optional<ForcedKernels> forced;
  if (args.size() == 2 && args[0] == "--kernel") {
    const Kernels* const row = find_kernels(args[1]);
    if (row == nullptr) {
      std::cerr << "parley-kat: no kernel '" << args[1] << "'; see --kernels\n";
      return 2;
    }
    forced.emplace(*row);
  } else if (!args.empty()) {
    return parley::kat::usage();
  }
  std::ios::sync_with_stdio(false);
  // A suite may wait for each answer, so each line leaves at once.
  for (std::string line; std::getline(std::cin, line);)
    std::cout << parley::kat::answer(line) << std::endl;
  return std::cout ? 0 : 1;
}
