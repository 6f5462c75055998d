#pragma once

#include <string>
#include <vector>

#include "inlay/cost/cost_table.hpp"
#include "inlay/hardware/package.hpp"
#include "inlay/hardware/submesh.hpp"
#include "inlay/schedule/constraints.hpp"
#include "inlay/workload/scenario.hpp"

namespace inlay::schedule {

/// How transfers share links and interfaces (docs/model.md).
enum class Communication {
  kPaper,      // every transfer alone (SCAR section III-E with delta = 0)
  kShared,     // also, a window lasts at least as long as its bytes at the package's total memory bandwidth
  kContended,  // also, pipelines of a window delay each other at the memory (evaluate/contention.hpp)
};

/// What stages may run on: the family of submeshes that searches choose from. A schedule may use others.
enum class SubmeshFamily {
  kSingle,      // single chiplets
  kTiles,       // in a window all stages of a model have submeshes of one shape, out of hardware::tiles
  kUniform,     // in a window all stages of a model have submeshes of one shape
  kRectangles,  // any
};

/// All that the cost of a schedule depends on, and what it must fulfil.
struct Problem {
  workload::Scenario scenario;
  hardware::Package package;
  cost::CostTable costs;
  Communication communication = Communication::kShared;
  hardware::Overlap overlap = hardware::Overlap::kSerial;
  Constraints constraints = {};
  SubmeshFamily submeshes = SubmeshFamily::kSingle;
  int most_members = 1;  // of a submesh that searches choose
  /// A schedule is repeated without end: its latency is the period, and what stays in L2 in a single window
  /// is loaded once for all (docs/model.md "Steady state").
  bool repeated = false;
};

/// The submeshes that the problem's searches choose from, single chiplets included.
std::vector<hardware::Submesh> submeshes(const Problem& problem);

/// Whether a tensor, if more than one stage touches it, is written to memory and read back by every stage
/// that uses it instead of being passed along the pipeline: mini_batch x bytes > L2/8 and some user is not
/// the next layer. L2 is the smallest of the package's chiplets, so that the flag is fixed before the search.
bool goes_through_memory(const Problem& problem, int model, int tensor, std::int64_t mini_batch);

/// Whether a latency limit, or in steady state a rate, leaves out schedules that are too slow.
bool limits_time(const Problem& problem);

/// Words used in files and on the command line.
std::string to_string(Communication communication);
/// Whether windows last at least as long as the memory moves their bytes.
inline bool shares_memory(Communication communication) {
  return communication != Communication::kPaper;
}
std::string to_string(hardware::Overlap overlap);
std::string to_string(SubmeshFamily family);

}  // namespace inlay::schedule
