// extended_master_secret (RFC 7627 section 5.1): empty in both hellos.
#include "wire/extension.hpp"

namespace parley {
namespace {

void write(Writer&, const HelloExtensions&, Place) {}
void read(Reader&, HelloExtensions& e, Place) { e.extended_master_secret = true; }

}  // namespace

constinit const HelloExtension kExtendedMasterSecret{
    23,
    "extended_master_secret",
    "RFC 7627 section 5.1",
    [](const HelloExtensions& e) { return e.extended_master_secret; },
    write,
    read};

}  // namespace parley
