#include "explain/fields.hpp"

#include "explain/meaning.hpp"

namespace parley::explain {
namespace {

std::string_view last_part(std::string_view path) {
  return path.substr(path.rfind('.') + 1);  // npos + 1 is 0
}

}  // namespace

void Layout::add(const char* path, FieldKind kind, std::size_t size, std::string meaning) {
  if (size == 0) return;
  r_.fields.push_back({.path = path,
                       .kind = kind,
                       .offset = at_,
                       .size = size,
                       .meaning = std::move(meaning),
                       .specification = specification_});
  at_ += size;
}

void Collector::add(const char* name, std::size_t offset, ByteView value, bool is_length) {
  if (in_extensions_) return add_extension_leaf(name, offset, value, is_length);
  if (place_ && !is_length && last_part(name) == "extensions")
    return add_extensions(name, offset, value);
  if (budget_ == 0) return;
  --budget_;
  Field f{.path = name,
          .kind = is_length ? FieldKind::length : FieldKind::value,
          .offset = base_ + offset,
          .size = value.size(),
          .meaning = is_length ? length_words(value) : meaning_of(name, value),
          .specification = specification_};
  if (is_length) f.path.append(".length");
  out_.push_back(std::move(f));
}

void Collector::add_extensions(const char* name, std::size_t offset, ByteView block) {
  in_extensions_ = true;
  block_at_ = offset;
  block_path_ = name;
  extensions_status_ = read_extensions(block, *place_, nullptr, extensions_, this);
  in_extensions_ = false;
}

void Collector::add_extension_leaf(const char* name, std::size_t offset, ByteView value,
                                   bool is_length) {
  std::string_view part = name;
  const bool is_type = part == "extension.type";
  if (is_type) {
    const auto number = static_cast<std::uint16_t>(value[0] << 8 | value[1]);
    extension_ = extension_name(number);
    const auto known = extension_registry();
    const auto row = std::ranges::find(known, number, [](const auto* e) { return e->number; });
    extension_specification_ =
        row != known.end() ? std::string{(*row)->specification} : specification_;
  }
  if (budget_ == 0) return;
  --budget_;
  // "server_name.host_name" stands below the extension, whose name it repeats; so does
  // "extension.data".
  const std::size_t dot = part.find('.');
  if (dot != std::string_view::npos) part = part.substr(dot + 1);
  Field f{.path = block_path_,
          .kind = is_length ? FieldKind::length : FieldKind::value,
          .offset = base_ + block_at_ + offset,
          .size = value.size(),
          .meaning = is_length ? length_words(value) : meaning_of(name, value),
          .specification = extension_specification_};
  f.path.append(".").append(extension_).append(".").append(part);
  if (is_length) f.path.append(".length");
  out_.push_back(std::move(f));
}

std::size_t covered(const std::vector<Field>& fields) {
  return fields.empty() ? 0 : fields.back().offset + fields.back().size;
}

void close(std::vector<Field>& fields, std::size_t size) {
  const std::size_t at = covered(fields);
  if (at >= size) return;
  fields.push_back({.path = "not understood",
                    .kind = FieldKind::unknown,
                    .offset = at,
                    .size = size - at,
                    .meaning = {},
                    .specification = {}});
}

}  // namespace parley::explain
