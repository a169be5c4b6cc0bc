// Stapled OCSP responses (RFC 6066 section 8) between two engines: who may say what, and what the
// client believes.
#include <gtest/gtest.h>

#include "parley/issue.hpp"
#include "parley/ssl.hpp"
#include "parley/writer.hpp"
#include "support/ocsp.hpp"
#include "support/pair.hpp"
#include "wire/messages.hpp"

namespace parley::test {
namespace {

using V = ProtocolVersion;
constexpr std::int64_t kDay = 86400;

template <class T>
T must(Result<T> r) {
  if (!r) throw std::runtime_error(r.error().text());
  return *std::move(r);
}

/// A root, another of the same name, and what the first has issued.
struct Pki {
  SeededRng rng{6066};
  PrivateKey root_key = key(), namesake_key = key(), leaf_key = key(), responder_key = key();
  Certificate root = issue("status root", true, {}, root_key, nullptr, nullptr);
  Certificate namesake = issue("status root", true, {}, namesake_key, nullptr, nullptr);
  Certificate leaf = issue("localhost", false, {}, leaf_key, &root, &root_key);
  Certificate other_leaf = issue("localhost", false, {}, leaf_key, &root, &root_key);
  Certificate responder =
      issue("responder", false, {"1.3.6.1.5.5.7.3.9"}, responder_key, &root, &root_key);
  Certificate server_only =
      issue("responder", false, {"1.3.6.1.5.5.7.3.1"}, responder_key, &root, &root_key);
  Certificate foreign =
      issue("responder", false, {"1.3.6.1.5.5.7.3.9"}, responder_key, &namesake, &namesake_key);

