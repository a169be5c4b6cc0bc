// Records and keys of SSL 2.0, in which everything has its own way.
#include "crypto/rsa.hpp"
#include "explain/fields.hpp"
#include "explain/ladder.hpp"
#include "explain/ssl2_messages.hpp"
#include "explain/ssl2_state.hpp"
#include "protocol/weakness.hpp"
#include "trust/key_codec.hpp"

namespace parley::explain {

#ifdef PARLEY_NO_SSL2

void begin_ssl2(Decoder&) {}
void read_ssl2_records(Decoder& d, Side from) {
  if (d.direction(from).lost || d.unframed(from).empty()) return;
  d.direction(from).lost = true;
  stop(d, from, 0, {.code = Errc::unsupported_protocol, .where = "SSL 2.0 is not in this build"});
}

#else

namespace {

constexpr const char* kRecords = "SSL 2.0 section 1.2";
constexpr const char* kKeys = "SSL 2.0 section 2.5";

/// MAC-DATA: MD5 over the key that is written with, data, padding and the number of the record.
Derivation mac_step(const Decoder& d, const Record& r, const ssl2::RecordHeader& header) {
  const auto side = static_cast<std::size_t>(r.from);
  const auto n = static_cast<std::uint32_t>(r.sequence);
  Bytes number;
  for (const unsigned shift : {24u, 16u, 8u, 0u})
    number.push_back(static_cast<std::uint8_t>(n >> shift));
  const ByteView padding = ByteView{r.decrypted}.last(header.padding);
  Derivation step;
  step.name = "MAC-DATA";
  step.function = "MD5(SECRET + ACTUAL-DATA + PADDING-DATA + SEQUENCE-NUMBER)";
  step.operation = Operation::md5;
  step.inputs = {
      {r.from == Side::client ? "CLIENT-WRITE-KEY" : "CLIENT-READ-KEY", d.ssl2->keys[side], true},
      {"ACTUAL-DATA", to_bytes(d.out.plaintext(r)), d.ssl2->done},
      {"PADDING-DATA", to_bytes(padding)},
      {"SEQUENCE-NUMBER", std::move(number)}};
  step.output = compute(step.operation, step.inputs, 0, 0);
  step.specification = kRecords;
  return step;
}

/// Opens a record in place and describes what follows its header.
void open_record(Decoder& d, Record& r, const ssl2::RecordHeader& header) {
  Ssl2State& s = *d.ssl2;
  ssl2::Half& half = s.halves[static_cast<std::size_t>(r.from)];
  Direction& dir = d.direction(r.from);
  r.sequence = dir.sequence++;
  r.is_protected = s.encrypted;
  const bool can_open = !s.encrypted || (half.has_keys() && !dir.wrong_keys);
  Bytes copy = to_bytes(d.out.wire(r));
  const ByteSpan body = ByteSpan{copy}.subspan(header.size);
  const auto data = can_open ? half.open(header, body) : Error{.code = Errc::bad_record_mac};
  if (can_open && !data) {
    dir.wrong_keys = true;
    stop(d, r.from, r.offset, data.error());
  }
  r.opened = data.has_value();
  describe_ssl2_header(r, d.out.wire(r));
  Layout body_layout{r, header.size, kRecords};
  if (!r.opened) {
    if (!half.has_keys()) half.count_record();
    return body_layout.add("record.encrypted", FieldKind::sealed, header.length, "encrypted");
  }
  r.plaintext_size = data->size();
  r.plaintext_offset = header.size;
  if (!s.encrypted) return;
  r.plaintext_offset += ssl2::kMacSize;
  body_layout.add("record.MAC", FieldKind::mac, ssl2::kMacSize, "as it must be");
  body_layout.add("record.data", FieldKind::content, r.plaintext_size);
  body_layout.add("record.padding", FieldKind::padding, header.padding);
  r.decrypted = std::move(copy);
  r.mac.push_back(mac_step(d, r, header));
}

void take_data(Decoder& d, std::size_t message) {
  Message& m = d.out.messages[message];
  m.kind = MessageKind::application_data;
  m.name = "application_data";
  m.summary = std::to_string(m.bytes.size()).append(" bytes");
  m.fields.push_back({.path = "application_data",
                      .kind = FieldKind::value,
                      .offset = 0,
                      .size = m.bytes.size(),
                      .meaning = m.summary,
                      .specification = kRecords});
}

void take_record(Decoder& d, Side from, const ssl2::RecordHeader& header) {
  Record r = make_record(d, from, header.size, header.size + header.length);
  r.ssl2 = true;
  open_record(d, r, header);
  d.out.records.push_back(std::move(r));
  const std::size_t record = d.out.records.size() - 1;
  const Record& stored = d.out.records[record];
  if (!stored.opened) return take_sealed(d, record);
  const std::size_t message = add_message(d, from, MessageKind::ssl2, {});
  add_piece(d, message, {record, 0, stored.plaintext_size});
  d.out.messages[message].bytes = to_bytes(d.out.plaintext(d.out.records[record]));
  if (d.ssl2->done)
    take_data(d, message);
  else
    take_ssl2_message(d, message);
}

Bytes secret_of(Decoder& d, ByteView encrypted, std::size_t size) {
  const auto* key =
      d.server_key ? std::get_if<crypto::RsaPrivateKey>(&d.server_key->impl().key) : nullptr;
  if (key == nullptr) return {};
  Bytes whole = to_bytes(encrypted);
  if (whole.size() < key->size()) whole.insert(whole.begin(), key->size() - whole.size(), 0);
  const auto opened = key->decrypt(system_rng(), whole);
  return opened && opened->size() == size ? to_bytes(*opened) : Bytes{};
}

/// The line of our key log: kind, KEY-ARG-DATA and MASTER-KEY one after another, since a resumed
/// session says none of them.
struct Logged {
  const CipherSuite* suite = nullptr;
  Bytes key_arg, master_key;
};
std::optional<Logged> logged(const Decoder& d) {
  const Bytes* found = KeyLog::find(d.key_log.ssl2, d.ssl2->challenge);
  if (found == nullptr || found->size() < 3) return std::nullopt;
  const ByteView all = *found;
  const auto* suite =
      find_cipher_suite(std::uint32_t{all[0]} << 16 | std::uint32_t{all[1]} << 8 | all[2]);
  if (suite == nullptr || !is_spoken(*suite) || suite->id <= 0xffff) return std::nullopt;
  const ssl2::KindSizes sizes = ssl2::kind_sizes(*suite);
  if (all.size() != 3 + sizes.key_arg + sizes.key) return std::nullopt;
  return Logged{suite, to_bytes(all.subspan(3, sizes.key_arg)), to_bytes(all.last(sizes.key))};
}

/// KEY-MATERIAL-0 and so on: MD5 over master key, digit, challenge and connection id.
void install(Decoder& d, std::size_t message, ByteView master_key, ByteView key_arg) {
  Ssl2State& s = *d.ssl2;
  const std::size_t size = ssl2::kind_sizes(*s.suite).key;
  Ladder ladder{d.out, 0, message};
  const Input master{"MASTER-KEY", to_bytes(master_key), true};
  std::vector<Input> blocks;
  for (std::size_t have = 0; have < 2 * size; have += 16) {
    const std::string digit = std::to_string(blocks.size());
    const std::string name = std::string{"KEY-MATERIAL-"}.append(digit);
    blocks.push_back(
        {name,
         ladder.step(name, Operation::md5,
                     {master,
                      {std::string{"'"}.append(digit).append("'"), to_bytes(as_bytes(digit))},
                      {"CHALLENGE", s.challenge},
                      {"CONNECTION-ID", s.connection_id}}),
         true});
  }
  Input all{"blocks", {}, true};
  all.value = ladder.step("blocks", Operation::concat, std::move(blocks));
  const Bytes shown = ladder.goal(
      {"KEY-MATERIAL", "MD5(MASTER-KEY + '0' + CHALLENGE + CONNECTION-ID) and so on with '1', '2'",
       kKeys},
      Operation::slice, {all}, 0, 2 * size);
  const crypto::SecretBytes real =
      ssl2::key_material(master_key, s.challenge, s.connection_id, 2 * size);
  if (!equal(shown, real.view()))
    stop_in(d, message, {.code = Errc::internal, .where = "derivation"});
  const Input material{"KEY-MATERIAL", shown, true};
  const Bytes to_client = ladder.goal({"CLIENT-READ-KEY", "the first half", kKeys},
                                      Operation::slice, {material}, 0, size);
  const Bytes to_server = ladder.goal({"CLIENT-WRITE-KEY", "the second half", kKeys},
                                      Operation::slice, {material}, size, size);
  s.key_material = shown;
  s.keys[static_cast<std::size_t>(Side::server)] = to_client;
  s.keys[static_cast<std::size_t>(Side::client)] = to_server;
  if (!key_arg.empty())
    ladder.goal({"IV", "KEY-ARG-DATA, in both directions", kKeys, false}, Operation::concat,
                {{"KEY-ARG-DATA", to_bytes(key_arg)}});
  s.halves[static_cast<std::size_t>(Side::server)].set_keys(*s.suite, to_client, key_arg);
  s.halves[static_cast<std::size_t>(Side::client)].set_keys(*s.suite, to_server, key_arg);
}

}  // namespace

void begin_ssl2(Decoder& d) {
  d.ssl2 = std::make_unique<Ssl2State>();
  d.out.version = ProtocolVersion::ssl20;
  Agreement a;
  a.ssl2 = true;
  judge(d, std::nullopt, a);
}

void derive_ssl2(Decoder& d, std::size_t message, const ssl2::ClientMasterKey* from) {
  Ssl2State& s = *d.ssl2;
  s.encrypted = true;
  const auto log = logged(d);
  if (from != nullptr) s.suite = find_cipher_suite(from->cipher_kind);
  if (from == nullptr && log) s.suite = log->suite;
  d.out.suite = s.suite;
  if (s.suite == nullptr || s.suite->id <= 0xffff || !is_spoken(*s.suite)) return;
  Agreement a;
  a.suite = s.suite;
  judge(d, message, a);
  const ssl2::KindSizes sizes = ssl2::kind_sizes(*s.suite);
  Ladder ladder{d.out, 0, message};
  if (from != nullptr && from->clear_key.size() == sizes.clear &&
      from->key_arg.size() == sizes.key_arg) {
    const Bytes secret = secret_of(d, from->encrypted_key, sizes.secret());
    if (!secret.empty()) {
      Derivation step;
      step.name = "SECRET-KEY-DATA";
      step.function = "RSAES-PKCS1-v1_5 decryption with the server's key";
      step.operation = Operation::rsa_decrypt;
      step.inputs = {{"ENCRYPTED-KEY-DATA", from->encrypted_key}};
      step.output = secret;
      step.specification = kKeys;
      step.secret = true;
      step.message = message;
      d.out.derivations.push_back(std::move(step));
      const Bytes master =
          ladder.goal({"MASTER-KEY", "CLEAR-KEY-DATA + SECRET-KEY-DATA", kKeys}, Operation::concat,
                      {{"CLEAR-KEY-DATA", from->clear_key}, {"SECRET-KEY-DATA", secret, true}});
      return install(d, message, master, from->key_arg);
    }
  }
  if (!log || log->suite != s.suite) return;
  const std::size_t clear = from != nullptr ? from->clear_key.size() : 0;
  if (clear == sizes.clear && clear != 0 &&
      equal(ByteView{log->master_key}.first(clear), from->clear_key)) {
    const Bytes secret = to_bytes(ByteView{log->master_key}.subspan(clear));
    ladder.given({"SECRET-KEY-DATA", "the end of the MASTER-KEY that the key log has", {}}, secret);
    ladder.goal({"MASTER-KEY", "CLEAR-KEY-DATA + SECRET-KEY-DATA", kKeys}, Operation::concat,
                {{"CLEAR-KEY-DATA", from->clear_key}, {"SECRET-KEY-DATA", secret, true}});
  } else {
    ladder.given({"MASTER-KEY", "the key log has it", {}}, log->master_key);
  }
  install(d, message, log->master_key, log->key_arg);
}

void read_ssl2_records(Decoder& d, Side from) {
  Direction& dir = d.direction(from);
  while (!dir.lost) {
    const ByteView in = d.unframed(from);
    auto header = ssl2::read_record_header(in);
    if (header && d.out.records.size() >= kMaxMessages)
      header = Error{.code = Errc::message_too_long, .where = "more records than anybody reads"};
    if (!header) {
      dir.lost = true;
      return stop(d, from, dir.framed, header.error());
    }
    if (!*header || in.size() < (*header)->size + (*header)->length) return;
    take_record(d, from, **header);
  }
}

#endif

}  // namespace parley::explain
