#include "tool/version_flags.hpp"

#include <fmt/format.h>

#include "tool/failure.hpp"

namespace parley::tool {
namespace {

constexpr std::array kVersions{
#ifndef PARLEY_NO_SSL2
    VersionWord{"ssl2", "SSL 2.0", ProtocolVersion::ssl20, PROTOCOL_SSLv2, OP_NO_SSLv2},
#endif
    VersionWord{"ssl3", "SSL 3.0", ProtocolVersion::ssl30, PROTOCOL_SSLv3, OP_NO_SSLv3},
    VersionWord{"tls1", "TLS 1.0", ProtocolVersion::tls10, PROTOCOL_TLSv1, OP_NO_TLSv1},
    VersionWord{"tls1.1", "TLS 1.1", ProtocolVersion::tls11, PROTOCOL_TLSv1_1, OP_NO_TLSv1_1},
    VersionWord{"tls1.2", "TLS 1.2", ProtocolVersion::tls12, PROTOCOL_TLSv1_2, OP_NO_TLSv1_2},
};

}  // namespace

std::span<const VersionWord> version_words() { return kVersions; }

std::string version_words_in_a_row() {
  std::string all;
  for (std::size_t i = 0; i < kVersions.size(); ++i) {
    if (i > 0) all += i + 1 == kVersions.size() ? " or " : ", ";
    all += kVersions[i].word;
  }
  return all;
}

void VersionFlags::add(CLI::App& app) {
#ifdef PARLEY_NO_SSL2
  // Known, so that a script written for another build hears why.
  ssl2_ = app.add_flag("--ssl2")->description("exactly SSL 2.0");
#endif
  for (const VersionWord& v : kVersions)
    exact_.push_back(
        app.add_flag("--" + std::string{v.word})->description(fmt::format("exactly {}", v.name)));
  std::vector<CLI::Option*> all = exact_;
  all.push_back(app.add_flag("--sslv23")->description("the highest version both have (default)"));
  if (ssl2_ != nullptr) all.push_back(ssl2_);
  for (CLI::Option* one : all)
    for (CLI::Option* another : all)
      if (one != another) one->excludes(another);
}

int VersionFlags::protocol() const {
  if (ssl2_ != nullptr && ssl2_->count() > 0)
    throw Failure(Exit::unsupported, "--ssl2: not supported by this build");
  for (std::size_t i = 0; i < exact_.size(); ++i)
    if (exact_[i]->count() > 0) return kVersions[i].protocol;
  return PROTOCOL_SSLv23;
}

}  // namespace parley::tool
