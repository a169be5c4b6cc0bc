// The only OS calls of the library: sockets, poll, names, files. Nothing here throws (but
// bad_alloc); failures are errno values. Calls that a signal interrupts are repeated.
#pragma once
#include <sys/socket.h>

#include <optional>
#include <string>
#include <vector>

#include "crypto/secret.hpp"
#include "parley/bytes.hpp"
#include "parley/socket.hpp"

namespace parley::posix {

/// What a call achieved: a count or descriptor when error is 0, else the errno.
struct Outcome {
  std::size_t n = 0;
  int error = 0;
};
struct Descriptor {
  int fd = -1;
  int error = 0;
};

/// EAGAIN under both of its names.
bool would_block(int error);

Descriptor open_socket(int family, int type, int proto);
int open_pair(int (&fds)[2]);
void close(int fd);
int shutdown(int fd, int how);
int set_blocking(int fd, bool blocking);
bool is_blocking(int fd);

enum class Ready { to_read, to_write, either };
/// Waits until a call would not block, for at most `seconds` (no limit when absent): 0, ETIMEDOUT
/// or another errno. A hung-up socket is ready.
int wait(int fd, Ready, std::optional<double> seconds);

/// A socket address of any family as the system wants it.
struct SystemAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

/// Never raises SIGPIPE.
Outcome send(int fd, ByteView data, int flags);
Outcome recv(int fd, ByteSpan into, int flags);
/// The same with the address of the other side.
Outcome send_to(int fd, ByteView data, int flags, const SystemAddress& to);
Outcome recv_from(int fd, ByteSpan into, int flags, SystemAddress& from);

address to_address(const SystemAddress&);

/// The first address of this family; a numeric host asks nobody. gai_error is an EAI_ number.
struct Resolved {
  SystemAddress where{};
  int error = 0;
  int gai_error = 0;
};
Resolved resolve(const address&, int family, int type, bool to_bind);
std::string gai_text(int gai_error);
/// "192.0.2.1" or "2001:db8::1".
bool is_ip_literal(const std::string& host);

int bind(int fd, const SystemAddress&);
int listen(int fd, int backlog);
Descriptor accept(int fd, SystemAddress& from);
/// One attempt: 0, EINPROGRESS or another errno.
int connect(int fd, const SystemAddress&);
int peer_name(int fd, SystemAddress&);
int own_name(int fd, SystemAddress&);
Outcome get_option(int fd, int level, int option, ByteSpan into);
int set_option(int fd, int level, int option, ByteView value);

/// A whole file, at most 16 MiB (EFBIG). It may be a key, hence the type.
struct File {
  crypto::SecretBytes content{};
  int error = 0;
};
File read_file(const std::string& path);
/// There is something, and no directory: it can be read.
bool is_file(const std::string& path);
bool is_directory(const std::string& path);

/// For appending; made, if it is not there, for its owner only.
Descriptor open_append(const std::string& path);
Outcome write(int fd, ByteView data);

/// A variable of the environment, unless this program runs with more rights than its caller.
std::optional<std::string> environment(const char* name);

}  // namespace parley::posix
