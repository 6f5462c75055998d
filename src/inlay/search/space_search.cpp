#include "inlay/search/space_search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/evaluate/root_bounds.hpp"
#include "inlay/search/constraint_effects.hpp"
#include "inlay/search/membership.hpp"
#include "inlay/search/partition_search.hpp"
#include "inlay/search/start_schedule.hpp"

namespace inlay::search {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

constexpr Resolution kCoarse = {12, 1e-2, 0};
constexpr Resolution kMedium = {36, 1e-3, 0};
constexpr Resolution kFine = {0, 1e-9, 0};

/// Few cuts first: a hundredth of the work finds what the fine search then only has to beat. And short
/// pipelines before long ones: as long as there is nothing to beat, nothing is pruned, and on a large package
/// the combinations of long ones are too many to begin with.
std::vector<Resolution> incumbent_passes(int longest) {
  std::vector<Resolution> passes;
  for (int stages = 1; stages < longest; stages *= 2) {
    passes.push_back({kCoarse.most_cuts, kCoarse.tolerance, stages});
  }
  passes.push_back(kCoarse);
  passes.push_back(kMedium);
  return passes;
}

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
  return objective_value(objective, cost.latency, cost.energy.total());
}

class SpaceSearch {
 public:
  SpaceSearch(const schedule::Problem& problem, const Objective& objective, Space space,
              const Options& options)
      : problem_(problem),
        objective_(objective),
        space_(std::move(space)),
        options_(options),
        clock_(options.stop),
        trie_(path_trie(problem.package, space_.longest, chiplet_kinds(problem))),
        bounds_(space_.partitions.size()) {
    for (std::size_t i = 0; i < space_.partitions.size(); ++i) {
      bounds_[i] = partition_bound(problem, space_.partitions[i], objective);
    }
    const evaluate::RootBounds root = evaluate::root_bounds(problem);
    root_bound_ = objective_bound(objective, root.latency, root.energy);
    binds_ = !objective.counts_energy()    ? root.latency_binds
             : !objective.counts_latency() ? root.energy_binds
                                           : root.latency_binds + " and " + root.energy_binds;
  }

  Answer run() {
    adopt_start();
    for (const Resolution& resolution : incumbent_passes(space_.longest)) {
      for (const std::size_t i : promising_first()) {
        if (!near_enough()) {
          search(i, resolution);
        }
      }
    }
    for (const std::size_t i : promising_first()) {
      prove(i);
    }
    if (value_ == kInfinite) {
      if (complete_) {
        refuse(problem_, space_);
      }
      fall_back();
    }
    save_energy();
    return answer();
  }

