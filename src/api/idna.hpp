// Host names of any script as the DNS carries them: ToASCII of RFC 3490 (IDNA2003).
#pragma once
#include <string>
#include <string_view>

namespace parley {

/// A name in UTF-8 with every label in ASCII: "bücher.example" becomes "xn--bcher-kva.example".
/// Labels that are ASCII already stay as they are, letter case too; the three other full stops of
/// RFC 3490 section 3.1 count as dots. std::invalid_argument "label empty or too long" for those
/// (one dot at the end is the root), or saying what cannot be converted.
///
/// Of nameprep (RFC 3491) this covers: what maps to nothing; letter case of Latin, Greek, Cyrillic
/// and Armenian, with sharp s and final sigma; full-width ASCII. Characters that normalisation
/// form KC, or case folding elsewhere, would change are refused, as are combining marks that would
/// join the letter before them (write the joined letter): an answer is right or there is none.
/// Not done: UseSTD3ASCIIRules.
std::string to_ascii(std::string_view host);

/// One label's worth of code points by RFC 3492; no "xn--" in front.
std::string punycode(std::u32string_view label);

/// Anything but ASCII in it.
bool is_international(std::string_view host);

}  // namespace parley
