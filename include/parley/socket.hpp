// The plain socket layer under SSLSocket: what Python's `socket` module gives, in C++.
#pragma once
#include <sys/socket.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "parley/bytes.hpp"
#include "parley/export.hpp"
#include "parley/socket_file.hpp"

namespace PARLEY_PUBLIC parley {

/// Owned bytes, by the documented name.
using bytes = Bytes;

// AF_INET, AF_INET6, AF_UNIX, SOCK_STREAM, SOL_SOCKET, SO_TYPE, SO_REUSEADDR, SO_ERROR, SHUT_RD,
// SHUT_WR and SHUT_RDWR are the macros of <sys/socket.h>, which this header includes.

// --- errors ---------------------------------------------------------------------------------

/// A file or the operating system refused something; code().value() is the errno, so a missing
/// file is an IOError with ENOENT. Everything else this facade throws for a reason outside the
/// caller's arguments derives from it. Copying never throws.
class IOError : public std::system_error {
 public:
  /// `filename` is the file concerned, may be empty. An empty strerror means the system's text.
  explicit IOError(int errnum, std::string strerror = {}, std::string filename = {});

  /// The same number as code().value(): Python's err.args[0].
  int errno_() const noexcept { return code().value(); }
  /// The text without the number: Python's err.args[1].
  const std::string& strerror() const noexcept { return text_->strerror; }
  const std::string& filename() const noexcept { return text_->filename; }
  /// "[Errno 2] No such file or directory: 'cert.pem'"
  const char* what() const noexcept override { return text_->what.c_str(); }

 protected:
  struct Text {
    std::string strerror, filename, what;
  };
  IOError(std::error_code, Text);

 private:
  std::shared_ptr<const Text> text_;
};

/// A call on a socket failed; the errno of that call (ENOTCONN, ECONNREFUSED, EBADF, ...).
class socket_error : public IOError {
 public:
  using IOError::IOError;

 protected:
  socket_error(std::error_code, Text);
};

/// settimeout()'s time is over: "timed out", "The read operation timed out", ... The code is
/// ETIMEDOUT.
class timeout : public socket_error {
 public:
  explicit timeout(std::string message = "timed out");
};

/// A name could not be resolved; the code is getaddrinfo's EAI_ number (gai_category()).
class gaierror : public socket_error {
 public:
  gaierror(int eai_code, std::string message);
};
const std::error_category& gai_category() noexcept;

// --- addresses ------------------------------------------------------------------------------

/// An end point. {"localhost", 443} for AF_INET and AF_INET6; {.path = "/run/x"} for AF_UNIX.
/// An empty host is every interface to bind() and the local host to connect().
struct address {
  std::string host{};
  std::uint16_t port = 0;
  std::uint32_t flowinfo = 0;  ///< AF_INET6 only
  std::uint32_t scope_id = 0;  ///< AF_INET6 only
  std::string path{};          ///< AF_UNIX only; empty for an unnamed socket
  bool operator==(const address&) const = default;
};

// --- socket ---------------------------------------------------------------------------------

class SSLContext;

/// A stream socket that owns its descriptor; move-only, the destructor closes. Methods that do
/// I/O wait as settimeout() says, go on after a signal, never raise SIGPIPE, and throw
/// socket_error (timeout when the time is over; EAGAIN when non-blocking and nothing can be done).
class socket {
 public:
  explicit socket(int family = AF_INET, int type = SOCK_STREAM, int proto = 0);
  /// Takes over an open descriptor. It is non-blocking afterwards if it was before.
  static socket from_fd(int fd);
  socket(socket&&) noexcept;
  /// Closes what this one held.
  socket& operator=(socket&&) noexcept;
  virtual ~socket();

  /// Waits for a connection. The new socket is blocking, whatever this one's timeout.
  std::pair<socket, address> accept();
  void bind(const address&);
  /// A negative backlog counts as 0.
  void listen(int backlog);
  /// Names are resolved with the socket's family; gaierror when that fails.
  virtual void connect(const address&);
  /// The errno instead of an exception: 0, EINPROGRESS, ECONNREFUSED, EAGAIN after a timeout. A
  /// name that does not resolve still throws.
  virtual int connect_ex(const address&);

