#include "inlay/search/exact/partition_search.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>

#include "inlay/evaluate/latency_limits.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/search/packing/window_state.hpp"
#include "inlay/search/pipelines/minibatch_tables.hpp"
#include "inlay/search/pipelines/pipeline_search.hpp"
#include "inlay/search/sharding/fill_shardings.hpp"

namespace inlay::search::exact {
namespace {

class PartitionSearch {
 public:
  /// Without `seconds_per_byte` the memory that windows share is left out.
  PartitionSearch(const PartitionQuestion& question, const StopClock& clock, std::int64_t evaluations_left,
                  double seconds_per_byte)
      : question_(question),
        clock_(clock),
        evaluations_left_(evaluations_left),
        seconds_per_byte_(seconds_per_byte),
        shares_(question.problem.package),
        windows_(packing::window_states(question.problem, question.partition, shares_, seconds_per_byte)) {}

  PartitionResult run() {
    if (!bound_windows()) {
      return std::move(result_);
    }
    std::vector<std::vector<packing::WindowPoint>> fronts(windows_.size());
    for (const std::size_t w : costliest_first()) {
      if (!search_window(w, fronts[w])) {
        return std::move(result_);
      }
    }
    add_windows(fronts);
    return std::move(result_);
  }

 private:
  std::vector<std::size_t> costliest_first() const {
    std::vector<std::size_t> order(windows_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return windows_[a].lower.least_latency() > windows_[b].lower.least_latency();
    });
    return order;
  }

  /// Before all those that must be done by some time: if one of them cannot, the others need no search.
  static std::vector<std::size_t> longest_first(const packing::WindowState& window) {
    std::vector<std::size_t> order(window.models.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      const packing::WindowModel& one = window.models[a];
      const packing::WindowModel& other = window.models[b];
      return std::isfinite(one.latest_end) != std::isfinite(other.latest_end)
                 ? std::isfinite(one.latest_end)
                 : one.bound.latency > other.bound.latency;
    });
    return order;
  }

  pipelines::PruningContext outside(std::size_t window) const {
    pipelines::PruningContext result;
    result.objective = question_.objective;
    result.incumbent = question_.incumbent;
    result.latency_limit = question_.latency_limit;
    result.front = question_.front;
    result.static_power = question_.problem.package.static_power;
    result.seconds_per_byte = seconds_per_byte_;
    result.contended = question_.problem.communication == schedule::Communication::kContended;
    result.limits = !question_.problem.constraints.latency_limits.empty();
    result.first_window = window == 0;
    for (std::size_t w = 0; w < windows_.size(); ++w) {
      if (w < window) {
        result.earliest_begin += windows_[w].lower.least_latency();
      }
      if (w != window) {
        // Thinned now and then: sums of many points are many more.
        constexpr std::size_t kMostPoints = 256;
        result.rest = in_sequence(result.rest, windows_[w].lower.thinned(kMostPoints)).thinned(kMostPoints);
      }
    }
    return result;
  }

  /// The other models of the window as lower bounds.
  pipelines::PruningContext around(std::size_t window, std::size_t model) const {
    pipelines::PruningContext result = outside(window);
    result.window = packing::beside(shares_, windows_[window], model);
    result.own_limit = windows_[window].models[model].latest_end - result.earliest_begin;
    for (std::size_t m = 0; m < windows_[window].models.size(); ++m) {
      if (m != model) {
        result.window_bytes += windows_[window].models[m].bound.bytes;
      }
    }
    return result;
  }

  pipelines::PipelineQuestion pipelines_of(std::size_t w, std::size_t m) const {
    const packing::WindowState& window = windows_[w];
    const windows::LayerRange& range = window.ranges[m];
    const int model = window.models[m].model;
    // Every other model of the window needs a chiplet too.
    const int free =
        std::min(static_cast<int>(question_.problem.package.chiplets.size() + 1 - window.models.size()),
                 schedule::most_chiplets(question_.problem.constraints, model));
    const int longest = std::min({question_.longest, free, range.last - range.first});
    return {question_.problem,
            question_.trie,
            model,
            range,
            longest,
            // A pipeline of one stage has no cuts.
            longest > 1 ? cuts_of(model, range) : std::vector<int>{range.first, range.last},
            question_.resolution.tolerance,
            around(w, m),
            {},
            free};
  }