  PrivateKey key() { return must(PrivateKey::generate_rsa(rng, 1024)); }
  Certificate issue(std::string name, bool ca, std::vector<std::string> purposes,
                    const PrivateKey& subject, const Certificate* issuer,
                    const PrivateKey* issuer_key) {
    return must(issue_certificate(rng,
                                  {.common_name = std::move(name),
                                   .not_before = kNow - kDay,
                                   .not_after = kNow + kDay,
                                   .ca = ca,
                                   .extended_key_usage = std::move(purposes)},
                                  subject, issuer, issuer_key));
  }
};
const Pki& pki() {
  static const Pki made;
  return made;
}

/// Good, by the issuer, of this hour.
OcspMake good() {
  return {.certificate = pki().leaf,
          .issuer = pki().root,
          .key = pki().root_key,
          .this_update = kNow - 3600,
          .next_update = kNow + 3600};
}
OcspMake delegated(const Certificate& responder) {
  OcspMake m = good();
  m.responder = responder;
  m.key = pki().responder_key;
  return m;
}

struct Both {
  std::shared_ptr<Config> client, server;
  explicit Both(Bytes staple, V v = V::tls12)
      : client(client_config({v})), server(server_config({v})) {
    client->trust = {};
    client->trust.add(pki().root);
    client->request_status = true;
    server->identities = {
        {.chain = {pki().leaf}, .key = pki().leaf_key, .ocsp_response = std::move(staple)}};
  }
  Pair pair(std::shared_ptr<const Session> resume = nullptr) const {
    return Pair{{.client = client, .server = server, .resume = std::move(resume)}};
  }
};

std::string why(const Pair& p) {
  std::string text;
  for (const Connection* c : {&p.client, &p.server})
    text += c->failure() != nullptr ? c->failure()->text() + " " : "- ";
  return text;
}
bool saw(const Recorder& r, Step step) {
  return std::ranges::any_of(r.messages,
                             [step](const Recorder::Seen& s) { return s.step == step; });
}

/// What the handshake of a client came to with this staple: "", or its error and the alert that the
/// server got.
std::string refusal(const Both& b) {
  Pair p = b.pair();
  if (p.run()) return "";
  const Error* e = p.client.failure();
  if (e == nullptr || p.server.failure() == nullptr) return "the wrong end: " + why(p);
  EXPECT_EQ(p.client.verify_error() != nullptr, e->code != Errc::ocsp_missing);
  return e->text() + ", " + std::string{alert_name(p.server.failure()->received)};
}

/// The handshake messages of the server's first flight, changed on their way.
using Messages = std::vector<Bytes>;
std::function<void(Bytes&)> rewrite(V version, std::function<void(Messages&)> change) {
  return [version, change, done = false](Bytes& piece) mutable {
    if (done) return;
    done = true;
    Bytes stream;
    for (const ByteView r : split_records(piece)) {
      ASSERT_EQ(r[0], static_cast<std::uint8_t>(ContentType::handshake));
      append(stream, r.subspan(5));
    }
    Messages messages;
    for (ByteView rest = stream; !rest.empty();) {
      const std::size_t n = 4 + (std::size_t{rest[1]} << 16 | std::size_t{rest[2]} << 8 | rest[3]);
      messages.push_back(to_bytes(rest.first(n)));
      rest = rest.subspan(n);
    }
    change(messages);
    Bytes all;
    for (const Bytes& m : messages) append(all, m);
    piece = record(ContentType::handshake, version, all);
  };
}
auto find_type(Messages& all, HandshakeType type) {
  return std::ranges::find(all, static_cast<std::uint8_t>(type),
                           [](const Bytes& m) { return m[0]; });
}
Bytes status_message(const Bytes& response) {
  Bytes body;
  EXPECT_TRUE(build(CertificateStatusMessage{kStatusTypeOcsp, response}, body));
  return handshake_message(HandshakeType::certificate_status, body);
}

// ---- who may say what ----------------------------------------------------------------------

TEST(StatusRequest, a_staple_arrives_as_it_was_given_from_tls_1_0_on) {
  const Bytes staple = make_ocsp(good());
  for (const V v : all_versions()) {
    Both b{staple, v};
    Pair p = b.pair();
    ASSERT_TRUE(p.run()) << why(p);
    const bool tls = v != V::ssl30;
    EXPECT_EQ(to_hex(p.client.ocsp_response()), tls ? to_hex(staple) : "") << version_name(v);
    EXPECT_EQ(saw(p.client_seen, Step::certificate_status), tls);
    EXPECT_TRUE(p.server.ocsp_response().empty());
    EXPECT_TRUE(p.client.peer_verified());
  }
}

TEST(StatusRequest, nothing_is_stapled_without_a_question_or_without_an_answer) {
  for (const bool asked : {false, true}) {
    Both b{asked ? Bytes{} : make_ocsp(good())};
    b.client->request_status = asked;
    Pair p = b.pair();
    ASSERT_TRUE(p.run()) << why(p);
    EXPECT_FALSE(saw(p.client_seen, Step::certificate_status));
    EXPECT_TRUE(p.client.ocsp_response().empty());
  }
}

TEST(StatusRequest, a_client_that_insists_asks_and_refuses_a_server_without_an_answer) {
  Both b{{}};
  b.client->request_status = false;
  b.client->require_status = true;
  EXPECT_EQ(refusal(b),
            "OCSP verification needed (certificate_status), bad_certificate_status_response");
  b.server->identities.front().ocsp_response = make_ocsp(good());
  EXPECT_EQ(refusal(b), "");
  // Who checks nothing insists on nothing.
  b.server->identities.front().ocsp_response = {};
  b.client->verify_mode = VerifyMode::none;
  EXPECT_EQ(refusal(b), "");
}

TEST(StatusRequest, an_anonymous_suite_has_nothing_to_staple_to) {
  Both b{make_ocsp(good())};
  b.client->verify_mode = VerifyMode::optional;
  b.client->require_status = true;
  b.client->suites = b.server->suites = *parse_cipher_list("ADH-AES128-SHA");
  Pair p = b.pair();
  ASSERT_TRUE(p.run()) << why(p);
  EXPECT_FALSE(saw(p.client_seen, Step::certificate_status));
}

TEST(StatusRequest, a_resumed_session_is_not_asked_again) {
  Both b{make_ocsp(good())};
  b.client->require_status = true;
  Pair first = b.pair();
  ASSERT_TRUE(first.run()) << why(first);
  Pair again = b.pair(first.client.session());
  ASSERT_TRUE(again.run()) << why(again);
  EXPECT_TRUE(again.client.resumed());
  EXPECT_TRUE(again.client.ocsp_response().empty());
  EXPECT_FALSE(saw(again.client_seen, Step::certificate_status));
}

TEST(StatusRequest, a_renegotiation_asks_again) {
  Both b{make_ocsp(good())};
  Pair p = b.pair();
  ASSERT_TRUE(p.run());
  ASSERT_TRUE(p.client.renegotiate());
  ASSERT_TRUE(p.run()) << why(p);
  EXPECT_EQ(p.client.renegotiations(), 1U);
  EXPECT_FALSE(p.client.ocsp_response().empty());
  EXPECT_EQ(
      std::ranges::count(p.client_seen.messages, Step::certificate_status, &Recorder::Seen::step),
      2);
}

// "A server MAY also choose not to send a CertificateStatus": the client goes on to its next
// flight, which the server, that has sent one, then refuses.
TEST(StatusRequest, a_status_announced_and_left_out_is_no_reason_to_stop) {
  for (const bool required : {false, true}) {
    Both b{make_ocsp(good())};
    b.client->require_status = required;
    Pair p = b.pair();
    p.from_server.tamper = rewrite(
        V::tls12, [](Messages& m) { m.erase(find_type(m, HandshakeType::certificate_status)); });
    EXPECT_FALSE(p.run());
    EXPECT_EQ(saw(p.client_seen, Step::client_key_exchange), !required) << why(p);
    ASSERT_NE(p.client.failure(), nullptr);
    EXPECT_EQ(p.client.failure()->code, required ? Errc::ocsp_missing : Errc::peer_alert);
  }
}

TEST(StatusRequest, a_status_nobody_announced_is_an_unexpected_message) {
  Both b{{}};
  Pair p = b.pair();
  p.from_server.tamper = rewrite(V::tls12, [](Messages& m) {
    m.insert(find_type(m, HandshakeType::certificate) + 1, status_message(make_ocsp(good())));
  });
  EXPECT_FALSE(p.run());
  ASSERT_NE(p.client.failure(), nullptr);
  EXPECT_EQ(p.client.failure()->code, Errc::unexpected_message);
}

TEST(StatusRequest, a_status_comes_once_and_at_its_place) {
  const auto run = [](std::function<void(Messages&)> change) {
    Pair p = Both{make_ocsp(good())}.pair();
    p.from_server.tamper = rewrite(V::tls12, std::move(change));
    EXPECT_FALSE(p.run());
    return p.client.failure() != nullptr ? p.client.failure()->code : Errc::count_;
  };
  EXPECT_EQ(run([](Messages& m) {
              const auto at = find_type(m, HandshakeType::certificate_status);
              m.insert(at, Bytes{*at});
            }),
            Errc::unexpected_message);
  EXPECT_EQ(run([](Messages& m) {
              std::iter_swap(find_type(m, HandshakeType::certificate_status),
                             find_type(m, HandshakeType::certificate));
            }),
            Errc::unexpected_message);
  EXPECT_EQ(run([](Messages& m) {
              std::iter_swap(find_type(m, HandshakeType::certificate_status),
                             find_type(m, HandshakeType::server_key_exchange));
            }),
            Errc::unexpected_message);
}

TEST(StatusRequest, an_answer_to_a_question_nobody_asked_is_refused) {
  Both b{make_ocsp(good())};
  b.client->request_status = false;
  Pair p = b.pair();
  // The client's unknown extension becomes one that it asks with, and the server answers it.
  p.from_server.tamper = rewrite(V::tls12, [](Messages& m) {
    ServerHello hello;
    ASSERT_TRUE(parse(ByteView{m[0]}.subspan(4), hello));
    append(*hello.extensions, Bytes{0, 5, 0, 0});
    Bytes body;
    ASSERT_TRUE(build(hello, body));
    m[0] = handshake_message(HandshakeType::server_hello, body);
  });
  EXPECT_FALSE(p.run());
  ASSERT_NE(p.client.failure(), nullptr);
  EXPECT_EQ(p.client.failure()->code, Errc::unsolicited_extension);
}

TEST(StatusRequest, another_type_of_status_is_refused) {
  Pair p = Both{make_ocsp(good())}.pair();
  p.from_server.tamper = rewrite(
      V::tls12, [](Messages& m) { (*find_type(m, HandshakeType::certificate_status))[4] = 2; });
  EXPECT_FALSE(p.run());
  ASSERT_NE(p.client.failure(), nullptr);
  EXPECT_EQ(p.client.failure()->code, Errc::bad_value);
}

// ---- what the client believes --------------------------------------------------------------

TEST(Staple, of_a_good_certificate_is_believed_from_the_issuer_and_its_responder) {
  EXPECT_EQ(refusal(Both{make_ocsp(good())}), "");
  EXPECT_EQ(refusal(Both{make_ocsp(delegated(pki().responder))}), "");
}

TEST(Staple, of_a_revoked_certificate_ends_the_handshake) {
  for (const bool by_responder : {false, true}) {
    OcspMake m = by_responder ? delegated(pki().responder) : good();
    m.status = OcspStatus::revoked;
    EXPECT_EQ(refusal(Both{make_ocsp(m)}),
              "certificate revoked (certificate_status), certificate_revoked");
  }
}

TEST(Staple, of_a_certificate_that_the_responder_does_not_know_is_refused) {
  OcspMake m = good();
  m.status = OcspStatus::unknown;
  EXPECT_EQ(refusal(Both{make_ocsp(m)}),
            "OCSP unknown cert (certificate_status), bad_certificate_status_response");
}

TEST(Staple, that_cannot_be_believed_is_refused_and_says_why) {
  std::vector<std::pair<std::string, OcspMake>> cases;
  const auto add = [&cases](std::string where, OcspMake m, auto change) {
    change(m);
    cases.emplace_back(std::move(where), std::move(m));
  };
  add("nextUpdate", good(), [](OcspMake& m) { m.next_update = kNow - 400; });
  add("thisUpdate", good(), [](OcspMake& m) { m.this_update = kNow + 400; });
  add("certID", good(), [](OcspMake& m) { m.certificate = pki().other_leaf; });
  add("certID", good(), [](OcspMake& m) { m.issuer = pki().namesake; });
  add("signature", good(), [](OcspMake& m) { m.key = pki().namesake_key; });
  add("extensions", good(), [](OcspMake& m) { m.critical_extension = true; });
  add("certID", good(), [](OcspMake& m) { m.answers = 0; });
  add("responder: extKeyUsage", delegated(pki().server_only), [](OcspMake&) {});
  add("responder: issuer", delegated(pki().foreign), [](OcspMake&) {});
  Bytes forged = to_bytes(pki().responder.der());
  forged.back() ^= 1;
  add("responder: signature", delegated(must(Certificate::parse(forged))), [](OcspMake&) {});
  add("responder: extKeyUsage", delegated(pki().leaf), [](OcspMake& m) { m.key = pki().leaf_key; });
  add("signature", delegated(pki().responder), [](OcspMake& m) { m.key = pki().leaf_key; });
  for (const auto& [where, m] : cases)
    EXPECT_EQ(refusal(Both{make_ocsp(m)}),
              "OCSP verification failed (" + where + "), bad_certificate_status_response");
  EXPECT_EQ(refusal(Both{Bytes{1, 2, 3}}),
            "OCSP verification failed (ocspResponse), bad_certificate_status_response");
}

TEST(Staple, is_not_looked_at_by_who_checks_nothing) {
  OcspMake m = good();
  m.status = OcspStatus::revoked;
  Both b{make_ocsp(m)};
  b.client->verify_mode = VerifyMode::none;
  Pair p = b.pair();
  ASSERT_TRUE(p.run()) << why(p);
  EXPECT_FALSE(p.client.ocsp_response().empty());
  EXPECT_FALSE(p.client.peer_verified());
}

TEST(Staple, the_override_has_the_last_word_when_it_speaks_against_the_chain) {
  OcspMake m = good();
  m.status = OcspStatus::revoked;
  for (const bool lenient : {false, true}) {
    Both b{make_ocsp(m)};
    std::vector<std::string> asked;
    b.client->verify_override = [&](const Status& verdict, std::span<const Certificate> chain) {
      EXPECT_EQ(chain.size(), 1U);
      asked.push_back(verdict ? "" : verdict.error().text());
      return lenient ? Status{} : verdict;
    };
    Pair p = b.pair();
    EXPECT_EQ(p.run(), lenient) << why(p);
    EXPECT_EQ(asked, (std::vector<std::string>{"", "certificate revoked (certificate_status)"}));
    ASSERT_NE(p.client.verify_error(), nullptr);
    EXPECT_EQ(p.client.verify_error()->code, Errc::certificate_revoked);
  }
}

TEST(Staple, more_answers_than_the_limit_are_refused) {
  OcspMake m = good();
  m.answers = OcspResponse::kMostAnswers;
  EXPECT_TRUE(OcspResponse::parse(make_ocsp(m)));
  m.answers = OcspResponse::kMostAnswers + 1;
  const auto r = OcspResponse::parse(make_ocsp(m));
  ASSERT_FALSE(r.has_value());
  EXPECT_EQ(r.error().code, Errc::length_out_of_range);
}

// ---- the documented interface --------------------------------------------------------------

struct Contexts {
  SSLContext client{PROTOCOL_TLSv1}, server{PROTOCOL_TLSv1};
  FixedClock clock{kNow};
  Environment world{system_rng(), clock};
  Contexts() {
    client.set_environment(world);
    client.load_verify_data(DER_cert_to_PEM_cert(to_bytes(pki().root.der())));
    client.verify_mode = CERT_REQUIRED;
    server.load_cert_chain(Identity{.chain = {pki().leaf}, .key = pki().leaf_key});
  }
  /// Shakes hands through buffers; what the client then knows of a staple.
  std::optional<bytes> staple() const {
    MemoryBIO to_client, to_server;
    SSLObject c = client.wrap_bio(to_client, to_server);
    SSLObject s = server.wrap_bio(to_server, to_client, {.server_side = true});
    const auto done = [](SSLObject& o) {
      try {
        o.do_handshake();
        return true;
      } catch (const SSLWantReadError&) {
        return false;
      }
    };
    for (int i = 0; i < 10; ++i) {
      const bool client_done = done(c), server_done = done(s);
      if (client_done && server_done) return c.ocsp_response();
    }
    throw std::runtime_error("no end of it");
  }
};

// API: 11.staple
TEST(StaplingContexts, ask_and_answer) {
  Contexts c;
  const Bytes response = make_ocsp(good());
  EXPECT_EQ(c.staple(), std::nullopt);
  c.server.set_ocsp_response(response);
  EXPECT_EQ(c.staple(), std::nullopt);
  c.client.set_request_status(true);
  EXPECT_EQ(c.staple(), response);
  c.client.set_request_status(true, true);
  EXPECT_EQ(c.staple(), response);
  c.server.set_ocsp_response({});
  try {
    c.staple();
    FAIL();
  } catch (const SSLError& e) {
    ASSERT_TRUE(e.cause());
    EXPECT_EQ(e.cause()->code, Errc::ocsp_missing);
  }
}

// API: 11.staple
TEST(StaplingContexts, take_no_response_about_other_certificates) {
  Contexts c;
  OcspMake other = good();
  other.certificate = pki().other_leaf;
  for (const Bytes& bad : {make_ocsp(other), Bytes{0x30, 3, 0x0a, 1, 3}, Bytes{1, 2, 3}})
    EXPECT_THROW(c.server.set_ocsp_response(bad), SSLError);
  EXPECT_THROW(c.server.load_ocsp_response("/no/such/file"), IOError);
}

}  // namespace
}  // namespace parley::test
