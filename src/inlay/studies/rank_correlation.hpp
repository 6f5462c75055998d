#pragma once

#include <optional>
#include <vector>

namespace inlay::studies {

/// Kendall's tau-b of two lists of the same length: 1 if they order alike, -1 if one is the other's reverse.
/// Pairs that are tied in one list count neither for nor against, and the divisor is corrected for them (M.
/// G. Kendall, Biometrika 33, 1945). Nothing if either list has no two different values.
std::optional<double> kendall_tau(const std::vector<double>& a, const std::vector<double>& b);

/// Spearman's rho of two lists of the same length: the correlation of their ranks, equal values sharing the
/// mean of their ranks. Nothing if either list has no two different values.
std::optional<double> spearman_rho(const std::vector<double>& a, const std::vector<double>& b);

/// The value with this many significant digits, as tables print it: what looks equal there is tied.
double rounded(double value, int digits);

}  // namespace inlay::studies