  /// Bounds of all models in all windows that know which latency goes with which energy. False if they show
  /// that the partition has nothing better.
  bool bound_windows() {
    for (const std::size_t w : costliest_first()) {
      for (const std::size_t m : longest_first(windows_[w])) {
        const pipelines::PipelineQuestion question = pipelines_of(w, m);
        if (question.longest < 1) {
          return false;
        }
        packing::bound_model(windows_[w].models[m],
                             pipelines::least_fronts(question, shares_, question_.threads, clock_));
        if (windows_[w].models[m].lower.empty()) {
          return false;
        }
        packing::derive_lower(windows_[w], shares_, seconds_per_byte_);
        if (windows_[w].lower.empty()) {
          return false;
        }
      }
    }
    bound_totals();
    return true;
  }

  /// Of all that the windows' lower bounds allow.
  void bound_totals() {
    const double static_power = question_.problem.package.static_power;
    result_.bound = std::numeric_limits<double>::infinity();
    const pipelines::PruningContext all = outside(windows_.size());
    for (const CostPoint& point : all.rest.points()) {
      result_.bound = std::min(result_.bound, value_of(point.latency, point.energy));
      result_.lower.add({point.latency, point.energy + static_power * point.latency});
    }
  }

  /// False if the window shows that the partition has nothing better, or if the search was stopped.
  bool search_window(std::size_t w, std::vector<packing::WindowPoint>& front) {
    packing::WindowState& window = windows_[w];
    for (const std::size_t m : longest_first(window)) {
      if (!search_model(w, m)) {
        return false;
      }
    }
    packing::PackedWindow packed = packing::pack_window(question_.trie, window.models, outside(w), clock_);
    result_.complete = result_.complete && packed.complete;
    result_.too_large = result_.too_large || packed.too_large;
    front = std::move(packed.points);
    if (front.empty()) {
      return false;
    }
    window.lower = {};
    for (const packing::WindowPoint& point : front) {
      window.lower.add({point.latency, point.energy});
    }
    return true;
  }

  bool search_model(std::size_t w, std::size_t m) {
    packing::WindowState& window = windows_[w];
    packing::WindowModel& model = window.models[m];
    pipelines::PipelineQuestion pipelines = pipelines_of(w, m);
    for (const ParetoFront& front :
         packing::beside_paths(question_.problem, question_.trie, shares_, window, m)) {
      pipelines.of_node.emplace_back(pipelines.context, front);
    }
    pipelines::PipelineFront front = pipelines::search_pipelines(pipelines, question_.threads, clock_,
                                                                 evaluations_left_ - result_.evaluations);
    result_.evaluations += front.evaluations;
    result_.complete = result_.complete && front.complete;
    result_.too_large = result_.too_large || front.too_large;
    if (front.points.empty()) {
      return false;
    }
    model.points = std::move(front.points);
    if (front.complete) {
      model.searched = true;
      packing::bound_by_points(model, question_.problem, question_.trie, shares_);
      packing::derive_lower(window, shares_, seconds_per_byte_);
    }
    return true;
  }

  std::vector<int> cuts_of(int model, const windows::LayerRange& range) const {
    std::vector<int> cuts =
        pipelines::even_cuts(question_.problem, model, range, question_.resolution.most_cuts);
    pipelines::add_cuts_of_pins(question_.problem, model, range, cuts);
    if (question_.keep_cuts != nullptr) {
      pipelines::add_cuts_of(*question_.keep_cuts, model, range, cuts);
    }
    return cuts;
  }

