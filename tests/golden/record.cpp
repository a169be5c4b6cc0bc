// record_flows VECTORS: writes the golden flows, and from them the seeds of the engine fuzzers.
// A flow that changes needs its reason in the commit.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <tuple>

#include "fuzz/explain_seed.hpp"
#include "golden/flow.hpp"
#include "parley/pem.hpp"
#include "support/explained.hpp"
#ifndef PARLEY_NO_SSL2
#include "support/ssl2_pair.hpp"
#endif

namespace {

void write(const std::filesystem::path& path, std::string_view content) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream{path, std::ios::binary}.write(content.data(),
                                              static_cast<std::streamsize>(content.size()));
}

/// Every certificate under vectors/certs in DER, to seed fuzz_certificate.
void write_certificates(const std::filesystem::path& vectors) {
  using namespace parley;
  for (const auto& file : std::filesystem::directory_iterator{vectors / "certs"}) {
    if (file.path().extension() != ".pem") continue;
    std::ifstream in{file.path(), std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    const auto blocks = pem_blocks(text);
    if (!blocks || blocks->empty() || !blocks->front().certificate()) continue;
    if (const auto der = blocks->front().decode())
      write(vectors / "corpora" / "fuzz_certificate" / file.path().stem(), as_text(*der));
  }
}

/// What either side hears in a connection of SSL 2.0, after a byte that says which side it is.
void write_ssl2_seeds([[maybe_unused]] const std::filesystem::path& vectors) {
#ifndef PARLEY_NO_SSL2
  using namespace parley;
  using namespace parley::test;
  const CipherList kinds = *parse_cipher_list("ALL", CipherContext::sslv2);
  for (const CipherSuite* kind : kinds) {
    // Each seed fits the fuzzer's own configuration of the side that hears it.
    for (const Side victim : {Side::client, Side::server}) {
      auto peer = std::make_shared<Config>(*ssl2_fuzz_config(other(victim)));
      peer->suites = {kind};
      Pair::Options o{.client = ssl2_fuzz_config(Side::client),
                      .server = ssl2_fuzz_config(Side::server)};
      (victim == Side::client ? o.server : o.client) = peer;
      Ssl2Pair p{o};
      if (!p.run()) continue;
      p.transfer(other(victim), as_bytes("a little data"));
      Bytes seed{static_cast<std::uint8_t>(victim)};
      append(seed, (victim == Side::client ? p.from_server : p.from_client).log);
      write(vectors / "corpora" / "fuzz_ssl2" /
                (std::string{side_name(victim)} + "-" + std::string{kind->openssl_name}),
            as_text(seed));
    }
  }
#endif
}

/// One connection of each form of records, with the secrets that open it.
void write_explain_seeds(const std::filesystem::path& vectors) {
  using namespace parley;
  using namespace parley::test;
  const auto seed = [&](const std::string& name, const Taped& t) {
    const Bytes bytes = write_explain_seed({t.flow, t.secrets});
    write(vectors / "corpora" / "fuzz_explain" / name, as_text(bytes));
  };
  for (const auto& [name, version, suite] :
       {std::tuple{"ssl30-rc4", ProtocolVersion::ssl30, "ADH-RC4-MD5"},
        std::tuple{"tls10-null", ProtocolVersion::tls10, "AECDH-NULL-SHA"},
        std::tuple{"tls11-cbc", ProtocolVersion::tls11, "ADH-AES128-SHA"},
        std::tuple{"tls12-gcm", ProtocolVersion::tls12, "ECDHE-ECDSA-AES128-GCM-SHA256"}})
    seed(name,
         tape_connection(suite_options(*find_cipher_suite(std::string_view{suite}), version), 3));
#ifndef PARLEY_NO_SSL2
  Taped t;
  Ssl2Pair p{{.client = ssl2_config(Side::client), .server = ssl2_config(Side::server)}};
  tape(p, t.flow);
  if (p.run()) p.transfer(Side::client, as_bytes("data"));
  t.secrets.key_log = key_log_of(p.client_seen);
  seed("ssl2", t);
#endif
}

}  // namespace

int main(int argc, char** argv) {
  using namespace parley;
  using namespace parley::test;
  if (argc != 2) {
    std::cerr << "usage: record_flows VECTORS\n";
    return 2;
  }
  const std::filesystem::path vectors = argv[1];
  for (const FlowCase& c : flow_cases()) {
    const Recording recording = record_flow(c);
    write(vectors / "golden" / (c.name + ".flow"), to_text(c, recording));
    for (const Side victim : {Side::client, Side::server}) {
      Bytes heard;
      for (const FlowBlock& b : recording.flow)
        if (b.from != victim) append(heard, b.bytes);
      write(vectors / "corpora" / ("fuzz_" + std::string{side_name(victim)}) / c.name,
            as_text(heard));
    }
  }
  for (const Story& s : stories()) write(vectors / "golden" / (s.name + ".flow"), s.text);
  write_certificates(vectors);
  write_ssl2_seeds(vectors);
  write_explain_seeds(vectors);
}
