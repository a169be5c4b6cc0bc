// Whether a session may be kept and taken up again, as far as no protocol is asked.
#pragma once
#include <cstdint>
#include <string_view>

#include "parley/config.hpp"

namespace parley {

/// Seconds from `then` to `now`; 0 for a clock that went backwards, which makes nothing older.
std::uint64_t age(std::int64_t then, std::int64_t now);

/// Not revoked, made under the same scope and for the same server name, not too old, and what was
/// verified then is still valid and whose it must be. `now` in Unix seconds. What that verification
/// is worth is for trust::still_trusted() to say.
bool is_resumable(const Session&, const Config&, std::string_view server_name, std::int64_t now);

/// Short enough to be kept for whoever asks: a client may pad its chain with certificates that lead
/// nowhere, and a cache keeps many.
bool is_worth_storing(const Session&);

}  // namespace parley
