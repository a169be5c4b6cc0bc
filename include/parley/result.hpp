// Values or errors: the part of std::expected (C++23) that parley uses, on C++20.
#pragma once
#include <cassert>
#include <optional>
#include <utility>
#include <variant>

#include "parley/error.hpp"
#include "parley/export.hpp"

namespace PARLEY_PUBLIC parley {

/// Either a T or the Error that explains why there is none.
template <class T>
class [[nodiscard]] Result {
 public:
  constexpr Result(T value) : v_(std::in_place_index<0>, std::move(value)) {}
  constexpr Result(Error e) : v_(std::in_place_index<1>, e) {}

  constexpr bool has_value() const { return v_.index() == 0; }
  constexpr explicit operator bool() const { return has_value(); }

  /// Only when has_value().
  constexpr T& operator*() & { return *get(); }
  constexpr const T& operator*() const& { return *get(); }
  constexpr T&& operator*() && { return std::move(*get()); }
  constexpr T* operator->() { return get(); }
  constexpr const T* operator->() const { return get(); }

  /// Only when !has_value().
  constexpr const Error& error() const {
    const Error* e = std::get_if<1>(&v_);
    assert(e != nullptr);
    return *e;
  }

 private:
  constexpr T* get() {
    T* p = std::get_if<0>(&v_);
    assert(p != nullptr);
    return p;
  }
  constexpr const T* get() const {
    const T* p = std::get_if<0>(&v_);
    assert(p != nullptr);
    return p;
  }
  std::variant<T, Error> v_;
};

/// Result<void>: success, or the Error.
class [[nodiscard]] Status {
 public:
  constexpr Status() = default;
  constexpr Status(Error e) : e_(e) {}
  constexpr bool has_value() const { return !e_; }
  constexpr explicit operator bool() const { return has_value(); }
  constexpr const Error& error() const {
    assert(e_.has_value());
    return *e_;
  }

 private:
  std::optional<Error> e_;
};

/// Returns the error of a Status or Result to the caller, or goes on.
#define PARLEY_CHECK(expr)                             \
  do {                                                 \
    if (auto&& parley_status = (expr); !parley_status) \
      return ::parley::Error{parley_status.error()};   \
  } while (false)

#define PARLEY_CONCAT_(a, b) a##b
#define PARLEY_CONCAT(a, b) PARLEY_CONCAT_(a, b)
/// PARLEY_TRY(auto x, make_x()): declares x from the value, or returns the error.
#define PARLEY_TRY(decl, expr) PARLEY_TRY_(decl, expr, PARLEY_CONCAT(parley_result_, __LINE__))
#define PARLEY_TRY_(decl, expr, tmp)             \
  auto tmp = (expr);                             \
  if (!tmp) return ::parley::Error{tmp.error()}; \
  decl = *std::move(tmp)

}  // namespace parley
