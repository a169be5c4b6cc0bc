// The order of a handshake, swept: which step may follow which, told twice. Here it is told by
// writing every legal handshake out; src/protocol/script.hpp tells it by lines and facts.
#include "protocol/script.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace parley {
namespace {

/// One message of a written-out handshake. `empty`: a client's Certificate without any.
struct Token {
  Side from;
  Step step;
  bool empty = false;
};
using Flow = std::vector<Token>;

/// RFC 2246 section 7.3, figures 1 and 2, each choice written out. "c:" is the client, "s:" the
/// server; cert0 is a Certificate without certificates, ccs a ChangeCipherSpec.
struct Written {
  bool server_authenticates, server_kx;
  const char* flow;
};
const std::vector<Written> kFull{
    // RSA key exchange with a certified encryption key.
    {true, false, "c:ch s:sh s:cert s:shd c:cke c:ccs c:fin s:ccs s:fin"},
    {true, false, "c:ch s:sh s:cert s:cr s:shd c:cert0 c:cke c:ccs c:fin s:ccs s:fin"},
    {true, false, "c:ch s:sh s:cert s:cr s:shd c:cert c:cke c:cv c:ccs c:fin s:ccs s:fin"},
    // A signed ephemeral key.
    {true, true, "c:ch s:sh s:cert s:ske s:shd c:cke c:ccs c:fin s:ccs s:fin"},
    {true, true, "c:ch s:sh s:cert s:ske s:cr s:shd c:cert0 c:cke c:ccs c:fin s:ccs s:fin"},
    {true, true, "c:ch s:sh s:cert s:ske s:cr s:shd c:cert c:cke c:cv c:ccs c:fin s:ccs s:fin"},
    // No server certificate. That such a server must not ask for the client's (section 7.4.4) is
    // a handshake_failure there, not a matter of order; figure 1 allows it.
    {false, true, "c:ch s:sh s:ske s:shd c:cke c:ccs c:fin s:ccs s:fin"},
    {false, true, "c:ch s:sh s:ske s:cr s:shd c:cert0 c:cke c:ccs c:fin s:ccs s:fin"},
    {false, true, "c:ch s:sh s:ske s:cr s:shd c:cert c:cke c:cv c:ccs c:fin s:ccs s:fin"},
    // Neither: no suite of the two RFCs is so, yet the figure has both in parentheses.
    {false, false, "c:ch s:sh s:shd c:cke c:ccs c:fin s:ccs s:fin"},
    {false, false, "c:ch s:sh s:cr s:shd c:cert0 c:cke c:ccs c:fin s:ccs s:fin"},
    {false, false, "c:ch s:sh s:cr s:shd c:cert c:cke c:cv c:ccs c:fin s:ccs s:fin"},
};
constexpr const char* kResumed = "c:ch s:sh s:ccs s:fin c:ccs c:fin";

Flow flow_of(const std::string& text) {
  const std::map<std::string, Step> words{
      {"ch", Step::client_hello},         {"sh", Step::server_hello},
      {"cert", Step::certificate},        {"cert0", Step::certificate},
      {"cs", Step::certificate_status},   {"ske", Step::server_key_exchange},
      {"cr", Step::certificate_request},  {"shd", Step::server_hello_done},
      {"cke", Step::client_key_exchange}, {"cv", Step::certificate_verify},
      {"ccs", Step::change_cipher_spec},  {"fin", Step::finished}};
  Flow flow;
  std::istringstream in{text};
  for (std::string word; in >> word;)
    flow.push_back({.from = word[0] == 'c' ? Side::client : Side::server,
                    .step = words.at(word.substr(2)),
                    .empty = word == "c:cert0"});
  return flow;
}

bool same(const Facts& a, const Facts& b) {
  return a.server_authenticates == b.server_authenticates && a.server_kx == b.server_kx &&
         a.client_cert_wanted == b.client_cert_wanted && a.client_cert_sent == b.client_cert_sent;
}
bool same(const Token& a, const Token& b) {
  return a.from == b.from && a.step == b.step && a.empty == b.empty;
}
bool begins_with(const Flow& flow, const Flow& prefix) {
  if (flow.size() < prefix.size()) return false;
  for (std::size_t i = 0; i < prefix.size(); ++i)
    if (!same(flow[i], prefix[i])) return false;
  return true;
}
std::string text_of(const Flow& flow) {
  std::string s;
  for (const Token& t : flow)
    s += std::string{side_name(t.from)} + ":" + std::string{step_name(t.step)} + " ";
  return s;
}

/// Walks every prefix of every legal flow and tries every step of either side after it.
class Sweep {
 public:
  Sweep(std::span<const Line> script, std::vector<Flow> legal, const Facts& at_start)
      : legal_(std::move(legal)) {
    walk(Cursor{script}, at_start, {});
  }
  std::size_t tries() const { return tries_; }
  std::size_t prefixes() const { return prefixes_; }

