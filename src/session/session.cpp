#include "parley/session.hpp"

#include "crypto/secret.hpp"

namespace parley {

Session::~Session() { crypto::wipe(data_.master_secret); }

}  // namespace parley
