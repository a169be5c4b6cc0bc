#include "tool/www.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "tool/output.hpp"

namespace parley::tool {
namespace {

/// Less than the server reads ahead, so that a request that is too long is always noticed.
constexpr std::size_t kLongestRequest = 16384;

std::string escaped(std::string_view text) {
  std::string s;
  for (const char c : printable(text)) {
    switch (c) {
      case '<': s += "&lt;"; break;
      case '>': s += "&gt;"; break;
      case '&': s += "&amp;"; break;
      case '"': s += "&quot;"; break;
      default: s += c;
    }
  }
  return s;
}

std::string lower(std::string_view text) {
  std::string s(text);
  std::transform(s.begin(), s.end(), s.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return s;
}

/// The end of the header and of the empty line after it; npos when it has not come.
std::size_t request_end(std::string_view s) {
  const std::size_t crlf = s.find("\r\n\r\n"), lf = s.find("\n\n");
  if (crlf == std::string_view::npos && lf == std::string_view::npos) return crlf;
  return crlf < lf ? crlf + 4 : lf + 2;
}

/// Whether the client wants to ask more (RFC 7230 section 6.3).
bool keeps_alive(std::string_view request) {
  const std::string s = lower(request);
  if (s.find("\nconnection: close") != std::string::npos) return false;
  if (s.find("\nconnection: keep-alive") != std::string::npos) return true;
  return s.substr(0, s.find('\n')).find("http/1.1") != std::string::npos;
}

/// METHOD SP target SP HTTP/digit.digit (RFC 7230 section 3.1.1).
bool is_request_line(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  const std::size_t method = line.find(' '), target = line.rfind(' ');
  if (method == 0 || method == std::string_view::npos || target <= method + 1) return false;
  const std::string_view name = line.substr(0, method), version = line.substr(target + 1);
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7f; }) &&
         version.size() == 8 && version.starts_with("HTTP/") && digit(version[5]) &&
         version[6] == '.' && digit(version[7]);
}

std::string response(std::string_view status, std::string_view type, bool keep, bool head,
                     std::string_view body) {
  return fmt::format(
      "HTTP/1.1 {}\r\nServer: parley\r\nContent-Type: {}; charset=utf-8\r\n"
      "Content-Length: {}\r\nConnection: {}\r\n\r\n{}",
      status, type, body.size(), keep ? "keep-alive" : "close", head ? "" : body);
}

/// What is wrong with what came so far; empty: nothing yet.
std::string_view objection(std::string_view input, std::size_t end, bool last) {
  if (std::min(end, input.size()) > kLongestRequest) return "431 Request Header Fields Too Large";
  const std::size_t line = input.find('\n');
  const bool bad = line == std::string_view::npos ? last && !input.empty()
                                                  : !is_request_line(input.substr(0, line));
  const bool cut = last && end == std::string_view::npos && !input.empty();
  return bad || cut ? "400 Bad Request" : "";
}

}  // namespace

std::string WwwServer::page() const {
  std::string rows;
  const auto row = [&rows](std::string_view name, std::string_view value) {
    rows += fmt::format("<tr><th>{}</th><td>{}</td></tr>\n", name, escaped(value));
  };
  const CipherSuite& suite = *tls_.suite();
  row("Protocol", version_name(*tls_.version()));
  row("Suite", fmt::format("{} ({}, 0x{:04x})", suite.openssl_name, suite.iana_name, suite.id));
  row("Strength", fmt::format("{} bits", suite.secret_bits));
  row("Session", tls_.resumed() ? "resumed" : "new");
  row("Server name", tls_.server_name().empty() ? "not sent" : tls_.server_name());
  row("Client", peer_);
  row("Client certificate",
      tls_.peer_chain().empty() ? "none" : certificate_line(tls_.peer_chain().front()));
  const session_stats_t stats = context_.session_stats();
  row("Handshakes", fmt::format("{} begun, {} finished, {} resumed", stats.accept,
                                stats.accept_good, stats.hits));
  return fmt::format(
      "<!DOCTYPE html>\n<html><head><title>parley</title></head><body>\n"
      "<h1>parley</h1>\n<table>\n{}</table>\n</body></html>\n",
      rows);
}

bool WwwServer::answer(std::string& input, std::string& output, bool last) {
  for (;;) {
    // Empty lines before a request are ignored (RFC 7230 section 3.5).
    input.erase(0, input.find_first_not_of("\r\n"));
    const std::size_t end = request_end(input);
    if (const std::string_view status = objection(input, end, last); !status.empty()) {
      output += response(status, "text/plain", false, false,
                         fmt::format("{}: this is no HTTP request for us.\n", status));
      input.clear();
      return true;
    }
    if (end == std::string::npos) return false;
    const std::string request = input.substr(0, end);
    input.erase(0, end);
    const bool head = request.starts_with("HEAD ");
    const bool known = head || request.starts_with("GET ");
    const bool keep = known && keeps_alive(request);
    output +=
        response(known ? "200 OK" : "405 Method Not Allowed", known ? "text/html" : "text/plain",
                 keep, head, known ? page() : "Only GET and HEAD are answered here.\n");
    if (!keep) {
      input.clear();
      return true;
    }
  }
}

}  // namespace parley::tool