 private:
  void walk(Cursor cursor, const Facts& facts, const Flow& prefix) {
    ++prefixes_;
    bool complete = false;
    std::vector<Token> continuations;
    for (const Flow& flow : legal_) {
      if (!begins_with(flow, prefix)) continue;
      if (flow.size() == prefix.size()) {
        complete = true;
        continue;
      }
      const Token& next = flow[prefix.size()];
      if (!std::ranges::any_of(continuations, [&](const Token& t) { return same(t, next); }))
        continuations.push_back(next);
    }
    {
      Cursor copy = cursor;
      EXPECT_EQ(copy.done(facts), complete) << text_of(prefix);
    }
    for (const Side side : {Side::client, Side::server})
      for (std::size_t i = 0; i < kStepNames.size(); ++i)
        try_step(cursor, facts, prefix, continuations, side, static_cast<Step>(i));
    for (const Token& next : continuations) go_on(cursor, facts, prefix, next);
  }

  void try_step(const Cursor& cursor, const Facts& facts, const Flow& prefix,
                const std::vector<Token>& continuations, Side side, Step step) {
    ++tries_;
    Cursor tried = cursor;
    Facts after = facts;
    const bool let_in = tried.accept(side, step, after);
    const bool legal = std::ranges::any_of(
        continuations, [&](const Token& t) { return t.from == side && t.step == step; });
    EXPECT_EQ(let_in, legal) << text_of(prefix) << "+ " << side_name(side) << ":"
                             << step_name(step);
    if (let_in) {
      EXPECT_GT(tried.at(), cursor.at());
    } else {
      EXPECT_EQ(tried.at(), cursor.at()) << text_of(prefix);
      EXPECT_TRUE(same(after, facts)) << text_of(prefix);
    }
  }

  void go_on(Cursor cursor, Facts facts, Flow prefix, const Token& next) {
    ASSERT_TRUE(cursor.accept(next.from, next.step, facts)) << text_of(prefix);
    // What the handlers of the two Certificates do.
    if (next.from == Side::client && next.step == Step::certificate)
      facts.client_cert_sent = !next.empty;
    prefix.push_back(next);
    walk(cursor, facts, prefix);
  }

