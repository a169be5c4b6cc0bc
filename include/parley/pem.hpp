// PEM (RFC 7468, and the headers of RFC 1421 that old keys carry): blocks in and out.
#pragma once
#include <string>
#include <vector>

#include "parley/bytes.hpp"
#include "parley/export.hpp"
#include "parley/result.hpp"

namespace PARLEY_PUBLIC parley {

/// One block, from BEGIN to END: views into the text it was found in.
struct PemBlock {
  std::string_view label;       ///< "CERTIFICATE"
  std::string_view headers;     ///< lines such as "Proc-Type: 4,ENCRYPTED"; mostly empty
  std::string_view body;        ///< base64 with its line ends
  std::size_t offset = 0;       ///< of the BEGIN line in the text
  std::size_t body_offset = 0;  ///< of the body in the text

  /// The body needs a password: Proc-Type says so, or the label is ENCRYPTED PRIVATE KEY.
  bool encrypted() const;
  /// Value of the first header of this name, "DEK-Info", without blanks around it; empty when there
  /// is none.
  std::string_view header(std::string_view name) const;
  /// One of CERTIFICATE, X509 CERTIFICATE and TRUSTED CERTIFICATE.
  bool certificate() const;
  /// Decodes the body. Strict: only the alphabet, white space and the right padding
  /// (kBase64MayHaveSpareBits of asn1/base64.hpp); else
  /// Errc::bad_base64 with the offset in the whole text. May be a secret: wipe it.
  Result<Bytes> decode() const;
};

/// All blocks of a text in order; text between them is passed over and so is a body nobody
/// decodes. No block at all is an empty vector. Errc::no_end_line for a block that is not ended
/// by its own label.
Result<std::vector<PemBlock>> pem_blocks(std::string_view text);

/// Header line, base64 in lines of 64 columns, footer line, each ended by "\n".
std::string encode_pem(std::string_view label, ByteView data);

}  // namespace parley
