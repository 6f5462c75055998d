#include "inlay/search/large/partition_plan.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "inlay/search/packing/window_state.hpp"
#include "inlay/search/parallel.hpp"

namespace inlay::search::large {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// Latencies that are tried at once.
constexpr int kLevels = 16;
/// Before there is a schedule, windows are thought to take no more than so many times their lower bound.
constexpr double kFirstGuess = 8.0;

}  // namespace

PartitionPlan::PartitionPlan(const schedule::Problem& problem, const ChipletKinds& kinds, const Tiles& tiles,
                             const std::vector<ShapeCosts>& shapes, WholeStages& stages,
                             const windows::WindowPartition& partition, const Objective& objective,
                             const Effort& effort)
    : problem_(problem),
      kinds_(kinds),
      tiles_(tiles),
      shapes_(shapes),
      whole_stages_(stages),
      partition_(partition),
      objective_(objective),
      effort_(effort),
      seconds_per_byte_(packing::shared_seconds_per_byte(problem)) {
  bound_by_layers();
}

bool PartitionPlan::time_counts() const {
  return objective_.counts_latency() || problem_.package.static_power > 0.0;
}

double PartitionPlan::latency() const {
  double total = 0.0;
  for (const Placed& placed : placed_) {
    total += placed.plan.latency;
  }
  return total;
}

double PartitionPlan::energy() const {
  double total = problem_.package.static_power * latency();
  for (const Placed& placed : placed_) {
    total += placed.plan.energy;
  }
  return total;
}

double PartitionPlan::value() const {
  return objective_.value(latency(), energy());
}

schedule::Schedule PartitionPlan::schedule() const {
  schedule::Schedule schedule;
  for (const Placed& placed : placed_) {
    schedule.windows.push_back({placed.plan.pipelines});
  }
  return schedule;
}

/// The objective's slopes; where latency or energy makes no difference, a little of it, so that ties are
/// decided well.
ObjectiveGradient PartitionPlan::gradient_at(double latency, double energy) const {
  constexpr double kStep = 1e-4;
  constexpr double kLittle = 1e-6;
  const double value = objective_.value(latency, energy);
  const double later =
      objective_.value(latency * (1.0 + kStep), energy + problem_.package.static_power * latency * kStep);
  const double dearer = objective_.value(latency, energy * (1.0 + kStep));
  const double of_time = std::max(0.0, later - value);
  const double of_energy = std::max(0.0, dearer - value);
  ObjectiveGradient gradient;
  if (time_counts() && latency > 0.0) {
    gradient.second = std::max({of_time, kLittle * of_energy, 1e-300}) / (kStep * latency);
  }
  if (energy > 0.0) {
    gradient.joule = std::max({of_energy, kLittle * of_time, 1e-300}) / (kStep * energy);
  }
  return gradient;
}

ObjectiveGradient PartitionPlan::gradient() const {
  if (!placed_.empty()) {
    return gradient_at(latency(), energy());
  }
  double latency = 0.0;
  double energy = 0.0;
  for (const WindowStages& window : stages_) {
    latency += window.least_latency;
    energy += window.least_energy;
  }
  return gradient_at(latency, energy + problem_.package.static_power * latency);
}

std::vector<double> PartitionPlan::levels_between(std::size_t window, double from, double to) const {
  if (!time_counts()) {
    return {kInfinite};
  }
  from = std::max(from, stages_[window].least_latency);
  to = std::max(to, from);
  std::vector<double> levels;
  for (int level = 1; level <= kLevels; ++level) {
    levels.push_back(from * std::pow(to / from, static_cast<double>(level) / kLevels));
  }
  return levels;
}

PackingQuestion PartitionPlan::question_of(std::size_t window, std::vector<double> levels) const {
  const ObjectiveGradient slopes = gradient();
  const double byte = bounds_.empty() ? 0.0 : bounds_[window].multiplier_of_byte();
  return {kinds_, tiles_, stages_[window], seconds_per_byte_, slopes, byte * slopes.joule, std::move(levels)};
}

std::optional<WindowPlan> PartitionPlan::best_of(IntervalTables& tables,
                                                 const std::vector<ChipletOrdering>& orderings,
                                                 const StopClock& clock) {
  const std::int64_t before = tables.evaluations();
  const bool prepared = tables.prepare(orderings, effort_.threads, clock);
  evaluations_ += tables.evaluations() - before;
  if (!prepared) {
    return std::nullopt;
  }
  std::vector<std::optional<WindowPlan>> plans(orderings.size());
  for_each_index(effort_.threads, orderings.size(),
                 [&](std::size_t i) { plans[i] = pack_ordering(tables, orderings[i]); });
  const ObjectiveGradient& slopes = tables.question().gradient;
  std::optional<WindowPlan> best;
  for (std::optional<WindowPlan>& plan : plans) {
    if (plan && (!best || cost_of(slopes, *plan) < cost_of(slopes, *best))) {
      best = std::move(plan);
    }
  }
  return best;
}

