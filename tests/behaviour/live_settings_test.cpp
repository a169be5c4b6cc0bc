// The settings beyond the documents at work between two sockets: renegotiation, names, verdicts,
// tickets, SSL 2.0.
#include <gtest/gtest.h>

#include "tests/behaviour/facade_support.hpp"

namespace parley::test {
namespace {

/// Echoes until the other end has nothing more to say.
void echo(SSLSocket& s) {
  for (bytes b = s.recv(65536); !b.empty(); b = s.recv(65536)) s.sendall(b);
}

/// Asks for an echo of n bytes.
void ask(SSLSocket& s, std::size_t n) {
  const std::string question = pattern(n);
  s.sendall(question);
  ASSERT_EQ(read_all(s, n), question);
}

// API: 8.renegotiation, C8
TEST(Live, either_end_renegotiates_between_two_questions) {
  for (const int protocol : {PROTOCOL_SSLv3, PROTOCOL_TLSv1})
    for (const bool client_asks : {true, false}) {
      const SSLContext client = verifying_context(protocol), server = server_context(protocol);
      Pair p(client, server);
      Both(
          [&] {
            ask(p.c(), 5000);
            if (client_asks) {
              p.c().renegotiate();
              p.c().do_handshake();
              EXPECT_EQ(p.c().connection()->renegotiations(), 1u);
            }
            ask(p.c(), 100000);
            ask(p.c(), 5000);
            p.c().unwrap();
          },
          [&] {
            if (!client_asks) {
              p.s().sendall(p.s().recv(65536));
              p.s().renegotiate();
            }
            echo(p.s());
            p.s().unwrap();
          })
          .check();
      const session_stats_t c = client.session_stats(), s = server.session_stats();
      EXPECT_EQ(c["connect_renegotiate"], 1) << client_asks;
      EXPECT_EQ(s["accept_renegotiate"], 1) << client_asks;
      EXPECT_EQ(c["connect_good"], 2);
      EXPECT_EQ(s["accept_good"], 2);
    }
}

// API: 8.renegotiation
TEST(Live, a_non_blocking_socket_renegotiates_by_the_documented_loop) {
  Pair p(verifying_context(PROTOCOL_TLSv1), server_context());
  p.c().setblocking(false);
  Both(
      [&] {
        p.c().renegotiate();
        // A write waits for the peer's part of the handshake.
        EXPECT_THROW(
            {
              for (;;) p.c().write("x");
            },
            SSLWantReadError);
        p.c().do_handshake(true);
        p.c().setblocking(true);
        EXPECT_EQ(p.c().connection()->renegotiations(), 1u);
        p.c().sendall("x");
        EXPECT_FALSE(p.c().recv().empty());
        p.c().unwrap();
      },
      [&] {
        echo(p.s());
        p.s().unwrap();
      })
      .check();
}

// API: 11.options
TEST(Live, renegotiation_can_be_switched_off) {
  SSLContext server = server_context();
  server.options |= OP_NO_RENEGOTIATION;
  Pair p(verifying_context(PROTOCOL_TLSv1), server);
  Both(
      [&] {
        p.c().renegotiate();
        p.c().do_handshake();
        EXPECT_EQ(p.c().connection()->renegotiations(), 0u);
        ask(p.c(), 100);
        p.c().unwrap();
      },
      [&] {
        echo(p.s());
        p.s().unwrap();
      })
      .check();
  EXPECT_EQ(server.session_stats()["accept_renegotiate"], 0);
}

// API: 11.sni_callback, C6
TEST(Live, a_name_decides_which_context_answers) {
  SSLContext first = server_context();
  const SSLContext second = server_context(PROTOCOL_SSLv23, "names.pem");
  std::vector<std::optional<std::string>> asked;
  first.set_servername_callback([&](const std::optional<std::string>& name) -> ServerNameAnswer {
    asked.push_back(name);
    if (name == "second.example") return second;
    if (name == "nobody.example") return Alert::unrecognized_name;
    return {};
  });
  SSLContext client(PROTOCOL_SSLv23);
  const auto certificate = [&](const std::string& name) {
    context_wrap_options o;
    if (!name.empty()) o.server_hostname = name;
    Pair p(client, first, o);
    return p.c().getpeercert(binary_form);
  };
  const auto one = certificate("first.example"), other = certificate("second.example");
  EXPECT_NE(one, other);
  EXPECT_EQ(certificate(""), one);
  Pair refused(client, first, {.server_hostname = "nobody.example"});
  EXPECT_TRUE(says(ssl_error(refused.client_error), "tlsv1 unrecognized name"));
  EXPECT_EQ(asked.size(), 4u);
  EXPECT_EQ(asked[2], std::nullopt);
}

// API: 11.override
TEST(Live, a_callback_has_the_last_word_on_a_chain) {
  SSLContext client(PROTOCOL_TLSv1);
  client.verify_mode = CERT_REQUIRED;  // and nobody to believe
  Errc verdict{};
  client.set_verify_callback([&](const Status& s, std::span<const Certificate> chain) {
    EXPECT_FALSE(chain.empty());
    if (!s) verdict = s.error().code;
    return Status{};
  });
  Pair p(client, server_context());
  EXPECT_FALSE(p.c().getpeercert()->empty());
  EXPECT_EQ(verdict, Errc::unknown_ca);

  SSLContext picky = verifying_context();
  picky.set_verify_callback([](const Status&, std::span<const Certificate>) -> Status {
    return Error{.code = Errc::certificate_verify_failed, .where = "not the key I know"};
  });
  Pair refused(picky, server_context());
  EXPECT_TRUE(says(ssl_error(refused.client_error), "certificate verify failed"));
}

// API: 11.options
TEST(Live, a_client_that_came_down_says_so) {
  SSLContext client(PROTOCOL_SSLv3);
  Pair p(client, server_context(), {.fallback_scsv = true});
  EXPECT_TRUE(says(ssl_error(p.client_error), "inappropriate fallback"));
  EXPECT_TRUE(Pair(client, server_context(PROTOCOL_SSLv3), {.fallback_scsv = true}).good());
}

#ifndef PARLEY_NO_SSL2
// API: 1.4.PROTOCOL, C7, M21, M22
TEST(Live, ssl2_talks_over_sockets_and_ends_without_a_word) {
  SSLContext client(PROTOCOL_SSLv2);
  client.verify_mode = CERT_REQUIRED;
  client.load_verify_locations(pki("ca.pem"));
  const SSLContext server = server_context(PROTOCOL_SSLv2);
  std::shared_ptr<const Session> session;
  for (const bool again : {false, true}) {
    Pair p(client, server, {.session = again ? session : nullptr});
    EXPECT_EQ(p.c().version(), "SSLv2");
    EXPECT_EQ(std::get<1>(*p.c().cipher()), "SSLv2");
    EXPECT_EQ(p.c().session_reused(), again);
    EXPECT_FALSE(p.c().getpeercert()->empty());
    Both([&] { ask(p.c(), 200000); }, [&] { p.s().sendall(read_all(p.s(), 200000)); }).check();
    session = p.c().session();
    parley::socket plain_client = p.c().unwrap(), plain_server = p.s().unwrap();
    plain_client.sendall("plain");
    EXPECT_EQ(text(plain_server.recv()), "plain");
  }
  EXPECT_EQ(server.session_stats()["hits"], 1);
  EXPECT_EQ(server.session_stats()["number"], 1);
  EXPECT_EQ(server.session_stats()["accept"], 2);
  EXPECT_EQ(client.session_stats()["connect"], 2);
}

// API: M20, 5.1.REQUIRED
TEST(Live, ssl2_servers_know_their_clients) {
  SSLContext client(PROTOCOL_SSLv2), server = server_context(PROTOCOL_SSLv2);
  server.verify_mode = CERT_REQUIRED;
  server.load_verify_locations(pki("ca.pem"));
  EXPECT_FALSE(Pair(client, server).good());
  client.load_cert_chain(pki("names.pem"));
  Pair p(client, server);
  EXPECT_FALSE(p.s().getpeercert()->empty());
}
#endif

}  // namespace
}  // namespace parley::test
