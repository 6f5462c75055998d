#include "inlay/search/constraints/constrained.hpp"

#include <algorithm>

#include "inlay/search/constraints/obvious_iis.hpp"
#include "inlay/search/constraints/start_schedule.hpp"

namespace inlay::search::constraints {
namespace {

/// What the search for clashing constraints spends on each set of them.
constexpr std::int64_t kEvaluationsPerSet = 20'000'000;
constexpr double kSecondsPerSet = 10.0;

/// Whether there is any schedule: the first one will do. `why_not`: what the method says if there is none.
Feasible feasible(const schedule::Problem& problem, const Options& options, const Method& method,
                  std::string& why_not) {
  if (obvious_iis(problem)) {
    return Feasible::kNo;
  }
  Options quick = options;
  quick.start.reset();
  quick.progress = nullptr;
  quick.stop.gap = 1.0;
  quick.stop.evaluations = std::min(options.stop.evaluations, kEvaluationsPerSet);
  quick.stop.time_limit = std::min(options.stop.time_limit, kSecondsPerSet);
  try {
    method(problem, quick);
    return Feasible::kYes;
  } catch (const StoppedEarly&) {
    return Feasible::kUnknown;
  } catch (const base::InfeasibleError& error) {
    why_not = error.what();
    return Feasible::kNo;
  }
}

}  // namespace

Answer solve_constrained(const schedule::Problem& problem, const Options& options, const Method& method) {
  if (problem.constraints.empty()) {
    return method(problem, options);
  }
  if (const auto conflict = obvious_iis(problem)) {
    throw base::InfeasibleError(to_string(problem, *conflict));
  }
  try {
    Answer answer = method(problem, options);
    require_constraints_kept(problem, answer.schedule);
    answer.certificate.space += "; within the constraints";
    return answer;
  } catch (const StoppedEarly&) {
    throw;
  } catch (const base::InfeasibleError& error) {
    std::string why_not;
    const auto search = [&](const schedule::Problem& other) {
      return feasible(other, options, method, why_not);
    };
    schedule::Problem without = problem;
    without.constraints = {};
    if (search(without) == Feasible::kNo) {
      throw base::InfeasibleError(why_not);
    }
    IrreducibleConflict conflict = searched_iis(problem, search);
    conflict.why = error.what();
    throw base::InfeasibleError(to_string(problem, conflict));
  }
}

}  // namespace inlay::search::constraints
