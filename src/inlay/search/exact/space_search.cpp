#include "inlay/search/exact/space_search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "inlay/base/error.hpp"
#include "inlay/base/quantity.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/evaluate/root_bounds.hpp"
#include "inlay/search/certificate.hpp"
#include "inlay/search/constraints/constraint_effects.hpp"
#include "inlay/search/constraints/start_schedule.hpp"
#include "inlay/search/exact/incumbent_passes.hpp"
#include "inlay/search/exact/partition_problem.hpp"
#include "inlay/search/incumbent.hpp"
#include "inlay/search/pipelines/submesh_trie.hpp"
#include "inlay/search/windows/space_membership.hpp"

namespace inlay::search::exact {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// Throws what keeps a single layer from running anywhere, if there is such a layer.
void name_misfit(const schedule::Problem& problem) {
  for (std::size_t model = 0; model < problem.scenario.models.size(); ++model) {
    const int layers = static_cast<int>(problem.scenario.models[model].model.layers.size());
    for (int layer = 0; layer < layers; ++layer) {
      std::string reason;
      bool fits = false;
      for (int chiplet = 0; chiplet < static_cast<int>(problem.package.chiplets.size()) && !fits; ++chiplet) {
        const schedule::Pipeline alone{static_cast<int>(model), 1, {{layer, layer + 1, chiplet}}};
        try {
          evaluate::evaluate_reference(problem, {{{{alone}}}, true});
          fits = true;
        } catch (const base::InfeasibleError& error) {
          reason = error.what();
        }
      }
      if (!fits) {
        throw base::InfeasibleError(reason);
      }
    }
  }
}

/// The longest period in which every model with a rate is served, and the model that asks for it. Where time
/// is all that is sought, the rates do not matter.
struct PeriodLimit {
  double seconds = kInfinite;
  std::size_t model = 0;
};

PeriodLimit period_limit(const schedule::Problem& problem, const Objective& objective, const Space& space) {
  PeriodLimit limit;
  const bool binds = problem.repeated && objective.counts_energy() && space.rates_bind;
  for (std::size_t m = 0; m < problem.scenario.models.size(); ++m) {
    const workload::ScenarioModel& entry = problem.scenario.models[m];
    if (binds && entry.rate) {
      const double seconds = static_cast<double>(entry.batch) / *entry.rate;
      limit = seconds < limit.seconds ? PeriodLimit{seconds, m} : limit;
    }
  }
  return limit;
}

[[noreturn]] void refuse(const schedule::Problem& problem, const Space& space) {
  name_misfit(problem);
  const std::size_t models = problem.scenario.models.size();
  const std::size_t chiplets = problem.package.chiplets.size();
  if (models > chiplets) {
    throw base::InfeasibleError(fmt::format("{}: {} models at once need as many chiplets, the package has {}",
                                            space.name, models, chiplets));
  }
  if (!problem.constraints.empty()) {
    throw base::InfeasibleError(space.name + ": nothing of this space is within the constraints");
  }
  throw base::InfeasibleError(fmt::format(
      "{}: every layer fits some chiplet's L2 alone, but no schedule of this space fits", space.name));
}

double objective_of(const Objective& objective, const evaluate::ScheduleCost& cost) {
  return objective.value(cost.latency, cost.energy.total());
}

class SpaceSearch {
 public:
  SpaceSearch(const schedule::Problem& problem, const Objective& objective, Space space,
              const Options& options)
      : problem_(problem),
        problems_(problem),
        objective_(objective),
        limit_(period_limit(problem, objective, space)),
        space_(std::move(space)),
        options_(options),
        clock_(options.stop),
        trie_(pipelines::trie_of(problem, space_.longest,
                                 space_.plan_goal.value_or(sharding::plan_goal(problem, objective)))),
        bounds_(space_.partitions.size()),
        tolerances_(space_.partitions.size()) {
    for (std::size_t i = 0; i < space_.partitions.size(); ++i) {
      bounds_[i] = partition_bound(problems_.of(space_.partitions[i]), space_.partitions[i], objective);
    }
    const evaluate::RootBounds root = evaluate::root_bounds(problem);
    root_bound_ = objective.bound(root.latency, root.energy);
    binds_ = !objective.counts_energy()    ? root.latency_binds
             : !objective.counts_latency() ? root.energy_binds
                                           : root.latency_binds + " and " + root.energy_binds;
  }

