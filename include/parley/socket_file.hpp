// What socket::makefile() returns: a connection as a buffered stream, by lines or by bytes.
#pragma once
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parley/bytes.hpp"
#include "parley/export.hpp"

namespace PARLEY_PUBLIC parley {

/// A file over a connection, as Python's makefile() gives it. It reads, writes, or both, through
/// buffers of its own: what it has read ahead, the socket does not see any more, and what it has
/// not flushed, nobody sees yet. Reading does not flush.
///
/// Binary files (b in the mode) carry bytes, in std::string or by readinto(). Text files are UTF-8:
/// std::invalid_argument for input that is not; sizes count characters; reading turns "\r\n" and
/// "\r" into "\n", writing changes nothing.
///
/// The socket's timeout holds. When reading has run into it, the file refuses to read on:
/// IOError "cannot read from timed out object". On a non-blocking socket whatever cannot go on
/// throws what the socket's own recv() or write() throws there; nothing is lost, call again.
/// std::invalid_argument for a call that the mode does not allow ("not readable", "not writable")
/// and for any on a closed file.
///
/// A file goes the way that its socket goes: in clear, through TLS once the socket is wrapped, in
/// clear again after unwrap() or shutdown(). What it holds does not change sides: when it has read
/// ahead in clear and TLS begins, every read is SSLError STALE_FILE_BUFFER (an attacker may have
/// sent those bytes, as in CVE-2011-0411), and so it is after the end of TLS. Likewise write(),
/// flush() and close() while it holds what was written before and not flushed. Nothing of it is
/// delivered or sent; make another file.
///
/// Move-only. Independent of the socket's life: moving, closing or destroying the socket leaves
/// its files open, and the descriptor is closed with the last of them. detach() takes it away from
/// all (EBADF). One thread may read while another writes.
class socket_file {
 public:
  socket_file(socket_file&&) noexcept;
  /// Closes what this one held, as the destructor does.
  socket_file& operator=(socket_file&&) noexcept;
  /// close(), but an error in the last flush goes unheard: call close() to hear of it.
  ~socket_file();

  /// `size` bytes or characters, fewer only at the end of the stream; all until there when absent.
  /// Without a buffer: what one recv() gives.
  std::string read(std::optional<std::size_t> size = {});
  /// At most `size`, with at most one recv().
  std::string read1(std::size_t size);
  /// Fills the buffer as read() would, and says how far. Binary files only.
  std::size_t readinto(ByteSpan into);
  /// Up to and with the next '\n', or the end of the stream, or `size`. Empty at the end.
  std::string readline(std::optional<std::size_t> size = {});
  /// All lines, or the first ones until together they have `hint` bytes or more.
  std::vector<std::string> readlines(std::optional<std::size_t> hint = {});

  /// Takes all of it (without a buffer: as much as one send() takes) and returns how many bytes or,
  /// in a text file, characters.
  std::size_t write(ByteView data);
  std::size_t write(std::string_view data) { return write(as_bytes(data)); }
  void writelines(std::span<const std::string> lines);
  /// Sends what is in the buffer.
  void flush();
  /// flush(), then lets go of the connection, even if that failed. Closing twice is fine.
  void close();

  bool closed() const;
  bool readable() const;
  bool writable() const;
  static constexpr bool seekable() { return false; }
  int fileno() const;
  /// As given to makefile().
  const std::string& mode() const;

  /// for (const std::string& line : file)
  class iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = std::string;
    using difference_type = std::ptrdiff_t;
    using pointer = const std::string*;
    using reference = const std::string&;
    iterator() = default;
    explicit iterator(socket_file& f) : file_(&f) { ++*this; }
    reference operator*() const { return line_; }
    pointer operator->() const { return &line_; }
    iterator& operator++() {
      line_ = file_->readline();
      if (line_.empty()) file_ = nullptr;
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(const iterator& o) const { return file_ == o.file_; }

   private:
    socket_file* file_ = nullptr;  ///< null at the end
    std::string line_{};
  };
  iterator begin() { return iterator(*this); }
  static iterator end() { return {}; }

 private:
  friend class socket;
  struct State;
  explicit socket_file(std::unique_ptr<State>);
  std::unique_ptr<State> state_;
};

}  // namespace parley
