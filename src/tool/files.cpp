#include "tool/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "parley/pem.hpp"
#include "parley/ssl.hpp"
#include "tool/failure.hpp"
#include "tool/output.hpp"

namespace parley::tool {
namespace {

Failure file_error(const std::string& path, int error) {
  return {Exit::local, fmt::format("{}: {}", printable(path), IOError(error).strerror())};
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ > STDERR_FILENO) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

/// A file under a temporary name; unlinked unless it was moved to its place.
class Pending {
 public:
  explicit Pending(const NewFile& f) : to_(f.path), name_(f.path + ".XXXXXX") {
    const Descriptor fd(::mkostemp(name_.data(), O_CLOEXEC));  // created with mode 0600
    if (fd.get() < 0) {
      const int error = errno;
      name_.clear();
      throw file_error(to_, error);
    }
    try {
      fill(fd.get(), f);
    } catch (...) {
      ::unlink(name_.c_str());
      throw;
    }
  }
  Pending(Pending&& o) noexcept
      : to_(std::move(o.to_)),
        name_(std::exchange(o.name_, {})),
        backup_(std::exchange(o.backup_, {})),
        placed_(std::exchange(o.placed_, false)) {}
  ~Pending() {
    if (!name_.empty()) ::unlink(name_.c_str());
    if (!placed_) return;
    // Not settled: what stood here before comes back.
    if (backup_.empty())
      ::unlink(to_.c_str());
    else
      ::rename(backup_.c_str(), to_.c_str());
  }
  void place() {
    const std::string backup = name_ + "~";
    if (::link(to_.c_str(), backup.c_str()) == 0) backup_ = backup;
    if (::rename(name_.c_str(), to_.c_str()) != 0) {
      const int error = errno;
      if (!backup_.empty()) ::unlink(backup_.c_str());
      throw file_error(to_, error);
    }
    name_.clear();
    placed_ = true;
  }
  void settle() {
    if (!backup_.empty()) ::unlink(backup_.c_str());
    placed_ = false;
  }

 private:
  void fill(int fd, const NewFile& f) const {
    std::string_view rest = f.content;
    while (!rest.empty()) {
      const ssize_t n = ::write(fd, rest.data(), rest.size());
      if (n < 0 && errno != EINTR) throw file_error(to_, errno);
      if (n > 0) rest.remove_prefix(static_cast<std::size_t>(n));
    }
    if (!f.secret) {
      const mode_t mask = ::umask(0);
      ::umask(mask);
      if (::fchmod(fd, 0666 & ~mask) != 0) throw file_error(to_, errno);
    }
    if (::fsync(fd) != 0) throw file_error(to_, errno);
  }

  std::string to_;
  std::string name_;      ///< empty once renamed
  std::string backup_{};  ///< a second link to what was there; empty when nothing was
  bool placed_ = false;
};

}  // namespace

std::string read_file(const std::string& path) {
  const Descriptor fd(path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) throw file_error(path, errno);
  std::string content;
  constexpr std::size_t kStep = 65536;
  for (;;) {
    const std::size_t size = content.size();
    content.resize(size + kStep);
    const ssize_t n = ::read(fd.get(), content.data() + size, kStep);
    if (n < 0 && errno != EINTR) throw file_error(path, errno);
    content.resize(size + static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
    if (n == 0) return content;
  }
}

void wipe(std::string& s) {
  volatile char* p = s.data();
  for (std::size_t i = 0; i < s.size(); ++i) p[i] = 0;
  s.clear();
}

std::vector<Certificate> load_certificates(const std::string& path) {
  const std::string content = read_file(path);
  // DER begins with SEQUENCE; in PEM that octet ('0') would be text before a block.
  if (content.starts_with('\x30') && content.find("-----BEGIN ") == std::string::npos) {
    Result<Certificate> c = Certificate::parse(to_bytes(as_bytes(content)));
    if (!c) throw file_failure(path, c.error());
    return {*std::move(c)};
  }
  Result<std::vector<Certificate>> list = certificates_from_pem(content);
  if (!list) throw file_failure(path, list.error());
  return *std::move(list);
}

PrivateKey load_key(const std::string& path) {
  std::string content = read_file(path);
  const bool der = content.starts_with('\x30') && content.find("-----BEGIN ") == std::string::npos;
  Result<PrivateKey> key =
      der ? PrivateKey::from_der(as_bytes(content)) : PrivateKey::from_pem(content);
  wipe(content);
  if (!key) throw file_failure(path, key.error());
  return *std::move(key);
}

Identity load_identity(const std::string& cert_path, const std::string& key_path) {
  Identity id{load_certificates(cert_path), load_key(key_path)};
  try {
    SSLContext(PROTOCOL_SSLv23).load_cert_chain(id);
  } catch (const SSLError& e) {
    throw Failure(Exit::local,
                  fmt::format("{}: {} with the certificate in {}", printable(key_path),
                              printable(e.strerror()), printable(cert_path)),
                  e.hint(), e.cause());
  }
  return id;
}

Identity load_identity_pair(const std::string& flag, const std::string& pair) {
  const std::size_t comma = pair.find(',');
  if (comma == std::string::npos || comma == 0 || comma + 1 == pair.size())
    throw usage_error(fmt::format("{} needs CERT,KEY: two files joined by a comma", flag));
  return load_identity(pair.substr(0, comma), pair.substr(comma + 1));
}

void write_files(const std::vector<NewFile>& files) {
  std::vector<Pending> pending;
  pending.reserve(files.size());
  for (const NewFile& f : files) pending.emplace_back(f);
  for (Pending& p : pending) p.place();
  for (Pending& p : pending) p.settle();
}

}  // namespace parley::tool
