// From what a parser announces to the fields of the model.
#pragma once
#include "parley/explain.hpp"
#include "parley/reader.hpp"
#include "wire/extension.hpp"

namespace parley::explain {

/// Appends the fields of a record one behind the other, from byte `at` on.
class Layout {
 public:
  Layout(Record& r, std::size_t at, std::string specification)
      : r_(r), at_(at), specification_(std::move(specification)) {}
  /// Nothing for a size of 0.
  void add(const char* path, FieldKind kind, std::size_t size, std::string meaning = {});
  std::size_t left() const { return r_.size - at_; }

 private:
  Record& r_;
  std::size_t at_;
  std::string specification_;
};

/// Receives the leaves of one parse and appends a Field for each. Where a leaf holds hello
/// extensions, it has their parser announce them in its place.
class Collector final : public FieldSink {
 public:
  /// `base`: where the parsed bytes begin in the message. `budget`: fields that may still be made;
  /// when it is used up the rest is left out, and close() calls it unknown.
  Collector(std::vector<Field>& out, std::size_t base, std::string specification,
            std::size_t& budget)
      : out_(out), base_(base), specification_(std::move(specification)), budget_(budget) {}
  /// The extensions of a hello of this kind are to be read.
  void expect_extensions(Place p) { place_ = p; }

  void field(const char* name, std::size_t offset, ByteView value) override {
    add(name, offset, value, false);
  }
  void length(const char* name, std::size_t offset, ByteView value) override {
    add(name, offset, value, true);
  }

  const HelloExtensions& extensions() const { return extensions_; }
  const Status& extensions_status() const { return extensions_status_; }

 private:
  void add(const char* name, std::size_t offset, ByteView value, bool is_length);
  void add_extensions(const char* name, std::size_t offset, ByteView block);
  void add_extension_leaf(const char* name, std::size_t offset, ByteView value, bool is_length);

  std::vector<Field>& out_;
  std::size_t base_;
  std::string specification_;
  std::size_t& budget_;
  std::optional<Place> place_;
  HelloExtensions extensions_;
  Status extensions_status_;
  // While a block is read: its place, path and the extension whose leaves come.
  bool in_extensions_ = false;
  std::size_t block_at_ = 0;
  std::string block_path_, extension_, extension_specification_;
};

/// Appends what `fields` do not cover up to `size` as one unknown field.
void close(std::vector<Field>& fields, std::size_t size);
/// The first byte that no field covers.
std::size_t covered(const std::vector<Field>& fields);

}  // namespace parley::explain
