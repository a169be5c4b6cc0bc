// SSLSocket: handshake, reading and writing, in the documented variants.
#include <cerrno>
#include <stdexcept>

#include "api/posix.hpp"
#include "api/tls_layer.hpp"

namespace parley {
namespace {

void check_flags(int flags, const char* method) {
  if (flags != 0)
    throw std::invalid_argument(std::string("non-zero flags not allowed in calls to ") + method +
                                "() on an SSLSocket");
}

[[noreturn]] void refuse(const char* method) {
  throw std::invalid_argument(std::string(method) + " not allowed on instances of SSLSocket");
}

}  // namespace

bool SSLSocket::plain() const {
  if (refused_) std::rethrow_exception(refused_);
  return !tls_;
}

SSLSocket::Tls& SSLSocket::tls_or_not_connected() const {
  if (plain()) throw socket_error(fileno() < 0 ? EBADF : ENOTCONN);
  // Somebody closed it behind TLS's back, through the base class.
  if (fileno() < 0)
    throw SSLError(
        SSL_ERROR_SSL, "Underlying socket has been closed.",
        {.reason = "SOCKET_CLOSED",
         .hint = "The socket was closed through its base class while TLS was using it."});
  return *tls_;
}

void SSLSocket::do_handshake(bool block) {
  Tls& tls = tls_or_not_connected();
  if (tls.settled()) return;
  const std::optional<double> limit = block && gettimeout() == 0.0 ? std::nullopt : gettimeout();
  const Tls::Want want = tls.handshake({fileno(), limit});
  follow_context(tls);
  Tls::raise(want);
  connected_ = true;
}

void SSLSocket::follow_context(const Tls& tls) {
  if (tls.kept.chosen && !(*tls.kept.chosen == context)) context = Context(*tls.kept.chosen);
}

void SSLSocket::renegotiate() { tls_or_not_connected().renegotiate({fileno(), gettimeout()}); }

bytes SSLSocket::recv(std::size_t buflen, int flags) {
  if (plain()) return socket::recv(buflen, flags);
  check_flags(flags, "recv");
  return read(buflen);
}

std::size_t SSLSocket::recv_into(ByteSpan buffer, std::optional<std::size_t> nbytes, int flags) {
  if (plain()) return socket::recv_into(buffer, nbytes, flags);
  check_flags(flags, "recv_into");
  const std::size_t n = nbytes.value_or(0);
  return read(n == 0 || n > buffer.size() ? buffer : buffer.first(n));
}

std::pair<bytes, address> SSLSocket::recvfrom(std::size_t bufsize, int flags) {
  if (!plain()) refuse("recvfrom");
  return socket::recvfrom(bufsize, flags);
}

std::pair<std::size_t, address> SSLSocket::recvfrom_into(ByteSpan buffer,
                                                         std::optional<std::size_t> nbytes,
                                                         int flags) {
  if (!plain()) refuse("recvfrom_into");
  return socket::recvfrom_into(buffer, nbytes, flags);
}

std::size_t SSLSocket::sendto(ByteView data, const address& to, int flags) {
  if (!plain()) refuse("sendto");
  return socket::sendto(data, to, flags);
}

bytes SSLSocket::read(std::size_t nbytes) {
  bytes into(nbytes);
  into.resize(read(ByteSpan(into)));
  return into;
}

std::size_t SSLSocket::read(ByteSpan buffer) {
  Tls& tls = tls_or_not_connected();
  std::size_t got = 0;
  const Tls::Want want =
      tls.read({fileno(), gettimeout()}, buffer, options_.suppress_ragged_eofs, got);
  follow_context(tls);
  Tls::raise(want);
  return got;
}

std::size_t SSLSocket::send(ByteView data, int flags) {
  if (plain()) return socket::send(data, flags);
  check_flags(flags, "send");
  if (data.empty()) return 0;
  Tls& tls = tls_or_not_connected();
  const Tls::Want want = tls.write({fileno(), gettimeout()}, data);
  follow_context(tls);
  return want == Tls::Want::nothing ? data.size() : 0;
}

std::size_t SSLSocket::sendall(ByteView data, int flags) {
  if (plain()) return socket::sendall(data, flags);
  check_flags(flags, "sendall");
  if (data.empty()) return 0;
  const std::optional<double> limit = gettimeout() == 0.0 ? std::nullopt : gettimeout();
  Tls& tls = tls_or_not_connected();
  const Tls::Want want = tls.write({fileno(), limit}, data);
  follow_context(tls);
  Tls::raise(want);
  return data.size();
}

std::size_t SSLSocket::write(ByteView data) {
  Tls& tls = tls_or_not_connected();
  if (data.empty()) return 0;
  const Tls::Want want = tls.write({fileno(), gettimeout()}, data);
  follow_context(tls);
  Tls::raise(want);
  return data.size();
}

}  // namespace parley
