// What is behind DhGroup. For dh.cpp and dh_groups.cpp.
#pragma once
#include <optional>

#include "crypto/dh.hpp"
#include "crypto/montgomery.hpp"

namespace parley::crypto {

struct DhGroup::Impl {
  Montgomery p;
  Num g;       // plain
  Num g_form;  // in Montgomery's representation
  std::size_t bits = 0;

  std::size_t size() const { return (bits + 7) / 8; }
};

/// The prime of exactly so many bits that well_known() serves, or nothing: for groups whose
/// primality need not be tested again.
std::optional<Num> well_known_dh_prime(std::size_t bits);

}  // namespace parley::crypto
