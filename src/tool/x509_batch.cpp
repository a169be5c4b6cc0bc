// parley x509 verify --batch, and how an answer looks in text and in JSON.
#include <fmt/format.h>

#include <iostream>

#include "tool/x509_question.hpp"

namespace parley::tool {
namespace {

std::string why(const Error& e) {
  return fmt::format("{} ({} of certificate {})", errc_reason(e.code), e.where, e.offset);
}

Json reason_json(const std::optional<Error>& e) {
  return e ? Json(errc_name(e->code)) : Json(nullptr);
}

std::string subject_of(const Certificate& c) {
  const Result<Name> name = c.subject();
  return name ? printable(name->text()) : "a name that cannot be read";
}

// A question is flat, and whatever is deeper would only be carried about by recursion.
Json parsed(const std::string& line) {
  constexpr int kMaxDepth = 4;
  bool too_deep = false;
  Json j = Json::parse(line, [&](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > kMaxDepth;
    return depth <= kMaxDepth;
  });
  if (too_deep) throw usage_error("values within values within values");
  return j;
}

// One line of the batch: never fails.
Json answer_line(Library& library, const std::string& line) {
  Json answer = Json::object();
  const auto refuse = [&answer](const Failure& f) {
    answer_json(f, answer);
    answer["error"] = f.what();
  };
  try {
    const Json question = parsed(line);
    if (question.is_object() && question.contains("id")) answer["id"] = question["id"];
    const Question q = question_from(question);
    const VerifyPolicy policy = policy_from(q);
    const TrustStore trust = library.trust(q);
    const Verification v = verify(trust, chain_from(library, q), policy);
    answer["valid"] = v.valid();
    answer["reason"] = reason_json(v.reason);
    if (v.reason) {
      answer["where"] = v.reason->where;
      answer["depth"] = v.reason->offset;
    }
  } catch (const Json::parse_error&) {
    refuse(usage_error("not a line of JSON"));
  } catch (...) {
    refuse(failure_from(std::current_exception()));
  }
  return answer;
}

}  // namespace

Exit exit_of(const Verification& v) {
  if (v.valid()) return Exit::ok;
  switch (v.reason->code) {
    case Errc::unsupported_key:
    case Errc::unsupported_algorithm:
    case Errc::unsupported_crl:
    case Errc::unsupported_name_constraint:
    case Errc::key_too_large: return Exit::unsupported;
    default: return Exit::no;
  }
}

std::string search_text(const Verification& v) {
  std::string text;
  for (const Candidate& c : v.tried) {
    // Renewed certificates differ in their dates only.
    text += fmt::format("  {:{}}{} {}, serial {}, {}: {}\n", "", 2 * c.depth,
                        c.anchor ? "anchor" : "issuer", subject_of(c.certificate),
                        c.certificate.serial_hex(), dates_line(c.certificate),
                        c.reason ? "no, " + why(*c.reason) : "taken");
  }
  if (v.tried.empty()) text += "  no issuer was looked at\n";
  if (v.tried_more) text += "  and more\n";
  text += fmt::format("  {} signatures checked, {} candidates, {} names compared, {} policies\n",
                      v.spent.signatures, v.spent.nodes, v.spent.name_comparisons,
                      v.spent.policy_nodes);
  return text;
}

void answer_json(const Verification& v, Json& to) {
  to["valid"] = v.valid();
  to["reason"] = reason_json(v.reason);
  Json& chain = to["chain"] = Json::array();
  for (const Certificate& c : v.path) chain.push_back(certificate_json(c));
  Json& tried = to["tried"] = Json::array();
  for (const Candidate& c : v.tried) {
    const auto issuer = c.certificate.issuer();
    Json one{{"subject", subject_of(c.certificate)},
             {"issuer", issuer ? Json(issuer->text()) : Json(nullptr)},
             {"serial", c.certificate.serial_hex()},
             {"depth", c.depth},
             {"anchor", c.anchor},
             {"reason", reason_json(c.reason)}};
    if (c.reason) one["why"] = why(*c.reason);
    tried.push_back(std::move(one));
  }
  to["tried_more"] = v.tried_more;
  to["spent"] = {{"signatures", v.spent.signatures},
                 {"nodes", v.spent.nodes},
                 {"name_comparisons", v.spent.name_comparisons},
                 {"policy_nodes", v.spent.policy_nodes}};
  if (v.revoked) {
    to["revoked"] = {{"depth", v.revoked->depth}, {"date", rfc3339(v.revoked->date)}};
    if (v.revoked->reason) to["revoked"]["reason"] = reason_name(*v.revoked->reason);
  }
}

void answer_json(const Failure& f, Json& to) {
  to["valid"] = false;
  to["reason"] = errc_name(f.cause()                 ? f.cause()->code
                           : f.exit() == Exit::local ? Errc::unreadable_file
                                                     : Errc::bad_argument);
}

Exit verify_batch(Output& out) {
  Library library;
  std::string answers;
  constexpr std::size_t kFull = 65536;
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    answers += answer_line(library, line).dump(-1, ' ', false, Json::error_handler_t::replace);
    answers += '\n';
    // Whoever writes one line and waits for its answer gets it.
    if (answers.size() < kFull && std::cin.rdbuf()->in_avail() > 0) continue;
    out.data(answers);
    answers.clear();
  }
  out.data(answers);
  return Exit::ok;
}

}  // namespace parley::tool