  /// Up to `bufsize` bytes, as soon as there is one; empty at the end of the stream.
  virtual bytes recv(std::size_t bufsize = 1024, int flags = 0);
  /// The same into the caller's memory; without nbytes, or with one larger than the buffer or 0,
  /// the whole buffer may be filled. Returns how many bytes came, 0 at the end of the stream.
  virtual std::size_t recv_into(ByteSpan buffer, std::optional<std::size_t> nbytes = {},
                                int flags = 0);
  /// The same with the sender's address; that of a stream socket is unnamed.
  virtual std::pair<bytes, address> recvfrom(std::size_t bufsize, int flags = 0);
  virtual std::pair<std::size_t, address> recvfrom_into(ByteSpan buffer,
                                                        std::optional<std::size_t> nbytes = {},
                                                        int flags = 0);
  /// To whom is for sockets that are not connected; the system decides.
  virtual std::size_t sendto(ByteView data, const address& to, int flags = 0);
  std::size_t sendto(std::string_view data, const address& to, int flags = 0) {
    return sendto(as_bytes(data), to, flags);
  }
  /// Sends some or all of the bytes and returns how many.
  virtual std::size_t send(ByteView data, int flags = 0);
  std::size_t send(std::string_view data, int flags = 0) { return send(as_bytes(data), flags); }
  /// Sends everything, waiting even when the socket is non-blocking; returns the length.
  virtual std::size_t sendall(ByteView data, int flags = 0);
  std::size_t sendall(std::string_view data, int flags = 0) {
    return sendall(as_bytes(data), flags);
  }

  /// Seconds that each blocking step may take; nothing = no limit, 0.0 = non-blocking. A negative
  /// or unrepresentable value is std::invalid_argument "Timeout value out of range".
  void settimeout(std::optional<double> seconds);
  std::optional<double> gettimeout() const;
  /// true: settimeout(nothing); false: settimeout(0.0).
  void setblocking(bool blocking);

  int getsockopt(int level, int option) const;
  /// Up to `buflen` bytes of an option that is no int.
  bytes getsockopt(int level, int option, std::size_t buflen) const;
  void setsockopt(int level, int option, int value);
  void setsockopt(int level, int option, ByteView value);

  address getpeername() const;
  address getsockname() const;
  int family() const { return family_; }
  int type() const { return type_; }
  int proto() const { return proto_; }

  /// -1 after close() or detach().
  int fileno() const;
  /// Gives the descriptor to the caller, open.
  virtual int detach();
  /// SHUT_RD, SHUT_WR or SHUT_RDWR.
  virtual void shutdown(int how);
  /// Closing twice is fine. While files from makefile() are open, they go on and the descriptor
  /// stays open for them.
  virtual void close();

  /// A file over this connection, through TLS if there is any: mode of the letters r, w and b,
  /// with "r" assumed when neither r nor w is there. `buffering` is the size of its buffers;
  /// nothing or a negative number means 8192, and 0, for binary files only, none. The file may
  /// outlive the socket: the descriptor closes when the socket and all its files have been closed.
  /// std::invalid_argument for another mode, or a text file without a buffer.
  socket_file makefile(std::string_view mode = "r", std::optional<int> buffering = {});

 protected:
  struct Shared;  ///< private to src/api
  /// Null when closed, detached or moved from.
  const std::shared_ptr<Shared>& shared() const { return shared_; }

 private:
  friend class socket_file;
  friend class SSLContext;
  socket(std::shared_ptr<Shared>, int family, int type, int proto) noexcept;
  /// socket_error EBADF when there is none.
  Shared& open() const;

  std::shared_ptr<Shared> shared_;
  int family_ = AF_INET;
  int type_ = SOCK_STREAM;
  int proto_ = 0;
};

/// Two connected AF_UNIX stream sockets.
std::pair<socket, socket> socketpair();

}  // namespace parley
