// The command table: each file adds its command with its flags, and main runs the chosen one.
#pragma once
#include <CLI/CLI.hpp>
#include <charconv>
#include <functional>

#include "tool/output.hpp"

namespace parley::tool {

/// Runs after parsing. Returns Exit::ok or Exit::no, or throws.
using Run = std::function<Exit(Output&)>;

/// Makes `run` what happens when `command` was given; `footer` are examples for its --help.
void on_command(CLI::App& command, Run run, const std::string& footer = {});

/// The check without its description, which --help would print in the flag's column.
inline CLI::Validator silent(CLI::Validator v) { return v.description(""); }

/// For --timeout: seconds that a clock can add up.
inline CLI::Validator seconds() {
  return {[](const std::string& text) {
            constexpr double kLeast = 0.001, kMost = 86400;
            double n = 0;
            const char* end = text.data() + text.size();
            const auto got = std::from_chars(text.data(), end, n);
            const bool fits = got.ec == std::errc() && got.ptr == end && n >= kLeast && n <= kMost;
            return fits ? std::string() : "give seconds from 0.001 to 86400";
          },
          ""};
}

void add_connect(CLI::App&);
void add_serve(CLI::App&);
void add_ciphers(CLI::App&);
void add_x509(CLI::App&);
void add_version(CLI::App&);
void add_explain(CLI::App&);

void add_x509_make(CLI::App&);
void add_x509_show(CLI::App&);
void add_x509_verify(CLI::App&);
void add_x509_convert(CLI::App&);

}  // namespace parley::tool
