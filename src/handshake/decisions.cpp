#include "handshake/decisions.hpp"

#include <algorithm>

#include "handshake/negotiate.hpp"

namespace parley {
namespace {

struct Teller {
  const Handshake& h;
  bool server = h.side == Side::server;

  void tell(std::string_view what, std::string_view why, std::string_view setting) const {
    h.env.observer->on(DecisionEvent{.what = what, .why = why, .setting = setting});
  }

  void version() const {
    std::string why{server ? "the highest that is enabled here and in the client, which offers "
                           : "the server's choice; we offer "};
    if (h.offered.supported_versions)
      why.append("a list");
    else
      why.append("at most ").append(version_name(h.offered_version));
    tell(version_name(h.profile->version), why, "minimum_version and maximum_version");
  }

  void suite() const {
    const CipherList list =
        server ? h.shared_suites : suites_to_offer(*h.config, h.hello_form, h.offered_version);
    const auto place = std::ranges::find(list, h.suite) - list.begin() + 1;
    std::string why{server ? "number " : "the server's choice: number "};
    why.append(std::to_string(place)).append(" of ").append(std::to_string(list.size()));
    why.append(server ? " that both have, in the client's order" : " that we offer");
    if (server && h.config->prefer_server_suites) why.append("; ours decides");
    tell(h.suite->iana_name, why,
         server ? "set_ciphers, load_cert_chain, OP_CIPHER_SERVER_PREFERENCE" : "set_ciphers");
  }

  void identity(std::string_view why, std::string_view without) const {
    if (h.identity == nullptr) return tell("no certificate", without, "load_cert_chain");
    std::string what{"the certificate of "};
    const auto name = h.identity->chain.front().subject();
    what.append(name ? name->text() : "nobody");
    tell(what, why, server ? "load_cert_chain, set_servername_callback" : "load_cert_chain");
  }
};

}  // namespace

void announce_decisions(const Handshake& h, Step step) {
  const Teller t{h};
  if (step == Step::server_hello) {
    t.version();
    t.suite();
    if (h.resumed())
      t.tell("a session is resumed", "both ends remember it, and nothing forbids it",
             t.server ? "set_session_store, OP_NO_TICKET" : "the session that was given");
    else if (t.server)
      t.identity("the first whose key serves the suite", "the suite is anonymous");
  } else if (step == Step::certificate_request && !t.server) {
    t.identity("the first whose key is of a kind that the server asks for",
               "none of a kind that the server asks for is loaded");
  }
}

}  // namespace parley
