// Everything between a record's header and its plaintext is one Protection object.
#pragma once
#include <memory>
#include <span>

#include "parley/result.hpp"
#include "parley/rng.hpp"
#include "protocol/profile.hpp"
#include "suite/suite.hpp"

namespace parley {

/// A record to be opened, in place.
struct OpenRecord {
  ContentType type;
  ByteSpan fragment;  ///< in: protected; out: the plaintext, a part of the same memory
};

/// One direction's cipher and MAC. It is given runs of complete records to open, so that an
/// implementation may work on several side by side.
class Protection {
 public:
  virtual ~Protection() = default;

  /// The most bytes that seal() adds to a plaintext.
  virtual std::size_t overhead() const = 0;
  /// Protects `plaintext` as record number `seq` into `out`, which has room for plaintext and
  /// overhead() and does not overlap it; returns the size of the fragment. Errc::no_random.
  virtual Result<std::size_t> seal(std::uint64_t seq, ContentType type, ByteView plaintext,
                                   ByteSpan out) = 0;
  /// Opens records `seq`, `seq` + 1, ... in place and returns how many were good; fewer than
  /// given when one was not. Every bad record is Errc::bad_record_mac, whatever was wrong.
  virtual std::size_t open(std::uint64_t seq, std::span<OpenRecord> run) = 0;
  /// The first byte of a write should travel in a record of its own (BEAST).
  virtual bool chains_records() const { return false; }
  /// A record of so many bytes would end in a block of padding that nothing protects (POODLE).
  virtual bool bares_a_block(std::size_t) const { return false; }
};

/// A Protection that opens the records of a run one after another.
class OneByOne : public Protection {
 public:
  std::size_t open(std::uint64_t seq, std::span<OpenRecord> run) final {
    for (std::size_t i = 0; i < run.size(); ++i)
      if (!open_one(seq + i, run[i])) return i;
    return run.size();
  }

 private:
  virtual bool open_one(std::uint64_t seq, OpenRecord&) = 0;
};

/// Key material for one direction, out of the key_block.
struct DirectionKeys {
  ByteView mac_secret{}, key{}, iv{};
  /// For explicit IVs (RFC 4346 section 6.2.3.2); must outlive the protection.
  Rng* rng = nullptr;
  bool encrypt_then_mac = false;  ///< RFC 7366; CBC alone
};

/// Before the first ChangeCipherSpec: TLS_NULL_WITH_NULL_NULL.
std::unique_ptr<Protection> make_null_protection();
std::unique_ptr<Protection> make_protection(const ProtocolProfile&, const CipherSuite&,
                                            const DirectionKeys&);

// The kinds of it, for make_protection().
std::unique_ptr<Protection> make_stream_protection(const ProtocolProfile&, const CipherSuite&,
                                                   const DirectionKeys&);
std::unique_ptr<Protection> make_cbc_protection(const ProtocolProfile&, const CipherSuite&,
                                                const DirectionKeys&);
std::unique_ptr<Protection> make_etm_protection(const ProtocolProfile&, const CipherSuite&,
                                                const DirectionKeys&);
/// Needs no mac_secret; `iv` is the fixed part of the nonces.
std::unique_ptr<Protection> make_aead_protection(const ProtocolProfile&, const CipherSuite&,
                                                 const DirectionKeys&);

}  // namespace parley
