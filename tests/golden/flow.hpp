// Golden flows: every byte of a connection between two seeded engines, as readable text.
#pragma once
#include <ostream>
#include <string>
#include <vector>

#include "support/pair.hpp"

namespace parley::test {

/// One stored connection. The same case gives the same bytes each time and everywhere.
struct FlowCase {
  std::string name;  ///< of its file: "tls10-aes128-sha-resumed"
  ProtocolVersion version;
  std::string suite;
  bool resumed = false;
  bool ask_client_certificate = false;
  bool have_client_certificate = false;
  bool own_identity = false;  ///< a server whose kind of key the suite asks for
};
std::vector<FlowCase> flow_cases();
/// For the names of tests.
inline void PrintTo(const FlowCase& c, std::ostream* os) { *os << c.name; }

/// What one side says before the other does.
struct FlowBlock {
  Side from;
  Bytes bytes;
};
using Flow = std::vector<FlowBlock>;
/// With the secrets that open it, as lines of a key log.
struct Recording {
  Flow flow;
  std::vector<std::string> key_log;
};

/// Runs the case: handshake, a line of data each way, close_notify each way.
Recording record_flow(const FlowCase&);
/// Feeds one side of a stored flow to a fresh engine of the other side and returns what it says.
Flow replay_one_side(const FlowCase&, const Flow&, Side engine);

/// "client" and "server" blocks of hex, one record a line with a comment saying what it is.
std::string to_text(const FlowCase&, const Recording&);
/// Reads what to_text() wrote; throws std::runtime_error on anything else.
Flow from_text(std::string_view);

/// A stored conversation that is no FlowCase: in SSL 2.0, or one that is refused.
struct Story {
  std::string name;  ///< of its file
  std::string text;  ///< all of it
};
std::vector<Story> stories();

}  // namespace parley::test