  Answer run() {
    adopt_start();
    for (const Resolution& resolution : incumbent_passes(space_.longest)) {
      for (const std::size_t i : promising_first()) {
        improve(i, resolution);
      }
    }
    for (const ProofPass& pass : proof_passes(problem_, objective_)) {
      for (const std::size_t i : promising_first()) {
        prove(i, pass);
      }
    }
    if (value_ == kInfinite) {
      if (std::isinf(*std::min_element(bounds_.begin(), bounds_.end()))) {
        if (std::isfinite(limit_.seconds)) {
          refuse_rate();
        }
        refuse(problem_, space_);
      }
      fall_back();
    }
    save_energy();
    return answer();
  }

 private:
  void adopt_start() {
    if (options_.start && cost_of_start(problem_, *options_.start).latency <= limit_.seconds) {
      value_ = objective_of(objective_, cost_of_start(problem_, *options_.start));
      best_ = *options_.start;
      start_value_ = value_;
    }
  }

  std::vector<std::size_t> promising_first() const {
    std::vector<std::size_t> order(bounds_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return bounds_[a] < bounds_[b]; });
    return order;
  }

  double lower_bound() const {
    return std::max(root_bound_, *std::min_element(bounds_.begin(), bounds_.end()));
  }

  /// The gap that the user accepts is reached: nothing more is sought.
  bool near_enough() const {
    return value_ < kInfinite && options_.stop.gap > 0.0 &&
           value_ - lower_bound() <= options_.stop.gap * value_;
  }

  bool stopped() const { return clock_.expired() || clock_.evaluations_left(evaluations_) <= 0; }

  /// What is sought must be better by more than the gap that the user accepts, once there is something at
  /// all.
  double sought() const { return value_ == kInfinite ? kInfinite : value_ * (1.0 - options_.stop.gap); }

  PartitionResult search(std::size_t index, const Resolution& resolution, double below,
                         std::int64_t most_evaluations) {
    const int longest =
        resolution.most_stages == 0 ? space_.longest : std::min(space_.longest, resolution.most_stages);
    const windows::WindowPartition& partition = space_.partitions[index];
    const PartitionQuestion question{
        problems_.of(partition), trie_,         partition, objective_, below, longest, resolution,
        options_.threads,        limit_.seconds};
    PartitionResult result =
        search_partition(question, clock_, std::min(most_evaluations, clock_.evaluations_left(evaluations_)));
    evaluations_ += result.evaluations;
    if (result.best && result.best->value < value_) {
      value_ = result.best->value;
      best_ = result.best->schedule;
      if (options_.progress) {
        options_.progress(value_, lower_bound());
      }
    }
    return result;
  }

  /// Seeks a schedule with few cuts.
  void improve(std::size_t index, const Resolution& resolution) {
    if (!near_enough() && !stopped() && bounds_[index] < value_) {
      search(index, resolution, value_, std::numeric_limits<std::int64_t>::max());
    }
  }

  /// Searches a partition with all cuts; afterwards its bound says all that is known about it.
  void prove(std::size_t index, const ProofPass& pass) {
    const double below = sought();
    if (near_enough() || bounds_[index] >= below || stopped()) {
      return;
    }
    const PartitionResult result = search(index, {0, pass.tolerance, 0}, below, pass.evaluations);
    const bool last_pass = pass.tolerance <= kFine.tolerance && pass.evaluations > kFirstPass;
    too_large_ = too_large_ || (last_pass && result.too_large);
    const double excluded = result.complete
                                ? (result.best ? result.best->value : below) / merging(index, pass.tolerance)
                                : std::min(result.bound, below);
    if (excluded > bounds_[index]) {
      bounds_[index] = excluded;
      tolerances_[index] = result.complete && pass.tolerance > kFine.tolerance ? pass.tolerance : 0.0;
    }
  }

