#include "inlay/search/incumbent.hpp"

#include <fmt/format.h>

#include <limits>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/latency_limits.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/evaluate/root_bounds.hpp"
#include "inlay/schedule/check.hpp"
#include "inlay/search/certificate.hpp"

namespace inlay::search {

evaluate::ScheduleCost cost_of_start(const schedule::Problem& problem, const schedule::Schedule& start) {
  const auto refuse_first = [](const std::vector<std::string>& wrong) {
    if (!wrong.empty()) {
      throw base::InputError("the schedule to start from does not fit the problem: " + wrong.front());
    }
  };
  refuse_first(schedule::check(problem, start));
  evaluate::ScheduleCost cost = evaluate::evaluate_reference(problem, start);
  refuse_first(evaluate::broken_latency_limits(problem, start, cost));
  return cost;
}

Incumbent::Incumbent(const schedule::Problem& problem, const Objective& objective, const Options& options)
    : problem_(problem),
      objective_(objective),
      options_(options),
      value_(std::numeric_limits<double>::infinity()) {
  const evaluate::RootBounds root = evaluate::root_bounds(problem);
  root_bound_ = objective.bound(root.latency, root.energy);
  root_binds_ = !objective.counts_energy()    ? root.latency_binds
                : !objective.counts_latency() ? root.energy_binds
                                              : root.latency_binds + " and " + root.energy_binds;
  if (options.start) {
    const evaluate::ScheduleCost cost = cost_of_start(problem, *options.start);
    best_ = *options.start;
    value_ = objective.value(cost.latency, cost.energy.total());
    exists_ = true;
    started_ = true;
  }
}

void Incumbent::offer(const schedule::Schedule& schedule, double latency, double energy) {
  double value = objective_.value(latency, energy);
  // What a strategy says of a schedule that is repeated is that of one pass, which may be more.
  if (exists_ && value >= value_ && !problem_.repeated) {
    return;
  }
  if (problem_.communication == schedule::Communication::kContended || problem_.repeated ||
      problem_.submeshes != schedule::SubmeshFamily::kSingle) {
    // Strategies do not know how pipelines delay each other, nor `large` the ways between tiles.
    const evaluate::ScheduleCost cost = evaluate::evaluate_reference(problem_, schedule);
    value = objective_.value(cost.latency, cost.energy.total());
    if ((exists_ && value >= value_) || !evaluate::broken_latency_limits(problem_, schedule, cost).empty()) {
      return;
    }
  }
  best_ = schedule;
  value_ = value;
  exists_ = true;
  started_ = false;
  if (options_.progress) {
    options_.progress(value_, bound());
  }
}

void Incumbent::claim(const Claim& claim) {
  if (claim.bound > claim_.bound) {
    claim_ = claim;
  }
}

/// Whether what is claimed says more than the root bound. It says nothing of a start outside of its space.
bool Incumbent::claims() const {
  const bool outside = started_ && !claim_.holds_start;
  return claim_.bound > root_bound_ && !outside;
}

double Incumbent::bound() const {
  return claims() ? claim_.bound : root_bound_;
}

bool Incumbent::near_enough() const {
  return exists_ && options_.stop.gap > 0.0 && value_ - bound() <= options_.stop.gap * value_;
}

Answer Incumbent::answer(const std::string& searched, bool finished, std::int64_t evaluations,
                         const StopClock& clock) const {
  const double checked = checked_value(problem_, objective_, best_, value_);
  Certificate certificate;
  certificate.objective = objective_;
  set_bound(certificate, checked, bound(), options_.stop.gap, finished ? "its end" : clock.reason());
  certificate.space = (claims() ? claim_.space : all_schedules(problem_)) + "; searched: " + searched;
  if (started_ && !claim_.holds_start) {
    certificate.space += "; nothing better than the schedule that the search was started from was found";
  }
  certificate.binds = claims() ? fmt::format("{} (root bound: {:.0f}% of the value, from {})", claim_.binds,
                                             100.0 * root_bound_ / checked, root_binds_)
                               : root_binds_;
  certificate.seed = options_.seed;
  certificate.evaluations = evaluations;
  certificate.seconds = clock.seconds();
  return {best_, certificate};
}

}  // namespace inlay::search
