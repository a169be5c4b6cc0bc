// botan_peer.cpp - echo server / client on Botan 2.19 (package libbotan-2-dev).
//   g++ -o botan_peer botan_peer.cpp $(pkg-config --cflags --libs botan-2)
//   botan_peer server --port 4433 --version tls1.2 --cert F --key F
//   botan_peer client --port 4433 --version tls1.2 --ca F --suite c02f
// Keys are PKCS #8. --version tls1|tls1.1|tls1.2 is the only one; --suite HEX (default: every one
// Botan has); --ca F,F (client: checks chain and --sni; server: requires a certificate of the
// client); --tickets 1 (server; without it session IDs only); --renegotiate 1 (this side asks, with
// data before and after); --schemes RSA_PSS_SHA256,.. (signatures); --alpn NAME,NAME; --data N;
// --chunk N; --count N (server, 0 = no end); --resume N (client); --timeout S.
// Output: LISTENING port; CONN version=.. suite=.. resumed=.. peer=.. sni=.. alpn=..; RENEGOTIATED,
// the same fields; DATA bytes=N clean=0|1 (server); OK bytes=N and CLOSED clean=0|1 (client:
// close_notify came back); ERROR text.
#include <arpa/inet.h>
#include <botan/auto_rng.h>
#include <botan/certstor.h>
#include <botan/data_src.h>
#include <botan/pkcs8.h>
#include <botan/pkix_types.h>
#include <botan/tls_client.h>
#include <botan/tls_server.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <map>
#include <set>
#include <sstream>

namespace {

using namespace Botan;

std::map<std::string, std::string> options;
std::string text(const std::string& name, const std::string& otherwise = "") {
  const auto at = options.find("--" + name);
  return at == options.end() ? otherwise : at->second;
}
int number(const std::string& name, int otherwise) {
  return std::stoi(text(name, std::to_string(otherwise)));
}
std::vector<std::string> list(const std::string& name) {
  std::vector<std::string> out;
  std::stringstream s(text(name));
  for (std::string one; std::getline(s, one, ',');) out.push_back(one);
  return out;
}

TLS::Protocol_Version version() {
  const std::string v = text("version", "tls1.2");
  return v == "tls1"     ? TLS::Protocol_Version::TLS_V10
         : v == "tls1.1" ? TLS::Protocol_Version::TLS_V11
                         : TLS::Protocol_Version::TLS_V12;
}

class Everything : public TLS::Policy {
 public:
  std::vector<std::string> allowed_ciphers() const override {
    return {"ChaCha20Poly1305", "AES-256/GCM",    "AES-128/GCM", "AES-256/CCM", "AES-128/CCM",
            "AES-256/CCM(8)",   "AES-128/CCM(8)", "AES-256",     "AES-128",     "Camellia-256",
            "Camellia-128",     "SEED",           "3DES"};
  }
  std::vector<std::string> allowed_macs() const override {
    return {"AEAD", "SHA-384", "SHA-256", "SHA-1"};
  }
  std::vector<std::string> allowed_key_exchange_methods() const override {
    return {"ECDH", "DH", "RSA"};
  }
  std::vector<std::string> allowed_signature_methods() const override {
    return {"ECDSA", "RSA", "DSA", "IMPLICIT"};
  }
  std::vector<std::string> allowed_signature_hashes() const override {
    return {"SHA-512", "SHA-384", "SHA-256", "SHA-1"};
  }
  std::vector<TLS::Signature_Scheme> allowed_signature_schemes() const override {
    if (text("schemes").empty()) return Policy::allowed_signature_schemes();
    std::vector<TLS::Signature_Scheme> out;
    for (const std::string& name : list("schemes"))
      for (const TLS::Signature_Scheme s : TLS::all_signature_schemes())
        if (TLS::sig_scheme_to_string(s) == name) out.push_back(s);
    return out;
  }
  bool acceptable_protocol_version(TLS::Protocol_Version v) const override {
    return v == version();
  }
  TLS::Protocol_Version latest_supported_version(bool) const override { return version(); }
  bool acceptable_ciphersuite(const TLS::Ciphersuite& s) const override {
    const std::string only = text("suite");
    return only.empty() || std::stoul(only, nullptr, 16) == s.ciphersuite_code();
  }
  bool allow_tls10() const override { return true; }
  bool allow_tls11() const override { return true; }
  bool allow_client_initiated_renegotiation() const override { return true; }
  bool allow_server_initiated_renegotiation() const override { return true; }
  bool require_cert_revocation_info() const override { return false; }
  bool require_client_certificate_authentication() const override { return !text("ca").empty(); }
  size_t minimum_signature_strength() const override { return 0; }
  size_t minimum_rsa_bits() const override { return 1024; }
  size_t minimum_dsa_group_size() const override { return 1024; }
  size_t minimum_dh_group_size() const override { return 1024; }
};

class Own : public Credentials_Manager {
 public:
  explicit Own(RandomNumberGenerator& rng) {
    if (!text("cert").empty()) {
      chain_.push_back(X509_Certificate(text("cert")));
      DataSource_Stream in(text("key"), true);
      key_ = PKCS8::load_key(in);
    }
    for (const std::string& file : list("ca")) trust_.add_certificate(X509_Certificate(file));
    ticket_key_ = SymmetricKey(rng, 32);
  }
  std::vector<Certificate_Store*> trusted_certificate_authorities(const std::string&,
                                                                  const std::string&) override {
    return {&trust_};
  }
  std::vector<X509_Certificate> cert_chain(const std::vector<std::string>& types,
                                           const std::string&, const std::string&) override {
    for (const std::string& type : types)
      if (key_ && type == key_->algo_name()) return chain_;
    return {};
  }
  Private_Key* private_key_for(const X509_Certificate&, const std::string&,
                               const std::string&) override {
    return key_.get();
  }
  SymmetricKey psk(const std::string& type, const std::string& context,
                   const std::string& identity) override {
    if (type == "tls-server" && context == "session-ticket" && number("tickets", 0) != 0)
      return ticket_key_;
    return Credentials_Manager::psk(type, context, identity);
  }

