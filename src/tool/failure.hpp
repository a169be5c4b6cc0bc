// Exit codes, and the one place where what went wrong becomes one of them.
#pragma once
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "parley/error.hpp"
#include "parley/protocol.hpp"
#include "parley/ssl.hpp"

namespace parley::tool {

/// What the shell sees; in JSON it is exit.class. The numbers are documented and never change.
enum class Exit : int {
  ok = 0,
  no = 1,            ///< ran fine, and the answer is no
  usage = 2,         ///< the command line makes no sense
  unreachable = 3,   ///< could not resolve, connect or bind in time
  peer_alert = 4,    ///< the peer sent a fatal alert
  policy = 5,        ///< refused here by a setting
  verification = 6,  ///< the peer's certificate is not trusted
  protocol = 7,      ///< the peer broke the protocol
  truncated = 8,     ///< the stream ended without close_notify
  local = 9,         ///< a local file, key or permission
  unsupported = 10,  ///< not in this build
  bug = 70,          ///< a mistake of parley's
};
/// "verification": the name of a code, for JSON.
std::string_view exit_name(Exit);

/// Why a command ends early. what() is the sentence without "parley: " in front and without hint.
class Failure : public std::runtime_error {
 public:
  Failure(Exit exit, const std::string& message, std::string hint = {},
          std::optional<Error> cause = {})
      : std::runtime_error(message), exit_(exit), hint_(std::move(hint)), cause_(cause) {}
  Exit exit() const { return exit_; }
  const std::string& hint() const { return hint_; }
  const std::optional<Error>& cause() const { return cause_; }

 private:
  Exit exit_;
  std::string hint_;
  std::optional<Error> cause_;
};

/// A command line that parses but cannot mean anything.
inline Failure usage_error(const std::string& message) { return {Exit::usage, message}; }

/// Where a connection stood when it failed.
struct Scene {
  std::string peer;  ///< "localhost:4433", or the client's address
  Side us = Side::client;
  std::string last{};  ///< our last handshake message, "ClientHello"; empty when done with those
  bool reset = false;  ///< the transport was reset rather than closed
};

/// The class of an error that a connection ended with.
Exit exit_for(Errc);
/// "certificate has expired (notAfter of certificate 1 in the chain)": with an error of
/// verify_chain the offset is a depth, 0 for the leaf.
std::string chain_text(const Error&);
/// The sentence and hint for it.
Failure connection_failure(const Error&, const Scene&);
/// A certificate or key in a file that cannot be used.
Failure file_failure(const std::string& path, const Error&);
/// Whatever was thrown, as a Failure; an exception nobody expects is a bug.
Failure failure_from(std::exception_ptr);

}  // namespace parley::tool
