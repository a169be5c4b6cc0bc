// socket_file: buffers, lines and text over what a socket shares with its files.
#include "parley/socket_file.hpp"

#include <algorithm>
#include <cerrno>
#include <stdexcept>

#include "api/posix.hpp"
#include "api/socket_state.hpp"
#include "parley/ssl.hpp"

namespace parley {
namespace {

constexpr std::size_t kDefaultBuffer = 8192;
constexpr std::size_t kReadAllAtOnce = 65536;

/// Without waiting: a timeout is something else.
bool would_block(const socket_error& e) {
  if (e.code().category() == ssl_category())
    return e.errno_() == SSL_ERROR_WANT_READ || e.errno_() == SSL_ERROR_WANT_WRITE;
  return posix::would_block(e.errno_());
}

/// Bytes of UTF-8 that one character starting with this byte has; 0 for a byte that starts none.
std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/// RFC 3629 section 4: the second byte's range keeps overlong forms, surrogates and numbers
/// beyond Unicode out.
bool may_follow(unsigned char lead, std::size_t position, unsigned char c) {
  unsigned char low = 0x80, high = 0xbf;
  if (position == 1) {
    if (lead == 0xe0) low = 0xa0;
    if (lead == 0xed) high = 0x9f;
    if (lead == 0xf0) low = 0x90;
    if (lead == 0xf4) high = 0x8f;
  }
  return c >= low && c <= high;
}

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

/// Where the first n characters end.
std::size_t bytes_of(std::string_view utf8, std::size_t n) {
  std::size_t at = 0;
  for (; n != 0 && at < utf8.size(); --n)
    at += sequence_length(static_cast<unsigned char>(utf8[at]));
  return std::min(at, utf8.size());
}

/// Bytes of a stream as text, piece by piece: UTF-8 checked, line ends made '\n'.
class TextDecoder {
 public:
  /// Appends what can be decoded already; the rest waits for the next piece. `last`: there is none.
  void decode(ByteView piece, bool last, std::string& out) {
    held_.append(as_text(piece));
    std::size_t at = 0;
    while (at < held_.size()) {
      const auto lead = static_cast<unsigned char>(held_[at]);
      const std::size_t n = sequence_length(lead);
      if (n == 0) fail(at, "invalid start byte");
      for (std::size_t k = 1; k < n && at + k < held_.size(); ++k)
        if (!may_follow(lead, k, static_cast<unsigned char>(held_[at + k])))
          fail(at, "invalid continuation byte");
      if (at + n > held_.size()) {
        if (last) fail(at, "unexpected end of data");
        break;
      }
      if (lead == '\r') {
        // It may be the first half of a line end.
        if (at + 1 == held_.size() && !last) break;
        out += '\n';
        at += at + 1 < held_.size() && held_[at + 1] == '\n' ? 2u : 1u;
        continue;
      }
      out.append(held_, at, n);
      at += n;
    }
    held_.erase(0, at);
  }

  /// Bytes that wait for the next piece.
  std::size_t held() const { return held_.size(); }

 private:
  [[noreturn]] void fail(std::size_t at, const char* why) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    held_.erase(0, at);  // what came before has been decoded
    const auto c = static_cast<unsigned char>(held_.front());
    throw std::invalid_argument(std::string("'utf-8' codec can't decode byte 0x") +
                                kDigits[c >> 4] + kDigits[c & 15] + ": " + why);
  }
  std::string held_{};
};

}  // namespace

struct socket_file::State {
  std::shared_ptr<socket::Shared> line;  ///< null when closed
  std::string mode;
  bool reads, writes, text;
  std::size_t buffering;  ///< 0: none

  std::string in{};  ///< read ahead; of a text file, decoded
  bool timed_out = false;
  bool at_end = false;  ///< of a text file: the decoder knows
  TextDecoder decoder{};
  Bytes out{};  ///< not sent yet
  /// Shared::epoch from when what is held was read, or written.
  unsigned in_epoch = 0, out_epoch = 0;

