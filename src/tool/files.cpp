#include "tool/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <utility>

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
  Descriptor(Descriptor&& o) noexcept : fd_(std::exchange(o.fd_, -1)) {}
  ~Descriptor() {
    if (fd_ > STDERR_FILENO) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor& operator=(Descriptor&& o) noexcept {
    std::swap(fd_, o.fd_);
    return *this;
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

/// A file that cannot be parsed: of PEM blocks of another kind it says which.
Failure unusable(const std::string& path, const std::string& content, std::string_view wanted,
                 const Error& e) {
  Failure plain = file_failure(path, e);
  if (e.code != Errc::no_start_line) return plain;
  const Result<std::vector<PemBlock>> blocks = pem_blocks(content);
  if (!blocks || blocks->empty()) return plain;
  constexpr std::size_t kLongestLabel = 60;
  return {plain.exit(), plain.what(),
          fmt::format("a {} block is needed, but the first block is {}", wanted,
                      printable(blocks->front().label.substr(0, kLongestLabel))),
          e};
}

void write_all(int fd, const NewFile& f) {
  std::string_view rest = f.content;
  while (!rest.empty()) {
    const ssize_t n = ::write(fd, rest.data(), rest.size());
    if (n < 0 && errno != EINTR) throw file_error(f.path, errno);
    if (n > 0) rest.remove_prefix(static_cast<std::size_t>(n));
  }
}

/// A FIFO or device: its name is no place for another file.
bool special(const std::string& path) {
  struct stat s {};
  return ::stat(path.c_str(), &s) == 0 && !S_ISREG(s.st_mode);
}

/// Where a symbolic link leads; other paths as they are.
std::string link_target(const std::string& path) {
  struct stat s {};
  if (::lstat(path.c_str(), &s) != 0 || !S_ISLNK(s.st_mode)) return path;
  const std::unique_ptr<char, decltype(&std::free)> target(::realpath(path.c_str(), nullptr),
                                                           &std::free);
  if (target == nullptr) throw file_error(path, errno);
  return target.get();
}

/// A file under a temporary name; unlinked unless it was moved to its place. What is special is
/// opened only, and written to when the others are moved.
class Pending {
 public:
  explicit Pending(const NewFile& f) : file_(&f) {
    if (special(f.path)) {
      direct_ = Descriptor(::open(f.path.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC));
      if (direct_.get() < 0) throw file_error(f.path, errno);
      return;
    }
    to_ = link_target(f.path);
    name_ = to_ + ".XXXXXX";
    const Descriptor fd(::mkostemp(name_.data(), O_CLOEXEC));  // created with mode 0600
    if (fd.get() < 0) {
      const int error = errno;
      name_.clear();
      throw file_error(f.path, error);
    }
    try {
      fill(fd.get(), f);
    } catch (...) {
      ::unlink(name_.c_str());
      throw;
    }
  }
  Pending(Pending&& o) noexcept
      : file_(o.file_),
        direct_(std::move(o.direct_)),
        to_(std::move(o.to_)),
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
  /// Empty for what is special.
  const std::string& to() const { return to_; }
  void place() {
    if (direct_.get() >= 0) return write_all(direct_.get(), *file_);
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
    write_all(fd, f);
    if (!f.secret) {
      const mode_t mask = ::umask(0);
      ::umask(mask);
      if (::fchmod(fd, 0666 & ~mask) != 0) throw file_error(to_, errno);
    }
    if (::fsync(fd) != 0) throw file_error(to_, errno);
  }

  const NewFile* file_;
  Descriptor direct_{-1};
  std::string to_{};
  std::string name_{};    ///< empty once renamed
  std::string backup_{};  ///< a second link to what was there; empty when nothing was
  bool placed_ = false;
};

}  // namespace

std::string read_file(const std::string& path, std::size_t most) {
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
    if (content.size() > most)
      throw Failure(Exit::local, fmt::format("{}: longer than {} MiB", printable(path), most >> 20),
                    "is it the right file?");
    if (n == 0) return content;
  }
}