  /// How much better than what is found a schedule may be whose labels were merged with others: each stage
  /// may add the tolerance to the largest steady, the energy and the bytes.
  double merging(std::size_t index, double tolerance) const {
    if (tolerance <= kFine.tolerance) {
      return 1.0;
    }
    const int coordinates = (objective_.counts_latency() ? 1 : 0) + (objective_.counts_energy() ? 1 : 0);
    return std::pow(1.0 + tolerance, coordinates * most_stages(index));
  }

  /// Of a pipeline of the partition: every other model of its window needs a chiplet.
  int most_stages(std::size_t index) const {
    int most = 1;
    for (const std::vector<windows::LayerRange>& window : space_.partitions[index].windows) {
      const auto models = static_cast<int>(std::count_if(
          window.begin(), window.end(), [](const windows::LayerRange& range) { return !range.empty(); }));
      most = std::max(most, static_cast<int>(problem_.package.chiplets.size()) + 1 - models);
    }
    return std::min(most, space_.longest);
  }

  /// Among schedules of the best latency, one of little energy: a pipeline that is not the slowest of its
  /// window need not hurry. Sought with few cuts, so the energy is not proven least; the latency stays what
  /// it is.
  void save_energy() {
    if (objective_.counts_energy() || stopped()) {
      return;
    }
    double least = evaluate::evaluate_reference(problem_, best_).energy.total();
    for (const std::size_t i : promising_first()) {
      const PartitionQuestion question{problems_.of(space_.partitions[i]),
                                       trie_,
                                       space_.partitions[i],
                                       Objective::kEnergy,
                                       least,
                                       space_.longest,
                                       kCoarse,
                                       options_.threads,
                                       value_ * (1.0 + 1e-12),
                                       &best_};
      const PartitionResult result =
          search_partition(question, clock_, clock_.evaluations_left(evaluations_));
      evaluations_ += result.evaluations;
      if (result.best) {
        least = result.best->energy;
        best_ = result.best->schedule;
        value_ = result.best->latency;
      }
    }
  }

  /// Names the rate that could be served.
  [[noreturn]] void refuse_rate() {
    const workload::ScenarioModel& entry = problem_.scenario.models[limit_.model];
    Options rest = options_;
    rest.progress = {};
    rest.start.reset();
    rest.stop.time_limit = std::max(0.0, options_.stop.time_limit - clock_.seconds());
    const Answer fastest = search_space(problem_, Objective::kPeriod, space_, rest);
    throw base::InfeasibleError(fmt::format(
        "{}: model '{}' cannot be served at {:.4g}/s: a batch of {} would have to be done in {}; "
        "the shortest period that was found is {}, {:.4g}/s (bound: {}; {}). '--objective period' "
        "tunes tile sizes for time and may find a shorter one",
        space_.name, entry.name, *entry.rate, entry.batch, base::format_time(limit_.seconds),
        base::format_time(fastest.certificate.value),
        static_cast<double>(entry.batch) / fastest.certificate.value,
        base::format_time(fastest.certificate.lower_bound), fastest.certificate.binds));
  }

  /// Stopped before anything was found.
  void fall_back() {
    const std::optional<schedule::Schedule> plain = constraints::plain_schedule(problem_);
    if (!plain) {
      throw StoppedEarly(fmt::format("stopped by {} before a schedule was found",
                                     too_large_ && !stopped() ? "memory" : clock_.reason()));
    }
    const evaluate::ScheduleCost cost = evaluate::evaluate_reference(problem_, *plain);
    if (cost.latency > limit_.seconds) {
      throw StoppedEarly(fmt::format("stopped by {} before a schedule was found that serves all rates",
                                     too_large_ && !stopped() ? "memory" : clock_.reason()));
    }
    value_ = objective_of(objective_, cost);
    best_ = *plain;
    fell_back_ = true;
  }