 private:
  void adopt_start() {
    if (options_.start) {
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

  PartitionResult search(std::size_t index, const Resolution& resolution) {
    // What is sought must be better by more than the gap that the user accepts, once there is something at
    // all.
    const bool fine = resolution.most_cuts == 0;
    const double threshold =
        value_ == kInfinite ? kInfinite : value_ * (fine ? 1.0 - options_.stop.gap : 1.0);
    if (bounds_[index] >= threshold) {
      return {};
    }
    if (stopped()) {
      return {std::nullopt, false, false, 0};
    }
    const int longest =
        resolution.most_stages == 0 ? space_.longest : std::min(space_.longest, resolution.most_stages);
    const PartitionQuestion question{problem_, trie_,      space_.partitions[index], objective_, threshold,
                                     longest,  resolution, options_.threads};
    PartitionResult result = search_partition(question, clock_, clock_.evaluations_left(evaluations_));
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

  /// Searches a partition finely; afterwards its bound says all that is known about it.
  void prove(std::size_t index) {
    if (near_enough()) {
      return;
    }
    const double threshold = value_ == kInfinite ? kInfinite : value_ * (1.0 - options_.stop.gap);
    const PartitionResult result = search(index, kFine);
    if (result.complete) {
      bounds_[index] = std::max(bounds_[index], result.best ? result.best->value : threshold);
    } else {
      complete_ = false;
      too_large_ = too_large_ || result.too_large;
    }
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
      const PartitionQuestion question{
          problem_,       trie_,   space_.partitions[i], Objective::kEnergy,     least,
          space_.longest, kCoarse, options_.threads,     value_ * (1.0 + 1e-12), &best_};
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

  /// Stopped before anything was found.
  void fall_back() {
    const std::optional<schedule::Schedule> plain = plain_schedule(problem_);
    if (!plain) {
      throw StoppedEarly(fmt::format("stopped by {} before a schedule was found",
                                     too_large_ && !stopped() ? "memory" : clock_.reason()));
    }
    value_ = objective_of(objective_, evaluate::evaluate_reference(problem_, *plain));
    best_ = *plain;
  }

  /// The root bound's reason, if that is the bound; else how much of the bound the search has added to it.
  std::string what_binds(double bound, double value) const {
    if (bound <= root_bound_ * (1.0 + 1e-9)) {
      return binds_;
    }
    const bool proven = value - bound <= 1e-9 * value;
    return fmt::format("{}; before it, {} held the bound at {:.0f}% of the value",
                       proven ? "the search, which left nothing out"
                              : "layers and bytes of every window, and what the search could exclude",
                       binds_, 100.0 * root_bound_ / value);
  }

  Answer answer() {
    // The search's own sums and the reference evaluator must agree: a difference would be a defect.
    const double checked = objective_of(objective_, evaluate::evaluate_reference(problem_, best_));
    require_not_negative(objective_, checked);
    if (std::abs(checked - value_) > 1e-9 * checked) {
      throw base::DefectError(
          fmt::format("the search costs its schedule at {}, the reference evaluator at {}", value_, checked));
    }
    Certificate certificate;
    certificate.objective = objective_;
    certificate.value = checked;
    certificate.space = space_.name;
    double bound = lower_bound();
    const bool outside =
        start_value_ == value_ && !lies_in(best_, space_.partitions, space_.longest, problem_.package);
    if (outside) {
      certificate.space +=
          "; the schedule is the one that the search was started from, which lies outside of this space";
    }
    if (outside && bound > checked) {
      // The start is better than everything in the space: only the root bound speaks of it.
      bound = root_bound_;
      certificate.space = "all schedules (the start lies outside of: " + space_.name + ")";
    }
    if (bound > checked * (1.0 + 1e-9)) {
      throw base::DefectError(fmt::format("the lower bound {} is above the schedule's {}", bound, checked));
    }
    certificate.lower_bound = std::min(bound, checked);
    certificate.gap = checked > 0.0 ? (checked - certificate.lower_bound) / checked : 0.0;
    certificate.proven = certificate.gap <= 1e-9;
    certificate.binds = what_binds(bound, checked);
    certificate.stopped_by = certificate.proven         ? "proof"
                             : complete_                ? "gap"
                             : too_large_ && !stopped() ? "memory"
                                                        : clock_.reason();
    certificate.seed = options_.seed;
    certificate.evaluations = evaluations_;
    certificate.seconds = clock_.seconds();
    return {best_, certificate};
  }

  const schedule::Problem& problem_;
  Objective objective_;
  Space space_;
  const Options& options_;
  StopClock clock_;
  PathTrie trie_;
  std::vector<double> bounds_;  // [partition] no schedule of it is below
  double root_bound_ = 0.0;
  std::string binds_;
  double value_ = kInfinite;
  double start_value_ = -1.0;
  schedule::Schedule best_;
  bool complete_ = true;
  bool too_large_ = false;
  std::int64_t evaluations_ = 0;
};

}  // namespace

Space in_order(const schedule::Problem& problem, Space space) {
  std::erase_if(space.partitions,
                [&](const WindowPartition& partition) { return !keeps_order(problem, partition); });
  if (space.partitions.empty()) {
    throw base::InfeasibleError(
        fmt::format("{}: in none of its windows do all models begin after those that they wait for", space.name));
  }
  return space;
}

Answer search_space(const schedule::Problem& problem, const Objective& objective, const Space& space,
                    const Options& options) {
  return SpaceSearch(problem, objective, in_order(problem, space), options).run();
}

}  // namespace inlay::search
