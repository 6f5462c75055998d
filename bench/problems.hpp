#pragma once

#include <string>
#include <utility>

#include "inlay/cost/cost_table.hpp"
#include "inlay/cost/engines.hpp"
#include "inlay/hardware/package_file.hpp"
#include "inlay/schedule/problem.hpp"
#include "inlay/workload/scenario_file.hpp"

namespace inlay::bench {

/// A problem by the engine `maestro`, whose costs take no time to speak of; threads 0: all cores.
inline schedule::Problem problem_of(workload::Scenario scenario, const std::string& package,
                                    schedule::Communication communication, int threads) {
  schedule::Problem problem;
  problem.scenario = std::move(scenario);
  problem.package = hardware::load_package(package);
  problem.costs =
      cost::build_cost_table(problem.scenario, problem.package.types, *cost::make_engine("maestro"), threads);
  problem.communication = communication;
  return problem;
}

inline schedule::Problem problem_of(const std::string& scenario, const std::string& package,
                                    schedule::Communication communication, int threads) {
  return problem_of(workload::load_scenario(scenario), package, communication, threads);
}

}  // namespace inlay::bench
