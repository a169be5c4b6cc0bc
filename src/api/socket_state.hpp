// What a socket shares with the files made from it.
#pragma once
#include <memory>
#include <optional>

#include "parley/socket.hpp"

namespace parley {

/// An open descriptor and how to wait on it. The socket holds one reference and each of its files
/// another; the last one closes the descriptor. A socket without one is closed.
struct socket::Shared {
  /// What stands between the descriptor and its users when it is not null: TLS. Both calls wait
  /// for at most `limit` a step (0.0: not at all) and throw as the methods of SSLSocket do.
  struct Layer {
    Layer() = default;
    Layer(const Layer&) = delete;
    Layer& operator=(const Layer&) = delete;
    virtual ~Layer() = default;
    virtual std::size_t read(int fd, std::optional<double> limit, ByteSpan into) = 0;
    /// All of it.
    virtual void write(int fd, std::optional<double> limit, ByteView data) = 0;
  };

  Shared(int descriptor, std::optional<double> seconds) : fd(descriptor), timeout(seconds) {}
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  ~Shared();

  int fd;  ///< -1 after detach()
  std::optional<double> timeout;
  std::shared_ptr<Layer> layer{};
  /// Counts how often an open connection got a layer or lost it: what a file holds from an earlier
  /// one must neither be read nor sent as if it belonged to this one.
  unsigned epoch = 0;

  /// Without the layer.
  std::size_t recv(ByteSpan into, int flags) const;
  std::size_t send(ByteView data, int flags, std::optional<double> limit) const;
  /// Through the layer, if there is one: at least one byte unless the stream has ended; and at
  /// least one byte, all of them through a layer.
  std::size_t read(ByteSpan into) const;
  std::size_t write(ByteView data) const;
};

}  // namespace parley
