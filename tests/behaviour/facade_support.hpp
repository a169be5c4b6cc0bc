// What the tests of the facade share: a PKI, and two connected ends.
#pragma once
#include <gtest/gtest.h>

#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "parley/ssl.hpp"

namespace parley::test {

/// A file of vectors/facade: ca.pem signed server.pem, expired.pem, names.pem (key and leaf each)
/// and, through an intermediate, chain.pem.
inline std::string pki(const std::string& name) {
  return std::string(PARLEY_SOURCE_DIR "/vectors/facade/") + name;
}

inline SSLContext server_context(int protocol = PROTOCOL_SSLv23,
                                 const std::string& chain = "server.pem") {
  SSLContext c(protocol);
  c.load_cert_chain(pki(chain));
  return c;
}

inline SSLContext verifying_context(int protocol = PROTOCOL_SSLv23,
                                    const std::string& ca = "ca.pem") {
  SSLContext c(protocol);
  c.verify_mode = CERT_REQUIRED;
  c.load_verify_locations(pki(ca));
  return c;
}

/// Runs two things at once and keeps what each threw.
struct Both {
  std::exception_ptr here, there;
  Both(const std::function<void()>& this_thread, const std::function<void()>& other_thread) {
    std::thread t([&] { there = caught(other_thread); });
    here = caught(this_thread);
    t.join();
  }
  /// Neither threw; otherwise the exception of this thread, or else the other's, comes out.
  void check() const {
    if (here) std::rethrow_exception(here);
    if (there) std::rethrow_exception(there);
  }

 private:
  static std::exception_ptr caught(const std::function<void()>& f) {
    try {
      f();
    } catch (...) {
      return std::current_exception();
    }
    return {};
  }
};

/// Two wrapped ends of a socketpair. An end whose handshake failed is empty, and its exception is
/// kept.
struct Pair {
  std::optional<SSLSocket> client, server;
  std::exception_ptr client_error, server_error;

  Pair(const SSLContext& client_side, const SSLContext& server_side,
       context_wrap_options client_options = {}, context_wrap_options server_options = {}) {
    server_options.server_side = true;
    auto ends = socketpair();
    ends.first.settimeout(20);
    ends.second.settimeout(20);
    const Both both([&] { client = client_side.wrap_socket(ends.first, client_options); },
                    [&] { server = server_side.wrap_socket(ends.second, server_options); });
    client_error = both.here;
    server_error = both.there;
  }
  bool good() const { return !client_error && !server_error; }
  SSLSocket& c() { return ready(client, client_error); }
  SSLSocket& s() { return ready(server, server_error); }

 private:
  static SSLSocket& ready(std::optional<SSLSocket>& s, const std::exception_ptr& e) {
    if (e) std::rethrow_exception(e);
    return s.value();
  }
};

/// The SSLError that a call throws; a failure of the test when it throws none.
inline SSLError ssl_error(const std::function<void()>& call) {
  try {
    call();
  } catch (const SSLError& e) {
    return e;
  } catch (const std::exception& e) {
    ADD_FAILURE() << "not an SSLError: " << e.what();
    return SSLError(-1, "none");
  }
  ADD_FAILURE() << "nothing was thrown";
  return SSLError(-1, "none");
}
inline SSLError ssl_error(const std::exception_ptr& e) {
  return ssl_error([&] {
    if (e) std::rethrow_exception(e);
  });
}

/// The errno of the IOError that a call throws; 0 when it throws none.
inline int errno_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const IOError& e) {
    return e.errno_();
  }
  return 0;
}

/// The text of the std::invalid_argument that a call throws.
inline std::string argument_error(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "nothing was thrown";
}

inline std::string text(const bytes& b) { return std::string(as_text(b)); }

inline bool has(const std::string& all, const std::string& part) {
  return all.find(part) != std::string::npos;
}
inline ::testing::AssertionResult says(const SSLError& e, const std::string& part) {
  if (has(e.strerror(), part)) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "\"" << e.what() << "\" does not say \"" << part << "\"";
}

/// Reads exactly n bytes, or what comes before the end.
inline std::string read_all(socket& s, std::size_t n) {
  std::string got;
  while (got.size() < n) {
    const bytes b = s.recv(n - got.size());
    if (b.empty()) break;
    got += as_text(b);
  }
  return got;
}

/// A pattern in which no short stretch repeats.
inline std::string pattern(std::size_t n) {
  std::string s(n, '\0');
  std::uint32_t x = 12345;
  for (char& c : s) {
    x = x * 1664525 + 1013904223;
    c = static_cast<char>(x >> 24);
  }
  return s;
}

}  // namespace parley::test
