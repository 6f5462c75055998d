#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace inlay::dataflow {

/// What is wrong with an expression, and where in it (from 0).
class ExpressionError : public std::invalid_argument {
 public:
  ExpressionError(const std::string& message, std::size_t offset)
      : std::invalid_argument(message), offset_(offset) {}
  std::size_t offset() const { return offset_; }

 private:
  std::size_t offset_;
};

/// Checks an integer expression without values: numbers, `names`, + - * /, parentheses, min(a, b), max(a, b),
/// and Sz(R), which is R. Throws ExpressionError.
void check_expression(std::string_view text, const std::vector<std::string>& names);

/// Its value with values[i] for names[i]; a quotient is truncated. Throws ExpressionError, also for a
/// division by zero and for a result beyond 64 bits.
std::int64_t evaluate_expression(std::string_view text, const std::vector<std::string>& names,
                                 std::span<const std::int64_t> values);

}  // namespace inlay::dataflow
