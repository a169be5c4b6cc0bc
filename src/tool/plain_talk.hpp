// A conversation in clear before TLS: what the server says is bounded in size and time, and none of
// it outlives the conversation.
#pragma once
#include <string>
#include <string_view>

#include "parley/socket.hpp"
#include "tool/link.hpp"
#include "tool/output.hpp"

namespace parley::tool {

/// Everything throws Failure: unreachable when the server is silent, gone or unwilling, protocol
/// when it says what nobody may say. Each names the target, the protocol and the reply.
class PlainTalk {
 public:
  /// `who`: the target and the protocol, for messages.
  PlainTalk(parley::socket&, std::string who, const Deadline&, Output&);

  /// Sends all of it. What the server has said before and nobody asked for is a failure: it would
  /// count as the answer.
  void say(std::string_view bytes);
  /// A line without its end.
  std::string line();
  /// So many bytes.
  std::string exactly(std::size_t);
  /// Up to the '>' that ends a tag, with '<' and '>'; what stands before the tag is passed over.
  std::string tag();

  /// The conversation is over: whatever the server has said beyond this reply, somebody may have
  /// put there for us to take as if it had come inside TLS (CVE-2011-0411 is that of servers).
  void go_ahead(std::string_view reply);
  [[noreturn]] void refused(std::string_view what, std::string_view reply,
                            const std::string& hint = {}) const;
  [[noreturn]] void nonsense(std::string_view what, std::string_view reply) const;

 private:
  /// Waits for more bytes.
  void more();
  void count(std::size_t taken);
  std::string take(std::size_t);

  parley::socket& socket_;
  std::string who_;
  Deadline until_;
  Output& out_;
  std::string unread_{};
  std::size_t reply_ = 0;  ///< bytes taken since we spoke
};

/// A reply as an error line shows it: printable, in quotes, not too long.
std::string in_quotes(std::string_view reply);

}  // namespace parley::tool
