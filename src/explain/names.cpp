// The words of the model itself.
#include "parley/explain.hpp"

namespace parley::explain {

std::string_view kind_name(FieldKind k) {
  switch (k) {
    case FieldKind::value: return "value";
    case FieldKind::length: return "length";
    case FieldKind::iv: return "iv";
    case FieldKind::content: return "content";
    case FieldKind::mac: return "mac";
    case FieldKind::padding: return "padding";
    case FieldKind::sealed: return "sealed";
    case FieldKind::unknown: return "unknown";
  }
  return "unknown";
}

std::string_view kind_name(MessageKind k) {
  switch (k) {
    case MessageKind::handshake: return "handshake";
    case MessageKind::change_cipher_spec: return "change_cipher_spec";
    case MessageKind::alert: return "alert";
    case MessageKind::application_data: return "application_data";
    case MessageKind::ssl2: return "ssl2";
    case MessageKind::sealed: return "sealed";
    case MessageKind::unknown: return "unknown";
  }
  return "unknown";
}

std::string_view kind_name(FindingKind k) {
  switch (k) {
    case FindingKind::decision: return "decision";
    case FindingKind::weakness: return "weakness";
    case FindingKind::alert: return "alert";
    case FindingKind::surprise: return "surprise";
    case FindingKind::note: return "note";
  }
  return "note";
}

std::string_view operation_name(Operation o) {
  switch (o) {
    case Operation::given: return "given";
    case Operation::rsa_decrypt: return "rsa_decrypt";
    case Operation::concat: return "concat";
    case Operation::slice: return "slice";
    case Operation::exclusive_or: return "xor";
    case Operation::md5: return "md5";
    case Operation::sha1: return "sha1";
    case Operation::sha256: return "sha256";
    case Operation::sha384: return "sha384";
    case Operation::hmac_md5: return "hmac_md5";
    case Operation::hmac_sha1: return "hmac_sha1";
    case Operation::hmac_sha256: return "hmac_sha256";
    case Operation::hmac_sha384: return "hmac_sha384";
  }
  return "given";
}

}  // namespace parley::explain
