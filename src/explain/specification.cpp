#include "explain/specification.hpp"

namespace parley::explain {
namespace {

// In the order of all_profiles().
constexpr std::array kSections{
    Sections{"RFC 6101", "5.2.1", "5.3", "5.4", "5.7", "5.2.3.1", "5.2.3.2", "", "6.1", "6.2.2",
             "6.2.2.1", "6.2.2", "5.6.9", "5.6.8", "5.6.7.1", "5.6"},
    Sections{"RFC 2246", "6.2.1", "7.1", "7.2", "10", "6.2.3.1", "6.2.3.2", "", "8.1", "6.3",
             "6.3.1", "5", "7.4.9", "7.4.8", "7.4.7.1", "7.4"},
    Sections{"RFC 4346", "6.2.1", "7.1", "7.2", "10", "6.2.3.1", "6.2.3.2", "", "8.1", "6.3", "",
             "5", "7.4.9", "7.4.8", "7.4.7.1", "7.4"},
    Sections{"RFC 5246", "6.2.1", "7.1", "7.2", "10", "6.2.3.1", "6.2.3.2", "6.2.3.3", "8.1", "6.3",
             "", "5", "7.4.9", "7.4.8", "7.4.7.1", "7.4"},
};

}  // namespace

const Sections& sections_of(const ProtocolProfile* p) {
  const auto profiles = all_profiles();
  const auto it = std::ranges::find(profiles, p);
  const auto at = static_cast<std::size_t>(it - profiles.begin());
  return kSections[std::min(at, kSections.size() - 1)];
}

std::string message_section(const ProtocolProfile* p, HandshakeType type) {
  const Sections& s = sections_of(p);
  if (type == HandshakeType::hello_request) return s.cite(std::string{s.handshake}.append(".1.1"));
  const MessageRow* row = find_message(type);
  if (row == nullptr) return {};
  const std::string_view section = row->section;
  if (section.starts_with("RFC")) {  // "RFC 5077 3.3"
    const std::size_t space = section.rfind(' ');
    return std::string{section.substr(0, space)}.append(" section").append(section.substr(space));
  }
  // The chapters on the handshake are arranged alike in all versions.
  constexpr std::size_t kChapter = 3;
  return s.cite(std::string{s.handshake}.append(section.substr(kChapter)));
}

}  // namespace parley::explain
