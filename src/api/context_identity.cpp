// SSLContext: who we are. Certificates with their keys, and the passwords of these.
#include <stdexcept>

#include "api/context_state.hpp"
#include "api/errors.hpp"
#include "api/files.hpp"
#include "parley/ocsp.hpp"
#include "parley/pem.hpp"
#include "trust/key_codec.hpp"

namespace parley {
namespace {

// Python's, which has it from OpenSSL's buffer.
constexpr std::size_t kLongestPassword = 1023;

std::string ask(const Password& password) {
  const auto* callable = std::get_if<std::function<std::string()>>(&password);
  std::string answer = callable != nullptr ? (*callable)() : std::get<std::string>(password);
  if (answer.size() <= kLongestPassword) return answer;
  crypto::wipe(answer.data(), answer.size());
  throw std::invalid_argument("password cannot be longer than 1023 bytes");
}

PrivateKey load_key(const std::string& path, const Password* password) {
  const crypto::SecretBytes text = read_file(path);
  // Below src/api nothing is thrown through.
  std::exception_ptr thrown;
  const AskPassword asked = [&]() -> std::optional<std::string> {
    try {
      return ask(*password);
    } catch (...) {
      thrown = std::current_exception();
      return {};
    }
  };
  Result<PrivateKey> key =
      PrivateKey::from_pem(as_text(text.view()), password != nullptr ? asked : AskPassword{});
  if (thrown) std::rethrow_exception(thrown);
  if (!key) throw_pem_error(key.error(), path);
  return *std::move(key);
}

Identity load_identity(const std::string& certfile, const std::optional<std::string>& keyfile,
                       const Password* password) {
  const crypto::SecretBytes text = read_file(certfile);
  Result<std::vector<Certificate>> chain = certificates_from_pem(as_text(text.view()));
  if (!chain) throw_pem_error(chain.error(), certfile);
  return {*std::move(chain),
          load_key(keyfile && !keyfile->empty() ? *keyfile : certfile, password)};
}

/// One of the answers is about a certificate with this serial number.
bool is_about(const OcspResponse& r, const Certificate& c) {
  return std::ranges::any_of(r.answers(),
                             [&c](const OcspAnswer& a) { return equal(a.serial, c.serial()); });
}

void staple(SSLContext::State& state, ByteView der, const std::string& path) {
  if (der.empty())
    return state.change([](SSLContext::State& s) {
      for (Identity& i : s.identities) i.ocsp_response.clear();
    });
  const Result<OcspResponse> response = OcspResponse::parse(to_bytes(der));
  if (!response) throw_pem_error(response.error(), path);
  bool used = false;
  state.change([&](SSLContext::State& s) {
    for (Identity& i : s.identities) {
      if (!is_about(*response, i.chain.front())) continue;
      i.ocsp_response = to_bytes(der);
      used = true;
    }
  });
  if (!used)
    throw_pem_error(
        Error{Errc::ocsp_invalid, response->status() == 0 ? "certID: no certificate that was loaded"
                                                          : "responseStatus"},
        path);
}

}  // namespace

void SSLContext::load_cert_chain(const std::string& certfile,
                                 const std::optional<std::string>& keyfile) {
  load_cert_chain(load_identity(certfile, keyfile, nullptr));
}

void SSLContext::load_cert_chain(const std::string& certfile,
                                 const std::optional<std::string>& keyfile,
                                 const Password& password) {
  load_cert_chain(load_identity(certfile, keyfile, &password));
}

void SSLContext::load_cert_chain(const Identity& identity) {
  if (identity.chain.empty()) throw_pem_error(Error{Errc::no_start_line, "certificate chain"}, {});
  if (const Status s = check_key_matches(identity.chain.front(), identity.key); !s)
    throw_pem_error(s.error(), {});
  state_->change([&](State& s) {
    const auto same_kind = std::ranges::find(s.identities, identity.key.type(),
                                             [](const Identity& i) { return i.key.type(); });
    if (same_kind != s.identities.end())
      *same_kind = identity;
    else
      s.identities.push_back(identity);
  });
}

void SSLContext::set_ocsp_response(ByteView response) { staple(*state_, response, {}); }

void SSLContext::load_ocsp_response(const std::string& path) {
  const crypto::SecretBytes file = read_file(path);
  if (file.view().empty()) throw_pem_error(Error{Errc::truncated, "ocspResponse"}, path);
  staple(*state_, file.view(), path);
}

}  // namespace parley