  std::vector<Flow> legal_;
  std::size_t tries_ = 0;
  std::size_t prefixes_ = 0;
};

TEST(Script, a_full_handshake_lets_in_the_orders_of_the_rfc_and_no_other) {
  std::size_t tries = 0;
  for (const bool authenticates : {false, true})
    for (const bool kx : {false, true})
      for (const bool wanted_before : {false, true}) {
        std::vector<Flow> legal;
        for (const Written& w : kFull)
          if (w.server_authenticates == authenticates && w.server_kx == kx)
            legal.push_back(flow_of(w.flow));
        ASSERT_EQ(legal.size(), 3U);
        tries += Sweep{kFullHandshake, legal,
                       Facts{.server_authenticates = authenticates,
                             .server_kx = kx,
                             .client_cert_wanted = wanted_before}}
                     .tries();
      }
  EXPECT_GT(tries, 4000U);
}

// RFC 6066 section 8: straight after the server's Certificate, if it has been announced, and then
// as the server likes.
TEST(Script, a_status_that_was_announced_may_come_once_after_the_servers_certificate) {
  for (const bool announced : {false, true})
    for (const bool kx : {false, true}) {
      std::vector<Flow> legal;
      for (const Written& w : kFull) {
        if (!w.server_authenticates || w.server_kx != kx) continue;
        std::string text{w.flow};
        legal.push_back(flow_of(text));
        if (announced) legal.push_back(flow_of(text.insert(text.find("s:cert ") + 7, "s:cs ")));
      }
      ASSERT_EQ(legal.size(), announced ? 6U : 3U);
      const Sweep sweep{kFullHandshake, legal,
                        Facts{.server_kx = kx, .status_announced = announced}};
      EXPECT_GT(sweep.tries(), announced ? 1000U : 500U);
    }
}

TEST(Script, a_resumption_lets_in_the_one_order_of_the_rfc_whatever_the_facts) {
  for (unsigned bits = 0; bits < 16; ++bits) {
    const Sweep sweep{kResumption,
                      {flow_of(kResumed)},
                      Facts{.server_authenticates = (bits & 1) != 0,
                            .server_kx = (bits & 2) != 0,
                            .client_cert_wanted = (bits & 4) != 0,
                            .client_cert_sent = (bits & 8) != 0}};
    EXPECT_EQ(sweep.prefixes(), 7U);
    EXPECT_EQ(sweep.tries(), 7U * 2 * kStepNames.size());
  }
}

TEST(Script, nothing_at_all_is_let_in_after_the_end) {
  Facts f;
  Cursor c{kResumption};
  for (const Token& t : flow_of(kResumed)) ASSERT_TRUE(c.accept(t.from, t.step, f));
  ASSERT_TRUE(c.done(f));
  for (const Side side : {Side::client, Side::server})
    for (std::size_t i = 0; i < kStepNames.size(); ++i)
      EXPECT_FALSE(c.accept(side, static_cast<Step>(i), f));
  EXPECT_TRUE(c.done(f));
}

TEST(Script, branching_at_the_hellos_goes_on_in_the_other_script) {
  // A server branches after ClientHello, a client after ServerHello.
  for (const std::size_t hellos : {1U, 2U}) {
    Facts f;
    Cursor c{kFullHandshake};
    const Flow flow = flow_of(kResumed);
    for (std::size_t i = 0; i < flow.size(); ++i) {
      if (i == hellos) c.branch(kResumption);
      ASSERT_TRUE(c.accept(flow[i].from, flow[i].step, f)) << i;
    }
    EXPECT_TRUE(c.done(f));
  }
}

TEST(Script, a_side_that_skips_its_own_optional_line_goes_on_with_the_next) {
  Facts f{.client_cert_wanted = true};
  Cursor c{kFullHandshake};
  for (const Token& t : flow_of("c:ch s:sh s:cert")) ASSERT_TRUE(c.accept(t.from, t.step, f));
  ASSERT_EQ(c.next(f).step, Step::certificate_request);
  ASSERT_EQ(c.next(f).when, When::may);
  c.skip_optional(f);
  EXPECT_FALSE(f.client_cert_wanted);
  EXPECT_EQ(c.next(f).step, Step::server_hello_done);
  EXPECT_FALSE(c.accept(Side::server, Step::certificate_request, f));
}

TEST(Script, a_request_that_came_is_learned_and_one_that_did_not_is_too) {
  for (const bool asked : {false, true}) {
    Facts f{.client_cert_wanted = !asked};
    Cursor c{kFullHandshake};
    for (const Token& t : flow_of(asked ? "c:ch s:sh s:cert s:cr s:shd" : "c:ch s:sh s:cert s:shd"))
      ASSERT_TRUE(c.accept(t.from, t.step, f));
    EXPECT_EQ(f.client_cert_wanted, asked);
  }
}

// The guards of the scripts' shape can themselves fail.
constexpr std::array kTwoKeyChanges{Line{Side::client, Step::change_cipher_spec},
                                    Line{Side::client, Step::finished},
                                    Line{Side::client, Step::change_cipher_spec},
                                    Line{Side::client, Step::finished},
                                    Line{Side::server, Step::change_cipher_spec},
                                    Line{Side::server, Step::finished},
                                    Line{Side::client, Step::end}};
constexpr std::array kDataBetween{
    Line{Side::client, Step::change_cipher_spec}, Line{Side::client, Step::client_key_exchange},
    Line{Side::client, Step::finished},           Line{Side::server, Step::change_cipher_spec},
    Line{Side::server, Step::finished},           Line{Side::client, Step::end}};
constexpr std::array kOptionalKeyChange{
    Line{Side::client, Step::change_cipher_spec, When::iff, &Facts::server_kx},
    Line{Side::client, Step::finished}, Line{Side::server, Step::change_cipher_spec},
    Line{Side::server, Step::finished}, Line{Side::client, Step::end}};
constexpr std::array kFactForgotten{Line{Side::server, Step::certificate, When::iff},
                                    Line{Side::client, Step::change_cipher_spec},
                                    Line{Side::client, Step::finished},
                                    Line{Side::server, Step::change_cipher_spec},
                                    Line{Side::server, Step::finished},
                                    Line{Side::client, Step::end}};
constexpr std::array kOptionForgotItsFact{
    Line{Side::server, Step::certificate_status, When::may_if},
    Line{Side::client, Step::change_cipher_spec},
    Line{Side::client, Step::finished},
    Line{Side::server, Step::change_cipher_spec},
    Line{Side::server, Step::finished},
    Line{Side::client, Step::end}};
constexpr std::array kNoEnd{
    Line{Side::client, Step::change_cipher_spec}, Line{Side::client, Step::finished},
    Line{Side::server, Step::change_cipher_spec}, Line{Side::server, Step::finished}};
static_assert(!well_formed(kTwoKeyChanges) && !well_formed(kDataBetween));
static_assert(!well_formed(kOptionalKeyChange) && !well_formed(kFactForgotten));
static_assert(!well_formed(kNoEnd) && !well_formed(kOptionForgotItsFact));

}  // namespace
}  // namespace parley
