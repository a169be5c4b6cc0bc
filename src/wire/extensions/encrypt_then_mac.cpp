// encrypt_then_mac (RFC 7366 section 2): empty in both hellos.
#include "wire/extension.hpp"

namespace parley {
namespace {

void write(Writer&, const HelloExtensions&, Place) {}
void read(Reader&, HelloExtensions& e, Place) { e.encrypt_then_mac = true; }

}  // namespace

constinit const HelloExtension kEncryptThenMac{
    22,
    "encrypt_then_mac",
    "RFC 7366 section 2",
    [](const HelloExtensions& e) { return e.encrypt_then_mac; },
    write,
    read};

}  // namespace parley
