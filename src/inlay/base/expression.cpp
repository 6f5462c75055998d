#include "inlay/base/expression.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <vector>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"

namespace inlay::base {
namespace {

constexpr int kDeepest = 64;  // parentheses and signs inside each other; junk must not exhaust the stack

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool continues_name(char c) {
  return begins_name(c) || is_digit(c) || c == '\'';
}

/// Recursive descent: sum = product {(+|-) product}; product = factor {(*|/|%) factor};
/// factor = number | name | (min|max) ( sum {, sum} ) | - factor | ( sum ).
class Evaluator {
 public:
  Evaluator(std::string_view text, const NameLookup& lookup) : text_(text), lookup_(lookup) {}

  std::int64_t evaluate() {
    const std::int64_t value = sum();
    if (!at_end()) {
      fail(at_, fmt::format("'{}' is not expected here", text_[at_]));
    }
    return value;
  }

 private:
  [[noreturn]] void fail(std::size_t at, const std::string& message) const {
    throw std::invalid_argument(fmt::format("in the expression '{}', column {}: {}", text_, at + 1, message));
  }

  bool at_end() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) {
      ++at_;
    }
    return at_ == text_.size();
  }

  /// The next operator if it is one of `operators`, else 0; stepped over.
  char take(std::string_view operators) {
    if (at_end() || operators.find(text_[at_]) == std::string_view::npos) {
      return 0;
    }
    return text_[at_++];
  }

  std::int64_t sum() {
    std::int64_t value = product();
    while (const char sign = take("+-")) {
      const std::size_t where = at_ - 1;
      value = apply(value, sign, product(), where);
    }
    return value;
  }

  std::int64_t product() {
    std::int64_t value = factor();
    while (const char sign = take("*/%")) {
      const std::size_t where = at_ - 1;
      value = apply(value, sign, factor(), where);
    }
    return value;
  }

  std::int64_t factor() {
    if (at_end()) {
      fail(at_, "a number, a name or '(' is expected, the text ends");
    }
    const std::size_t where = at_;
    const char c = text_[at_];
    if (is_digit(c)) {
      return number();
    }
    if (begins_name(c)) {
      return name();
    }
    if (c != '-' && c != '(') {
      fail(at_, fmt::format("a number, a name or '(' is expected, not '{}'", c));
    }
    if (++depth_ > kDeepest) {
      fail(at_, fmt::format("nested deeper than {} levels", kDeepest));
    }
    ++at_;
    const std::int64_t value = c == '-' ? apply(0, '-', factor(), where) : parenthesis(where);
    --depth_;
    return value;
  }

  std::int64_t parenthesis(std::size_t opened) {
    const std::int64_t value = sum();
    if (take(")") == 0) {
      fail(opened, "this '(' is not closed");
    }
    return value;
  }

  std::int64_t number() {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (error != std::errc{}) {
      fail(at_, "the number does not fit into 64 bits");
    }
    at_ = static_cast<std::size_t>(end - text_.data());
    return value;
  }

  std::int64_t name() {
    const std::size_t where = at_;
    while (at_ < text_.size() && continues_name(text_[at_])) {
      ++at_;
    }
    const std::string_view word = text_.substr(where, at_ - where);
    const std::size_t opened = at_;
    if ((word == "min" || word == "max") && take("(") != 0) {
      return extreme(word == "min", opened);
    }
    try {
      return lookup_(word);
    } catch (const std::invalid_argument& error) {
      fail(where, error.what());
    }
  }

  /// The smallest or largest of a list that has just been opened.
  std::int64_t extreme(bool smallest, std::size_t opened) {
    if (++depth_ > kDeepest) {
      fail(opened, fmt::format("nested deeper than {} levels", kDeepest));
    }
    std::int64_t value = sum();
    while (take(",") != 0) {
      const std::int64_t next = sum();
      value = smallest ? std::min(value, next) : std::max(value, next);
    }
    if (take(")") == 0) {
      fail(opened, "this '(' is not closed");
    }
    --depth_;
    return value;
  }

  std::int64_t apply(std::int64_t a, char sign, std::int64_t b, std::size_t where) const {
    try {
      switch (sign) {
        case '+':
          return checked_add(a, b);
        case '-':
          return checked_subtract(a, b);
        case '*':
          return checked_multiply(a, b);
        default:
          return divide(a, sign, b, where);
      }
    } catch (const OverflowError&) {
      fail(where, "the value does not fit into 64 bits");
    }
  }

  std::int64_t divide(std::int64_t a, char sign, std::int64_t b, std::size_t where) const {
    if (b == 0) {
      fail(where, "division by zero");
    }
    if (b == -1) {  // the one divisor for which a / b can overflow
      return sign == '/' ? checked_subtract(0, a) : 0;
    }
    if (sign == '/' && a % b != 0) {
      fail(where, fmt::format("{} / {} leaves a remainder of {}", a, b, a % b));
    }
    return sign == '/' ? a / b : a % b;
  }

  std::string_view text_;
  const NameLookup& lookup_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

std::int64_t evaluate_expression(std::string_view text, const NameLookup& lookup) {
  return Evaluator(text, lookup).evaluate();
}

std::int64_t evaluate_expression(std::string_view text, const Names& names) {
  return evaluate_expression(text, [&names](std::string_view name) {
    const auto found = names.find(name);
    if (found != names.end()) {
      return found->second;
    }
    std::vector<std::string> known;
    for (const auto& [key, value] : names) {
      known.push_back(key);
    }
    throw std::invalid_argument(fmt::format("'{}' is unknown; {}", name, allowed_values(name, known)));
  });
}

}  // namespace inlay::base
