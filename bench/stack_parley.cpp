#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <optional>

#include "parley/connection.hpp"
#include "parley/issue.hpp"
#include "parley/pem.hpp"
#include "stack.hpp"

namespace parley::bench {

void give_up(std::string_view what) {
  std::fprintf(stderr, "bench: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

namespace {

template <class T>
T must(Result<T> r) {
  if (!r) give_up(errc_reason(r.error().code));
  return *std::move(r);
}

Certificate certificate(std::string_view pem) {
  const auto blocks = must(pem_blocks(pem));
  return must(Certificate::parse(must(blocks.at(0).decode())));
}

Credentials make_credentials() {
  SeededRng rng(2048);
  const auto new_key = [&] { return must(PrivateKey::generate_rsa(rng, 2048)); };
  const PrivateKey root_key = new_key(), intermediate_key = new_key(), leaf_key = new_key();
  CertificateRequest request{.common_name = "bench root",
                             .not_before = SystemClock{}.unix_seconds() - 86400,
                             .not_after = SystemClock{}.unix_seconds() + 86400,
                             .ca = true};
  const Certificate root = must(issue_certificate(rng, request, root_key));
  request.common_name = "bench intermediate";
  const Certificate intermediate =
      must(issue_certificate(rng, request, intermediate_key, &root, &root_key));
  request.common_name = "localhost";
  request.subject_alt_names = {"localhost"};
  request.ca = false;
  const Certificate leaf =
      must(issue_certificate(rng, request, leaf_key, &intermediate, &intermediate_key));
  return {.root = encode_pem("CERTIFICATE", root.der()),
          .intermediate = encode_pem("CERTIFICATE", intermediate.der()),
          .leaf = encode_pem("CERTIFICATE", leaf.der()),
          .key = leaf_key.to_pem()};
}

/// Looks at every event, and keeps nothing of it.
class Counter final : public Observer {
 public:
  void on(const Event& e) override { benchmark::DoNotOptimize(kinds_ += e.index()); }

 private:
  std::size_t kinds_ = 0;
};

class ParleyStack final : public Stack {
 public:
  explicit ParleyStack(const Settings& settings) {
    if (settings.watched) observer_ = std::make_unique<Counter>();
    const Credentials& c = credentials();
    Config both;
    both.versions = {settings.version};
    both.suites = must(parse_cipher_list(settings.iana));
    both.groups = {settings.group};
    both.split_cbc_records = settings.splitting == Splitting::as_usual;
    Config client = both;
    client.verify_mode = VerifyMode::required;
    client.trust.add(certificate(c.root));
    Config server = both;
    server.identities = {Identity{.chain = {certificate(c.leaf), certificate(c.intermediate)},
                                  .key = must(PrivateKey::from_pem(c.key))}};
    server.sessions = std::make_shared<SessionCache>(7200);
    client_ = std::make_shared<const Config>(std::move(client));
    server_ = std::make_shared<const Config>(std::move(server));
  }
  std::unique_ptr<Pair> pair(bool resume) override;

  std::unique_ptr<Observer> observer_;
  std::shared_ptr<const Config> client_, server_;
  std::shared_ptr<const Session> session_;
};

class ParleyPair final : public Pair {
 public:
  ParleyPair(ParleyStack& stack, bool resume) : stack_(stack), resume_(resume) {}

  bool step(Side side) override {
    std::optional<Connection>& own = end_of(side);
    Observer* const watcher = stack_.observer_.get();
    if (!own)
      own = side == Side::client
                ? Connection::client(stack_.client_, "localhost", system_environment(watcher),
                                     resume_ ? stack_.session_ : nullptr)
                : Connection::server(stack_.server_, system_environment(watcher));
    take(*own, end_of(other(side)));
    if (own->failure() != nullptr) give_up(errc_reason(own->failure()->code));
    return own->phase() == Connection::Phase::open;
  }
  void end(Side side) override { end_of(side).reset(); }
  bool resumed() const override { return client_->resumed() && server_->resumed(); }
  void send(ByteView data) override {
    if (must(client_->write(data)) != data.size()) give_up("short write");
  }
  void receive(ByteSpan into) override {
    while (!into.empty()) {
      take(*server_, client_);
      const std::size_t n = server_->read(into);
      if (n == 0) give_up("nothing to read");
      into = into.subspan(n);
    }
  }
  void remember_session() override { stack_.session_ = client_->session(); }

 private:
  std::optional<Connection>& end_of(Side s) { return s == Side::client ? client_ : server_; }
  /// The peer's outgoing bytes come in.
  static void take(Connection& own, std::optional<Connection>& peer) {
    if (!peer || peer->outgoing().empty()) return;
    peer->sent(own.feed(peer->outgoing()));
  }

  ParleyStack& stack_;
  bool resume_;
  std::optional<Connection> client_, server_;
};

std::unique_ptr<Pair> ParleyStack::pair(bool resume) {
  return std::make_unique<ParleyPair>(*this, resume);
}

}  // namespace

const Credentials& credentials() {
  static const Credentials c = make_credentials();
  return c;
}

std::unique_ptr<Stack> make_parley(const Settings& settings) {
  return std::make_unique<ParleyStack>(settings);
}

}  // namespace parley::bench
