#pragma once

#include <cstdint>
#include <stdexcept>

namespace inlay::base {

/// Thrown where a 64-bit count would wrap around.
class OverflowError : public std::overflow_error {
 public:
  using std::overflow_error::overflow_error;
};

inline std::int64_t checked_add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) {
    throw OverflowError("a 64-bit count overflowed in an addition");
  }
  return sum;
}

inline std::int64_t checked_subtract(std::int64_t a, std::int64_t b) {
  std::int64_t difference = 0;
  if (__builtin_sub_overflow(a, b, &difference)) {
    throw OverflowError("a 64-bit count overflowed in a subtraction");
  }
  return difference;
}

inline std::int64_t checked_multiply(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) {
    throw OverflowError("a 64-bit count overflowed in a multiplication");
  }
  return product;
}

/// a * b * c * ..., checked.
template <typename... Rest>
std::int64_t checked_product(std::int64_t first, Rest... rest) {
  std::int64_t product = first;
  ((product = checked_multiply(product, static_cast<std::int64_t>(rest))), ...);
  return product;
}

/// Smallest integer not below a / b, for a >= 0 and b > 0.
constexpr std::int64_t ceil_divide(std::int64_t a, std::int64_t b) {
  return a / b + (a % b != 0 ? 1 : 0);
}

}  // namespace inlay::base
