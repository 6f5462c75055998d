#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "inlay/cost/data_centric/analysis.hpp"
#include "inlay/cost/data_centric/axis_options.hpp"

namespace inlay::cost::data_centric {

/// The largest whole number that is certainly not above `value`, a sum of some dozens of rounded products.
std::int64_t floor_of(double value);

/// Counts of a choice of all axes' options: accesses and partial sums exactly as `analyse` has them, cycles
/// from below: for each kind of transition the largest of computing, arriving and leaving in all its steps
/// together, in place of their largest in each step. `sums[i]` is the product over the axes for
/// transition `transitions[i]`. L1's accesses by the products themselves are not in it.
Analysis figures_of(std::span<const StepSums> sums, std::span<const std::size_t> transitions,
                    const Network& network);

/// Adds L1's accesses by the analysis' products.
void add_products(Analysis& analysis);

}  // namespace inlay::cost::data_centric
