// What `serve --www` says.
#pragma once
#include <string>

#include "parley/connection.hpp"
#include "parley/ssl.hpp"

namespace parley::tool {

/// Answers HTTP requests of one connection with a page about it.
class WwwServer {
 public:
  WwwServer(const Connection& tls, const SSLContext& context, std::string peer)
      : tls_(tls), context_(context), peer_(std::move(peer)) {}

  /// Takes complete requests off `input` and appends an answer for each to `output`. True when
  /// the connection is to be closed after that: the client wants it, or what came is no request.
  /// `last`: nothing follows the input, so an incomplete request is no request either.
  bool answer(std::string& input, std::string& output, bool last);

 private:
  std::string page() const;

  const Connection& tls_;
  const SSLContext& context_;
  std::string peer_;
};

}  // namespace parley::tool
