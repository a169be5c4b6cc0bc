#include "handshake/params_signature.hpp"

#include "parley/writer.hpp"
#include "trust/key_codec.hpp"
#include "trust/signature.hpp"

namespace parley {
namespace {

/// MD5 and SHA-1 over both randoms and the parameters; which of them is signed is the key's
/// business. The randoms keep a signature from serving twice.
std::array<std::uint8_t, 36> digest(const Handshake& h, ByteView params) {
  std::array<std::uint8_t, 36> both;
  const auto parts = {ByteView{h.client_random}, ByteView{h.server_random}, params};
  const crypto::Digest md5 = crypto::hash(crypto::HashId::md5, parts);
  const crypto::Digest sha1 = crypto::hash(crypto::HashId::sha1, parts);
  std::ranges::copy(md5.view(), both.begin());
  std::ranges::copy(sha1.view(), both.begin() + 16);
  return both;
}

}  // namespace

Status sign_params(const Handshake& h, std::size_t params_at, Bytes& body) {
  if (h.suite->auth == Auth::anonymous) return {};
  if (h.identity == nullptr)
    return Error{.code = Errc::no_certificate, .where = "server_key_exchange.signature"};
  PARLEY_TRY(const Bytes signature,
             trust::sign_handshake(h.identity->key.impl().key, h.env.rng,
                                   digest(h, ByteView{body}.subspan(params_at))));
  Writer w{body};
  {
    Writer::Vec vector{w, 2};
    w.bytes(signature);
  }
  return w.finish("server_key_exchange.signature");
}

Status check_params(const Handshake& h, ByteView body, const std::optional<Bytes>& signature) {
  const bool anonymous = h.suite->auth == Auth::anonymous;
  if (anonymous != !signature)
    return Error{.code = anonymous ? Errc::trailing_bytes : Errc::truncated,
                 .where = "server_key_exchange.signature"};
  if (anonymous) return {};
  if (!h.peer_key) return Error{.code = Errc::internal, .where = "server_key_exchange.signature"};
  const ByteView params = body.first(body.size() - 2 - signature->size());
  return trust::verify_handshake(*h.peer_key, digest(h, params), *signature);
}

}  // namespace parley
