#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "inlay/search/exact/partition_search.hpp"

namespace inlay::search::exact {

inline constexpr Resolution kCoarse = {12, 1e-2, 0};
inline constexpr Resolution kMedium = {36, 1e-3, 0};
inline constexpr Resolution kFine = {0, 1e-9, 0};

/// Few cuts first: a hundredth of the work finds what the fine search then only has to beat. And short
/// pipelines before long ones: as long as there is nothing to beat, nothing is pruned, and on a large package
/// the combinations of long ones are too many to begin with.
inline std::vector<Resolution> incumbent_passes(int longest) {
  std::vector<Resolution> passes;
  for (int stages = 1; stages < longest; stages *= 2) {
    passes.push_back({kCoarse.most_cuts, kCoarse.tolerance, stages});
  }
  passes.push_back(kCoarse);
  passes.push_back(kMedium);
  return passes;
}

/// A pass that bounds what it does not find: with all cuts, and with labels merged that differ little.
struct ProofPass {
  double tolerance = 0.0;  // of labels: epsilon
  std::int64_t evaluations =
      std::numeric_limits<std::int64_t>::max();  // of one partition; then it is put off
};

/// Evaluations that the first pass spends on a partition.
inline constexpr std::int64_t kFirstPass = 30'000'000;

/// Most partitions are soon done without merging anything. The others are searched with ever less of it
/// first: each pass leaves a bound behind, and an incumbent that makes the next one quicker.
inline std::vector<ProofPass> proof_passes(const schedule::Problem& problem, const Objective& objective) {
  constexpr double kNothing = kFine.tolerance;
  // What merging costs is known of latency, energy and their product, and not where a limit may be exceeded
  // by a label that stands in for one that keeps it.
  if (objective == Objective::kFormula || !problem.constraints.latency_limits.empty()) {
    return {{kNothing}};
  }
  return {{kNothing, kFirstPass}, {1e-3}, {1e-4}, {kNothing}};
}

}  // namespace inlay::search::exact
