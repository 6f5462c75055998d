#include "inlay/cost/data_centric/tile_search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include "inlay/base/error.hpp"
#include "inlay/cost/balanced_pieces.hpp"
#include "inlay/cost/data_centric/choice_figures.hpp"
#include "inlay/cost/data_centric/layer_figures.hpp"

namespace inlay::cost::data_centric {
namespace {

/// A choice that may be the best one, by its lower bound.
struct Candidate {
  Rank bound;
  std::array<std::uint32_t, kAxes> option{};
};

/// The best choice so far; of equals the one with the smaller sizes.
struct Incumbent {
  std::optional<Tuned> best;
  Rank rank;

  bool may_improve(const Rank& bound) const { return !best || bound <= rank; }
  void offer(Tuned tuned, const Rank& with) {
    if (!best || with < rank || (with == rank && tuned.sizes < best->sizes)) {
      best = std::move(tuned);
      rank = with;
    }
  }
};

/// What all searches for a layer have in common, whatever the Clusters.
struct Task {
  const Mapping& mapping;
  const workload::Precision& precision;
  const hardware::ChipletType& type;
  Tuning tuning;
  const CandidateSizes& candidates;
  Network network;
  Stationarity stationarity;
  Analysis least;  // everything moves once: no choice costs less energy
  bool any_fits = false;
  SearchEffort effort;
  Incumbent incumbent;
};

/// The search with the Clusters given: depth first over the axes.
class ClusterSearch {
 public:
  ClusterSearch(Task& task, const Sizes& clusters) : task_(task), clusters_(clusters) {}

  void run() {
    const Fits fits = [this](const Extents& tile, const Extents& step) { return this->fits(tile, step); };
    for (std::size_t axis = 0; axis < kAxes; ++axis) {
      axes_[axis] = axis_options(task_.mapping, clusters_, static_cast<Axis>(axis), task_.candidates, fits);
      if (axes_[axis].options.empty()) {
        return;
      }
    }
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::stable_sort(order_.begin(), order_.end(), [this](std::size_t a, std::size_t b) {
      return axes_[a].options.size() < axes_[b].options.size();
    });
    find_live_transitions();
    find_least();
    Node root;
    root.sums.resize(live_.size());
    for (StepSums& sums : root.sums) {
      sums.fill(1);
    }
    nodes_.assign(kAxes + 1, root);
    descend(0);
    analyse_remaining();
  }

 private:
  /// Some axes chosen: products over them, and for the other axes the least there is.
  struct Node {
    std::vector<StepSums> sums;  // [live transition]
    Extents tile{};
    Extents step{};
    double products = 1.0;  // of the busiest PE in all steps
  };

  bool fits(const Extents& tile, const Extents& step) const {
    const LoopNest& layer = task_.mapping.layer();
    return data_centric::fits(tile_elements(layer, tile), tile_elements(layer, step), task_.precision, false,
                              task_.type);
  }

  /// Transitions that some choice ever makes.
  void find_live_transitions() {
    for (std::size_t transition = 0; transition < axes_[0].slot_of.size(); ++transition) {
      const bool live = std::all_of(axes_.begin(), axes_.end(), [&](const AxisOptions& axis) {
        for (std::size_t option = 0; option < axis.options.size(); ++option) {
          if (axis.at(option, transition)[kSumSteps] > 0) {
            return true;
          }
        }
        return false;
      });
      if (live) {
        live_.push_back(transition);
      }
    }
  }

  void find_least() {
    least_tile_.fill(std::numeric_limits<std::int64_t>::max());
    least_step_ = least_tile_;
    least_products_[kAxes] = 1.0;
    for (std::size_t depth = kAxes; depth-- > 0;) {
      const AxisOptions& axis = axes_[order_[depth]];
      auto least = std::numeric_limits<std::int64_t>::max();
      for (const AxisOption& option : axis.options) {
        least = std::min(least, option.products);
        for (std::size_t i = 0; i < 2; ++i) {
          std::int64_t& tile = least_tile_[axis.dimensions[i]];
          std::int64_t& step = least_step_[axis.dimensions[i]];
          tile = std::min(tile, option.l1_extent[i]);
          step = std::min(step, option.l2_extent[i]);
        }
      }
      least_products_[depth] = least_products_[depth + 1] * static_cast<double>(least);
    }
  }

