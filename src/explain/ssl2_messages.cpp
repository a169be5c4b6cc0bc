#include "explain/ssl2_messages.hpp"
#ifndef PARLEY_NO_SSL2
#include "explain/fields.hpp"
#include "explain/ladder.hpp"
#include "explain/meaning.hpp"
#include "explain/ssl2_state.hpp"
#include "ssl2/client_hello.hpp"

namespace parley::explain {
namespace {

using ssl2::MessageType;

constexpr std::array<std::string_view, 10> kNames{
    "error",         "client_hello",    "client_master_key",   "client_finished",    "server_hello",
    "server_verify", "server_finished", "request_certificate", "client_certificate", "end"};
constexpr std::array<std::string_view, 9> kSections{"2.7", "2.5", "2.5", "2.5", "2.6",
                                                    "2.6", "2.6", "2.6", "2.5"};

template <class M>
Status read(Decoder& d, std::size_t message, M& m) {
  Message& out = d.out.messages[message];
  Collector c{out.fields, 0, out.specification, d.field_budget};
  return ssl2::parse(out.bytes, m, &c);
}

std::string next_words(const Ssl2State& s) {
  for (const Ssl2State::View& v : s.views) {
    if (!v.fits) continue;
    ssl2::Cursor cursor = v.cursor;
    ssl2::Facts facts = v.facts;
    const ssl2::Line& line = cursor.next(facts);
    if (line.step == MessageType::end) return {};
    std::string words{side_name(line.from)};
    return words.append(": ").append(kNames[static_cast<std::size_t>(line.step)]);
  }
  return {};
}

bool fits(const Ssl2State& s) { return s.views[0].fits || s.views[1].fits; }

void advance(Decoder& d, std::size_t message, MessageType type) {
  Ssl2State& s = *d.ssl2;
  Message& m = d.out.messages[message];
  if (!fits(s)) return;
  const std::string expected = next_words(s);
  // An ERROR that says "no certificate" takes the place of one.
  const MessageType step = type == MessageType::error ? MessageType::client_certificate : type;
  auto tried = s.views;
  for (Ssl2State::View& v : tried) v.fits = v.fits && v.cursor.accept(m.from, step, v.facts);
  if (!tried[0].fits && !tried[1].fits) {
    if (type == MessageType::error) return;
    m.out_of_order = true;
    m.state = "out of order";
    find(d, FindingKind::surprise, message, std::string{m.name}.append(" has no place here"),
         std::string{"expected "}.append(expected));
    stop_in(d, message, {.code = Errc::unexpected_message, .where = "handshake"});
    s.views = tried;
    return;
  }
  s.views = tried;
  const Ssl2State::View& v = tried[0].fits ? tried[0] : tried[1];
  m.line = v.cursor.at();
  m.state = std::string{"line "}.append(std::to_string(*m.line)).append(" of the handshake: ");
  m.state.append(side_name(m.from)).append(" ").append(m.name);
}

Status client_hello(Decoder& d, std::size_t message) {
  ssl2::ClientHello m;
  PARLEY_CHECK(read(d, message, m));
  d.ssl2->challenge = m.challenge;
  d.ssl2->offered = m.cipher_specs;
  d.out.client_randoms.push_back(m.challenge);
  d.out.messages[message].summary =
      std::to_string(m.cipher_specs.size())
          .append(m.cipher_specs.size() == 1 ? " kind of cipher" : " kinds of cipher");
  return {};
}

Status server_hello(Decoder& d, std::size_t message) {
  ssl2::ServerHello m;
  PARLEY_CHECK(read(d, message, m));
  Ssl2State& s = *d.ssl2;
  s.connection_id = m.connection_id;
  s.server_certificate = m.certificate;
  for (Ssl2State::View& v : s.views) v.facts.new_key = !m.session_id_hit;
  d.out.resumed = m.session_id_hit;
  if (!m.session_id_hit) {
    judge_chain(d, message, {m.certificate}, Side::server);
    return {};
  }
  find(d, FindingKind::decision, message, "a session is resumed");
  derive_ssl2(d, message, nullptr);
  return {};
}

Status client_master_key(Decoder& d, std::size_t message) {
  ssl2::ClientMasterKey m;
  const Status s = read(d, message, m);
  if (s) {
    d.out.messages[message].summary = suite_words(m.cipher_kind);
    find(d, FindingKind::decision, message,
         std::string{"the client chose "}.append(suite_words(m.cipher_kind)));
  }
  derive_ssl2(d, message, s ? &m : nullptr);
  return s;
}

/// CONNECTION-ID and CHALLENGE come back, encrypted: that proves the key.
void compare(Decoder& d, std::size_t message, std::string what, ByteView expected, ByteView got) {
  const bool same = equal(expected, got);
  d.out.checks.push_back({.message = message,
                          .what = std::move(what),
                          .covers = {},
                          .bytes = 0,
                          .computed = to_bytes(expected),
                          .received = to_bytes(got),
                          .equal = same});
  d.out.messages[message].summary = same ? "what it must be" : "wrong";
  if (same) return;
  stop_in(d, message, {.code = Errc::finished_mismatch, .where = "handshake", .offset = 1});
}

Status client_finished(Decoder& d, std::size_t message) {
  ssl2::ClientFinished m;
  PARLEY_CHECK(read(d, message, m));
  compare(d, message, "client finished", d.ssl2->connection_id, m.connection_id);
  return {};
}
Status server_verify(Decoder& d, std::size_t message) {
  ssl2::ServerVerify m;
  PARLEY_CHECK(read(d, message, m));
  compare(d, message, "server verify", d.ssl2->challenge, m.challenge);
  return {};
}
Status request_certificate(Decoder& d, std::size_t message) {
  ssl2::RequestCertificate m;
  PARLEY_CHECK(read(d, message, m));
  d.ssl2->certificate_challenge = m.challenge;
  return {};
}

/// What is signed: MD5 of key material, CERT-CHALLENGE and the server's certificate.
Status client_certificate(Decoder& d, std::size_t message) {
  ssl2::ClientCertificate m;
  PARLEY_CHECK(read(d, message, m));
  const Ssl2State& s = *d.ssl2;
  if (s.key_material.empty() || d.out.resumed) return {};
  Ladder ladder{d.out, 0, message};
  Bytes digest = ladder.goal(
      {"certificate digest", "MD5(KEY-MATERIAL + CERT-CHALLENGE + the server's certificate)",
       "SSL 2.0 section 2.5", false},
      Operation::md5,
      {{"KEY-MATERIAL", s.key_material, true},
       {"CERT-CHALLENGE", s.certificate_challenge},
       {"server's certificate", s.server_certificate}});
  d.out.checks.push_back({.message = message,
                          .what = "client_certificate",
                          .covers = {},
                          .bytes = 0,
                          .computed = std::move(digest),
                          .received = {},
                          .equal = {}});
  return {};
}

template <class M>
Status plain(Decoder& d, std::size_t message) {
  M m;
  return read(d, message, m);
}

Status error_message(Decoder& d, std::size_t message) {
  ssl2::ErrorMessage m;
  PARLEY_CHECK(read(d, message, m));
  const Message& out = d.out.messages[message];
  std::string what{side_name(out.from)};
  find(d, FindingKind::alert, message, what.append(" says: ").append(out.fields.back().meaning));
  return {};
}

Status read_any(Decoder& d, std::size_t message, MessageType type) {
  switch (type) {
    case MessageType::error: return error_message(d, message);
    case MessageType::client_hello: return client_hello(d, message);
    case MessageType::client_master_key: return client_master_key(d, message);
    case MessageType::client_finished: return client_finished(d, message);
    case MessageType::server_hello: return server_hello(d, message);
    case MessageType::server_verify: return server_verify(d, message);
    case MessageType::server_finished: return plain<ssl2::ServerFinished>(d, message);
    case MessageType::request_certificate: return request_certificate(d, message);
    case MessageType::client_certificate: return client_certificate(d, message);
    case MessageType::end: break;
  }
  return Error{.code = Errc::unexpected_message, .where = "msg_type"};
}

}  // namespace

void take_ssl2_message(Decoder& d, std::size_t message) {
  const ByteView bytes = d.out.messages[message].bytes;
  const std::size_t number = bytes.empty() ? kNames.size() - 1 : bytes[0];
  const auto type = number < kNames.size() ? static_cast<MessageType>(number) : MessageType::end;
  d.out.messages[message].name = kNames[static_cast<std::size_t>(type)];
  if (type == MessageType::end) d.out.messages[message].name = "not understood";
  if (type != MessageType::end)
    d.out.messages[message].specification =
        std::string{"SSL 2.0 section "}.append(kSections[number]);
  advance(d, message, type);
  const Status s = read_any(d, message, type);
  Message& m = d.out.messages[message];
  if (!s) {
    m.error = s.error();
    stop_in(d, message, *m.error);
  }
  close(m.fields, m.bytes.size());
  Ssl2State& state = *d.ssl2;
  m.next = next_words(state);
  if (!fits(state)) return;
  for (Ssl2State::View& v : state.views)
    if (v.fits && v.cursor.done(v.facts)) state.done = true;
  if (state.done) d.out.handshakes_done = 1;
}

}  // namespace parley::explain
#endif
