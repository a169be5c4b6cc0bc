// What `parley x509 verify` is asked, by flags or by a line of JSON.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "parley/trust.hpp"
#include "tool/output.hpp"

namespace parley::tool {

/// In words. Certificates and lists are file names or PEM text.
struct Question {
  std::vector<std::string> leaf{}, ca{}, capath{}, untrusted{}, crl{};
  std::string at{}, host{}, email{}, purpose = "any";
  std::string crl_check{};  ///< none, leaf or chain; empty: leaf when there is a list
  std::vector<std::string> policies{};
  bool of_system = false;  ///< the anchors are those of the system, `ca` and `capath` are empty
  bool explicit_policy = false, inhibit_mapping = false, inhibit_any = false;
  bool strict = false, partial_chain = false, untrusted_first = false, strong = false;
};

/// From one line of --batch, {"leaf": ..., "ca": ..., ...}: the names of the flags with "_" for
/// "-". Failure (usage) that says what is wrong with it.
Question question_from(const Json&);

/// Reads files once, as long as they are few: ten thousand questions have few roots.
class Library {
 public:
  /// Failure (local) that names the file.
  std::vector<Certificate> certificates(const std::vector<std::string>&);
  /// Trust anchors and revocation lists of a question.
  TrustStore trust(const Question&);

 private:
  std::map<std::string, std::vector<Certificate>> certificates_;
  std::map<std::vector<std::string>, TrustStore> anchors_;
};

/// Failure (usage) for a moment, a purpose, a name or a policy that means nothing.
VerifyPolicy policy_from(const Question&);
/// The leaf, then everything else that stands in its file and in the untrusted ones.
std::vector<Certificate> chain_from(Library&, const Question&);

/// 0 valid, 1 not, 10 when something is needed for the answer that is not in this library.
Exit exit_of(const Verification&);
/// One line a certificate: how the search went.
std::string search_text(const Verification&);
/// {valid, reason, chain, tried, spent}: members of the document.
void answer_json(const Verification&, Json& to);
/// {valid, reason} of a question that could not be asked.
void answer_json(const Failure&, Json& to);
/// Lines of JSON from standard input, each answered by one on standard output.
Exit verify_batch(Output&);

}  // namespace parley::tool