  void descend(std::size_t depth) {
    if (depth == kAxes) {
      consider();
      return;
    }
    const std::size_t axis_number = order_[depth];
    const AxisOptions& axis = axes_[axis_number];
    const Node& above = nodes_[depth];
    Node& node = nodes_[depth + 1];
    if (depth == 0) {
      nodes_[0].tile = least_tile_;
      nodes_[0].step = least_step_;
    }
    for (std::size_t option = 0; option < axis.options.size(); ++option) {
      const AxisOption& chosen = axis.options[option];
      node.products = above.products * static_cast<double>(chosen.products);
      if (task_.any_fits && hopeless(node.products * least_products_[depth + 1])) {
        continue;
      }
      node.tile = above.tile;
      node.step = above.step;
      for (std::size_t i = 0; i < 2; ++i) {
        node.tile[axis.dimensions[i]] = chosen.l1_extent[i];
        node.step[axis.dimensions[i]] = chosen.l2_extent[i];
      }
      if (!fits(node.tile, node.step)) {
        continue;
      }
      for (std::size_t i = 0; i < live_.size(); ++i) {
        const StepSums& factor = axis.at(option, live_[i]);
        for (std::size_t sum = 0; sum < kStepSums; ++sum) {
          node.sums[i][sum] = above.sums[i][sum] * factor[sum];
        }
      }
      chosen_[axis_number] = static_cast<std::uint32_t>(option);
      descend(depth + 1);
    }
  }

  /// Can no choice beat the incumbent whose busiest PE has at least so many products?
  bool hopeless(double products) const {
    if (!task_.incumbent.best) {
      return false;
    }
    Analysis least = task_.least;
    least.cycles = floor_of(products);
    return !task_.incumbent.may_improve(
        with_least_l2(rank_of(cost_of(least, task_.precision, task_.type), task_.tuning)));
  }

  static Rank with_least_l2(Rank rank) {
    rank.tile_bytes = 0;
    return rank;
  }

  void consider() {
    task_.any_fits = true;
    ++task_.effort.choices;
    const Node& node = nodes_[kAxes];
    Analysis bound = figures_of(node.sums, live_, task_.network);
    bound.products = task_.least.products;
    add_products(bound);
    if (!task_.stationarity.holds(bound)) {
      return;
    }
    bound.l2_tile = tile_elements(task_.mapping.layer(), node.step);
    const LayerCost cost = cost_of(bound, task_.precision, task_.type);
    const Candidate candidate{rank_of(cost, task_.tuning), chosen_};
    if (cost.tile_bytes > task_.type.l2_bytes || !task_.incumbent.may_improve(candidate.bound)) {
      return;
    }
    if (!best_bound_ || candidate.bound < *best_bound_) {
      best_bound_ = candidate.bound;
      analyse_choice(candidate);
    } else {
      remaining_.push_back(candidate);
    }
  }

  void analyse_remaining() {
    std::erase_if(remaining_, [this](const Candidate& candidate) {
      return !task_.incumbent.may_improve(candidate.bound);
    });
    const auto later = [](const Candidate& a, const Candidate& b) { return b.bound < a.bound; };
    std::make_heap(remaining_.begin(), remaining_.end(), later);
    while (!remaining_.empty() && task_.incumbent.may_improve(remaining_.front().bound)) {
      std::pop_heap(remaining_.begin(), remaining_.end(), later);
      analyse_choice(remaining_.back());
      remaining_.pop_back();
    }
  }

  void analyse_choice(const Candidate& candidate) {
    ++task_.effort.analyses;
    Tuned tuned;
    tuned.sizes = clusters_;
    for (std::size_t axis = 0; axis < kAxes; ++axis) {
      const AxisOption& option = axes_[axis].options[candidate.option[axis]];
      for (std::size_t i = 0; i < axes_[axis].variables.size(); ++i) {
        tuned.sizes[axes_[axis].variables[i]] = option.chosen[i];
      }
    }
    tuned.analysis = analyse(task_.mapping.nest(tuned.sizes), task_.network);
    tuned.cost = cost_of(tuned.analysis, task_.precision, task_.type);
    const Rank rank = rank_of(tuned.cost, task_.tuning);
    if (rank < candidate.bound) {
      throw base::DefectError("a tiling costs less than its lower bound");
    }
    task_.incumbent.offer(std::move(tuned), rank);
  }

