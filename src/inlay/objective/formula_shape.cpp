#include "inlay/objective/formula_shape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <string_view>
#include <vector>

namespace inlay::objective {
namespace {

/// A part of a formula. Numbers are known exactly, so that exponents and factors can be told by their sign.
struct Part {
  FormulaShape shape;
  std::optional<double> number;
};

struct Unreadable {};

Part constant(double value, std::string text) {
  return {{std::move(text), true, true, value >= 0.0}, value};
}

/// Rises where `part` falls.
Part mirrored(const Part& part, std::string text, bool non_negative) {
  return {{std::move(text), part.shape.non_increasing, part.shape.non_decreasing, non_negative}, {}};
}

Part same_trend(const Part& part, std::string text, bool non_negative) {
  return {{std::move(text), part.shape.non_decreasing, part.shape.non_increasing, non_negative}, {}};
}

Part negated(const Part& part) {
  const std::string text = fmt::format("(-{})", part.shape.text);
  return part.number ? constant(-*part.number, text) : mirrored(part, text, false);
}

Part sum(const Part& a, const Part& b, const char* sign) {
  const bool minus = *sign == '-';
  const Part right = minus ? negated(b) : b;
  const std::string text = fmt::format("({}{}{})", a.shape.text, sign, b.shape.text);
  if (a.number && right.number) {
    return constant(*a.number + *right.number, text);
  }
  return {{text, a.shape.non_decreasing && right.shape.non_decreasing,
           a.shape.non_increasing && right.shape.non_increasing,
           a.shape.non_negative && right.shape.non_negative},
          {}};
}

/// One over something not negative falls where that rises, and is not negative.
Part inverse(const Part& part) {
  if (part.number) {
    return constant(1.0 / *part.number, part.shape.text);
  }
  if (!part.shape.non_negative) {
    return {{part.shape.text, false, false, false}, {}};
  }
  return mirrored(part, part.shape.text, true);
}

Part product(const Part& a, const Part& b, std::string text) {
  if (a.number && b.number) {
    return constant(*a.number * *b.number, std::move(text));
  }
  if (a.number || b.number) {
    const double factor = a.number ? *a.number : *b.number;
    const Part& other = a.number ? b : a;
    return factor >= 0.0 ? same_trend(other, std::move(text), other.shape.non_negative)
                         : mirrored(other, std::move(text), false);
  }
  const bool known = a.shape.non_negative && b.shape.non_negative;
  return {{std::move(text), known && a.shape.non_decreasing && b.shape.non_decreasing,
           known && a.shape.non_increasing && b.shape.non_increasing, known},
          {}};
}

Part power(const Part& base, const Part& exponent) {
  std::string text = fmt::format("({}^{})", base.shape.text, exponent.shape.text);
  if (base.number && exponent.number) {
    return constant(std::pow(*base.number, *exponent.number), std::move(text));
  }
  if (exponent.number && base.shape.non_negative) {
    return *exponent.number >= 0.0 ? same_trend(base, std::move(text), true)
                                   : mirrored(base, std::move(text), true);
  }
  if (base.number && *base.number > 0.0) {
    return *base.number >= 1.0 ? same_trend(exponent, std::move(text), true)
                               : mirrored(exponent, std::move(text), true);
  }
  return {{std::move(text), false, false, false}, {}};
}

Part of_one(std::string_view function, const Part& part, std::string text) {
  const bool non_negative = part.shape.non_negative;
  if (function == "exp") {
    return same_trend(part, std::move(text), true);
  }
  if (function == "sqrt" || function == "abs") {
    return non_negative ? same_trend(part, std::move(text), true)
                        : Part{{std::move(text), false, false, true}, {}};
  }
  const std::array<std::string_view, 4> logarithms = {"ln", "log", "log2", "log10"};
  if (std::find(logarithms.begin(), logarithms.end(), function) != logarithms.end()) {
    return same_trend(part, std::move(text), false);
  }
  throw Unreadable{};
}

Part of_many(std::string_view function, const std::vector<Part>& parts, std::string text) {
  const auto all = [&](bool FormulaShape::*property) {
    return std::all_of(parts.begin(), parts.end(), [&](const Part& part) { return part.shape.*property; });
  };
  const bool any_non_negative =
      std::any_of(parts.begin(), parts.end(), [](const Part& part) { return part.shape.non_negative; });
  if (function != "min" && function != "max" && function != "sum" && function != "avg") {
    throw Unreadable{};
  }
  return {{std::move(text), all(&FormulaShape::non_decreasing), all(&FormulaShape::non_increasing),
           function == "max" ? any_non_negative : all(&FormulaShape::non_negative)},
          {}};
}

/// Recursive descent with muparser's precedence: ^ before -, both before * and /, these before + and -; ^
/// from the right, the others from the left.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Part whole() {
    Part part = expression();
    if (peek() != '\0') {
      throw Unreadable{};
    }
    return part;
  }

