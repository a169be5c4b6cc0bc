#include "explain/ladder.hpp"

#include "crypto/hmac.hpp"

namespace parley::explain {
namespace {

using crypto::HashId;

Bytes joined(const std::vector<Input>& inputs, std::size_t from = 0) {
  Bytes all;
  for (std::size_t i = from; i < inputs.size(); ++i) append(all, inputs[i].value);
  return all;
}

Bytes hash(HashId id, const std::vector<Input>& inputs) {
  crypto::Hasher h{id};
  for (const Input& i : inputs) h.update(i.value);
  Bytes out(crypto::digest_size(id));
  h.finish(out);
  return out;
}

Bytes hmac(HashId id, const std::vector<Input>& inputs) {
  crypto::Hmac h{id, inputs.front().value};
  for (std::size_t i = 1; i < inputs.size(); ++i) h.update(inputs[i].value);
  Bytes out(crypto::digest_size(id));
  h.finish(out);
  return out;
}

std::string numbered(std::string_view name, std::size_t i) {
  return std::string{name}.append("(").append(std::to_string(i)).append(")");
}

}  // namespace

Bytes compute(Operation o, const std::vector<Input>& in, std::size_t at, std::size_t size) {
  switch (o) {
    case Operation::given:
    case Operation::rsa_decrypt: return {};
    case Operation::concat: return joined(in);
    case Operation::slice: {
      const ByteView all = in.front().value;
      const std::size_t start = std::min(at, all.size());
      return to_bytes(all.subspan(start, std::min(size, all.size() - start)));
    }
    case Operation::exclusive_or: {
      Bytes out = in.front().value;
      for (std::size_t i = 0; i < std::min(out.size(), in.back().value.size()); ++i)
        out[i] = static_cast<std::uint8_t>(out[i] ^ in.back().value[i]);
      return out;
    }
    case Operation::md5: return hash(HashId::md5, in);
    case Operation::sha1: return hash(HashId::sha1, in);
    case Operation::sha256: return hash(HashId::sha256, in);
    case Operation::sha384: return hash(HashId::sha384, in);
    case Operation::hmac_md5: return hmac(HashId::md5, in);
    case Operation::hmac_sha1: return hmac(HashId::sha1, in);
    case Operation::hmac_sha256: return hmac(HashId::sha256, in);
    case Operation::hmac_sha384: return hmac(HashId::sha384, in);
  }
  return {};
}

Operation hash_operation(HashId id) {
  switch (id) {
    case HashId::md5: return Operation::md5;
    case HashId::sha1: return Operation::sha1;
    case HashId::sha384: return Operation::sha384;
    default: return Operation::sha256;
  }
}

Operation hmac_operation(HashId id) {
  switch (id) {
    case HashId::md5: return Operation::hmac_md5;
    case HashId::sha1: return Operation::hmac_sha1;
    case HashId::sha384: return Operation::hmac_sha384;
    default: return Operation::hmac_sha256;
  }
}

Bytes Ladder::add(const Goal& g, unsigned depth, Operation o, std::vector<Input> inputs,
                  std::size_t at, std::size_t size) {
  Derivation d;
  d.name = g.name;
  d.function = g.function;
  d.operation = o;
  d.inputs = std::move(inputs);
  d.at = at;
  d.output = compute(o, d.inputs, at, size);
  d.specification = g.specification;
  d.depth = depth;
  d.secret = g.secret;
  d.handshake = handshake_;
  d.message = message_;
  e_.derivations.push_back(std::move(d));
  return e_.derivations.back().output;
}

Bytes Ladder::goal(const Goal& g, Operation o, std::vector<Input> inputs, std::size_t at,
                   std::size_t size) {
  return add(g, 0, o, std::move(inputs), at, size);
}

Bytes Ladder::step(std::string name, Operation o, std::vector<Input> inputs, bool secret,
                   std::size_t at, std::size_t size) {
  std::string function{operation_name(o)};
  function.append("(");
  for (const Input& i : inputs) {
    if (&i != &inputs.front()) function.append(", ");
    function.append(i.name);
  }
  function.append(")");
  if (o == Operation::slice)
    function.append("[")
        .append(std::to_string(at))
        .append(", ")
        .append(std::to_string(at + size))
        .append(")");
  return add({.name = std::move(name),
              .function = std::move(function),
              .specification = {},
              .secret = secret},
             1, o, std::move(inputs), at, size);
}

void Ladder::given(const Goal& g, ByteView value) {
  add(g, 0, Operation::given, {}, 0, 0);
  e_.derivations.back().output = to_bytes(value);
}

Bytes Ladder::p_hash(HashId id, const Input& secret, const Input& seed, std::size_t size) {
  const Operation mac = hmac_operation(id);
  const std::string name = std::string{id == HashId::md5    ? "P_MD5"
                                       : id == HashId::sha1 ? "P_SHA1"
                                                            : "P_hash"};
  std::vector<Input> blocks;
  Input a{"A(0)", seed.value};
  for (std::size_t have = 0, i = 1; have < size; ++i) {
    const std::string a_name = name + numbered(" A", i);
    a = {a_name, step(a_name, mac, {secret, a}), true};
    const std::string block_name = numbered(name, i);
    blocks.push_back({block_name, step(block_name, mac, {secret, a, seed}), true});
    have += blocks.back().value.size();
  }
  Input all{name + " blocks", {}, true};
  all.value = step(all.name, Operation::concat, std::move(blocks));
  return step(name, Operation::slice, {all}, true, 0, size);
}

Bytes Ladder::prf(HashId id, const Goal& g, const Input& secret, std::string_view label,
                  std::vector<Input> seeds, std::size_t size) {
  seeds.insert(seeds.begin(), {"label", to_bytes(as_bytes(label))});
  bool secret_seed = false;
  for (const Input& i : seeds) secret_seed = secret_seed || i.secret;
  const Input seed{"label + seed", step("label + seed", Operation::concat, std::move(seeds), false),
                   secret_seed};
  if (id != HashId::md5) {
    const Input all{"P_hash", p_hash(id, secret, seed, size), true};
    return goal(g, Operation::slice, {all}, 0, size);
  }
  const std::size_t half = (secret.value.size() + 1) / 2;
  const std::size_t rest = secret.value.size() - half;
  const Input s1{"S1", step("S1", Operation::slice, {secret}, true, 0, half), true};
  const Input s2{"S2", step("S2", Operation::slice, {secret}, true, rest, half), true};
  Input md5{"P_MD5", p_hash(HashId::md5, s1, seed, size), true};
  Input sha{"P_SHA1", p_hash(HashId::sha1, s2, seed, size), true};
  return goal(g, Operation::exclusive_or, {std::move(md5), std::move(sha)});
}

Bytes Ladder::ssl3_expand(const Goal& g, const Input& secret, const Input& first,
                          const Input& second, std::size_t size) {
  std::vector<Input> blocks;
  for (std::size_t have = 0, i = 1; have < size; ++i) {
    const std::string letters(i, static_cast<char>('A' + i - 1));
    const Input salt{std::string{"'"}.append(letters).append("'"), to_bytes(as_bytes(letters))};
    const std::string sha_name = std::string{"SHA "}.append(letters);
    const Input sha{sha_name, step(sha_name, Operation::sha1, {salt, secret, first, second}), true};
    const std::string md5_name = std::string{"MD5 "}.append(letters);
    blocks.push_back({md5_name, step(md5_name, Operation::md5, {secret, sha}), true});
    have += blocks.back().value.size();
  }
  const Input all{"blocks", step("blocks", Operation::concat, std::move(blocks)), true};
  return goal(g, Operation::slice, {all}, 0, size);
}

Bytes Ladder::ssl3_nested(HashId id, ByteView messages, std::string_view sender,
                          const Input& master) {
  const std::size_t n = id == HashId::md5 ? 48 : 40;
  const std::string name{id == HashId::md5 ? "MD5" : "SHA"};
  const Input pad1{"pad_1", Bytes(n, 0x36)}, pad2{"pad_2", Bytes(n, 0x5c)};
  std::vector<Input> inner_in{{"handshake_messages", to_bytes(messages)}};
  if (!sender.empty()) inner_in.push_back({"sender", to_bytes(as_bytes(sender))});
  inner_in.push_back(master);
  inner_in.push_back(pad1);
  const Operation o = hash_operation(id);
  const Input inner{name + " inner", step(name + " inner", o, std::move(inner_in)), true};
  return step(name + " outer", o, {master, pad2, inner}, false);
}

}  // namespace parley::explain