  void check_open() const {
    if (!line) throw std::invalid_argument("I/O operation on closed file.");
  }
  void check_readable() {
    check_open();
    if (!reads) throw std::invalid_argument("not readable");
    stay_within(in_epoch, in.size() + decoder.held(), "read");
  }
  void check_writable() {
    check_open();
    if (!writes) throw std::invalid_argument("not writable");
    stay_within(out_epoch, out.size(), "written");
  }
  /// Whoever sent bytes in clear must not be believed to have sent them through TLS, and what was
  /// meant for TLS must not leave in clear.
  void stay_within(unsigned& epoch, std::size_t held, const char* done) const {
    if (held == 0) epoch = line->epoch;
    if (epoch == line->epoch) return;
    const bool one = held == 1;
    std::string what = "the file holds " + std::to_string(held);
    what.append(one ? " byte" : " bytes").append(" that ").append(one ? "was " : "were ");
    what.append(done).append(line->layer ? " before TLS began" : " before TLS ended");
    throw SSLError(SSL_ERROR_SSL, what,
                   {.reason = "STALE_FILE_BUFFER",
                    .hint = "Read all and flush before wrap_socket() and unwrap(). These bytes are "
                            "lost; go on with another file."});
  }

  std::size_t receive(ByteSpan into) {
    if (timed_out) throw IOError(ETIMEDOUT, "cannot read from timed out object");
    try {
      return line->read(into);
    } catch (const timeout&) {
      timed_out = true;
      throw;
    }
  }
  /// Reads ahead once; false at the end of the stream.
  bool fill(std::size_t at_most) {
    Bytes chunk(at_most);
    for (;;) {
      const std::size_t n = receive(chunk);
      if (!text) {
        in.append(as_text(ByteView(chunk).first(n)));
        return n != 0;
      }
      if (n == 0 && at_end) return false;
      at_end = n == 0;
      const std::size_t before = in.size();
      decoder.decode(ByteView(chunk).first(n), at_end, in);
      if (in.size() != before) return true;
      if (at_end) return false;
    }
  }
  std::string take(std::size_t n) {
    std::string s = in.substr(0, n);
    in.erase(0, n);
    return s;
  }
  std::size_t units(std::string_view s) const { return text ? characters(s) : s.size(); }
  std::string take_units(std::size_t n) {
    return take(text ? bytes_of(in, n) : std::min(n, in.size()));
  }

  void send_buffer() {
    stay_within(out_epoch, out.size(), "written");
    while (!out.empty()) {
      const std::size_t n = line->write(out);
      out.erase(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(n));
    }
  }
};

socket_file::socket_file(std::unique_ptr<State> s) : state_(std::move(s)) {}
socket_file::socket_file(socket_file&&) noexcept = default;

socket_file& socket_file::operator=(socket_file&& o) noexcept {
  const socket_file old(std::exchange(state_, nullptr));  // its destructor closes
  state_ = std::move(o.state_);
  return *this;
}

socket_file::~socket_file() {
  if (!state_) return;
  try {
    close();
  } catch (const std::exception&) {
    // Documented: nobody is there to hear of it.
  }
}

socket_file socket::makefile(std::string_view mode, std::optional<int> buffering) {
  if (mode.find_first_not_of("rwb") != std::string_view::npos)
    throw std::invalid_argument("invalid mode '" + std::string(mode) + "' (only r, w, b allowed)");
  const auto holds = [mode](char c) { return mode.find(c) != std::string_view::npos; };
  const int wanted = buffering.value_or(-1);
  if (wanted == 0 && !holds('b')) throw std::invalid_argument("unbuffered streams must be binary");
  open();
  return socket_file(std::make_unique<socket_file::State>(socket_file::State{
      .line = shared_,
      .mode = std::string(mode),
      .reads = holds('r') || !holds('w'),
      .writes = holds('w'),
      .text = !holds('b'),
      .buffering = wanted < 0 ? kDefaultBuffer : static_cast<std::size_t>(wanted)}));
}