 private:
  char peek() {
    while (at_ < text_.size() && text_[at_] == ' ') {
      ++at_;
    }
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char wanted) {
    if (peek() != wanted) {
      return false;
    }
    ++at_;
    return true;
  }
  void expect(char wanted) {
    if (!take(wanted)) {
      throw Unreadable{};
    }
  }

  Part expression() {
    Part left = term();
    for (;;) {
      if (take('+')) {
        left = sum(left, term(), "+");
      } else if (take('-')) {
        left = sum(left, term(), "-");
      } else {
        return left;
      }
    }
  }

  Part term() {
    Part left = factor();
    for (;;) {
      const char sign = peek();
      if (sign != '*' && sign != '/') {
        return left;
      }
      ++at_;
      const Part right = factor();
      const std::string text = fmt::format("({}{}{})", left.shape.text, sign, right.shape.text);
      left = product(left, sign == '*' ? right : inverse(right), text);
    }
  }

  Part factor() {
    if (take('-')) {
      return negated(factor());
    }
    const Part base = primary();
    return take('^') ? power(base, factor()) : base;
  }

  Part primary() {
    if (take('(')) {
      Part inner = expression();
      expect(')');
      return inner;
    }
    const char next = peek();
    return std::isalpha(static_cast<unsigned char>(next)) != 0 ? name() : number();
  }

  Part number() {
    double value = 0.0;
    const char* begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error != std::errc{}) {
      throw Unreadable{};
    }
    at_ += static_cast<std::size_t>(end - begin);
    return constant(value, std::string(begin, end));
  }

  Part name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && std::isalnum(static_cast<unsigned char>(text_[at_])) != 0) {
      ++at_;
    }
    const std::string word(text_.substr(begin, at_ - begin));
    if (peek() == '(') {
      return call(word);
    }
    if (word == "samples") {
      return {{word, true, true, true}, {}};
    }
    if (word == "latency" || word == "energy" || word == "edp") {
      return {{word, true, false, true}, {}};
    }
    if (word == "throughput" || word == "efficiency") {
      return {{word, false, true, true}, {}};
    }
    throw Unreadable{};
  }

  Part call(const std::string& function) {
    std::vector<Part> parts;
    std::string text;
    expect('(');
    do {
      parts.push_back(expression());
      text += (text.empty() ? "" : ",") + parts.back().shape.text;
    } while (take(','));
    expect(')');
    text = fmt::format("{}({})", function, text);
    return parts.size() == 1 && function != "min" && function != "max" && function != "sum" &&
                   function != "avg"
               ? of_one(function, parts.front(), text)
               : of_many(function, parts, text);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<FormulaShape> shape_of(const std::string& formula) {
  try {
    return Reader(formula).whole().shape;
  } catch (const Unreadable&) {
    return std::nullopt;
  }
}

}  // namespace inlay::objective