 private:
  std::vector<X509_Certificate> chain_;
  std::unique_ptr<Private_Key> key_;
  Certificate_Store_In_Memory trust_;
  SymmetricKey ticket_key_;
};

struct Link : TLS::Callbacks {
  explicit Link(int socket) : fd(socket) {}
  int fd, handshakes = 0;
  bool clean = false;
  std::vector<uint8_t> in;
  TLS::Channel* channel = nullptr;

  void tls_emit_data(const uint8_t data[], size_t size) override {
    while (size > 0) {
      const ssize_t n = ::write(fd, data, size);
      if (n <= 0) throw std::runtime_error("write");
      data += n;
      size -= static_cast<size_t>(n);
    }
  }
  void tls_record_received(uint64_t, const uint8_t data[], size_t size) override {
    in.insert(in.end(), data, data + size);
  }
  void tls_alert(TLS::Alert a) override {
    if (a.type() == TLS::Alert::CLOSE_NOTIFY) clean = true;
  }
  bool tls_session_established(const TLS::Session& s) override {
    // What was agreed on before was resumed, by whatever means.
    static std::set<secure_vector<uint8_t>> seen;
    std::string peer = "-";
    if (!s.peer_certs().empty()) {
      const auto ou = s.peer_certs()[0].subject_dn().get_attribute("OU");
      peer = "/OU=" + (ou.empty() ? "" : ou[0]);
    }
    const std::string v = s.version().to_string();  // "TLS v1.2"
    const std::string sni = s.server_info().hostname();
    std::printf("%s version=TLSv%s suite=%04x resumed=%d peer=%s sni=%s\n",
                handshakes++ == 0 ? "CONN" : "RENEGOTIATED", v.substr(5).c_str(),
                s.ciphersuite_code(), seen.insert(s.master_secret()).second ? 0 : 1, peer.c_str(),
                sni.empty() ? "-" : sni.c_str());
    std::fflush(stdout);
    return true;
  }
  std::string tls_server_choose_app_protocol(const std::vector<std::string>& offered) override {
    for (const std::string& ours : list("alpn"))
      for (const std::string& o : offered)
        if (o == ours) return o;
    return "";
  }
  /// False at the end of the stream.
  bool receive() {
    uint8_t b[16384];
    const ssize_t n = ::read(fd, b, sizeof b);
    if (n <= 0) return false;
    channel->received_data(b, static_cast<size_t>(n));
    return true;
  }
};

int report_error(const std::exception& e) {
  std::printf("ERROR %s\n", e.what());
  std::fflush(stdout);
  return 1;
}

struct Stack {
  AutoSeeded_RNG rng;
  TLS::Session_Manager_In_Memory sessions{rng};
  Own own{rng};
  Everything policy;
};

int serve() {
  Stack t;
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0), one = 1;
  sockaddr_in a{};
  a.sin_family = AF_INET;
  a.sin_port = htons(static_cast<uint16_t>(number("port", 0)));
  socklen_t size = sizeof a;
  ::inet_pton(AF_INET, text("host", "127.0.0.1").c_str(), &a.sin_addr);
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (::bind(listener, reinterpret_cast<sockaddr*>(&a), sizeof a) != 0 ||
      ::listen(listener, 16) != 0)
    throw std::runtime_error("bind");
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&a), &size);
  std::printf("LISTENING %d\n", ntohs(a.sin_port));
  std::fflush(stdout);
  int bad = 0;
  for (int n = 0; number("count", 1) == 0 || n < number("count", 1); ++n) {
    Link link(::accept(listener, nullptr, nullptr));
    ::setsockopt(link.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    size_t total = 0;
    bool ask = number("renegotiate", 0) != 0;
    try {
      TLS::Server channel(link, t.sessions, t.own, t.policy, t.rng);
      link.channel = &channel;
      while (!link.clean && link.receive()) {
        if (link.in.empty()) continue;
        if (ask && total > 0) {
          ask = false;
          channel.renegotiate(true);
        }
        const std::vector<uint8_t> data = std::move(link.in);
        link.in.clear();
        channel.send(data);
        total += data.size();
      }
    } catch (const std::exception& e) {
      bad = report_error(e);
    }
    if (link.handshakes != 0)
      std::printf("DATA bytes=%zu clean=%d\n", total, link.clean ? 1 : 0);
    else if (bad == 0)
      std::printf("ERROR the client went away\n");
    std::fflush(stdout);
    ::close(link.fd);
  }
  return bad;
}

