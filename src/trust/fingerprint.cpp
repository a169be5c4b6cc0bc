#include "parley/fingerprint.hpp"

#include "crypto/hash.hpp"

namespace parley {

Result<Bytes> fingerprint(ByteView der, std::string_view hash) {
  using crypto::HashId;
  for (const HashId id :
       {HashId::md5, HashId::sha1, HashId::sha224, HashId::sha256, HashId::sha384, HashId::sha512})
    if (crypto::hash_name(id) == hash) return to_bytes(crypto::hash(id, {der}).view());
  return Error{.code = Errc::bad_argument, .where = "hash"};
}

}  // namespace parley
