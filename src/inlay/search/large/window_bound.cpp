#include "inlay/search/large/window_bound.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "inlay/search/packing/window_state.hpp"
#include "inlay/search/parallel.hpp"

namespace inlay::search::large {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// Latencies at which the energy is bounded; between two of them the bound of the later one holds.
constexpr int kTimes = 320;
/// Shorter steps than this share of Polyak's are not worth a round.
constexpr double kLeastStride = 0.01;
/// Sums of many multipliers round: bounds are lowered by this much.
constexpr double kRounding = 1e-9;

/// Latencies that one set of multipliers is good for: they differ by no more than this.
int span_of(double time) {
  return std::isfinite(time) && time > 0.0 ? static_cast<int>(std::floor(std::log(time) / std::log(1.03)))
                                           : 0;
}

}  // namespace

WindowBound::WindowBound(const schedule::Problem& problem, const ChipletKinds& kinds,
                         const WindowStages& window, const Objective& objective, double likely, double latest,
                         const ObjectiveGradient& gradient)
    : problem_(problem),
      kinds_(kinds),
      window_(window),
      energy_counts_(objective.counts_energy()),
      seconds_per_byte_(packing::shared_seconds_per_byte(problem)) {
  const bool time_counts = objective.counts_latency() || problem.package.static_power > 0.0;
  if (time_counts && std::isfinite(latest)) {
    // Evenly spaced relative to each other, so that every step costs the product as much.
    const double first = window.least_latency;
    const double ratio = std::pow(std::max(1.0, latest / first), 1.0 / kTimes);
    for (int step = 0; step <= kTimes; ++step) {
      times_.push_back(step == kTimes ? std::max(first, latest) : first * std::pow(ratio, step));
    }
  } else {
    times_ = {window.least_latency, kInfinite};
  }
  least_.assign(times_.size(), energy_counts_ ? window.least_energy : 0.0);
  DualState first;
  first.multipliers.per_joule = energy_counts_ ? 1.0 : 0.0;
  // A share of the energy or, where that does not count, of the time: the first guess.
  const double chiplets = static_cast<double>(problem.package.chiplets.size());
  const double start = energy_counts_ ? 0.4 * window.least_energy / chiplets : 1.0;
  first.multipliers.per_chiplet.assign(kinds.kinds.size(), time_counts ? start : 0.0);
  if (time_counts && energy_counts_ && std::isfinite(latest)) {
    first.multipliers.per_byte = 0.4 * window.least_energy * seconds_per_byte_ / likely;
  }
  first.best_multipliers = first.multipliers;
  duals_[span_of(likely)] = std::move(first);
  const double second = energy_counts_ ? (gradient.joule > 0.0 ? gradient.second / gradient.joule : 0.0)
                                       : chiplets / std::max(window.least_latency, 1e-300);
  for (const ModelStages& model : window.models) {
    sizes_.emplace_back();
    for (const MinibatchStagesOfRange& size : model.sizes) {
      sizes_.back().emplace_back(size, kinds, times_.front(), likely, times_.back(), second);
    }
  }
  remake_front();
}

/// The latency at which a schedule of this worth may be best: where the bound is to be raised.
double WindowBound::critical_time(const ObjectiveGradient& gradient) const {
  double least = kInfinite;
  double critical = times_.back();
  for (const CostPoint& corner : front_.points()) {
    const double value = gradient.second * corner.latency + gradient.joule * corner.energy;
    if (value < least) {
      least = value;
      critical = corner.latency;
    }
  }
  // A corner has the energy of the next time.
  const auto next = std::upper_bound(times_.begin(), times_.end(), critical);
  return next == times_.end() ? times_.back() : *next;
}

/// Begins with the multipliers of the nearest span that has any.
WindowBound::DualState& WindowBound::dual_for(double time) {
  const int span = span_of(time);
  const auto after = duals_.lower_bound(span);
  if (after != duals_.end() && after->first == span) {
    return after->second;
  }
  auto nearest = after;
  if (after == duals_.end() ||
      (after != duals_.begin() && span - std::prev(after)->first < after->first - span)) {
    nearest = std::prev(after);
  }
  DualState fresh;
  fresh.multipliers = nearest->second.best_multipliers;
  fresh.best_multipliers = fresh.multipliers;
  return duals_[span] = fresh;
}