std::string socket_file::read(std::optional<std::size_t> size) {
  State& s = *state_;
  s.check_readable();
  if (s.buffering == 0 && size) return read1(*size);
  std::size_t have = s.units(s.in);
  while (!size || have < *size) {
    // Not beyond what was asked for when that is much: it would be copied twice.
    const std::size_t chunk =
        !size ? kReadAllAtOnce : std::min(std::max(s.buffering, *size - have), kReadAllAtOnce);
    const std::size_t before = s.in.size();
    if (!s.fill(chunk)) break;
    have += s.units(std::string_view(s.in).substr(before));
  }
  return s.take_units(size.value_or(have));
}

std::string socket_file::read1(std::size_t size) {
  State& s = *state_;
  s.check_readable();
  if (size == 0) return {};
  // Without a buffer nothing is read ahead: a byte on the socket stays there for others.
  if (s.in.empty()) s.fill(s.buffering == 0 ? size : std::max<std::size_t>(s.buffering, 1));
  return s.take_units(size);
}

std::size_t socket_file::readinto(ByteSpan into) {
  if (state_->text) throw std::invalid_argument("readinto is for binary files");
  const std::string got = read(into.size());
  std::copy(got.begin(), got.end(), into.begin());
  return got.size();
}

std::string socket_file::readline(std::optional<std::size_t> size) {
  State& s = *state_;
  s.check_readable();
  std::size_t searched = 0;
  for (;;) {
    const std::size_t end = s.in.find('\n', searched);
    const std::size_t line = end == std::string::npos ? s.in.size() : end + 1;
    if (size) {
      // No character is shorter than a byte: counting is needed only when there are enough bytes.
      if (line >= *size && s.units(std::string_view(s.in).substr(0, line)) >= *size)
        return s.take_units(*size);
    }
    if (end != std::string::npos) return s.take(line);
    searched = s.in.size();
    if (!s.fill(std::max<std::size_t>(s.buffering, 1))) return s.take(s.in.size());
  }
}

std::vector<std::string> socket_file::readlines(std::optional<std::size_t> hint) {
  std::vector<std::string> lines;
  std::size_t total = 0;
  for (std::string line = readline(); !line.empty(); line = readline()) {
    total += state_->units(line);
    lines.push_back(std::move(line));
    if (hint && *hint != 0 && total >= *hint) break;
  }
  return lines;
}

std::size_t socket_file::write(ByteView data) {
  State& s = *state_;
  s.check_writable();
  if (s.buffering == 0) return data.empty() ? 0 : s.line->write(data);
  if (!s.out.empty() && s.out.size() + data.size() > s.buffering) flush();
  append(s.out, data);
  if (s.out.size() > s.buffering) {
    try {
      s.send_buffer();
    } catch (const socket_error& e) {
      // It is in the buffer, and so it has been taken; the next call will find it there.
      if (!would_block(e)) throw;
    }
  }
  return s.units(as_text(data));
}

void socket_file::writelines(std::span<const std::string> lines) {
  for (const std::string& line : lines) write(line);
}

void socket_file::flush() {
  state_->check_open();
  if (state_->writes) state_->send_buffer();
}

void socket_file::close() {
  if (!state_ || !state_->line) return;
  const std::shared_ptr<socket::Shared> last_use = state_->line;
  try {
    flush();
  } catch (...) {
    state_->line.reset();
    throw;
  }
  state_->line.reset();
}

bool socket_file::closed() const { return !state_ || !state_->line; }
bool socket_file::readable() const { return state_->reads; }
bool socket_file::writable() const { return state_->writes; }

int socket_file::fileno() const {
  state_->check_open();
  return state_->line->fd;
}

const std::string& socket_file::mode() const { return state_->mode; }

}  // namespace parley
