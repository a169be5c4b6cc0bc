// parley-peer: parley in the role of any other peer of the interoperability matrix. Command line
// and output are those of ossl_peer.c:
//   LISTENING <port>
//   CONN version=SSLv3 cipher=RC4-MD5 resumed=0 peer=/CN=... sni=...
//   RENEGOTIATED, the same fields     after another handshake, whoever asked for it
//   DATA bytes=N clean=1 sha256=HEX
//                              server: echoed so far when the client said close_notify (or not)
//   OK bytes=N sha256=HEX      client: N bytes came back unchanged
//   CLOSED clean=1             client: the server answered close_notify
//   SESSION ticket=1           client: what it was given can be resumed by ticket (or only by ID)
//   STATS number=0 hits=1 misses=0    server, after each connection: session_stats()
//   ERROR <text>
// Exit status 0: every connection did what was asked; 1: some did not; 2: usage.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <iostream>
#include <map>
#include <sstream>
#include <utility>
#include <vector>

#include "crypto/hash.hpp"
#include "parley/ssl.hpp"

namespace {

using parley::bytes;
using parley::SSLContext;
using parley::SSLSocket;

struct Options {
  std::map<std::string, std::string> texts{
      {"--host", "127.0.0.1"}, {"--version", "any"}, {"--ciphers", ""},    {"--ca", ""},
      {"--get", ""},           {"--sni", ""},        {"--verify", "none"}, {"--alpn", ""}};
  std::vector<std::string> certs, keys;  // pairs, one for each kind of key
  std::vector<std::string> names;        // NAME=CERT=KEY
  std::map<std::string, int> numbers{
      {"--port", 0},    {"--data", 1000},     {"--chunk", 16384},     {"--text", 0},
      {"--count", 1},   {"--resume", 0},      {"--no-split", 0},      {"--close-after", 0},
      {"--tickets", 1}, {"--renegotiate", 0}, {"--fallback-scsv", 0}, {"--timeout", 30}};
  const std::string& text(const std::string& name) const { return texts.at(name); }
  int number(const std::string& name) const { return numbers.at(name); }
  std::size_t size(const std::string& name) const {
    return static_cast<std::size_t>(std::max(number(name), 0));
  }
};

[[noreturn]] void usage() {
  std::cerr << "usage: parley-peer server|client --port N [--host A]\n"
               " --version ssl2|ssl3|tls1|tls1.1|tls1.2|any  --ciphers LIST\n"
               " --cert F --key F (may be given again for another kind of key)  --ca F\n"
               " --verify none|request|require (server: asks the client for a certificate)\n"
               " --data N (client: bytes to echo, default 1000)  --chunk N (bytes a write)\n"
               " --text 1 (client: letters and newlines)  --get PATH (client: HTTP, no echo)\n"
               " --count N (server: connections, 0 = no end)  --resume N (client: N more)\n"
               " --close-after N (server: close once N bytes were echoed)  --sni NAME\n"
               " --name NAME=CERT=KEY (server: what a client gets that asks for NAME; repeatable)\n"
               " --tickets 0|1  --renegotiate 1 (this side asks, with data before and after;\n"
               "   2: a server then echoes nothing until it is over)\n"
               " --fallback-scsv 1 (client)  --alpn NAME,NAME\n"
               " --no-split 1 (whole CBC records)  --timeout SECONDS (0 = no limit)\n";
  std::exit(2);
}

int report_error(const std::string& what, const std::exception& e) {
  std::cout << "ERROR " << what << " " << e.what() << std::endl;
  return 1;
}

SSLContext make_context(const Options& o, bool server) {
  const std::string& v = o.text("--version");
  const std::map<std::string, int> protocols{
      {"ssl2", parley::PROTOCOL_SSLv2},     {"ssl3", parley::PROTOCOL_SSLv3},
      {"tls1", parley::PROTOCOL_TLSv1},     {"tls1.1", parley::PROTOCOL_TLSv1_1},
      {"tls1.2", parley::PROTOCOL_TLSv1_2}, {"any", parley::PROTOCOL_SSLv23}};
  const auto protocol = protocols.find(v);
  if (protocol == protocols.end()) {
    std::cout << "ERROR unknown --version " << v << std::endl;
    std::exit(2);
  }
  SSLContext c(protocol->second);
  if (o.number("--tickets") == 0) c.options |= parley::OP_NO_TICKET;
  if (o.number("--no-split") != 0) c.options |= parley::OP_DONT_INSERT_EMPTY_FRAGMENTS;
  if (server) c.options |= parley::OP_CIPHER_SERVER_PREFERENCE;
  if (!o.text("--ciphers").empty()) c.set_ciphers(o.text("--ciphers"));
  for (std::size_t i = 0; i < o.certs.size(); ++i) c.load_cert_chain(o.certs[i], o.keys[i]);
  if (!o.text("--ca").empty()) {
    c.load_verify_locations(o.text("--ca"));
    if (!server) c.verify_mode = parley::CERT_REQUIRED;
  }
  if (server && o.text("--verify") == "request") c.verify_mode = parley::CERT_OPTIONAL;
  if (server && o.text("--verify") == "require") c.verify_mode = parley::CERT_REQUIRED;
  if (!o.text("--alpn").empty()) {
    std::vector<std::string> offer;
    std::istringstream list(o.text("--alpn"));
    for (std::string name; std::getline(list, name, ',');) offer.push_back(name);
    c.set_alpn_protocols(offer);
  }
  std::map<std::string, SSLContext> by_name;
  for (const std::string& name : o.names) {
    const std::size_t cert = name.find('='), key = name.rfind('=');
    if (cert == key) usage();
    SSLContext other(protocol->second);
    other.load_cert_chain(name.substr(cert + 1, key - cert - 1), name.substr(key + 1));
    by_name.emplace(name.substr(0, cert), other);
  }
  if (!by_name.empty())
    c.set_servername_callback(
        [by_name](const std::optional<std::string>& asked) -> parley::ServerNameAnswer {
          const auto found = by_name.find(asked.value_or(""));
          if (found == by_name.end()) return std::monostate{};
          return found->second;
        });
  return c;
}

/// The subject as OpenSSL's X509_NAME_oneline writes it, blanks as underscores.
std::string peer_name(const SSLSocket& s) {
  if (s.connection()->peer_chain().empty()) return "-";
  const auto subject = s.connection()->peer_chain().front().subject();
  if (!subject) return "?";
  std::string line;
  for (const parley::RelativeName& rdn : subject->rdns)
    for (const parley::NameAttribute& a : rdn) {
      line += '/';
      line += a.short_name.empty() ? std::string_view(a.oid) : a.short_name;
      line += '=' + a.value;
    }
  std::replace(line.begin(), line.end(), ' ', '_');
  return line;
}

void report_connection(const SSLSocket& s, const char* tag = "CONN") {
  const std::string_view sni = s.connection()->server_name();
  std::cout << tag << " version=" << s.version().value_or("-")
            << " cipher=" << (s.cipher() ? std::get<0>(*s.cipher()) : "-")
            << " resumed=" << (s.session_reused() ? 1 : 0) << " peer=" << peer_name(s)
            << " sni=" << (sni.empty() ? "-" : sni)
            << " alpn=" << s.selected_alpn_protocol().value_or("-") << std::endl;
}

/// All byte values, or lines of letters for echo servers that work on C strings.
std::uint8_t pattern(std::size_t i, bool last, bool letters) {
  if (letters)
    return last ? std::uint8_t{'\n'} : static_cast<std::uint8_t>('a' + (i + (i >> 8)) % 26);
  return static_cast<std::uint8_t>(i * 7 + (i >> 8));
}

std::string digest_text(parley::crypto::Hasher& digest) {
  bytes value(32);
  digest.finish(value);
  return parley::to_hex(value);
}

/// Another handshake, in the midst of the data.
void renegotiate(SSLSocket& s) {
  s.renegotiate();
  s.do_handshake();
}

/// For clients that take no data between their hello and the end of the handshake: what they have
/// sent until then, so that it is not echoed before.
bytes await_renegotiation(SSLSocket& s) {
  bytes kept;
  s.settimeout(0.05);
  while (s.connection()->renegotiations() == 0) {
    try {
      const bytes more = s.recv(16384);
      if (more.empty()) break;
      parley::append(kept, more);
    } catch (const parley::timeout&) {
      // Look again whether it is over.
    }
  }
  s.settimeout({});
  return kept;
}

void report_renegotiation(const SSLSocket& s) {
  if (s.connection()->renegotiations() != 0) report_connection(s, "RENEGOTIATED");
}

/// Echoes until the client closes; whether all went well.
bool serve_one(SSLSocket& s, const Options& o) {
  report_connection(s);
  bool ask = o.number("--renegotiate") != 0;
  const std::size_t limit = o.size("--close-after");
  bytes buffer(o.size("--chunk"));
  parley::crypto::Hasher digest(parley::crypto::HashId::sha256);
  std::size_t total = 0;
  bool clean = true;
  try {
    const auto echo = [&](parley::ByteView data) {
      s.sendall(data);
      digest.update(data);
      total += data.size();
    };
    while (const std::size_t n = s.recv_into(buffer)) {
      echo(parley::ByteView(buffer).first(n));
      if (limit != 0 && total >= limit) break;
      if (!std::exchange(ask, false)) continue;
      renegotiate(s);
      if (o.number("--renegotiate") == 2) echo(await_renegotiation(s));
    }
  } catch (const parley::SSLEOFError&) {
    clean = s.version() == "SSLv2";  // which has no other way to end
  } catch (const std::exception& e) {
    report_error("read", e);
    clean = false;
  }
  report_renegotiation(s);
  std::cout << "DATA bytes=" << total << " clean=" << (clean ? 1 : 0)
            << " sha256=" << digest_text(digest) << std::endl;
  if (!clean) return false;
  try {
    s.unwrap();
  } catch (const parley::IOError&) {
    // Whoever has said close_notify need not wait for ours (RFC 2246 section 7.2.1).
  }
  return true;
}

int serve(const Options& o) {
  const SSLContext context = make_context(o, true);
  parley::socket listener;
  listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1);
  listener.bind({o.text("--host"), static_cast<std::uint16_t>(o.number("--port"))});
  listener.listen(16);
  std::cout << "LISTENING " << listener.getsockname().port << std::endl;
  int bad = 0;
  for (int n = 0; o.number("--count") == 0 || n < o.number("--count"); ++n) {
    parley::socket plain = listener.accept().first;
    plain.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1);
    try {
      SSLSocket s =
          context.wrap_socket(plain, {.server_side = true, .suppress_ragged_eofs = false});
      if (s.connection() == nullptr) throw std::runtime_error("the client has gone already");
      if (!serve_one(s, o)) bad = 1;
    } catch (const std::exception& e) {
      bad = report_error("accept", e);
    }
    const parley::session_stats_t stats = context.session_stats();
    std::cout << "STATS number=" << stats.number << " hits=" << stats.hits
              << " misses=" << stats.misses << std::endl;
  }
  return bad;
}