int client() {
  Stack t;
  const size_t all = static_cast<size_t>(number("data", 1000));
  const size_t chunk = static_cast<size_t>(number("chunk", 16384));
  for (int n = 0; n <= number("resume", 0); ++n) {
    const int one = 1;
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_port = htons(static_cast<uint16_t>(number("port", 4433)));
    ::inet_pton(AF_INET, text("host", "127.0.0.1").c_str(), &a.sin_addr);
    Link link(::socket(AF_INET, SOCK_STREAM, 0));
    if (::connect(link.fd, reinterpret_cast<sockaddr*>(&a), sizeof a) != 0)
      throw std::runtime_error("connect");
    ::setsockopt(link.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    TLS::Client channel(link, t.sessions, t.own, t.policy, t.rng,
                        TLS::Server_Information(text("sni", "localhost"),
                                                static_cast<uint16_t>(number("port", 4433))),
                        version(), list("alpn"));
    link.channel = &channel;
    const auto wait_for = [&](const auto& test) {
      while (!test())
        if (link.clean || !link.receive()) throw std::runtime_error("closed too early");
    };
    wait_for([&] { return channel.is_active(); });
    bool ask = number("renegotiate", 0) != 0;
    for (size_t sent = 0; sent < all;) {
      if (ask && sent >= all / 2) {
        ask = false;
        channel.renegotiate(true);
        wait_for([&] { return link.handshakes == 2; });
      }
      std::vector<uint8_t> out(std::min(chunk, all - sent));
      for (size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<uint8_t>((sent + i) * 7 + ((sent + i) >> 8));
      channel.send(out);
      wait_for([&] { return link.in.size() >= out.size(); });
      if (link.in != out) throw std::runtime_error("echo differs");
      link.in.clear();
      sent += out.size();
    }
    std::printf("OK bytes=%zu\n", all);
    channel.close();
    while (!link.clean && link.receive()) {
    }
    std::printf("CLOSED clean=%d\n", link.clean ? 1 : 0);
    std::fflush(stdout);
    ::close(link.fd);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string role = argc > 1 ? argv[1] : "";
  if (role != "server" && role != "client") {
    std::fprintf(stderr, "usage: botan_peer server|client [--option value]...\n");
    return 2;
  }
  for (int i = 2; i + 1 < argc; i += 2) options[argv[i]] = argv[i + 1];
  ::signal(SIGPIPE, SIG_IGN);
  ::alarm(static_cast<unsigned>(number("timeout", 30)));
  try {
    return role == "server" ? serve() : client();
  } catch (const std::exception& e) {
    return report_error(e);
  }
}
