#pragma once

#include <array>
#include <functional>
#include <vector>

#include "inlay/search/pipelines/pruning.hpp"

namespace inlay::search::pipelines {

/// Latency and energy of how a pipeline can end form a front; a lower bound of it is made of lines that
/// support it, each a weighted sum of the two. Line 0 is the latency alone, line 1 the energy alone.
inline constexpr int kLines = 12;
using PerLine = std::array<double, kLines>;

struct SupportingLines {
  PerLine time{};    // weight of a second
  PerLine energy{};  // weight of a joule
  int count = 2;     // of the lines in use
};

/// A span of latencies that a pipeline may have. A pipeline in it is prunable unless its weighted sum on
/// `line` is below `limit`.
struct LatencyBand {
  double latest = 0.0;  // s
  int line = 0;
  double limit = 0.0;
};

/// Energy (J) below which a pipeline of a latency (s) is promising; never increases with the latency.
using EnergyAllowed = std::function<double(double)>;

/// The latest at which a pipeline with at least `energy` may end and not be prunable; below `earliest` if
/// none may.
double latest_allowed(const EnergyAllowed& allowed, double earliest, double energy);

/// Lines whose slopes surround those that the objective has between `earliest` and `latest`.
SupportingLines supporting_lines(const PruningContext& context, double earliest, double latest);

/// Cuts the latencies from the least one to `latest` into latency bands, those left out that `least`, a lower
/// bound of every pipeline's weighted sums, shows to be prunable. Ascending; none if all are.
std::vector<LatencyBand> latency_bands(const EnergyAllowed& allowed, const SupportingLines& lines,
                                       const PerLine& least, double latest);

/// The front that the lines allow: no pipeline whose weighted sums are at least `least` is below it.
ParetoFront front_below(const SupportingLines& lines, const PerLine& least, double latest);

}  // namespace inlay::search::pipelines
