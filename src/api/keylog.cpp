#include "parley/keylog.hpp"

#include "api/posix.hpp"
#include "api/repr.hpp"
#include "parley/socket.hpp"

namespace parley {
namespace {

int opened(const std::string& path) {
  refuse_embedded_null(path);
  const posix::Descriptor d = posix::open_append(path);
  if (d.error != 0) throw IOError(d.error, {}, path);
  return d.fd;
}

}  // namespace

KeyLog::KeyLog(std::string path) : path_(std::move(path)), fd_(opened(path_)) {}

KeyLog::~KeyLog() { posix::close(fd_); }

void KeyLog::add(std::string_view line) {
  const std::string whole = std::string(line) + "\n";
  const std::lock_guard lock(mutex_);
  for (ByteView left = as_bytes(whole); !left.empty();) {
    const posix::Outcome r = posix::write(fd_, left);
    if (r.error != 0) return;
    left = left.subspan(r.n);
  }
}

void KeyLogObserver::on(const Event& e) {
  const auto* secret = std::get_if<SecretEvent>(&e);
  if (secret != nullptr && secret->label != kPremasterLabel) log_->add(key_log_line(*secret));
  if (next_ != nullptr) next_->on(e);
}

}  // namespace parley
