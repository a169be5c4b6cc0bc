#include "parley/session.hpp"

#include "crypto/secret.hpp"

namespace parley {

Session::Session(Data&& d) : data_(std::move(d)) { crypto::wipe(d.master_secret); }
Session::~Session() { crypto::wipe(data_.master_secret); }

}  // namespace parley
