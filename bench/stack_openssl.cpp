#include <openssl/err.h>
#include <openssl/ssl.h>

#include "stack.hpp"

namespace parley::bench {
namespace {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};
using Ctx = std::unique_ptr<SSL_CTX, Deleter<SSL_CTX_free>>;
using Ssl = std::unique_ptr<SSL, Deleter<SSL_free>>;
using SslSession = std::unique_ptr<SSL_SESSION, Deleter<SSL_SESSION_free>>;
using BioPtr = std::unique_ptr<BIO, Deleter<BIO_free>>;
using X509Ptr = std::unique_ptr<X509, Deleter<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;

void must(bool good, const char* what) {
  if (good) return;
  ERR_print_errors_fp(stderr);
  give_up(what);
}

BioPtr text(const std::string& s) {
  return BioPtr{BIO_new_mem_buf(s.data(), static_cast<int>(s.size()))};
}
X509Ptr certificate(const std::string& pem) {
  X509Ptr x{PEM_read_bio_X509(text(pem).get(), nullptr, nullptr, nullptr)};
  must(x != nullptr, "PEM certificate");
  return x;
}

class OpensslStack final : public Stack {
 public:
  OpensslStack(Ctx client, Ctx server) : client_(std::move(client)), server_(std::move(server)) {}
  std::unique_ptr<Pair> pair(bool resume) override;

  Ctx client_, server_;
  SslSession session_;
};

/// What parley does by default: no encrypt-then-MAC; and sessions by id.
Ctx context(const SSL_METHOD* method, const Settings& settings) {
  Ctx ctx{SSL_CTX_new(method)};
  must(ctx != nullptr, "SSL_CTX_new");
  // Level 0 first: above it there is neither TLS 1.0 nor its MD5 and SHA-1 signature.
  SSL_CTX_set_security_level(ctx.get(), 0);
  const int version = static_cast<int>(settings.version);
  const char* const group = settings.group == NamedGroup::x25519 ? "X25519" : "P-256";
  must(SSL_CTX_set_min_proto_version(ctx.get(), version) == 1 &&
           SSL_CTX_set_max_proto_version(ctx.get(), version) == 1 &&
           SSL_CTX_set1_groups_list(ctx.get(), group) == 1,
       "version and group");
  SSL_CTX_set_options(ctx.get(), SSL_OP_NO_TICKET | SSL_OP_NO_ENCRYPT_THEN_MAC);
  // Connections here are taken down without close_notify; their sessions stay good.
  SSL_CTX_set_quiet_shutdown(ctx.get(), 1);
  const std::string list = settings.suite + ":@SECLEVEL=0";
  if (SSL_CTX_set_cipher_list(ctx.get(), list.c_str()) != 1) {
    ERR_clear_error();
    return nullptr;
  }
  return ctx;
}

class OpensslPair final : public Pair {
 public:
  OpensslPair(OpensslStack& stack, bool resume) : stack_(stack), resume_(resume) {
    constexpr std::size_t kRoom = 1 << 15;
    must(BIO_new_bio_pair(&bio_[0], kRoom, &bio_[1], kRoom) == 1, "BIO pair");
  }
  ~OpensslPair() override {
    for (const Side s : {Side::client, Side::server})
      if (!end_of(s)) BIO_free(bio_[static_cast<std::size_t>(s)]);
  }

  bool step(Side side) override {
    Ssl& own = end_of(side);
    if (!own) start(side);
    if (const int n = SSL_do_handshake(own.get()); n != 1) {
      must(SSL_get_error(own.get(), n) == SSL_ERROR_WANT_READ, "handshake");
      return false;
    }
    return true;
  }
  void end(Side side) override {
    Ssl& own = end_of(side);
    SSL_shutdown(own.get());
    // The BIO goes with its SSL.
    bio_[static_cast<std::size_t>(side)] = nullptr;
    own.reset();
  }
  bool resumed() const override {
    return SSL_session_reused(client_.get()) == 1 && SSL_session_reused(server_.get()) == 1;
  }
  void send(ByteView data) override {
    must(SSL_write(client_.get(), data.data(), static_cast<int>(data.size())) ==
             static_cast<int>(data.size()),
         "write");
  }
  void receive(ByteSpan into) override {
    while (!into.empty()) {
      const int n = SSL_read(server_.get(), into.data(), static_cast<int>(into.size()));
      must(n > 0, "read");
      into = into.subspan(static_cast<std::size_t>(n));
    }
  }
  void remember_session() override { stack_.session_.reset(SSL_get1_session(client_.get())); }

 private:
  Ssl& end_of(Side s) { return s == Side::client ? client_ : server_; }
  void start(Side side) {
    const bool client = side == Side::client;
    Ssl& own = end_of(side);
    own.reset(SSL_new(client ? stack_.client_.get() : stack_.server_.get()));
    must(own != nullptr, "SSL_new");
    BIO* const bio = bio_[static_cast<std::size_t>(side)];
    SSL_set_bio(own.get(), bio, bio);
    if (!client) return SSL_set_accept_state(own.get());
    SSL_set_connect_state(own.get());
    // The macro SSL_set_tlsext_host_name() without its C cast.
    static char host_name[] = "localhost";
    SSL_ctrl(own.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host_name);
    if (resume_) must(SSL_set_session(own.get(), stack_.session_.get()) == 1, "session");
  }

  OpensslStack& stack_;
  bool resume_;
  BIO* bio_[2]{};
  Ssl client_, server_;
};

std::unique_ptr<Pair> OpensslStack::pair(bool resume) {
  return std::make_unique<OpensslPair>(*this, resume);
}

}  // namespace

std::unique_ptr<Stack> make_openssl(const Settings& settings) {
  Ctx client = context(TLS_client_method(), settings),
      server = context(TLS_server_method(), settings);
  if (!client || !server) return nullptr;
  if (settings.splitting == Splitting::off)
    for (SSL_CTX* ctx : {client.get(), server.get()})
      SSL_CTX_set_options(ctx, SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS);
  const Credentials& c = credentials();

  must(X509_STORE_add_cert(SSL_CTX_get_cert_store(client.get()), certificate(c.root).get()) == 1,
       "root");
  SSL_CTX_set_verify(client.get(), SSL_VERIFY_PEER, nullptr);

  const KeyPtr key{PEM_read_bio_PrivateKey(text(c.key).get(), nullptr, nullptr, nullptr)};
  must(key != nullptr && SSL_CTX_use_certificate(server.get(), certificate(c.leaf).get()) == 1 &&
           SSL_CTX_use_PrivateKey(server.get(), key.get()) == 1 &&
           SSL_CTX_add1_chain_cert(server.get(), certificate(c.intermediate).get()) == 1,
       "server identity");
  // The macro SSL_CTX_set_dh_auto() without its C cast.
  SSL_CTX_ctrl(server.get(), SSL_CTRL_SET_DH_AUTO, 1, nullptr);
  SSL_CTX_set_session_cache_mode(server.get(), SSL_SESS_CACHE_SERVER);
  return std::make_unique<OpensslStack>(std::move(client), std::move(server));
}

}  // namespace parley::bench
