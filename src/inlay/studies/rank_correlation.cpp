#include "inlay/studies/rank_correlation.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>

#include "inlay/base/error.hpp"

namespace inlay::studies {
namespace {

/// Ranks from 0; equal values share the mean of theirs.
std::vector<double> ranks_of(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return values[i] < values[j]; });
  std::vector<double> ranks(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin;
    while (end < order.size() && values[order[end]] == values[order[begin]]) {
      ++end;
    }
    for (std::size_t i = begin; i < end; ++i) {
      ranks[order[i]] = 0.5 * static_cast<double>(begin + end - 1);
    }
    begin = end;
  }
  return ranks;
}

}  // namespace

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

std::optional<double> spearman_rho(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) {
    throw base::DefectError("a rank correlation of lists of different lengths");
  }
  const std::vector<double> ranks_a = ranks_of(a);
  const std::vector<double> ranks_b = ranks_of(b);
  const double middle = 0.5 * (static_cast<double>(a.size()) - 1.0);
  double both = 0.0;
  double spread_a = 0.0;
  double spread_b = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    both += (ranks_a[i] - middle) * (ranks_b[i] - middle);
    spread_a += (ranks_a[i] - middle) * (ranks_a[i] - middle);
    spread_b += (ranks_b[i] - middle) * (ranks_b[i] - middle);
  }
  return spread_a > 0.0 && spread_b > 0.0 ? std::optional(both / std::sqrt(spread_a * spread_b))
                                          : std::nullopt;
}

double rounded(double value, int digits) {
  if (value == 0.0 || !std::isfinite(value)) {
    return value;
  }
  const double scale = std::pow(10.0, digits - 1 - std::floor(std::log10(std::abs(value))));
  return std::round(value * scale) / scale;
}

}  // namespace inlay::studies
