#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace inlay::base {

/// Values by name.
using Names = std::map<std::string, std::int64_t, std::less<>>;

/// The value of a name; throws std::invalid_argument for a name it does not know.
using NameLookup = std::function<std::int64_t(std::string_view)>;

/// Value of a whole-number expression such as `4 * width` or `8 + S - 1`: numbers, names (letters, digits,
/// `_` and `'`, not beginning with a digit), + - * / %, parentheses, unary minus, `min(a, b, ...)` and
/// `max(a, b, ...)`. A quotient must leave no remainder: sizes are never rounded in silence.
/// Throws std::invalid_argument with the column inside `text` for what is not an expression, an unknown name,
/// a division by zero or with a remainder, and for values beyond 64 bits.
std::int64_t evaluate_expression(std::string_view text, const NameLookup& lookup);

/// The same, with an unknown name's message listing the names and the nearest spelling.
std::int64_t evaluate_expression(std::string_view text, const Names& names);

}  // namespace inlay::base
