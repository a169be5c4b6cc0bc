// What the handles of one SSLContext share.
#pragma once
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "parley/keylog.hpp"
#include "parley/ssl.hpp"

namespace parley {

/// Connections see it as a Config, made once after each change; the members are what the attributes
/// and methods of the context set.
struct SSLContext::State {
  explicit State(int p);

  const int protocol;
  const std::shared_ptr<SessionCounters> counters = std::make_shared<SessionCounters>();
  const std::shared_ptr<const void> session_scope = std::make_shared<char>();

  std::mutex mutex;  // guards what follows
  std::uint64_t options = OP_ALL;
  int verify_mode = CERT_NONE;
  bool check_hostname = false;
  TLSVersion minimum = TLSVersion::MINIMUM_SUPPORTED, maximum = TLSVersion::MAXIMUM_SUPPORTED;
  std::vector<Identity> identities{};  // one of each kind of key
  std::vector<NamedGroup> groups{kNamedGroups.begin(), kNamedGroups.end()};
  std::vector<SignatureScheme> signature_schemes = Config{}.signature_schemes;
  std::vector<std::string> alpn_protocols{};
  bool encrypt_then_mac = false;
  bool request_status = false, require_status = false;
  std::size_t max_fragment_length = 0;
  KeyStrength strength{};
  std::optional<DhParameters> dh_parameters{};
  std::size_t min_dh_bits = Config{}.min_dh_bits, max_dh_bits = Config{}.max_dh_bits;
  TrustStore trust{};
  unsigned verify_flags = VERIFY_X509_TRUSTED_FIRST;
  std::shared_ptr<const void> verification = std::make_shared<char>();
  CipherList suites;
  std::shared_ptr<SessionStore> sessions;
  std::shared_ptr<TicketKeys> ticket_keys;
  Renegotiation renegotiation = Config{}.renegotiation;
  KeyLimits key_limits{};
  ServerNameCallback server_name_callback{};
  VerifyOverride verify_callback{};
  std::shared_ptr<const Environment> environment{};  // null: the system's
  std::shared_ptr<KeyLog> keylog{};
  std::shared_ptr<const Config> snapshot{};  // null after a change

  template <class Change>
  void change(Change c) {
    const std::lock_guard lock(mutex);
    c(*this);
    snapshot = nullptr;
  }
  /// Of how peers are verified: sessions of before say nothing about who passes now.
  template <class Change>
  void change_verification(Change c) {
    change([&c](State& s) {
      c(s);
      s.verification = std::make_shared<char>();
    });
  }
  template <class T>
  T get(T State::*member) {
    const std::lock_guard lock(mutex);
    return this->*member;
  }
};

/// Callbacks are called from below src/api, where nothing may be thrown: what one throws becomes an
/// Error there, and is kept here, for the pump whose thread it is to throw it again. So is the
/// context that the server name callback chose, of which below only the Config is known.
class CallbackGuard {
 public:
  struct Kept {
    std::exception_ptr thrown{};
    std::optional<SSLContext> chosen{};
    VerifyMode verify_mode =
        VerifyMode::none;  // in force: the first context's, then the chosen one's
  };
  /// For the lifetime of this object, what this thread's callbacks throw or choose goes into
  /// `kept`.
  explicit CallbackGuard(Kept& kept);
  ~CallbackGuard();
  CallbackGuard(const CallbackGuard&) = delete;
  CallbackGuard& operator=(const CallbackGuard&) = delete;

  /// What `call` returns, or `otherwise` when it throws.
  template <class Call, class Answer>
  static Answer call(Call call, const Answer& otherwise) {
    try {
      return call();
    } catch (...) {
      keep(std::current_exception());
      return otherwise;
    }
  }

  static void keep(const SSLContext& chosen, VerifyMode);

 private:
  static void keep(std::exception_ptr);
  Kept* const before_;
};

}  // namespace parley
