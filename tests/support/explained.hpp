// What must hold of every Explanation, and pairs whose flow is recorded.
#pragma once
#include <string>

#include "parley/explain.hpp"
#include "support/pair.hpp"

namespace parley::test {

/// Bytes that fields explain, by what they belong to.
struct Coverage {
  std::size_t records = 0, messages = 0;
  std::string complaint;  ///< empty: every byte is covered exactly once
};
Coverage coverage(const explain::Explanation&);

/// Records what crosses between the ends of a pair from now on.
template <class P>
void tape(P& p, explain::Flow& flow) {
  for (const Side s : {Side::client, Side::server})
    (s == Side::client ? p.from_client : p.from_server).tamper = [&flow, s](Bytes& piece) {
      flow.push_back({s, {}, piece});
    };
}
/// The key log of an end, as a file has it.
std::string key_log_of(const Recorder&);

/// A pair that has run its handshake, said something each way and goodbye; with its secrets.
struct Taped {
  explain::Flow flow;
  explain::Secrets secrets;
  bool open = false;
};
Taped tape_connection(Pair::Options, std::size_t bytes = 30);

}  // namespace parley::test
