// What the documented interface throws.
#pragma once
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>

#include "parley/error.hpp"
#include "parley/export.hpp"
#include "parley/socket.hpp"

namespace PARLEY_PUBLIC parley {

/// The category of the SSL_ERROR_ numbers.
const std::error_category& ssl_category() noexcept;

/// TLS refused something, here or at the peer. what() is "[Errno 1] certificate verify failed".
class SSLError : public socket_error {
 public:
  struct Details {
    std::string reason{};          ///< empty: none
    std::string hint{};            ///< empty: none
    std::optional<Error> cause{};  ///< the engine's own words
    std::string library = "SSL";
  };
  SSLError(int code, std::string strerror);
  SSLError(int code, std::string strerror, Details);

  /// "SSL", "PEM", "X509" or "RAND".
  const std::string& library() const noexcept { return details_->library; }
  /// A stable name for programs: "NO_SHARED_CIPHER".
  const std::string& reason() const noexcept { return details_->reason; }
  /// What to try, in one sentence; may be empty.
  const std::string& hint() const noexcept { return details_->hint; }
  /// The engine's own reason, when it came from there: code, place and offset, received alert.
  const std::optional<Error>& cause() const noexcept { return details_->cause; }

 private:
  std::shared_ptr<const Details> details_;
};

/// SSL_ERROR_WANT_READ: wait until the socket is readable, then call again.
class SSLWantReadError : public SSLError {
 public:
  SSLWantReadError();
};
/// SSL_ERROR_WANT_WRITE: wait until the socket is writable, then call again.
class SSLWantWriteError : public SSLError {
 public:
  SSLWantWriteError();
};
/// SSL_ERROR_ZERO_RETURN: both sides have closed; there is nothing to read.
class SSLZeroReturnError : public SSLError {
 public:
  SSLZeroReturnError();
};
/// SSL_ERROR_SYSCALL. parley itself reports such failures as socket_error with their errno.
class SSLSyscallError : public SSLError {
 public:
  explicit SSLSyscallError(std::string strerror);
};
/// SSL_ERROR_EOF: the stream ended without close_notify.
class SSLEOFError : public SSLError {
 public:
  explicit SSLEOFError(std::optional<Error> cause = {});
};
/// The peer's chain was refused: "certificate verify failed: certificate has expired".
class SSLCertVerificationError : public SSLError {
 public:
  SSLCertVerificationError(std::string strerror, Details, int verify_code,
                           std::string verify_message);
  /// X509_V_ERR_ number: 10 has expired, 20 unable to get local issuer certificate, ...
  int verify_code() const noexcept { return verify_code_; }
  const std::string& verify_message() const noexcept { return *verify_message_; }

 private:
  int verify_code_;
  std::shared_ptr<const std::string> verify_message_;
};

/// A certificate is not for the host name asked for.
class CertificateError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

}  // namespace parley