  Task& task_;
  const Sizes& clusters_;
  std::array<AxisOptions, kAxes> axes_;
  std::array<std::size_t, kAxes> order_{};  // few options first
  std::vector<std::size_t> live_;
  std::array<double, kAxes + 1> least_products_{};  // [depth]: of this axis and those after it
  Extents least_tile_{};
  Extents least_step_{};
  std::vector<Node> nodes_;
  std::array<std::uint32_t, kAxes> chosen_{};
  std::optional<Rank> best_bound_;
  std::vector<Candidate> remaining_;
};

/// All sizes of the free Clusters, one after the other: divisors of the PEs, and what engines take that do
/// not tune.
template <typename Visit>
void for_each_cluster(const Mapping& mapping, std::size_t directive, std::int64_t units, Sizes& sizes,
                      const Visit& visit) {
  const auto directives = mapping.directives();
  while (directive < directives.size() && !directives[directive].is_cluster()) {
    ++directive;
  }
  if (directive == directives.size()) {
    visit(sizes);
    return;
  }
  const MappedDirective& cluster = directives[directive];
  if (!cluster.is_free()) {
    if (cluster.size <= units) {
      for_each_cluster(mapping, directive + 1, units / cluster.size, sizes, visit);
    }
    return;
  }
  for (std::int64_t size = 1; size <= units; ++size) {
    if (mapping.pes() % size == 0 || size == cluster.size) {
      sizes[directive] = size;
      for_each_cluster(mapping, directive + 1, units / size, sizes, visit);
    }
  }
  sizes[directive] = 0;
}

/// Everything is moved once and all PEs work all the time.
Analysis least_of(const Mapping& mapping, std::int64_t pes) {
  LoopNest whole = mapping.layer();
  whole.loops.clear();
  Analysis least = analyse(whole, {1, 1});
  least.cycles = std::max<std::int64_t>(1, least.products / pes);
  least.l1_tile = {};
  least.l2_tile = {};
  return least;
}

/// With an accumulator memory weights stay for a tile of outputs, and come back for the next one.
Stationarity limits_of(const LoopNest& layer, const hardware::ChipletType& type) {
  Stationarity limits = stationarity(layer, type.dataflow.stationary);
  if (type.array && type.array->accumulator_bytes > 0) {
    limits.weight_reads = std::numeric_limits<std::int64_t>::max();
  }
  return limits;
}

[[noreturn]] void refuse(const Task& task) {
  throw base::InfeasibleError(
      task.any_fits ? fmt::format("no sizes keep in place what dataflow '{}' says is {}-stationary",
                                  task.type.dataflow.name, task.type.dataflow.stationary)
                    : fmt::format("no sizes fit the Clusters, {} B of L1 and {} B of L2", task.type.l1_bytes,
                                  task.type.l2_bytes));
}

}  // namespace

Rank rank_of(const LayerCost& cost, Tuning tuning) {
  const auto cycles = static_cast<double>(cost.cycles);
  const double energy = cost.energy.total();
  switch (tuning) {
    case Tuning::kLatency:
      return {cycles, energy, cost.tile_bytes};
    case Tuning::kEnergy:
      return {energy, cycles, cost.tile_bytes};
    default:
      return {energy * cycles, cycles, cost.tile_bytes};
  }
}

bool Stationarity::holds(const Analysis& analysis) const {
  return analysis.accesses[kWeight].l2_read <= weight_reads &&
         analysis.accesses[kInput].l2_read <= input_reads && analysis.partial_sums <= partial_sums;
}

Stationarity stationarity(const LoopNest& layer, const std::string& stationary) {
  constexpr auto kUnlimited = std::numeric_limits<std::int64_t>::max();
  Stationarity limits{kUnlimited, kUnlimited, kUnlimited};
  LoopNest whole = layer;
  whole.loops.clear();
  const Analysis once = analyse(whole, {1, 1});
  if (stationary == "weight") {
    limits.weight_reads = base::checked_multiply(once.accesses[kWeight].l2_read, layer.extent[kN]);
  } else if (stationary == "input") {
    limits.input_reads = once.accesses[kInput].l2_read;
  } else if (stationary == "output") {
    limits.partial_sums = 0;
  }
  return limits;
}

Tuned tune(const Mapping& mapping, const workload::Precision& precision, const hardware::ChipletType& type,
           Tuning tuning, const CandidateSizes& candidates, SearchEffort* effort) {
  Task task{mapping,
            precision,
            type,
            tuning,
            candidates,
            network_of(type, precision),
            limits_of(mapping.layer(), type),
            least_of(mapping, mapping.pes()),
            false,
            {},
            {}};
  Sizes sizes{};
  for_each_cluster(mapping, 0, mapping.pes(), sizes,
                   [&task](const Sizes& clusters) { ClusterSearch(task, clusters).run(); });
  if (effort != nullptr) {
    *effort = task.effort;
  }
  if (!task.incumbent.best) {
    refuse(task);
  }
  return std::move(*task.incumbent.best);
}

Tuned tune(const Mapping& mapping, const workload::Precision& precision, const hardware::ChipletType& type,
           Tuning tuning) {
  static const CandidateSizes kBalanced = balanced_pieces;
  return tune(mapping, precision, type, tuning, kBalanced);
}

std::string tiling_text(const Mapping& mapping, const Sizes& sizes) {
  std::string text;
  const auto directives = mapping.directives();
  for (std::size_t i = 0; i < directives.size(); ++i) {
    if (!directives[i].is_free()) {
      continue;
    }
    std::string name = directives[i].is_cluster() ? "Cluster" : directives[i].written->dimension;
    name += directives[i].dense_extent ? "'" : "";
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, sizes[i]);
  }
  return text;
}

}  // namespace inlay::cost::data_centric
