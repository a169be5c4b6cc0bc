// Files: certificates and keys in, pairs of them out.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "parley/config.hpp"
#include "parley/key.hpp"
#include "parley/x509.hpp"

namespace parley::tool {

/// No certificate or key comes near this size; /dev/zero and logs do.
constexpr std::size_t kMostRead = std::size_t{16} << 20;  // bytes
/// The whole file; "-" is standard input. Failure (local) that names it, also when it is longer
/// than `most` bytes.
std::string read_file(const std::string& path, std::size_t most = kMostRead);
/// Overwrites memory that held a key.
void wipe(std::string&);

/// Every certificate of a PEM file, or the one of a DER file; never empty. Failure (local).
std::vector<Certificate> load_certificates(const std::string& path);
/// The same of what such a file holds; `path` is for messages.
std::vector<Certificate> certificates_in(const std::string& path, const std::string& content);
/// The directories of --capath; Failure (local) for one that is none.
std::vector<std::string> trusted_directories(const std::string& capath);
/// Of --pass, for help.
inline constexpr const char* kPassHelp =
    "password of the private key: env:NAME, a variable, or file:PATH, its first line";
/// What --pass says; no password for an empty string. Failure (usage, local).
AskPassword password_source(const std::string&);
/// The private key of a PEM or DER file.
PrivateKey load_key(const std::string& path, const AskPassword& = {});
/// Chain and key that belong together. Failure (local) names the file at fault.
Identity load_identity(const std::string& cert_path, const std::string& key_path,
                       const AskPassword& = {});
/// "CERT,KEY" from a flag.
Identity load_identity_pair(const std::string& flag, const std::string& cert_comma_key,
                            const AskPassword& = {});

/// A file to be written; `secret` ones are readable by their owner only.
struct NewFile {
  std::string path;
  std::string_view content;
  bool secret = false;
};
/// Writes all of them or none: under temporary names beside their places first, then renamed. A
/// symbolic link stays and what it points to is replaced; a FIFO or device is written to as it
/// is. Failure (local; usage when two of them are the same file).
void write_files(const std::vector<NewFile>&);

}  // namespace parley::tool