std::optional<WindowPlan> PartitionPlan::best_of(std::size_t window,
                                                 const std::vector<ChipletOrdering>& orderings,
                                                 const std::vector<double>& levels, const StopClock& clock) {
  IntervalTables tables(question_of(window, levels), coarse_cuts_[window]);
  return best_of(tables, orderings, clock);
}

std::optional<WindowPlan> PartitionPlan::finely(std::size_t window, const WindowPlan& plan) {
  return repack(question_of(window, levels_between(window, 0.93 * plan.latency, 1.01 * plan.latency)), plan,
                all_cuts_[window], effort_.threads, evaluations_);
}

/// The better of what the window has and what has been found with few cuts.
void PartitionPlan::take(std::size_t window, const WindowPlan& coarse) {
  Placed& placed = placed_[window];
  const ObjectiveGradient slopes = gradient();
  const std::optional<WindowPlan> fine = finely(window, coarse);
  const WindowPlan& better = fine && cost_of(slopes, *fine) < cost_of(slopes, coarse) ? *fine : coarse;
  placed.ordering = coarse.ordering;
  placed.coarse_cost = cost_of(slopes, coarse);
  if (cost_of(slopes, better) < cost_of(slopes, placed.plan)) {
    placed.plan = better;
  }
}

bool PartitionPlan::place_windows(const std::vector<ChipletOrdering>& orderings, const StopClock& clock) {
  std::vector<Placed> first;
  for (std::size_t w = 0; w < stages_.size(); ++w) {
    const double least = stages_[w].least_latency;
    const std::optional<WindowPlan> plan =
        best_of(w, orderings, levels_between(w, least, std::min(latest_[w], kFirstGuess * least)), clock);
    if (!plan) {
      return false;
    }
    first.push_back({*plan, plan->ordering, kInfinite});
  }
  placed_ = std::move(first);
  for (std::size_t w = 0; w < stages_.size() && !clock.expired() && !effort_.coarse_only; ++w) {
    const double time = placed_[w].plan.latency;
    const std::optional<WindowPlan> plan =
        best_of(w, {placed_[w].ordering}, levels_between(w, 0.85 * time, 1.15 * time), clock);
    take(w, plan ? *plan : WindowPlan(placed_[w].plan));
  }
  return true;
}

bool PartitionPlan::place(const std::vector<ChipletOrdering>& orderings, double incumbent,
                          const StopClock& clock) {
  std::vector<double> wanted;
  for (std::size_t w = 0; w < stages_.size(); ++w) {
    wanted.push_back(std::min(latest(w, incumbent), kFirstGuess * stages_[w].least_latency));
  }
  for (const bool last : {false, true}) {
    if (!make_stages(wanted, clock)) {
      return false;
    }
    if (place_windows(orderings, clock)) {
      return true;
    }
    for (std::size_t w = 0; w < stages_.size() && !last; ++w) {
      wanted[w] = latest(w, incumbent);
    }
  }
  return !clock.expired();
}

void PartitionPlan::replace(const std::vector<ChipletOrdering>& orderings, const StopClock& clock) {
  for (std::size_t w = 0; w < stages_.size() && !clock.expired(); ++w) {
    const double time = placed_[w].plan.latency;
    const std::optional<WindowPlan> plan =
        best_of(w, orderings, levels_between(w, 0.85 * time, 1.1 * time), clock);
    if (plan && !clock.expired()) {
      take(w, *plan);
    }
  }
}

bool PartitionPlan::change(std::size_t window, int tries, base::Random& random, const StopClock& clock) {
  // Enough for some thousand orderings; more would take too much memory.
  constexpr std::size_t kMostTables = 20'000;
  std::vector<ChipletOrdering> orderings;
  for (int i = 0; i < tries; ++i) {
    orderings.push_back(changed_ordering(problem_.package, placed_[window].ordering, random));
  }
  // Tables stay valid as long as they are asked the same.
  changing_.resize(windows());
  std::unique_ptr<IntervalTables>& tables = changing_[window];
  if (!tables || tables->size() > kMostTables) {
    const double time = placed_[window].plan.latency;
    tables = std::make_unique<IntervalTables>(
        question_of(window, levels_between(window, 0.88 * time, 1.06 * time)), coarse_cuts_[window]);
  }
  const std::optional<WindowPlan> plan = best_of(*tables, orderings, clock);
  const double cost = plan ? cost_of(tables->question().gradient, *plan) : kInfinite;
  if (!plan || clock.expired() || cost > placed_[window].coarse_cost * (1.0 + 1e-3)) {
    return false;
  }
  const double before = value();
  take(window, *plan);
  if (value() < before) {
    changing_.clear();  // slopes and latencies of all windows are others now
    return true;
  }
  return false;
}

}  // namespace inlay::search::large
