// dictionaries DIR - a dictionary for each fuzz target, in the form of libFuzzer and AFL++
// (NAME.dict), out of the library's own tables.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>

#include "asn1/der_writer.hpp"
#include "asn1/oid.hpp"
#include "parley/group.hpp"
#include "parley/signature_scheme.hpp"
#include "suite/selector.hpp"
#include "suite/suite.hpp"
#include "wire/extension.hpp"
#include "wire/messages.hpp"

namespace {

using namespace parley;
using Words = std::vector<Bytes>;

void add(Words& to, std::string_view text) { to.push_back(to_bytes(as_bytes(text))); }
void add(Words& to, const Words& more) { to.insert(to.end(), more.begin(), more.end()); }
Bytes big_endian(std::uint32_t v, unsigned size) {
  Bytes b;
  Writer w{b};
  for (unsigned i = size; i-- > 0;) w.u8(static_cast<std::uint8_t>(v >> (8 * i)));
  return b;
}

Words cipher_words() {
  Words w;
  for (const std::string_view keyword : cipher_keywords()) add(w, keyword);
  for (const CipherSuite& s : cipher_suite_catalogue()) {
    add(w, s.openssl_name);
    if (has_full_name_only(s)) add(w, s.iana_name);
  }
  for (const std::string_view other : {"DEFAULT", "@STRENGTH", ":", ":!", ":-", ":+", "+"})
    add(w, other);
  return w;
}

Words der_words() {
  Words w;
  for (const asn1::OidRow& row : asn1::oid_table()) {
    const Result<Bytes> content = asn1::oid_from_text(row.oid);
    if (!content) continue;
    asn1::DerWriter{w.emplace_back()}.oid(*content);
  }
  for (const asn1::Tag t :
       {asn1::kInteger, asn1::kBitString, asn1::kOctetString, asn1::kUtf8String,
        asn1::kPrintableString, asn1::kIa5String, asn1::kBmpString, asn1::kUtcTime,
        asn1::kGeneralizedTime, asn1::kEnumerated, asn1::kSequence, asn1::kSet, asn1::context(0),
        asn1::context(1), asn1::context(2), asn1::context(6), asn1::context_constructed(0),
        asn1::context_constructed(1), asn1::context_constructed(3)})
    asn1::DerWriter{w.emplace_back()}.primitive(t, {});
  asn1::DerWriter{w.emplace_back()}.boolean(true);
  asn1::DerWriter{w.emplace_back()}.null();
  asn1::DerWriter{w.emplace_back()}.integer(2);
  asn1::DerWriter{w.emplace_back()}.time(946684800);   // 2000
  asn1::DerWriter{w.emplace_back()}.time(4102444800);  // 2100
  return w;
}

Words pem_words() {
  Words w;
  for (const std::string label :
       {"CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE", "X509 CRL", "PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "DSA PRIVATE KEY", "EC PRIVATE KEY",
        "EC PARAMETERS", "DH PARAMETERS"}) {
    add(w, "-----BEGIN " + label + "-----\n");
    add(w, "-----END " + label + "-----\n");
  }
  for (const std::string_view header :
       {"Proc-Type: 4,ENCRYPTED\n", "DEK-Info: ", "DES-CBC,", "DES-EDE3-CBC,", "AES-128-CBC,",
        "AES-192-CBC,", "AES-256-CBC,", "RC2-CBC,", "IDEA-CBC,", "==", "\r\n"})
    add(w, header);
  return w;
}

Words wire_words() {
  Words w;
  for (const ProtocolVersion version :
       {ProtocolVersion::ssl20, ProtocolVersion::ssl30, ProtocolVersion::tls10,
        ProtocolVersion::tls11, ProtocolVersion::tls12}) {
    const Bytes number = big_endian(static_cast<std::uint16_t>(version), 2);
    w.push_back(number);
    for (const ContentType type : {ContentType::change_cipher_spec, ContentType::alert,
                                   ContentType::handshake, ContentType::application_data}) {
      Bytes header{static_cast<std::uint8_t>(type)};
      append(header, number);
      w.push_back(header);
    }
  }
  for (const MessageRow& row : message_table())
    w.push_back({static_cast<std::uint8_t>(row.type), 0});
  for (const HelloExtension* e : extension_registry()) w.push_back(big_endian(e->number, 2));
  for (const CipherSuite& s : cipher_suite_catalogue())
    if (is_spoken(s)) w.push_back(big_endian(s.id, s.id > 0xffff ? 3 : 2));
  for (const std::uint16_t signal : {kEmptyRenegotiationInfoScsv, kFallbackScsv})
    w.push_back(big_endian(signal, 2));
  for (const NamedGroup g : kNamedGroups) w.push_back(big_endian(static_cast<std::uint16_t>(g), 2));
  for (const SignatureScheme s : kSignatureSchemes)
    w.push_back(big_endian(static_cast<std::uint16_t>(s), 2));
  return w;
}

void write(const std::string& path, const Words& words) {
  std::ofstream out{path};
  for (const Bytes& word : words) {
    out << '"';
    for (const char c : as_text(word))
      if (c >= ' ' && c <= '~' && c != '"' && c != '\\')
        out << c;
      else
        out << "\\x" << to_hex(as_bytes({&c, 1}));
    out << "\"\n";
  }
  out.close();
  if (!out) {
    std::cerr << "dictionaries: cannot write " << path << "\n";
    std::exit(1);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const Words der = der_words(), wire = wire_words();
  Words key = der, hello = wire;
  add(key, pem_words());
  add(hello, der);
  const std::map<std::string, Words> all{{"cipher_string", cipher_words()},
                                         {"certificate", der},
                                         {"crl", der},
                                         {"ocsp", der},
                                         {"der", der},
                                         {"differential_certificate", der},
                                         {"pem", pem_words()},
                                         {"key", key},
                                         {"session", wire},
                                         {"messages", wire},
                                         {"client", hello},
                                         {"server", hello},
                                         {"transparent_client", hello},
                                         {"transparent_server", hello},
                                         {"ssl2", hello},
                                         {"explain", wire}};
  for (const auto& [name, words] : all)
    write(std::string(argv[1]) + "/fuzz_" + name + ".dict", words);
  return 0;
}
