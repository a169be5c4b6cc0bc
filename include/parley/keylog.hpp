// A key log file (SSLKEYLOGFILE, as Wireshark reads it), and the observer that fills it.
#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "parley/export.hpp"
#include "parley/observer.hpp"

namespace PARLEY_PUBLIC parley {

/// Lines appended to a file; from any thread, and each whole, so that several processes may share
/// the file. A line that cannot be written is lost: a full disk must not end connections.
class KeyLog {
 public:
  /// IOError when it cannot be opened or made (mode 0600).
  explicit KeyLog(std::string path);
  ~KeyLog();
  KeyLog(const KeyLog&) = delete;
  KeyLog& operator=(const KeyLog&) = delete;

  const std::string& path() const { return path_; }
  void add(std::string_view line);

 private:
  const std::string path_;
  const int fd_;
  std::mutex mutex_;
};

/// Puts the secrets of one connection into a log, and hands every event on.
class KeyLogObserver final : public Observer {
 public:
  /// `next` may be null.
  KeyLogObserver(std::shared_ptr<KeyLog> log, Observer* next) : log_(std::move(log)), next_(next) {}
  void on(const Event&) override;

 private:
  const std::shared_ptr<KeyLog> log_;
  Observer* const next_;
};

}  // namespace parley