void wipe(std::string& s) {
  volatile char* p = s.data();
  for (std::size_t i = 0; i < s.size(); ++i) p[i] = 0;
  s.clear();
}

std::vector<Certificate> load_certificates(const std::string& path) {
  return certificates_in(path, read_file(path));
}

std::vector<Certificate> certificates_in(const std::string& path, const std::string& content) {
  // DER begins with SEQUENCE; in PEM that octet ('0') would be text before a block.
  if (content.starts_with('\x30') && content.find("-----BEGIN ") == std::string::npos) {
    Result<Certificate> c = Certificate::parse(to_bytes(as_bytes(content)));
    if (!c) throw file_failure(path, c.error());
    return {*std::move(c)};
  }
  Result<std::vector<Certificate>> list = certificates_from_pem(content);
  if (!list) throw unusable(path, content, "CERTIFICATE", list.error());
  return *std::move(list);
}

std::vector<std::string> trusted_directories(const std::string& capath) {
  std::vector<std::string> all = capath_directories(capath);
  if (all.empty()) throw usage_error("--capath names no directory");
  for (const std::string& one : all) {
    const Descriptor fd(::open(one.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd.get() < 0) throw file_error(one, errno);
  }
  return all;
}

AskPassword password_source(const std::string& source) {
  if (source.empty()) return {};
  const std::size_t colon = std::min(source.find(':'), source.size());
  const std::string kind = source.substr(0, colon);
  const std::string name = source.substr(std::min(colon + 1, source.size()));
  if ((kind != "env" && kind != "file") || name.empty())
    throw usage_error(
        "--pass takes env:NAME or file:PATH; a password does not belong on a command line");
  std::string password;
  if (kind == "env") {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr)
      throw Failure(Exit::local, fmt::format("--pass: no variable {}", printable(name)));
    password = value;
  } else {
    password = read_file(name);
    password.resize(std::min(password.find_first_of("\r\n"), password.size()));
  }
  const std::shared_ptr<std::string> kept(new std::string(password), [](std::string* s) {
    wipe(*s);
    delete s;
  });
  wipe(password);
  return [kept] { return *kept; };
}

PrivateKey load_key(const std::string& path, const AskPassword& ask) {
  std::string content = read_file(path);
  const bool der = content.starts_with('\x30') && content.find("-----BEGIN ") == std::string::npos;
  Result<PrivateKey> key =
      der ? PrivateKey::from_der(as_bytes(content), ask) : PrivateKey::from_pem(content, ask);
  if (!key) {
    const Failure f = unusable(path, content, "PRIVATE KEY", key.error());
    wipe(content);
    throw Failure(f);
  }
  wipe(content);
  return *std::move(key);
}

Identity load_identity(const std::string& cert_path, const std::string& key_path,
                       const AskPassword& ask) {
  Identity id{load_certificates(cert_path), load_key(key_path, ask)};
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

Identity load_identity_pair(const std::string& flag, const std::string& pair,
                            const AskPassword& ask) {
  const std::size_t comma = pair.find(',');
  if (comma == std::string::npos || comma == 0 || comma + 1 == pair.size())
    throw usage_error(fmt::format("{} needs CERT,KEY: two files joined by a comma", flag));
  return load_identity(pair.substr(0, comma), pair.substr(comma + 1), ask);
}

void write_files(const std::vector<NewFile>& files) {
  std::vector<Pending> pending;
  pending.reserve(files.size());
  for (const NewFile& f : files) {
    Pending next(f);
    for (const Pending& p : pending)
      if (!p.to().empty() && p.to() == next.to())
        throw usage_error(
            fmt::format("{}: two files cannot go to this one place", printable(f.path)));
    pending.push_back(std::move(next));
  }
  for (Pending& p : pending) p.place();
  for (Pending& p : pending) p.settle();
}

}  // namespace parley::tool
