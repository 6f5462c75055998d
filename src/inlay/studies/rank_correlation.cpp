#include "inlay/studies/rank_correlation.hpp"

#include <cmath>
#include <cstdint>

#include "inlay/base/error.hpp"

namespace inlay::studies {

std::optional<double> kendall_tau(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) {
    throw base::DefectError("a rank correlation of lists of different lengths");
  }
  std::int64_t agreement = 0;
  std::int64_t distinct_in_a = 0;
  std::int64_t distinct_in_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const int in_a = (a[i] > a[j]) - (a[i] < a[j]);
      const int in_b = (b[i] > b[j]) - (b[i] < b[j]);
      agreement += in_a * in_b;
      distinct_in_a += in_a != 0 ? 1 : 0;
      distinct_in_b += in_b != 0 ? 1 : 0;
    }
  }
  if (distinct_in_a == 0 || distinct_in_b == 0) {
    return std::nullopt;
  }
  return static_cast<double>(agreement) /
         std::sqrt(static_cast<double>(distinct_in_a) * static_cast<double>(distinct_in_b));
}

double rounded(double value, int digits) {
  if (value == 0.0 || !std::isfinite(value)) {
    return value;
  }
  const double scale = std::pow(10.0, digits - 1 - std::floor(std::log10(std::abs(value))));
  return std::round(value * scale) / scale;
}

}  // namespace inlay::studies
