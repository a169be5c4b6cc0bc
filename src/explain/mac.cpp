#include "explain/mac.hpp"

#include "explain/ladder.hpp"
#include "explain/specification.hpp"

namespace parley::explain {
namespace {

using Mode = EncTraits::Mode;

Bytes big_endian(std::uint64_t v, std::size_t size) {
  Bytes b(size);
  for (std::size_t i = size; i-- > 0; v >>= 8) b[i] = static_cast<std::uint8_t>(v);
  return b;
}

struct Steps {
  const Explanation& e;
  const Record& r;
  const Keys& k;
  std::string section;
  std::vector<Derivation> all{};

  Bytes step(std::string name, std::string function, Operation o, std::vector<Input> inputs,
             unsigned depth = 0, bool secret = false) {
    Derivation d;
    d.name = std::move(name);
    d.function = std::move(function);
    d.operation = o;
    d.output = compute(o, inputs, 0, 0);
    d.inputs = std::move(inputs);
    d.specification = section;
    d.depth = depth;
    d.secret = secret;
    all.push_back(std::move(d));
    return all.back().output;
  }

  std::string own(const char* what) const { return std::string{side_name(r.from)}.append(what); }
  Input mac_secret() const { return {own("_write_MAC_secret"), k.mac_secret, true}; }
  Input sequence() const { return {"seq_num", big_endian(r.sequence, 8)}; }
  Input type() const { return {"type", Bytes{static_cast<std::uint8_t>(r.type)}}; }
  Input version() const { return {"version", big_endian(r.version, 2)}; }
  static Input length(std::size_t n) { return {"length", big_endian(n, 2)}; }
  /// What a user said is as private here as in its own record.
  Input content() const {
    return {"fragment", to_bytes(e.plaintext(r)), r.type == ContentType::application_data};
  }

  // RFC 6101 section 5.2.3.1
  void ssl30(crypto::HashId h) {
    const std::size_t pads = h == crypto::HashId::md5 ? 48 : 40;
    Bytes inner =
        step("inner hash", "hash(MAC_write_secret + pad_1 + seq_num + type + length + fragment)",
             hash_operation(h),
             {mac_secret(),
              {"pad_1", Bytes(pads, 0x36)},
              sequence(),
              type(),
              length(r.plaintext_size),
              content()},
             1, true);
    step("MAC", "hash(MAC_write_secret + pad_2 + inner hash)", hash_operation(h),
         {mac_secret(), {"pad_2", Bytes(pads, 0x5c)}, {"inner hash", std::move(inner), true}});
  }

  // RFC 2246 section 6.2.3.1
  void tls(crypto::HashId h) {
    step("MAC", "HMAC(MAC_write_secret, seq_num + type + version + length + fragment)",
         hmac_operation(h),
         {mac_secret(), sequence(), type(), version(), length(r.plaintext_size), content()});
  }

  // RFC 7366 section 3
  void encrypted_first(crypto::HashId h) {
    const ByteView fragment = e.wire(r).subspan(r.header_size);
    const ByteView covered = fragment.first(fragment.size() - mac_size(*k.suite));
    step("MAC", "HMAC(MAC_write_secret, seq_num + type + version + length + IV + ciphertext)",
         hmac_operation(h),
         {mac_secret(),
          sequence(),
          type(),
          version(),
          length(covered.size()),
          {"IV and ciphertext", to_bytes(covered)}});
  }

  // RFC 5246 section 6.2.3.3
  void aead() {
    const Input iv{own("_write_IV"), k.iv, true};
    if (const std::size_t sent = enc_traits(k.suite->enc).explicit_nonce; sent != 0) {
      step("nonce", "write_IV + nonce_explicit", Operation::concat,
           {iv, {"nonce_explicit", to_bytes(e.wire(r).subspan(r.header_size, sent))}}, 0, true);
    } else {  // RFC 7905 section 2
      Bytes padded(k.iv.size() - 8, 0);
      append(padded, sequence().value);
      step("nonce", "write_IV xor seq_num behind zeros", Operation::exclusive_or,
           {iv, {"seq_num behind zeros", std::move(padded)}}, 0, true);
    }
    step("additional_data", "seq_num + type + version + length", Operation::concat,
         {sequence(), type(), version(), length(r.plaintext_size)});
  }
};

}  // namespace

std::vector<Derivation> mac_steps(const Explanation& e, const Record& r, const Keys& k) {
  const Sections& at = sections_of(k.profile);
  const Mode mode = enc_traits(k.suite->enc).mode;
  Steps s{e, r, k,
          mode == Mode::aead   ? at.cite(at.aead)
          : k.encrypt_then_mac ? std::string{"RFC 7366 section 3"}
                               : at.cite(at.stream)};
  if (mode == Mode::aead)
    s.aead();
  else if (k.encrypt_then_mac)
    s.encrypted_first(mac_hash(k.suite->mac));
  else if (k.profile->prf == nullptr)
    s.ssl30(mac_hash(k.suite->mac));
  else
    s.tls(mac_hash(k.suite->mac));
  return std::move(s.all);
}

}  // namespace parley::explain
