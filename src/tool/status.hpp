// Stapled OCSP responses: shown by connect, brought along by serve.
#pragma once
#include "parley/connection.hpp"
#include "tool/output.hpp"

namespace parley::tool {

/// What the server has stapled to its certificate says, and whether it can be believed: a note, and
/// "status" in the document. Whom to believe, and how weak, is for the Config to say.
void report_status(Output&, const Connection&, const Config&);

/// Staples the response in this file to the certificates of the context. Failure (local).
void staple_file(SSLContext&, const std::string& path);

}  // namespace parley::tool
