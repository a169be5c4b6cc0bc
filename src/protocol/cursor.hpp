// The lines of a script, and what moves along them. What steps and facts there are is for the
// protocol to say: script.hpp, and that of SSL 2.0.
#pragma once
#include <cstddef>
#include <span>

#include "parley/protocol.hpp"

namespace parley {

enum class When : std::uint8_t {
  must,    ///< always there
  may,     ///< the sender decides
  iff,     ///< there exactly when its fact holds
  may_if,  ///< the sender decides when its fact holds; else not there
};

constexpr bool asks_fact(When w) { return w == When::iff || w == When::may_if; }
constexpr bool is_optional(When w) { return w == When::may || w == When::may_if; }

template <class Step, class Facts>
struct ScriptLine {
  Side from;
  Step step;
  When when = When::must;
  bool Facts::*fact = nullptr;    ///< for iff and may_if
  bool Facts::*learns = nullptr;  ///< for may: set to whether the step was there
};

/// The only thing that moves along a script. It never moves backwards. The last line is Step::end.
template <class Step, class Facts>
class ScriptCursor {
 public:
  using Line = ScriptLine<Step, Facts>;
  constexpr explicit ScriptCursor(std::span<const Line> script) : script_(script) {}

  /// The next line that has no fact or whose fact holds.
  constexpr const Line& next(const Facts& f) {
    while (asks_fact(script_[at_].when) && !(f.*(script_[at_].fact))) ++at_;
    return script_[at_];
  }
  /// Passes over an optional line of our own side that we do not want.
  constexpr void skip_optional(Facts& f) {
    if (script_[at_].learns != nullptr) f.*(script_[at_].learns) = false;
    ++at_;
  }
  /// Lets a step in, or refuses it and stays. Passing over optional lines and then refusing
  /// leaves facts as they were.
  constexpr bool accept(Side from, Step got, Facts& f) {
    Facts tried = f;
    const std::size_t back = at_;
    for (;;) {
      const Line& line = next(tried);
      if (line.from == from && line.step == got && line.step != Step::end) {
        if (line.learns != nullptr) tried.*(line.learns) = true;
        ++at_;
        f = tried;
        return true;
      }
      if (!is_optional(line.when)) {
        at_ = back;
        return false;
      }
      skip_optional(tried);
    }
  }
  /// Goes on at the same line of another script; both must agree up to here.
  constexpr void branch(std::span<const Line> script) { script_ = script; }
  constexpr std::size_t at() const { return at_; }
  constexpr bool done(const Facts& f) { return next(f).step == Step::end; }

 private:
  std::span<const Line> script_;
  std::size_t at_ = 0;
};

}  // namespace parley
