#pragma once

#include <optional>

#include "inlay/schedule/problem.hpp"
#include "inlay/search/windows/window_partition.hpp"

namespace inlay::search::exact {

/// The problem as the windows of a partition see it: of a schedule that is repeated only a single window runs
/// on without end; several windows fill and empty their pipelines as those of a schedule that runs once.
class PartitionProblem {
 public:
  /// Keeps a reference.
  explicit PartitionProblem(const schedule::Problem& problem) : problem_(problem) {
    if (problem.repeated) {
      once_ = problem;
      once_->repeated = false;
    }
  }
  const schedule::Problem& of(const windows::WindowPartition& partition) const {
    return once_ && partition.windows.size() > 1 ? *once_ : problem_;
  }

 private:
  const schedule::Problem& problem_;
  std::optional<schedule::Problem> once_;
};

}  // namespace inlay::search::exact
