// What the system says of a process.
#pragma once
#include <sys/resource.h>
#include <sys/types.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace stress {

/// VmRSS of a process, bytes.
inline std::size_t resident(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string word; status >> word;)
    if (word == "VmRSS:") {
      std::size_t kib = 0;
      status >> kib;
      return kib * 1024;
    }
  throw std::runtime_error("no VmRSS for the server");
}

/// Descriptors that a process has open.
inline long descriptors(pid_t pid) {
  const std::filesystem::directory_iterator open("/proc/" + std::to_string(pid) + "/fd");
  return std::distance(begin(open), end(open));
}

inline void allow_descriptors(std::size_t n) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= n) return;
  limit.rlim_cur = n;
  if (limit.rlim_max < n) limit.rlim_max = n;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
    throw std::runtime_error("cannot have " + std::to_string(n) + " descriptors: raise ulimit -n");
}

}  // namespace stress
