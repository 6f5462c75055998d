#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace inlay::search::pipelines {

/// A pipeline's beginning, up to some cut: what of it matters to how it can end (docs/search.md).
struct Label {
  double first = 0.0;        // sum of `first` over its stages, s
  double steady = 0.0;       // largest `steady`, s; 0 where there is one mini-batch only
  double energy = 0.0;       // J
  double bytes = 0.0;        // through memory
  std::int32_t parent = -1;  // label of the shorter path that it extends
  std::int32_t cut = 0;      // where its last stage begins
};

/// Which coordinates can make a difference to the answer.
struct LabelDimensions {
  bool time = true;
  bool energy = true;
  bool bytes = true;
};

/// Keeps a label unless another, also one of `rivals`, is at most as large, but for a relative `tolerance`,
/// in every coordinate that counts. The result is sorted by `first`. Of equal labels a rival stays, else the
/// one that stands first in `labels`.
void keep_pareto(std::vector<Label>& labels, const std::vector<std::span<const Label>>& rivals,
                 const LabelDimensions& dimensions, double tolerance);

}  // namespace inlay::search::pipelines
