// Derivations, one elementary operation a step, so that anybody can compute them again.
#pragma once
#include "crypto/hash.hpp"
#include "parley/explain.hpp"

namespace parley::explain {

/// Steps that belong to one message, appended to an Explanation.
class Ladder {
 public:
  Ladder(Explanation& e, unsigned handshake, std::size_t message)
      : e_(e), handshake_(handshake), message_(message) {}

  struct Goal {
    std::string name, function, specification;
    bool secret = true;
  };
  /// The step that a ladder leads to; steps before it are made with step().
  Bytes goal(const Goal&, Operation, std::vector<Input>, std::size_t at = 0, std::size_t size = 0);
  Bytes step(std::string name, Operation, std::vector<Input>, bool secret = true,
             std::size_t at = 0, std::size_t size = 0);
  /// Something that was in the secrets.
  void given(const Goal&, ByteView value);

  /// P_hash (RFC 2246 section 5): A(i) and the blocks, and `size` bytes of these.
  Bytes p_hash(crypto::HashId, const Input& secret, const Input& seed, std::size_t size);
  /// The PRF of TLS 1.0 and 1.1 when `hash` is MD5, else that of TLS 1.2 with this hash.
  Bytes prf(crypto::HashId hash, const Goal&, const Input& secret, std::string_view label,
            std::vector<Input> seeds, std::size_t size);
  /// MD5 over SHA-1 with 'A', 'BB', 'CCC' ... (RFC 6101 sections 6.1 and 6.2.2).
  Bytes ssl3_expand(const Goal&, const Input& secret, const Input& first, const Input& second,
                    std::size_t size);
  /// H(master, pad_2, H(messages, sender, master, pad_1)) (RFC 6101 section 5.6.8 and 5.6.9).
  Bytes ssl3_nested(crypto::HashId, ByteView messages, std::string_view sender,
                    const Input& master);

 private:
  Bytes add(const Goal&, unsigned depth, Operation, std::vector<Input>, std::size_t at,
            std::size_t size);
  Explanation& e_;
  unsigned handshake_;
  std::size_t message_;
};

/// What an operation gives; `at` and `size` are those of a slice.
Bytes compute(Operation, const std::vector<Input>&, std::size_t at, std::size_t size);
Operation hash_operation(crypto::HashId);
Operation hmac_operation(crypto::HashId);

}  // namespace parley::explain
