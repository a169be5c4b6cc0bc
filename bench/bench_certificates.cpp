// Certificates per second: DER to what a TLS stack asks first of a certificate. Every stack gets
// the roots of the system's store; see README.md.
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "contest.hpp"
#include "parley/crl.hpp"
#include "parley/x509.hpp"

namespace parley::bench {
namespace {

constexpr char kStore[] = "/etc/ssl/certs/ca-certificates.crt";

std::vector<Bytes> load_store() {
  std::ifstream in(kStore);
  std::stringstream text;
  text << in.rdbuf();
  std::vector<Bytes> all;
  const auto found = certificates_from_pem(text.str());
  if (!found) {
    std::fprintf(stderr, "%s: no certificates\n", kStore);
    std::exit(1);
  }
  for (const Certificate& c : *found) all.push_back(to_bytes(c.der()));
  return all;
}
const std::vector<Bytes>& store() {
  static const std::vector<Bytes> all = load_store();
  return all;
}

template <class One>
void each(benchmark::State& state, One one) {
  std::size_t i = 0;
  for ([[maybe_unused]] auto _ : state) {
    if (!one(store()[i])) {
      state.SkipWithError("a certificate was refused");
      return;
    }
    i = (i + 1) % store().size();
  }
  state.SetItemsProcessed(state.iterations());
}

// --- parsing alone: from bytes to an object, and the object destroyed ---

bool parley_parse(const Bytes& der) { return Certificate::parse(der).has_value(); }

bool openssl_parse(const Bytes& der) {
  const unsigned char* at = der.data();
  X509* c = d2i_X509(nullptr, &at, static_cast<long>(der.size()));
  X509_free(c);
  return c != nullptr;
}

struct GnuCertificate {
  gnutls_x509_crt_t handle = nullptr;
  GnuCertificate() { gnutls_x509_crt_init(&handle); }
  GnuCertificate(const GnuCertificate&) = delete;
  GnuCertificate& operator=(const GnuCertificate&) = delete;
  ~GnuCertificate() { gnutls_x509_crt_deinit(handle); }
  bool import(const Bytes& der) const {
    // GnuTLS takes a copy.
    gnutls_datum_t datum{const_cast<unsigned char*>(der.data()), static_cast<unsigned>(der.size())};
    return gnutls_x509_crt_import(handle, &datum, GNUTLS_X509_FMT_DER) >= 0;
  }
};
bool gnutls_parse(const Bytes& der) { return GnuCertificate{}.import(der); }

// --- and what building a path asks: names, dates, whether it is a CA, what it may sign ---

bool parley_read(const Bytes& der) {
  const auto c = Certificate::parse(der);
  if (!c) return false;
  std::int64_t sum = 0;
  sum += c->not_before() ? *c->not_before() : 0;
  sum += c->not_after() ? *c->not_after() : 0;
  const auto basic = c->basic_constraints();
  const auto usage = c->key_usage();
  sum += basic && *basic && (*basic)->ca ? 1 : 0;
  sum += usage && *usage ? **usage : 0;
  sum += static_cast<std::int64_t>(c->subject_key_id().size());
  const auto subject = c->subject();
  benchmark::DoNotOptimize(sum);
  return subject.has_value() && same_name(c->issuer_der(), c->subject_der());
}

bool openssl_read(const Bytes& der) {
  const unsigned char* at = der.data();
  X509* c = d2i_X509(nullptr, &at, static_cast<long>(der.size()));
  if (c == nullptr) return false;
  tm from{}, to{};
  ASN1_TIME_to_tm(X509_get0_notBefore(c), &from);
  ASN1_TIME_to_tm(X509_get0_notAfter(c), &to);
  const auto flags = X509_get_extension_flags(c);
  const auto usage = X509_get_key_usage(c);
  const ASN1_OCTET_STRING* id = X509_get0_subject_key_id(c);
  char subject[1024];
  X509_NAME_oneline(X509_get_subject_name(c), subject, sizeof subject);
  benchmark::DoNotOptimize(from.tm_year + to.tm_year + static_cast<int>(flags) +
                           static_cast<int>(usage) + (id != nullptr ? 1 : 0) + subject[0]);
  const bool same = X509_NAME_cmp(X509_get_issuer_name(c), X509_get_subject_name(c)) == 0;
  X509_free(c);
  return same;
}

bool gnutls_read(const Bytes& der) {
  const GnuCertificate c;
  if (!c.import(der)) return false;
  unsigned critical = 0, ca = 0, usage = 0;
  int path = 0;
  std::int64_t sum = gnutls_x509_crt_get_activation_time(c.handle);
  sum += gnutls_x509_crt_get_expiration_time(c.handle);
  sum += gnutls_x509_crt_get_basic_constraints(c.handle, &critical, &ca, &path);
  sum += gnutls_x509_crt_get_key_usage(c.handle, &usage, &critical);
  unsigned char id[64];
  std::size_t id_size = sizeof id;
  sum += gnutls_x509_crt_get_subject_key_id(c.handle, id, &id_size, &critical);
  char subject[1024];
  std::size_t size = sizeof subject;
  gnutls_x509_crt_get_dn(c.handle, subject, &size);
  benchmark::DoNotOptimize(sum + subject[0]);
  return gnutls_x509_crt_check_issuer(c.handle, c.handle) != 0;
}

void run(Table& table, const char* name, bool (*ours)(const Bytes&), bool (*openssl)(const Bytes&),
         bool (*gnutls)(const Bytes&)) {
  table.row(name, {{"parley", [ours](auto& s) { each(s, ours); }},
                   {"openssl", [openssl](auto& s) { each(s, openssl); }},
                   {"gnutls", [gnutls](auto& s) { each(s, gnutls); }}});
}

}  // namespace
}  // namespace parley::bench

int main(int argc, char** argv) {
  using namespace parley::bench;
  Table table(argc, argv);
  run(table, "certificate parsed", parley_parse, openssl_parse, gnutls_parse);
  run(table, "certificate parsed and read", parley_read, openssl_read, gnutls_read);
  return table.finish();
}