  /// The root bound's reason, if that is the bound; else how much of the bound the search has added to it.
  std::string what_binds(double bound, double value) const {
    if (bound <= root_bound_ * (1.0 + 1e-9)) {
      return binds_;
    }
    const bool proven = value - bound <= 1e-9 * value;
    return fmt::format("{} (root bound: {:.0f}% of the value, from {})",
                       proven ? "proved by exhaustive search" : "raised by a search that is not complete",
                       100.0 * root_bound_ / value, binds_);
  }

  /// Says by how much labels that were merged hold the bound below the value.
  std::string what_was_merged(double bound, bool proven) const {
    for (std::size_t i = 0; i < bounds_.size() && !proven; ++i) {
      if (bounds_[i] <= bound && tolerances_[i] > 0.0) {
        return fmt::format(
            "; labels within epsilon = {} of each other were merged, over at most {} stages: the "
            "bound is what that search excludes over {:.6f}",
            tolerances_[i], most_stages(i), merging(i, tolerances_[i]));
      }
    }
    return "";
  }

  Answer answer() {
    const double checked = checked_value(problem_, objective_, best_, value_);
    Certificate certificate;
    certificate.objective = objective_;
    certificate.space = space_.name;
    double bound = lower_bound();
    const bool outside = start_value_ == value_ &&
                         !windows::lies_in(best_, space_.partitions, space_.longest, problem_.package);
    if (outside) {
      certificate.space +=
          "; the schedule is the one that the search was started from, which lies outside of this space";
    }
    if (fell_back_) {
      certificate.space +=
          "; stopped before there was a schedule of it: this one is the plainest, each model alone on one "
          "chiplet";
    }
    if (outside && bound > checked) {
      // The start is better than everything in the space: only the root bound speaks of it.
      bound = root_bound_;
      certificate.space = all_schedules(problem_) + " (the start lies outside of: " + space_.name + ")";
    }
    set_bound(certificate, checked, bound, options_.stop.gap,
              too_large_ && !stopped() ? "memory" : clock_.reason());
    certificate.binds = what_binds(bound, checked) + what_was_merged(bound, certificate.proven);
    certificate.seed = options_.seed;
    certificate.evaluations = evaluations_;
    certificate.seconds = clock_.seconds();
    return {best_, certificate};
  }

  const schedule::Problem& problem_;
  PartitionProblem problems_;
  Objective objective_;
  PeriodLimit limit_;
  Space space_;
  const Options& options_;
  StopClock clock_;
  pipelines::PathTrie trie_;
  std::vector<double> bounds_;      // [partition] no schedule of it is below
  std::vector<double> tolerances_;  // [partition] of the pass that its bound is from, if that merged labels
  double root_bound_ = 0.0;
  std::string binds_;
  double value_ = kInfinite;
  double start_value_ = -1.0;
  schedule::Schedule best_;
  bool too_large_ = false;
  bool fell_back_ = false;  // to a schedule that was not searched for
  std::int64_t evaluations_ = 0;
};

}  // namespace

Space in_order(const schedule::Problem& problem, Space space) {
  std::erase_if(space.partitions, [&](const windows::WindowPartition& partition) {
    return !constraints::keeps_order(problem, partition);
  });
  if (space.partitions.empty()) {
    throw base::InfeasibleError(fmt::format(
        "{}: in none of its windows do all models begin after those that they wait for", space.name));
  }
  return space;
}

Answer search_space(const schedule::Problem& problem, const Objective& objective, const Space& space,
                    const Options& options) {
  return SpaceSearch(problem, objective, in_order(problem, space), options).run();
}

}  // namespace inlay::search::exact
