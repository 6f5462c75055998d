#pragma once

#include <optional>
#include <string>
#include <vector>

#include "inlay/cost/cost_cache.hpp"
#include "inlay/cost/cost_table.hpp"
#include "inlay/cost/default_engine.hpp"
#include "inlay/schedule/constraint_request.hpp"
#include "inlay/schedule/problem.hpp"
#include "inlay/schedule/statement.hpp"
#include "inlay/workload/scenario_settings.hpp"

namespace inlay::solve {

/// What a user names to state a problem; files by path or by the bare name of one that Inlay ships.
struct ProblemRequest {
  std::string scenario;
  std::string package;
  std::string engine = cost::kDefaultEngine;
  cost::Tuning tuning = cost::Tuning::kEdp;  // what engines that tune choose free tile sizes for
  schedule::Communication communication = schedule::Communication::kContended;
  std::optional<hardware::Overlap> overlap;      // none: as the package says
  std::string energy;                            // table for all chiplets; empty: each its own
  std::vector<workload::Setting> settings = {};  // of the models' parameters
  int threads = 0;                               // for the cost table; 0: all cores
  cost::CostCache* cache = nullptr;              // of layer costs between runs; none: every layer is costed
  cost::CostWatch watch = {};
  std::optional<schedule::SubmeshFamily> submeshes;  // none: as many as a package of its size affords
  schedule::ConstraintRequest constraints = {};
  bool repeated = false;  // in steady state
};

/// A problem and the files that it was read from, those that other files mention included.
struct StatedProblem {
  schedule::Problem problem;
  std::vector<schedule::InputHash> inputs;
};

/// Reads the files and costs every layer on every chiplet type. Throws base::InputError for what is wrong in
/// them and base::InfeasibleError if a layer cannot be mapped to a chiplet.
StatedProblem make_problem(const ProblemRequest& request);

/// A file holds the costs of the shares that its schedule uses: adds those of all others, for a search.
/// `objective` is what tile sizes were tuned for. Throws base::InputError if the file's engine is not known
/// here.
void restore_shares(const std::string& objective, int threads, cost::CostCache* cache,
                    schedule::Problem& problem);

/// Throw base::InputError with the nearest spelling.
schedule::Communication communication_named(const std::string& name);
hardware::Overlap overlap_named(const std::string& name);
schedule::SubmeshFamily submesh_family_named(const std::string& name);

}  // namespace inlay::solve
