#include <gtest/gtest.h>

#include <utility>

#include "parley/reader.hpp"
#include "parley/writer.hpp"

namespace parley {
namespace {

// A layout that uses every kind of field: u8 u16 u24 u32, fixed bytes, a vector of vectors.
struct Layout {
  std::uint8_t a = 0;
  std::uint16_t b = 0;
  std::uint32_t c = 0;
  std::uint32_t d = 0;
  Bytes fixed;
  std::vector<Bytes> list;
  bool operator==(const Layout&) const = default;
};

Status read(ByteView in, Layout& l, FieldSink* sink = nullptr) {
  Reader r{in, sink};
  l.a = r.u8("a");
  l.b = r.u16("b");
  l.c = r.u24("c");
  l.d = r.u32("d");
  l.fixed = to_bytes(r.bytes("fixed", 3));
  Reader list = r.vec("list", 2, 0, 100);
  while (!list.empty()) {
    Reader item = list.vec("item", 1, 1, 50);
    l.list.push_back(to_bytes(item.rest("item")));
  }
  return r.finish("layout");
}

Bytes write(const Layout& l) {
  Bytes out;
  Writer w{out};
  w.u8(l.a);
  w.u16(l.b);
  w.u24(l.c);
  w.u32(l.d);
  w.bytes(l.fixed);
  {
    Writer::Vec list{w, 2};
    for (const Bytes& b : l.list) {
      Writer::Vec item{w, 1};
      w.bytes(b);
    }
  }
  EXPECT_TRUE(w.finish("layout"));
  return out;
}

const Layout kExample{
    .a = 1, .b = 0x203, .c = 0x40506, .d = 0x708090a, .fixed = {7, 8, 9}, .list = {{1}, {2, 3}}};

TEST(ReaderWriter, numbers_are_big_endian_and_lengths_are_patched_in) {
  EXPECT_EQ(to_hex(write(kExample)),
            "01"
            "0203"
            "040506"
            "0708090a"
            "070809"
            "0005"
            "0101"
            "020203");
}

TEST(ReaderWriter, what_was_written_is_read_back) {
  Layout back;
  ASSERT_TRUE(read(write(kExample), back));
  EXPECT_EQ(back, kExample);
}

TEST(ReaderWriter, all_proper_prefixes_are_refused_as_truncated) {
  const Bytes whole = write(kExample);
  for (std::size_t n = 0; n < whole.size(); ++n) {
    Layout l;
    const Status s = read(ByteView{whole}.first(n), l);
    ASSERT_FALSE(s) << n;
    EXPECT_EQ(s.error().code, Errc::truncated) << n;
    EXPECT_LE(s.error().offset, n);
  }
}

TEST(ReaderWriter, one_byte_too_many_is_refused_where_it_stands) {
  Bytes longer = write(kExample);
  longer.push_back(0);
  Layout l;
  const Status s = read(longer, l);
  ASSERT_FALSE(s);
  EXPECT_EQ(s.error().code, Errc::trailing_bytes);
  EXPECT_STREQ(s.error().where, "layout");
  EXPECT_EQ(s.error().offset, longer.size() - 1);
}

TEST(Reader, a_failure_empties_it_and_every_later_read_yields_zero) {
  const Bytes in{0xff, 0xff, 0xff};
  Reader r{in};
  EXPECT_EQ(r.u8("first"), 0xff);
  EXPECT_EQ(r.u32("too long"), 0U);
  EXPECT_FALSE(r.ok());
  EXPECT_TRUE(r.empty());
  EXPECT_EQ(r.remaining(), 0U);
  EXPECT_EQ(r.u8("after"), 0);
  EXPECT_EQ(r.u16("after"), 0);
  EXPECT_EQ(r.u24("after"), 0U);
  EXPECT_TRUE(r.bytes("after", 1).empty());
  EXPECT_TRUE(r.rest("after").empty());
  EXPECT_TRUE(r.vec("after", 1, 1, 9).empty());
}

TEST(Reader, the_first_failure_is_the_one_reported) {
  const Bytes in{1, 2, 3};
  Reader r{in};
  r.u16("fine");
  r.u16("first");
  r.u32("second");
  r.fail(Errc::internal, "third");
  const Status s = r.finish("whole");
  ASSERT_FALSE(s);
  EXPECT_EQ(s.error().code, Errc::truncated);
  EXPECT_STREQ(s.error().where, "first");
  EXPECT_EQ(s.error().offset, 2U);
}

TEST(Reader, offsets_count_from_the_outermost_start) {
  const Bytes in{9, 0, 3, 1, 0xaa, 0xbb};
  Reader r{in};
  r.u8("lead");
  Reader outer = r.vec("outer", 2, 0, 10);
  EXPECT_EQ(outer.offset(), 3U);
  Reader inner = outer.vec("inner", 1, 1, 1);
  EXPECT_EQ(inner.offset(), 4U);
  inner.u8("leaf");
  EXPECT_EQ(inner.offset(), 5U);
  EXPECT_EQ(outer.offset(), 5U);
  EXPECT_EQ(r.offset(), 6U);
}

TEST(Reader, a_failure_deep_inside_reaches_every_enclosing_reader) {
  const Bytes in{0, 4, 3, 2, 0xaa, 0xbb, 0xcc, 0xdd};
  Reader r{in};
  Reader outer = r.vec("outer", 2, 0, 10);
  Reader middle = outer.vec("middle", 1, 0, 10);
  Reader inner = middle.vec("inner", 1, 0, 10);
  inner.u32("too long");
  EXPECT_FALSE(inner.ok());
  EXPECT_FALSE(middle.ok());
  EXPECT_FALSE(outer.ok());
  EXPECT_FALSE(r.ok());
  EXPECT_TRUE(r.empty());
  EXPECT_EQ(r.u16("after"), 0);
  const Status s = r.finish("whole");
  ASSERT_FALSE(s);
  EXPECT_STREQ(s.error().where, "too long");
  EXPECT_EQ(s.error().offset, 4U);
}

TEST(Reader, a_vector_made_after_a_failure_is_already_failed) {
  const Bytes in{0};
  Reader r{in};
  r.u16("too long");
  Reader v = r.vec("vector", 1, 0, 10);
  EXPECT_FALSE(v.ok());
  EXPECT_FALSE(v.finish("vector"));
}

TEST(Reader, vector_bounds_are_inclusive_on_both_ends) {
  for (std::size_t n = 0; n <= 8; ++n) {
    Bytes in{static_cast<std::uint8_t>(n)};
    in.resize(1 + n);
    Reader r{in};
    Reader v = r.vec("vector", 1, 3, 6);
    v.rest("vector");
    const Status s = r.finish("whole");
    EXPECT_EQ(s.has_value(), n >= 3 && n <= 6) << n;
    if (!s) {
      EXPECT_EQ(s.error().code, Errc::length_out_of_range) << n;
    }
  }
}

TEST(Reader, a_vector_longer_than_its_input_is_truncated) {
  const Bytes in{5, 1, 2, 3, 4};
  Reader r{in};
  EXPECT_TRUE(r.vec("vector", 1, 0, 255).empty());
  const Status s = r.finish("whole");
  ASSERT_FALSE(s);
  EXPECT_EQ(s.error().code, Errc::truncated);
}

TEST(Reader, a_vector_does_not_read_past_its_end_into_its_parent) {
  const Bytes in{1, 0xaa, 0xbb};
  Reader r{in};
  Reader v = r.vec("vector", 1, 0, 255);
  EXPECT_EQ(v.u16("too long"), 0);
  EXPECT_FALSE(r.finish("whole"));
}

TEST(Reader, bytes_left_in_a_vector_are_refused_by_its_finish) {
  const Bytes in{2, 0xaa, 0xbb};
  Reader r{in};
  Reader v = r.vec("vector", 1, 0, 255);
  v.u8("one");
  const Status s = v.finish("vector");
  ASSERT_FALSE(s);
  EXPECT_EQ(s.error().code, Errc::trailing_bytes);
  EXPECT_EQ(s.error().offset, 2U);
  EXPECT_FALSE(r.ok());
}

TEST(Reader, views_point_into_the_input) {
  const Bytes in{1, 2, 3, 4};
  Reader r{in};
  r.u8("first");
  const ByteView two = r.bytes("two", 2);
  EXPECT_EQ(two.data(), in.data() + 1);
  EXPECT_EQ(r.rest("rest").data(), in.data() + 3);
}

TEST(Reader, a_sink_sees_every_leaf_once_and_nothing_after_a_failure) {
  struct Sink final : FieldSink {
    void field(const char* name, std::size_t offset, ByteView value) override {
      log += std::string{name} + "@" + std::to_string(offset) + "=" + to_hex(value) + " ";
    }
    std::string log;
  };
  Sink all;
  Layout l;
  ASSERT_TRUE(read(write(kExample), l, &all));
  EXPECT_EQ(all.log,
            "a@0=01 b@1=0203 c@3=040506 d@6=0708090a fixed@10=070809 list@13=0005 "
            "item@15=01 item@16=01 item@17=02 item@18=0203 ");
  Sink part;
  Layout m;
  const Bytes whole = write(kExample);
  EXPECT_FALSE(read(ByteView{whole}.first(5), m, &part));
  EXPECT_EQ(part.log, "a@0=01 b@1=0203 ");
}

TEST(Writer, appends_behind_what_is_there) {
  Bytes out{1};
  Writer w{out};
  w.u8(2);
  EXPECT_EQ(w.size(), 2U);
  EXPECT_EQ(out, (Bytes{1, 2}));
}

TEST(Writer, a_vector_that_fills_its_length_is_fine_and_one_more_byte_is_refused) {
  for (const auto& [bytes, good] : {std::pair{255U, true}, std::pair{256U, false}}) {
    Bytes out;
    Writer w{out};
    {
      Writer::Vec v{w, 1};
      w.bytes(Bytes(bytes));
    }
    const Status s = w.finish("message");
    EXPECT_EQ(s.has_value(), good) << bytes;
    if (!s) {
      EXPECT_EQ(s.error().code, Errc::length_out_of_range);
      EXPECT_STREQ(s.error().where, "message");
    }
  }
  for (const auto& [bytes, good] : {std::pair{65535U, true}, std::pair{65536U, false}}) {
    Bytes out;
    Writer w{out};
    {
      Writer::Vec v{w, 2};
      w.bytes(Bytes(bytes));
    }
    EXPECT_EQ(w.finish("message").has_value(), good) << bytes;
  }
}

TEST(Writer, an_overflow_inside_is_not_forgotten_when_the_outer_vector_fits) {
  Bytes out;
  Writer w{out};
  {
    Writer::Vec outer{w, 3};
    {
      Writer::Vec inner{w, 1};
      w.bytes(Bytes(300));
    }
    w.u8(1);
  }
  EXPECT_FALSE(w.finish("message"));
}

}  // namespace
}  // namespace parley
