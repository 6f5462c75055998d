#pragma once

#include <string>
#include <vector>

#include "inlay/evaluate/schedule_cost.hpp"
#include "inlay/schedule/problem.hpp"
#include "inlay/schedule/schedule.hpp"
#include "inlay/search/search.hpp"

namespace inlay::report::text {

/// A schedule with its cost by the reference evaluator.
struct CostedSchedule {
  const schedule::Schedule& schedule;
  const evaluate::ScheduleCost& cost;
};

/// One part of the latency or of the energy in two schedules: seconds or joules. The parts of a whole add up
/// to it.
struct TermDifference {
  std::string term;
  double given = 0.0;
  double best = 0.0;
};

/// A stage of the given schedule, and what the same layers do in the better one.
struct StageDifference {
  int window = 0;
  std::string model;
  int stage = 0;
  std::string chiplet;  // with its type
  std::string first_layer;
  std::string last_layer;
  bool paces = false;          // it sets the pace of the slowest pipeline of its window
  double given_compute = 0.0;  // s for the whole batch
  double best_compute = 0.0;   // the same layers, summed over the chiplets on which they stand there
  double given_energy = 0.0;   // J of the layers, for the whole batch
  double best_energy = 0.0;
  std::string best_chiplets;  // where they stand there, with types
};

/// Why a schedule is worse than a better one of the same problem.
struct Explanation {
  std::vector<TermDifference> latency;  // along the slowest pipeline of each window
  std::vector<TermDifference> energy;
  std::vector<StageDifference> stages;
  /// The term whose difference adds most to the objective, and the stage that has most of it; empty if no
  /// term is larger in the given schedule.
  std::string verdict;
};

/// Splits both schedules' costs into the same terms and sets them side by side. For EDP and formulas, which
/// weigh both, differences are relative to the better schedule's latency and energy.
Explanation explain(const schedule::Problem& problem, const objective::Objective& objective,
                    const CostedSchedule& given, const CostedSchedule& best);

std::string explanation_text(const Explanation& explanation);
std::string explanation_json(const Explanation& explanation);

}  // namespace inlay::report::text
