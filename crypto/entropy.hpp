// Entropy from outside, beside what the operating system gives.
#pragma once
#include "parley/bytes.hpp"

namespace parley::crypto {

/// Mixes bytes into a pool whose key stream is XORed over everything that SystemRng gives from now
/// on. The stream is independent of the system's bytes, so that whatever is added, were it chosen
/// by an attacker, SystemRng stays at least as good as the system's generator. Safe from several
/// threads at once, and in a child after fork.
void add_entropy(ByteView);

}  // namespace parley::crypto
