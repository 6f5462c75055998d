#include "inlay/studies/agreement/compare.hpp"

#include <algorithm>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/latency_limits.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/simulate/replay.hpp"
#include "inlay/solve/problem_setup.hpp"
#include "inlay/studies/agreement/schedules.hpp"
#include "inlay/studies/rank_correlation.hpp"

namespace inlay::studies::agreement {
namespace {

/// Schedules whose latencies look alike are tied.
constexpr int kDigits = 3;

/// Share of the schedule's time that its bytes take at the memory.
double memory_share(const evaluate::ScheduleCost& cost) {
  double memory = 0.0;
  for (const evaluate::WindowCost& window : cost.windows) {
    memory += window.memory_time;
  }
  return memory / cost.latency;
}

void add(const schedule::Problem& problem, const schedule::Schedule& schedule, const Plan& plan,
         ConditionResult& result) {
  const evaluate::ScheduleCost cost = evaluate::evaluate_reference(problem, schedule);
  const std::vector<double> ends = evaluate::model_latencies(problem, schedule, cost);
  std::vector<double> replayed(ends.size(), 0.0);
  double latency = 0.0;
  for (int run = 0; run < plan.runs; ++run) {
    simulate::ReplayOptions how;
    how.jitter = plan.jitter;
    how.seed = static_cast<std::uint64_t>(run) + 1;
    const simulate::Replay replay = simulate::replay(problem, schedule, how);
    latency += replay.latency / plan.runs;
    for (std::size_t m = 0; m < ends.size(); ++m) {
      replayed[m] += replay.model_done[m] / plan.runs;
    }
  }
  for (std::size_t m = 0; m < ends.size(); ++m) {
    result.end_errors.push_back(ends[m] / replayed[m] - 1.0);
  }
  const double energy = cost.energy.total() + problem.package.static_power * (latency - cost.latency);
  const bool best = std::all_of(result.schedules.begin(), result.schedules.end(),
                                [&](const Comparison& one) { return cost.edp() < one.estimated_edp; });
  if (best) {
    result.memory_share = memory_share(cost);
  }
  result.schedules.push_back({cost.latency, latency, cost.edp(), latency * energy});
}

}  // namespace

std::optional<double> ConditionResult::rank_correlation() const {
  std::vector<double> estimates;
  std::vector<double> replays;
  for (const Comparison& one : schedules) {
    estimates.push_back(rounded(one.estimate, kDigits));
    replays.push_back(rounded(one.replay, kDigits));
  }
  return spearman_rho(estimates, replays);
}

double ConditionResult::regret() const {
  const auto chosen = std::min_element(schedules.begin(), schedules.end(), [](const auto& a, const auto& b) {
    return a.estimated_edp < b.estimated_edp;
  });
  const auto best = std::min_element(schedules.begin(), schedules.end(), [](const auto& a, const auto& b) {
    return a.replayed_edp < b.replayed_edp;
  });
  return chosen->replayed_edp / best->replayed_edp - 1.0;
}

schedule::Problem problem_of(const Condition& condition, const Plan& plan) {
  solve::ProblemRequest request;
  request.scenario = condition.scenario;
  request.package = condition.package;
  request.submeshes = solve::submesh_family_named(plan.submeshes);
  request.threads = 1;  // problems run beside each other
  return solve::make_problem(request).problem;
}

ConditionResult compare(const Condition& condition, schedule::Problem problem, const Plan& plan,
                        const std::atomic<bool>* interrupted) {
  ConditionResult result;
  result.condition = condition;
  problem.overlap = condition.overlap;
  problem.package.memory.bandwidth *= condition.memory;
  for (const schedule::Schedule& schedule : schedules_of(problem, plan, interrupted)) {
    add(problem, schedule, plan, result);
  }
  if (result.schedules.empty()) {
    result.failure = "no strategy finds a schedule";
  }
  return result;
}

}  // namespace inlay::studies::agreement
