// parley x509: the group of commands about certificates.
#include "tool/commands.hpp"

namespace parley::tool {

void add_x509(CLI::App& app) {
  CLI::App* x509 = app.add_subcommand("x509", "Make, show, verify and convert certificates");
  x509->require_subcommand(1);
  x509->fallthrough();
  add_x509_make(*x509);
  add_x509_show(*x509);
  add_x509_verify(*x509);
  add_x509_convert(*x509);
}

}  // namespace parley::tool
