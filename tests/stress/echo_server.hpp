// A server that echoes, on many threads over one context, and what it has seen.
#pragma once
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <iostream>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "parley/ssl.hpp"

namespace stress {

/// Accepted connections on their way to a worker; closed when there are no more.
class Queue {
 public:
  void put(parley::socket s) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(s));
    changed_.notify_one();
  }
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }
  std::optional<parley::socket> take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
    if (waiting_.empty()) return {};
    parley::socket s = std::move(waiting_.front());
    waiting_.pop_front();
    return s;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<parley::socket> waiting_;
  bool closed_ = false;
};

class EchoServer {
 public:
  EchoServer(const std::string& certificates, int workers) {
    context_.load_cert_chain(certificates + "/server.pem");
    context_.set_ciphers("ALL:!aNULL:!EXPORT");
    listener_.bind({"127.0.0.1", 0});
    listener_.listen(512);
    for (int i = 0; i < workers; ++i) workers_.emplace_back([this] { serve(); });
    acceptor_ = std::thread([this] { accept(); });
  }
  std::uint16_t port() const { return listener_.getsockname().port; }

  /// Serves whoever has connected, then ends; once. Returns how many counters are wrong.
  int stop() {
    stopping_ = true;
    parley::socket last;
    last.connect({"127.0.0.1", port()});
    acceptor_.join();
    for (std::thread& t : workers_) t.join();
    const parley::session_stats_t stats = context_.session_stats();
    return complain("handshakes begun", begun_, stats.accept) +
           complain("handshakes completed", good_, stats.accept_good) +
           complain("sessions resumed", resumed_, stats.hits);
  }
  parley::session_stats_t stats() const { return context_.session_stats(); }

 private:
  void accept() {
    for (;;) {
      parley::socket client = listener_.accept().first;
      if (stopping_) break;
      queue_.put(std::move(client));
    }
    queue_.close();
  }

  /// Echoes until the client goes, however it goes.
  void serve() {
    while (std::optional<parley::socket> plain = queue_.take()) {
      try {
        plain->setsockopt(IPPROTO_TCP, TCP_NODELAY, 1);
        parley::SSLSocket s =
            context_.wrap_socket(*plain, {.server_side = true, .do_handshake_on_connect = false});
        s.settimeout(20.0);
        ++begun_;
        s.do_handshake();
        ++good_;
        if (s.session_reused()) ++resumed_;
        for (parley::bytes data = s.recv(); !data.empty(); data = s.recv()) s.sendall(data);
        s.unwrap();
      } catch (const parley::IOError&) {
        // A client that left: what this is about.
      }
    }
  }

  static int complain(const char* what, long expected, long got) {
    if (expected == got) return 0;
    std::cerr << "server: " << what << ": seen " << expected << ", counted " << got << "\n";
    return 1;
  }

  parley::SSLContext context_{parley::PROTOCOL_SSLv23};
  parley::socket listener_{};
  Queue queue_{};
  std::vector<std::thread> workers_{};
  std::thread acceptor_{};
  std::atomic<bool> stopping_{false};
  std::atomic<long> begun_{0}, good_{0}, resumed_{0};
};

}  // namespace stress