/// Sends the pattern in lock step, chunk out, chunk back, and reports the digest of the echo.
void echo(SSLSocket& s, const Options& o) {
  const std::size_t all = o.size("--data"), chunk = o.size("--chunk");
  parley::crypto::Hasher digest(parley::crypto::HashId::sha256);
  bytes out(chunk), in(chunk);
  bool ask = o.number("--renegotiate") != 0;
  for (std::size_t sent = 0; sent < all;) {
    if (sent >= all / 2 && std::exchange(ask, false)) renegotiate(s);
    const std::size_t k = std::min(chunk, all - sent);
    for (std::size_t i = 0; i < k; ++i)
      out[i] = pattern(sent + i, i == k - 1, o.number("--text") != 0);
    s.sendall(parley::ByteView(out).first(k));
    for (std::size_t got = 0; got < k;) {
      const std::size_t n = s.recv_into(parley::ByteSpan(in).subspan(got, k - got));
      if (n == 0) throw std::runtime_error("the server closed before everything came back");
      got += n;
    }
    if (!std::equal(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(k), out.begin()))
      throw std::runtime_error("echo differs");
    digest.update(parley::ByteView(in).first(k));
    sent += k;
  }
  report_renegotiation(s);
  std::cout << "OK bytes=" << all << " sha256=" << digest_text(digest) << std::endl;
}

