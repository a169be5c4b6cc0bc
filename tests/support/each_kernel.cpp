// A main() that runs every test once on each row of kernels that this processor has and that has
// some of PARLEY_KERNEL_FIELDS of its own: on the portable one first, always.
#include <gtest/gtest.h>

#include <iostream>
#include <optional>
#include <tuple>
#include <vector>

#include "crypto/kernels.hpp"

namespace parley::crypto {
namespace {

std::vector<const Kernels*> rows() {
  const auto fields = [](const Kernels& row) { return std::make_tuple(PARLEY_KERNEL_FIELDS); };
  std::vector<const Kernels*> found;
  for (const Kernels* row : available_kernels()) {
    if (row->base == nullptr || fields(*row) != fields(*row->base)) found.push_back(row);
  }
  return found;
}

class EachKernel final : public testing::EmptyTestEventListener {
  void OnTestIterationStart(const testing::UnitTest&, int iteration) override {
    const Kernels& row = *rows_.at(static_cast<std::size_t>(iteration));
    std::cout << "On kernels " << row.name << ":\n";
    forced_.reset();
    forced_.emplace(row);
  }
  void OnTestProgramEnd(const testing::UnitTest&) override { forced_.reset(); }

  const std::vector<const Kernels*> rows_ = rows();
  std::optional<ForcedKernels> forced_;
};

}  // namespace
}  // namespace parley::crypto

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  GTEST_FLAG_SET(repeat, static_cast<int>(parley::crypto::rows().size()));
  testing::UnitTest::GetInstance()->listeners().Append(new parley::crypto::EachKernel);
  return RUN_ALL_TESTS();
}