  /// Not that of the last point where points differ in their latest begin, too.
  static double least_energy(const std::vector<packing::WindowPoint>& front) {
    double least = std::numeric_limits<double>::infinity();
    for (const packing::WindowPoint& point : front) {
      least = std::min(least, point.energy);
    }
    return least;
  }

  /// Sums of one point per window, in the order of the windows.
  void add_windows(const std::vector<std::vector<packing::WindowPoint>>& fronts) {
    struct Sum {
      double latency = 0.0;
      double energy = 0.0;
      std::vector<int> chosen;
    };
    std::vector<Sum> sums = {{}};
    double rest_latency = 0.0;
    double rest_energy = 0.0;
    for (const std::vector<packing::WindowPoint>& front : fronts) {
      rest_latency += front.front().latency;
      rest_energy += least_energy(front);
    }
    for (const std::vector<packing::WindowPoint>& front : fronts) {
      rest_latency -= front.front().latency;
      rest_energy -= least_energy(front);
      std::vector<Sum> next;
      for (const Sum& sum : sums) {
        for (std::size_t i = 0; i < front.size(); ++i) {
          if (sum.latency > front[i].latest_begin) {
            continue;
          }
          Sum longer{sum.latency + front[i].latency, sum.energy + front[i].energy, sum.chosen};
          longer.chosen.push_back(static_cast<int>(i));
          if (of_use(longer.latency + rest_latency, longer.energy + rest_energy)) {
            next.push_back(std::move(longer));
          }
        }
      }
      std::stable_sort(next.begin(), next.end(), [](const Sum& a, const Sum& b) {
        return a.latency != b.latency ? a.latency < b.latency : a.energy < b.energy;
      });
      sums.clear();
      for (Sum& sum : next) {
        if (sums.empty() || sum.energy < sums.back().energy) {
          sums.push_back(std::move(sum));
        }
      }
    }
    for (const Sum& sum : sums) {
      keep_if_better(sum.latency, sum.energy, fronts, sum.chosen);
    }
  }

  /// Whether a sum of so much at least is worth keeping.
  bool of_use(double latency, double energy) const {
    if (question_.front != nullptr) {
      const double total = energy + question_.problem.package.static_power * latency;
      return total < question_.front->energy_below(latency);
    }
    return latency <= question_.latency_limit && value_of(latency, energy) < question_.incumbent * (1 + 1e-9);
  }

  double value_of(double latency, double energy) const {
    return question_.objective.value(latency, energy + question_.problem.package.static_power * latency);
  }

  void keep_if_better(double latency, double energy,
                      const std::vector<std::vector<packing::WindowPoint>>& fronts,
                      const std::vector<int>& chosen) {
    if (question_.front != nullptr) {
      result_.front.push_back(found_of(energy, fronts, chosen));
      const Found& found = result_.front.back();
      result_.waits = result_.waits || !found.in_time || found.latency > latency * (1.0 + 1e-12);
      return;
    }
    const double value = value_of(latency, energy);
    if (value >= (result_.best ? result_.searched_value : question_.incumbent)) {
      return;
    }
    Found found = found_of(energy, fronts, chosen);
    result_.searched_value = value;
    result_.waits =
        found.value > value * (1.0 + 1e-12) || !found.in_time || found.latency > question_.latency_limit;
    result_.best = std::move(found);
  }