/// Fetches a page from peers that serve one but do not echo.
void get(SSLSocket& s, const Options& o) {
  s.sendall("GET " + o.text("--get") + " HTTP/1.0\r\n\r\n");
  std::size_t total = 0;
  try {
    while (const std::size_t n = s.recv(16384).size()) total += n;
  } catch (const parley::SSLEOFError&) {
    if (total == 0) throw;
  }
  if (total == 0) throw std::runtime_error("an empty answer");
  std::cout << "OK bytes=" << total << std::endl;
}

int client(const Options& o) {
  const SSLContext context = make_context(o, false);
  std::shared_ptr<const parley::Session> session;
  for (int n = 0; n <= o.number("--resume"); ++n) {
    const char* doing = "connect";
    try {
      parley::socket plain;
      plain.connect({o.text("--host"), static_cast<std::uint16_t>(o.number("--port"))});
      plain.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1);
      SSLSocket s = context.wrap_socket(plain, {.suppress_ragged_eofs = false,
                                                .server_hostname = o.text("--sni"),
                                                .session = session,
                                                .fallback_scsv = o.number("--fallback-scsv") != 0});
      report_connection(s);
      if (!o.text("--get").empty()) {
        doing = "get";
        get(s, o);
        session = s.session();
        continue;
      }
      doing = "echo";
      echo(s, o);
      doing = "close";
      session = s.session();
      std::cout << "SESSION ticket=" << (session && !session->data().ticket.empty() ? 1 : 0)
                << std::endl;
      try {
        s.unwrap();
      } catch (const parley::SSLEOFError&) {
        std::cout << "CLOSED clean=0" << std::endl;
        throw;
      }
      std::cout << "CLOSED clean=1" << std::endl;
    } catch (const std::exception& e) {
      return report_error(doing, e);
    }
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string role = argc > 1 ? argv[1] : "";
  if (role != "server" && role != "client") usage();
  Options o;
  for (int i = 2; i < argc; i += 2) {
    const std::string name = argv[i];
    if (i + 1 >= argc) usage();
    const std::string_view value = argv[i + 1];
    if (name == "--cert") {
      o.certs.emplace_back(value);
    } else if (name == "--key") {
      o.keys.emplace_back(value);
    } else if (name == "--name") {
      o.names.emplace_back(value);
    } else if (const auto t = o.texts.find(name); t != o.texts.end()) {
      t->second = value;
    } else if (const auto k = o.numbers.find(name); k != o.numbers.end()) {
      const auto r = std::from_chars(value.data(), value.data() + value.size(), k->second);
      if (r.ec != std::errc{} || r.ptr != value.data() + value.size()) usage();
    } else {
      usage();
    }
  }
  if (o.certs.size() != o.keys.size()) usage();
  int& chunk = o.numbers["--chunk"];
  if (chunk < 1 || chunk > 16384) chunk = 16384;
  ::alarm(static_cast<unsigned>(o.size("--timeout")));  // never outlive a test run
  try {
    return role == "server" ? serve(o) : client(o);
  } catch (const std::exception& e) {
    return report_error(role, e);
  }
}
