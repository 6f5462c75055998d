#include "inlay/search/problem_setup.hpp"

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <vector>

#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/cost/engine.hpp"
#include "inlay/hardware/energy_table.hpp"
#include "inlay/hardware/package_file.hpp"
#include "inlay/importers/load_model.hpp"
#include "inlay/workload/scenario_file.hpp"

namespace inlay::search {
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

/// Shipped files are named from Inlay's own folder, so that outputs are the same wherever it is installed.
std::string portable(const std::filesystem::path& path) {
  const std::filesystem::path inside = path.lexically_relative(base::data_folder());
  const bool shipped = !inside.empty() && inside.begin()->string() != "..";
  return (shipped ? "data" / inside : path).generic_string();
}

}  // namespace

schedule::Communication communication_named(const std::string& name) {
  return named(name, "communication model",
               std::array{schedule::Communication::kPaper, schedule::Communication::kShared});
}

hardware::Overlap overlap_named(const std::string& name) {
  return named(name, "overlap", std::array{hardware::Overlap::kSerial, hardware::Overlap::kOverlapped});
}

StatedProblem make_problem(const ProblemRequest& request) {
  const base::ReadLog log;
  const auto engine = cost::make_engine(request.engine, request.tuning);
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
  problem.overlap = request.overlap.value_or(problem.package.overlap);
  problem.costs = cost::build_cost_table(problem.scenario, problem.package.types, *engine, request.threads,
                                         request.cache, request.watch);
  for (const base::ReadLog::Entry& entry : log.entries()) {
    result.inputs.push_back({portable(entry.path), entry.hash});
  }
  return result;
}

}  // namespace inlay::search
