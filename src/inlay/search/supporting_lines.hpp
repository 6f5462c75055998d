#pragma once

#include <array>
#include <functional>
#include <vector>

#include "inlay/search/pruning.hpp"

namespace inlay::search {

/// Latency and energy of how a pipeline can end form a front; a lower bound of it is made of lines that
/// support it, each a weighted sum of the two. Line 0 is the latency alone, line 1 the energy alone.
inline constexpr int kLines = 12;
using PerLine = std::array<double, kLines>;

struct Lines {
  PerLine time{};    // weight of a second
  PerLine energy{};  // weight of a joule
  int count = 2;     // of the lines in use
};

/// A span of latencies that a pipeline may have. A pipeline in it is hopeless unless its weighted sum on
/// `line` is below `limit`.
struct Slice {
  double latest = 0.0;  // s
  int line = 0;
  double limit = 0.0;
};

/// Energy (J) below which a pipeline of a latency (s) is of use; never increases with the latency.
using EnergyAllowed = std::function<double(double)>;

/// The latest at which a pipeline with at least `energy` may end and not be hopeless; below `earliest` if
/// none may.
double latest_allowed(const EnergyAllowed& allowed, double earliest, double energy);

/// Lines whose slopes surround those that the objective has between `earliest` and `latest`.
Lines supporting_lines(const Surroundings& surroundings, double earliest, double latest);

/// Cuts the latencies from the least one to `latest` into slices, those left out that `least`, a lower bound
/// of every pipeline's weighted sums, shows to be hopeless. Ascending; none if all are.
std::vector<Slice> slices(const EnergyAllowed& allowed, const Lines& lines, const PerLine& least,
                          double latest);

/// The front that the lines allow: no pipeline whose weighted sums are at least `least` is below it.
Front front_below(const Lines& lines, const PerLine& least, double latest);

}  // namespace inlay::search
