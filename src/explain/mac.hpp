// What the MAC of a record covers, as steps that anybody can compute again.
#pragma once
#include "explain/decoder.hpp"

namespace parley::explain {

/// For a record that was opened: the last step of a MAC is the MAC itself. Of an AEAD the nonce and
/// the additional data; its tag has no steps that are worth telling.
std::vector<Derivation> mac_steps(const Explanation&, const Record&, const Keys&);

}  // namespace parley::explain
