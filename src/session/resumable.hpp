// Whether a session may be taken up again, as far as no protocol is asked.
#pragma once
#include <string_view>

#include "parley/config.hpp"

namespace parley {

/// Not revoked, made under the same scope and for the same server name, not too old, and what was
/// verified then is still valid. `now` in Unix seconds.
bool is_resumable(const Session&, const Config&, std::string_view server_name, std::int64_t now);

}  // namespace parley
