#include "support/explained.hpp"

#include <map>

namespace parley::test {
namespace {

using namespace explain;

/// Spans that must follow one another from 0 to `size`.
class Row {
 public:
  void add(std::size_t offset, std::size_t size, const std::string& what) {
    if (offset != at_ && complaint_.empty())
      complaint_ =
          what + " begins at " + std::to_string(offset) + " and not at " + std::to_string(at_);
    at_ = offset + size;
  }
  std::string finish(std::size_t size, const std::string& what) const {
    if (!complaint_.empty()) return what + ": " + complaint_;
    if (at_ == size) return {};
    return what + " has " + std::to_string(size) + " bytes, of which " + std::to_string(at_) +
           " are covered";
  }

 private:
  std::size_t at_ = 0;
  std::string complaint_;
};

}  // namespace

Coverage coverage(const Explanation& e) {
  Coverage c;
  const auto complain = [&c](const std::string& s) {
    if (c.complaint.empty()) c.complaint = s;
  };
  std::array<Row, 2> streams;
  for (std::size_t i = 0; i < e.records.size(); ++i) {
    const Record& r = e.records[i];
    streams[static_cast<std::size_t>(r.from)].add(r.offset, r.size, "a record");
    Row row;
    for (const Field& f : r.fields) row.add(f.offset, f.size, f.path);
    complain(row.finish(r.size, "record " + std::to_string(i)));
    c.records += r.size;
  }
  for (const Unframed& u : e.unframed)
    streams[static_cast<std::size_t>(u.from)].add(u.offset, u.size, "unframed");
  for (const Side s : {Side::client, Side::server})
    complain(
        streams[static_cast<std::size_t>(s)].finish(e.stream(s).size(), std::string{side_name(s)}));
  std::vector<std::map<std::size_t, std::size_t>> pieces(e.records.size());
  for (std::size_t i = 0; i < e.messages.size(); ++i) {
    const Message& m = e.messages[i];
    Row row;
    for (const Field& f : m.fields) row.add(f.offset, f.size, f.path);
    const std::string what = "message " + std::to_string(i) + " (" + m.name + ")";
    complain(row.finish(m.bytes.size(), what));
    std::size_t size = 0;
    for (const Piece& p : m.pieces) {
      size += p.size;
      if (p.size != 0 && !pieces[p.record].emplace(p.offset, p.size).second)
        complain(what + " shares bytes with another");
    }
    if (size != m.bytes.size()) complain(what + " is not the sum of its pieces");
    c.messages += size;
  }
  for (std::size_t i = 0; i < e.records.size(); ++i) {
    const Record& r = e.records[i];
    Row row;
    for (const auto& [offset, size] : pieces[i]) row.add(offset, size, "a piece");
    complain(row.finish(r.opened ? r.plaintext_size : r.size - r.header_size,
                        "content of record " + std::to_string(i)));
  }
  return c;
}

std::string key_log_of(const Recorder& r) {
  std::string text;
  for (const std::string& line : r.key_log) text.append(line).append("\n");
  return text;
}

Taped tape_connection(Pair::Options options, std::size_t bytes) {
  Taped t;
  Pair p{std::move(options)};
  tape(p, t.flow);
  t.open = p.run();
  for (const Side s : {Side::client, Side::server}) p.transfer(s, Bytes(bytes, 0x5a));
  p.close();
  t.secrets.key_log = key_log_of(p.client_seen);
  return t;
}

}  // namespace parley::test
