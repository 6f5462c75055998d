#include "inlay/dataflow/expression.hpp"

#include <algorithm>
#include <limits>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"

namespace inlay::dataflow {
namespace {

constexpr int kDeepest = 64;

// Of ASCII alone, and several times as fast as those of <cctype>, which ask for the locale.
constexpr bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Recursive descent that computes as it reads; without values it only checks.
class Parser {
 public:
  Parser(std::string_view text, const std::vector<std::string>& names, std::span<const std::int64_t> values)
      : text_(text), names_(names), values_(values) {}

  std::int64_t whole() {
    const std::int64_t value = sum();
    if (peek() != '\0') {
      fail("expected an operator");
    }
    return value;
  }

 private:
  bool checking() const { return values_.empty(); }

  [[noreturn]] void fail(const std::string& message, std::size_t offset) const {
    throw ExpressionError(message, offset);
  }
  [[noreturn]] void fail(const std::string& message) const { fail(message, position_); }

  char peek() {
    while (position_ < text_.size() && is_blank(text_[position_])) {
      ++position_;
    }
    return position_ < text_.size() ? text_[position_] : '\0';
  }

  void expect(char wanted) {
    if (peek() != wanted) {
      fail(std::string("expected '") + wanted + "'");
    }
    ++position_;
  }

  std::int64_t apply(char operation, std::int64_t a, std::int64_t b, std::size_t offset) const {
    if (checking()) {
      return 0;
    }
    try {
      switch (operation) {
        case '+':
          return base::checked_add(a, b);
        case '*':
          return base::checked_multiply(a, b);
        case '-':
          return base::checked_add(a, base::checked_multiply(-1, b));
        default:
          break;
      }
    } catch (const base::OverflowError&) {
      fail("the result does not fit 64 bits", offset);
    }
    if (b == 0) {
      fail("division by zero", offset);
    }
    return b == -1 ? apply('*', a, b, offset) : a / b;  // the lowest number over -1 does not fit
  }

  std::int64_t sum() {
    std::int64_t value = product();
    for (char c = peek(); c == '+' || c == '-'; c = peek()) {
      const std::size_t offset = position_++;
      value = apply(c, value, product(), offset);
    }
    return value;
  }

  std::int64_t product() {
    std::int64_t value = factor();
    for (char c = peek(); c == '*' || c == '/'; c = peek()) {
      const std::size_t offset = position_++;
      value = apply(c, value, factor(), offset);
    }
    return value;
  }

  std::int64_t factor() {
    if (++depth_ > kDeepest) {
      fail("nested too deep");
    }
    const char c = peek();
    std::int64_t value = 0;
    if (c == '(') {
      ++position_;
      value = sum();
      expect(')');
    } else if (c == '-') {
      const std::size_t offset = position_++;
      value = apply('-', 0, factor(), offset);
    } else if (is_digit(c)) {
      value = number();
    } else if (is_letter(c)) {
      value = word();
    } else {
      fail("expected a number, a dimension or '('");
    }
    --depth_;
    return value;
  }

  std::int64_t number() {
    const std::size_t start = position_;
    std::int64_t value = 0;
    for (; position_ < text_.size() && is_digit(text_[position_]); ++position_) {
      const std::int64_t digit = text_[position_] - '0';
      if (value > (std::numeric_limits<std::int64_t>::max() - digit) / 10) {
        fail("the number does not fit 64 bits", start);
      }
      value = value * 10 + digit;
    }
    return value;
  }

  std::int64_t word() {
    const std::size_t start = position_;
    while (position_ < text_.size() && (is_letter(text_[position_]) || is_digit(text_[position_]))) {
      ++position_;
    }
    const std::string_view name = text_.substr(start, position_ - start);
    if (peek() == '(') {
      return call(name, start);
    }
    return look_up(name, start);
  }

  std::int64_t call(std::string_view name, std::size_t start) {
    expect('(');
    if (name == "Sz") {
      peek();
      const std::int64_t value = word();
      expect(')');
      return value;
    }
    if (name != "min" && name != "max") {
      fail(
          "unknown function '" + std::string(name) + "'; " + base::allowed_values(name, {"min", "max", "Sz"}),
          start);
    }
    const std::int64_t first = sum();
    expect(',');
    const std::int64_t second = sum();
    expect(')');
    return name == "min" ? std::min(first, second) : std::max(first, second);
  }

  std::int64_t look_up(std::string_view name, std::size_t start) const {
    // Most names are one letter: few need more than a look at it.
    const auto found = std::find_if(names_.begin(), names_.end(), [&](const std::string& known) {
      return known.size() == name.size() && known.front() == name.front() &&
             (name.size() == 1 || known == name);
    });
    if (found == names_.end()) {
      fail("unknown name '" + std::string(name) + "'; " + base::allowed_values(name, names_), start);
    }
    return checking() ? 0 : values_[static_cast<std::size_t>(found - names_.begin())];
  }

  std::string_view text_;
  const std::vector<std::string>& names_;
  std::span<const std::int64_t> values_;
  std::size_t position_ = 0;
  int depth_ = 0;
};

}  // namespace

void check_expression(std::string_view text, const std::vector<std::string>& names) {
  Parser(text, names, {}).whole();
}

std::int64_t evaluate_expression(std::string_view text, const std::vector<std::string>& names,
                                 std::span<const std::int64_t> values) {
  if (values.size() != names.size() || names.empty()) {
    throw base::DefectError("an expression needs one value per name");
  }
  return Parser(text, names, values).whole();
}

}  // namespace inlay::dataflow
