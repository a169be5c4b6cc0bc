// From words to a question that verify() answers.
#include "tool/x509_question.hpp"

#include <fmt/format.h>

#include "parley/clock.hpp"
#include "parley/hostname.hpp"
#include "parley/x509_extensions.hpp"
#include "tool/files.hpp"

namespace parley::tool {
namespace {

constexpr std::size_t kMostKept = 1000;  // files, and sets of them

bool is_text(const std::string& s) { return s.find("-----BEGIN ") != std::string::npos; }
std::string shown(const std::string& s) { return is_text(s) ? "PEM text" : printable(s); }

TrustStore::ReadFile reader() {
  return [](const std::string& path) -> std::optional<std::string> {
    try {
      return read_file(path);
    } catch (const Failure&) {
      return {};
    }
  };
}

void add_system(TrustStore& store) {
  const DefaultVerifyPaths paths = get_default_verify_paths();
  if (paths.cafile) {
    const std::string bundle = read_file(*paths.cafile);
    // An empty one is a way of trusting nobody.
    if (!bundle.empty())
      if (const auto added = store.add_pem(bundle); !added)
        throw file_failure(*paths.cafile, added.error());
  }
  for (std::string& folder : capath_directories(paths.capath.value_or("")))
    store.add_directory(std::move(folder), reader());
}

void add_lists(TrustStore& store, const std::string& from) {
  const std::string content = is_text(from) ? from : read_file(from);
  if (content.starts_with('\x30') && !is_text(content)) {
    Result<RevocationList> list = RevocationList::parse(to_bytes(as_bytes(content)));
    if (!list) throw file_failure(shown(from), list.error());
    return store.add_crl(*std::move(list));
  }
  Result<std::vector<RevocationList>> lists = crls_from_pem(content);
  if (!lists) throw file_failure(shown(from), lists.error());
  for (RevocationList& l : *lists) store.add_crl(std::move(l));
}

std::vector<std::string> words(const Json& value, const std::string& key) {
  std::vector<std::string> all;
  const Json list = value.is_array() ? value : Json::array({value});
  for (const Json& one : list) {
    if (!one.is_string()) throw usage_error(fmt::format("\"{}\" must be text", printable(key)));
    all.push_back(one.get<std::string>());
  }
  return all;
}

bool truth(const Json& value, const std::string& key) {
  if (!value.is_boolean())
    throw usage_error(fmt::format("\"{}\" must be true or false", printable(key)));
  return value.get<bool>();
}

}  // namespace

Question question_from(const Json& line) {
  if (!line.is_object()) throw usage_error("a line must be an object: {\"leaf\": ...}");
  Question q;
  const std::map<std::string, std::vector<std::string>*> lists{
      {"leaf", &q.leaf},           {"ca", &q.ca},   {"capath", &q.capath},
      {"untrusted", &q.untrusted}, {"crl", &q.crl}, {"policy", &q.policies}};
  const std::map<std::string, std::string*> texts{
      {"host", &q.host}, {"email", &q.email}, {"purpose", &q.purpose}, {"crl_check", &q.crl_check}};
  const std::map<std::string, bool*> flags{{"explicit_policy", &q.explicit_policy},
                                           {"inhibit_map", &q.inhibit_mapping},
                                           {"inhibit_any", &q.inhibit_any},
                                           {"strict", &q.strict},
                                           {"partial_chain", &q.partial_chain},
                                           {"untrusted_first", &q.untrusted_first},
                                           {"strong", &q.strong}};
  for (const auto& [key, value] : line.items()) {
    if (key == "id" || value.is_null()) continue;
    if (const auto list = lists.find(key); list != lists.end()) {
      *list->second = words(value, key);
    } else if (const auto text = texts.find(key); text != texts.end()) {
      const std::vector<std::string> one = words(value, key);
      if (one.size() != 1) throw usage_error(fmt::format("\"{}\" must be one text", key));
      if (one[0].empty()) throw usage_error(fmt::format("\"{}\" must not be empty", key));
      *text->second = one[0];
    } else if (const auto flag = flags.find(key); flag != flags.end()) {
      *flag->second = truth(value, key);
    } else if (key == "at") {
      if (!value.is_number_integer() && !value.is_string())
        throw usage_error("\"at\" must be text or whole seconds");
      q.at = value.is_string() ? value.get<std::string>() : value.dump();
      if (q.at.empty()) throw usage_error("\"at\" must not be empty");
    } else {
      throw usage_error(fmt::format("\"{}\" means nothing here", printable(key)));
    }
  }
  if (q.leaf.empty()) throw usage_error("\"leaf\" is missing");
  // An empty list of anchors is one: it trusts nobody.
  q.of_system = !line.contains("ca") && !line.contains("capath");
  return q;
}

std::vector<Certificate> Library::certificates(const std::vector<std::string>& sources) {
  std::vector<Certificate> all;
  for (const std::string& s : sources) {
    auto it = certificates_.find(s);
    if (it == certificates_.end()) {
      std::vector<Certificate> held;
      if (is_text(s)) {
        Result<std::vector<Certificate>> parsed = certificates_from_pem(s);
        if (!parsed) throw file_failure(shown(s), parsed.error());
        held = *std::move(parsed);
      } else {
        held = load_certificates(s);
      }
      if (certificates_.size() >= kMostKept) certificates_.clear();
      it = certificates_.emplace(s, std::move(held)).first;
    }
    all.insert(all.end(), it->second.begin(), it->second.end());
  }
  return all;
}

TrustStore Library::trust(const Question& q) {
  std::vector<std::string> key = q.ca;
  key.emplace_back(q.of_system ? "system" : "");
  key.insert(key.end(), q.capath.begin(), q.capath.end());
  auto it = anchors_.find(key);
  if (it == anchors_.end()) {
    TrustStore store;
    for (Certificate& c : certificates(q.ca)) store.add(std::move(c));
    for (const std::string& list : q.capath)
      for (std::string& folder : trusted_directories(list))
        store.add_directory(std::move(folder), reader());
    if (q.of_system) add_system(store);
    if (anchors_.size() >= kMostKept) anchors_.clear();
    it = anchors_.emplace(std::move(key), std::move(store)).first;
  }
  TrustStore store = it->second;
  for (const std::string& list : q.crl) add_lists(store, list);
  return store;
}

VerifyPolicy policy_from(const Question& q) {
  if (!q.host.empty() && !q.email.empty())
    throw usage_error("host and email exclude each other: ask for one at a time");
  if (!q.host.empty() && !is_host(q.host))
    throw usage_error(
        fmt::format("--host {}: give a DNS name in ASCII or an IP address", printable(q.host)));
  if (!q.email.empty() && !is_email(q.email))
    throw usage_error(
        fmt::format("--email {}: give a mail address such as a@example.org", printable(q.email)));
  for (const std::string& p : q.policies)
    if (!is_object_id(p))
      throw usage_error(fmt::format("--policy {}: give an OID such as 1.2.3", printable(p)));
  VerifyPolicy p{.unix_seconds = SystemClock().unix_seconds(),
                 .host = q.host,
                 .email = q.email,
                 .strict = q.strict,
                 .trusted_first = !q.untrusted_first,
                 .partial_chain = q.partial_chain,
                 .policies = q.policies,
                 .require_explicit_policy = q.explicit_policy || !q.policies.empty(),
                 .inhibit_policy_mapping = q.inhibit_mapping,
                 .inhibit_any_policy = q.inhibit_any};
  if (q.strong) p.strength = KeyStrength::strong();
  if (!q.at.empty()) {
    const std::optional<std::int64_t> at = parse_moment(q.at);
    if (!at)
      throw usage_error(
          fmt::format("--at {}: give 2026-11-22T09:30:00Z or Unix seconds", printable(q.at)));
    p.unix_seconds = *at;
  }
  if (q.purpose != "any" && q.purpose != "server" && q.purpose != "client")
    throw usage_error(fmt::format("--purpose {}: server, client or any", printable(q.purpose)));
  p.purpose = q.purpose == "server"   ? Purpose::server
              : q.purpose == "client" ? Purpose::client
                                      : Purpose::any;
  const std::string check = !q.crl_check.empty() ? q.crl_check : q.crl.empty() ? "none" : "leaf";
  if (check != "none" && check != "leaf" && check != "chain")
    throw usage_error(fmt::format("--crl-check {}: none, leaf or chain", printable(check)));
  p.revocation = check == "none"   ? Revocation::none
                 : check == "leaf" ? Revocation::leaf
                                   : Revocation::chain;
  return p;
}

std::vector<Certificate> chain_from(Library& library, const Question& q) {
  std::vector<Certificate> chain = library.certificates(q.leaf);
  for (Certificate& c : library.certificates(q.untrusted)) chain.push_back(std::move(c));
  return chain;
}

}  // namespace parley::tool
