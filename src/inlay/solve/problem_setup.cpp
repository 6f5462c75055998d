#include "inlay/solve/problem_setup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <vector>

#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/cost/engine.hpp"
#include "inlay/cost/engines.hpp"
#include "inlay/evaluate/least_costs.hpp"
#include "inlay/hardware/energy_table.hpp"
#include "inlay/hardware/package_file.hpp"
#include "inlay/importers/load_model.hpp"
#include "inlay/schedule/shares.hpp"
#include "inlay/workload/scenario_file.hpp"

namespace inlay::solve {
namespace {

template <typename Value, std::size_t size>
Value named(const std::string& name, const char* what, const std::array<Value, size>& values) {
  std::vector<std::string> words;
  for (const Value value : values) {
    words.push_back(schedule::to_string(value));
    if (words.back() == name) {
      return value;
    }
  }
  throw base::InputError(fmt::format("'{}' is no {}; {}", name, what, base::allowed_values(name, words)));
}

/// Costs the shares of layers on every shape of submesh that stages may run on.
void cost_shares(const cost::CostEngine& engine, int threads, cost::CostCache* cache,
                 const cost::CostWatch& watch, schedule::Problem& problem) {
  std::vector<schedule::Grid> grids;
  for (const hardware::Submesh& submesh : schedule::submeshes(problem)) {
    const schedule::Grid grid{submesh.rows, submesh.columns};
    if (!submesh.single() && std::find(grids.begin(), grids.end(), grid) == grids.end()) {
      grids.push_back(grid);
    }
  }
  if (grids.empty()) {
    return;
  }
  auto shares = problem.costs.shares == nullptr ? std::make_shared<cost::ShareCosts>()
                                                : std::make_shared<cost::ShareCosts>(*problem.costs.shares);
  cost::add_share_costs(schedule::shares_of_plans(problem, grids), problem.package.types, engine, *shares,
                        threads, cache, watch);
  problem.costs.shares = std::move(shares);
  evaluate::add_least_costs(problem);
}

/// Any rectangles on up to 2x2, one shape for each model and window on up to 4x4, tiles beyond.
schedule::SubmeshFamily affordable_family(const hardware::Package& package) {
  constexpr std::size_t kMostForRectangles = 4;
  constexpr std::size_t kMostForUniform = 16;
  const std::size_t chiplets = package.chiplets.size();
  return chiplets <= kMostForRectangles ? schedule::SubmeshFamily::kRectangles
         : chiplets <= kMostForUniform  ? schedule::SubmeshFamily::kUniform
                                        : schedule::SubmeshFamily::kTiles;
}

/// Shipped files are named from Inlay's own folder, so that outputs are the same wherever it is installed.
std::string portable(const std::filesystem::path& path) {
  const std::filesystem::path inside = path.lexically_relative(base::data_folder());
  const bool shipped = !inside.empty() && inside.begin()->string() != "..";
  return (shipped ? "data" / inside : path).generic_string();
}

/// Tiles of least energy are slow: with them, limits and rates would wrongly seem out of reach.
cost::Tuning tuning_within(const schedule::Problem& problem, cost::Tuning tuning) {
  return tuning == cost::Tuning::kEnergy && schedule::limits_time(problem) ? cost::Tuning::kEdp : tuning;
}

}  // namespace

schedule::Communication communication_named(const std::string& name) {
  return named(name, "communication model",
               std::array{schedule::Communication::kPaper, schedule::Communication::kShared,
                          schedule::Communication::kContended});
}

void restore_shares(const std::string& objective, int threads, cost::CostCache* cache,
                    schedule::Problem& problem) {
  if (problem.submeshes != schedule::SubmeshFamily::kSingle) {
    const auto engine =
        cost::make_engine(problem.costs.engine, tuning_within(problem, cost::tuning_for(objective)));
    cost_shares(*engine, threads, cache, {}, problem);
  }
}

schedule::SubmeshFamily submesh_family_named(const std::string& name) {
  return named(name, "family of submeshes",
               std::array{schedule::SubmeshFamily::kSingle, schedule::SubmeshFamily::kTiles,
                          schedule::SubmeshFamily::kUniform, schedule::SubmeshFamily::kRectangles});
}

hardware::Overlap overlap_named(const std::string& name) {
  return named(name, "overlap", std::array{hardware::Overlap::kSerial, hardware::Overlap::kOverlapped});
}

StatedProblem make_problem(const ProblemRequest& request) {
  const base::ReadLog log;
  StatedProblem result;
  schedule::Problem& problem = result.problem;
  problem.scenario = workload::load_scenario(request.scenario, importers::load_model, request.settings);
  problem.package = hardware::load_package(request.package);
  if (!request.energy.empty()) {
    const hardware::EnergyTable table = hardware::load_energy_table(request.energy);
    for (hardware::ChipletType& type : problem.package.types) {
      type = hardware::with_energy(std::move(type), table);
    }
  }
  schedule::add_constraints(request.constraints, problem);
  schedule::add_order_of_scenario(problem);
  problem.communication = request.communication;
  problem.repeated = request.repeated;
  if (problem.repeated && !problem.constraints.latency_limits.empty()) {
    throw base::InputError(
        "--latency-limit: a limit speaks of a schedule that runs once; it cannot be kept in steady state "
        "(--steady-state, objectives 'period' and 'throughput')");
  }
  const auto engine = cost::make_engine(request.engine, tuning_within(problem, request.tuning));
  problem.overlap = request.overlap.value_or(problem.package.overlap);
  problem.costs = cost::build_cost_table(problem.scenario, problem.package.types, *engine, request.threads,
                                         request.cache, request.watch);
  problem.submeshes = request.submeshes.value_or(engine->knows_names() ? schedule::SubmeshFamily::kSingle
                                                                       : affordable_family(problem.package));
  if (problem.submeshes != schedule::SubmeshFamily::kSingle) {
    problem.most_members =
        std::min(static_cast<int>(problem.package.chiplets.size()), hardware::kMostMembers);
    cost_shares(*engine, request.threads, request.cache, request.watch, problem);
  }
  for (const base::ReadLog::Entry& entry : log.entries()) {
    result.inputs.push_back({portable(entry.path), entry.hash});
  }
  return result;
}

}  // namespace inlay::solve