bool WindowBound::refine(const ObjectiveGradient& gradient, double missing, int threads,
                         const StopClock& clock) {
  const double critical = critical_time(gradient);
  DualState& dual = dual_for(critical);
  const Multipliers& multipliers = dual.multipliers;
  std::vector<std::pair<std::size_t, std::size_t>> tasks;
  std::vector<std::vector<LagrangianSubproblem::Answer>> answers(sizes_.size());
  for (std::size_t model = 0; model < sizes_.size(); ++model) {
    answers[model].resize(sizes_[model].size());
    for (std::size_t size = 0; size < sizes_[model].size(); ++size) {
      tasks.emplace_back(model, size);
    }
  }
  for_each_index(threads, tasks.size(), [&](std::size_t i) {
    const auto& [model, size] = tasks[i];
    if (!clock.expired()) {
      answers[model][size] = sizes_[model][size].ask(multipliers, times_, critical);
    }
  });
  if (clock.expired()) {
    return false;
  }
  double charged = 0.0;
  for (std::size_t kind = 0; kind < kinds_.kinds.size(); ++kind) {
    charged += multipliers.per_chiplet[kind] * kinds_.kinds[kind].count;
  }
  std::vector<double> sums(times_.size(), 0.0);
  std::vector<PipelineUse> cheapest;
  double at_critical = -charged;
  for (const auto& of_model : answers) {
    std::vector<double> least(times_.size(), kInfinite);
    PipelineUse use;
    use.cost = kInfinite;
    for (const LagrangianSubproblem::Answer& answer : of_model) {
      evaluations_ += answer.evaluations;
      for (std::size_t i = 0; i < least.size(); ++i) {
        least[i] = std::min(least[i], answer.least[i]);
      }
      use = answer.use.cost < use.cost ? answer.use : use;
    }
    for (std::size_t i = 0; i < sums.size(); ++i) {
      sums[i] += least[i];
    }
    at_critical += use.cost;
    cheapest.push_back(std::move(use));
  }
  for (std::size_t i = 0; i < sums.size(); ++i) {
    double bytes_charged = 0.0;
    if (multipliers.per_byte > 0.0) {
      bytes_charged = multipliers.per_byte * times_[i] / seconds_per_byte_;
    }
    const double bound = sums[i] * (1.0 - kRounding) - (charged + bytes_charged) * (1.0 + kRounding);
    if (energy_counts_) {
      least_[i] = std::max(least_[i], bound);
    } else if (bound > 0.0) {
      least_[i] = kInfinite;  // what is charged exceeds all that there is: not within this time
    }
  }
  remake_front();
  multiplier_of_byte_ = multipliers.per_byte;
  if (std::isfinite(critical) && std::isfinite(at_critical)) {
    at_critical -= multipliers.per_byte > 0.0 ? multipliers.per_byte * critical / seconds_per_byte_ : 0.0;
    move_multipliers(dual, critical, at_critical, missing, cheapest);
  }
  ++dual.rounds;
  settled_ = dual.stride < kLeastStride || !std::isfinite(critical);
  return true;
}

/// By how much more is used than there is, as a share of it: of each kind of chiplets, then of the memory's
/// time. A subgradient of the bound, multipliers taken times all that there is.
std::vector<double> WindowBound::excess(double critical, const std::vector<PipelineUse>& cheapest) const {
  std::vector<double> excess;
  for (std::size_t kind = 0; kind < kinds_.kinds.size(); ++kind) {
    double used = 0.0;
    for (const PipelineUse& use : cheapest) {
      used += use.chiplets.empty() ? 0.0 : use.chiplets[kind];
    }
    excess.push_back(used / kinds_.kinds[kind].count - 1.0);
  }
  if (seconds_per_byte_ > 0.0) {
    double bytes = 0.0;
    for (const PipelineUse& use : cheapest) {
      bytes += use.bytes;
    }
    excess.push_back(bytes * seconds_per_byte_ / critical - 1.0);
  }
  return excess;
}

/// A step from the best multipliers so far along a mean of subgradients, as in the volume algorithm (Barahona
/// and Anbil, Mathematical Programming 87, 2000): what is used more than there is becomes dearer.
void WindowBound::move_multipliers(DualState& dual, double critical, double bound, double missing,
                                   const std::vector<PipelineUse>& cheapest) const {
  const std::vector<double> here = excess(critical, cheapest);
  const bool better = dual.rounds == 0 || bound > dual.best;
  if (better) {
    dual.best = bound;
    dual.best_multipliers = dual.multipliers;
    dual.stride = std::min(1.0, 1.25 * dual.stride);
  } else {
    dual.stride *= 0.8;
  }
  const double weight = dual.rounds == 0 ? 1.0 : better ? 0.5 : 0.3;
  dual.direction.resize(here.size(), 0.0);
  const std::size_t kinds = kinds_.kinds.size();
  dual.multipliers = dual.best_multipliers;
  const auto multiplier = [&](std::size_t at) -> double& {
    return at < kinds ? dual.multipliers.per_chiplet[at] : dual.multipliers.per_byte;
  };
  double square = 0.0;
  for (std::size_t at = 0; at < here.size(); ++at) {
    double& direction = dual.direction[at];
    direction += weight * (here[at] - direction);
    // What nobody is short of stays free.
    square += multiplier(at) == 0.0 && direction < 0.0 ? 0.0 : direction * direction;
  }
  if (square <= 1e-12) {
    return;
  }
  // Where energy does not count, multipliers have no unit of their own.
  const double length = energy_counts_ ? dual.stride * missing / square
                                       : static_cast<double>(problem_.package.chiplets.size()) /
                                             ((2.0 + dual.rounds) * std::sqrt(square));
  for (std::size_t at = 0; at < here.size(); ++at) {
    const double all = at < kinds ? kinds_.kinds[at].count : critical / seconds_per_byte_;
    multiplier(at) = std::max(0.0, multiplier(at) + length * dual.direction[at] / all);
  }
}

void WindowBound::remake_front() {
  front_ = {};
  for (std::size_t i = 0; i + 1 < times_.size(); ++i) {
    if (std::isfinite(least_[i + 1])) {
      front_.add({times_[i], least_[i + 1]});
    }
  }
  if (std::isfinite(times_.back())) {
    front_.add({times_.back(), energy_counts_ ? window_.least_energy : 0.0});
  }
}

}  // namespace inlay::search::large