  /// The schedule of one point per window, with the memory that windows share.
  Found found_of(double energy, const std::vector<std::vector<packing::WindowPoint>>& fronts,
                 const std::vector<int>& chosen) const {
    Found found;
    const double seconds_per_byte = packing::shared_seconds_per_byte(question_.problem);
    for (std::size_t w = 0; w < fronts.size(); ++w) {
      const packing::WindowPoint& point = fronts[w][static_cast<std::size_t>(chosen[w])];
      found.in_time = found.in_time && found.latency <= point.latest_begin;
      found.latency += std::max(point.latency, point.bytes * seconds_per_byte);
      found.schedule.windows.push_back({point.pipelines});
    }
    if (!question_.trie.single()) {
      sharding::fill_shardings(question_.problem, question_.trie.plan_goal, *question_.trie.plans,
                               found.schedule);
    }
    const bool contended = question_.problem.communication == schedule::Communication::kContended;
    const bool limits = !question_.problem.constraints.latency_limits.empty();
    if (contended || (limits && seconds_per_byte > 0.0)) {
      // The packing knows of the whole memory only, and not even of that in a search without it.
      const evaluate::ScheduleCost cost = evaluate::evaluate_reference(question_.problem, found.schedule);
      found.latency = contended ? cost.latency : found.latency;
      found.in_time = evaluate::broken_latency_limits(question_.problem, found.schedule, cost).empty();
    }
    found.energy = energy + question_.problem.package.static_power * found.latency;
    found.value = question_.objective.value(found.latency, found.energy);
    return found;
  }

  const PartitionQuestion& question_;
  const StopClock& clock_;
  std::int64_t evaluations_left_;
  double seconds_per_byte_;
  pipelines::TypeShares shares_;
  std::vector<packing::WindowState> windows_;
  PartitionResult result_;
};

/// Found without the memory that windows share: drops what is of no use with it.
void drop_what_waits_too_long(const PartitionQuestion& question, PartitionResult& result) {
  if (question.front != nullptr) {
    std::erase_if(result.front, [&](const Found& found) {
      return !found.in_time || found.energy >= question.front->energy_below(found.latency);
    });
  } else if (result.best && (result.best->value >= question.incumbent || !result.best->in_time ||
                             result.best->latency > question.latency_limit)) {
    result.best.reset();
  }
}

}  // namespace

PartitionResult search_partition(const PartitionQuestion& question, const StopClock& clock,
                                 std::int64_t evaluations_left) {
  // Without the memory that windows share there is one coordinate less to keep apart. What is found so is the
  // answer unless its windows wait for that memory.
  PartitionResult result = PartitionSearch(question, clock, evaluations_left, 0.0).run();
  const double seconds_per_byte = packing::shared_seconds_per_byte(question.problem);
  drop_what_waits_too_long(question, result);
  if (!result.complete || !result.waits) {
    return result;
  }
  PartitionQuestion whole = question;
  pipelines::FrontTarget target;
  if (question.front != nullptr) {
    target = *question.front;
    for (const Found& found : result.front) {
      target.known.add({found.latency, found.energy});
    }
    whole.front = &target;
  }
  whole.incumbent = result.best ? result.best->value : question.incumbent;
  PartitionResult again =
      PartitionSearch(whole, clock, evaluations_left - result.evaluations, seconds_per_byte).run();
  if (again.waits && question.problem.communication == schedule::Communication::kContended) {
    // Interfaces delay what was found: another schedule may be less delayed.
    again.complete = false;
    again.bound = std::max(again.bound, again.searched_value);
    drop_what_waits_too_long(whole, again);
  }
  again.evaluations += result.evaluations;
  again.bound = std::max(again.bound, result.bound);
  if (!again.best) {
    again.best = std::move(result.best);
  }
  std::move(result.front.begin(), result.front.end(), std::back_inserter(again.front));
  return again;
}

ParetoFront partition_front(const schedule::Problem& problem, const windows::WindowPartition& partition) {
  CostPoint least;
  for (const packing::WindowState& window :
       packing::window_states(problem, partition, pipelines::TypeShares(problem.package),
                              packing::shared_seconds_per_byte(problem))) {
    least.latency += window.lower.least_latency();
    least.energy += window.lower.least_energy();
  }
  least.energy += problem.package.static_power * least.latency;
  return ParetoFront(least);
}

double partition_bound(const schedule::Problem& problem, const windows::WindowPartition& partition,
                       const Objective& objective) {
  const CostPoint least = partition_front(problem, partition).points().front();
  return objective.bound(least.latency, least.energy);
}

}  // namespace inlay::search::exact
