#include "inlay/cost/data_centric/axis_options.hpp"

#include <algorithm>

#include "inlay/base/error.hpp"
#include "inlay/cost/data_centric/analysis.hpp"

namespace inlay::cost::data_centric {
namespace {

DimensionSet set_of(const std::array<Dimension, 2>& dimensions) {
  return 1U << dimensions[0] | 1U << dimensions[1];
}

StepSums sum(const std::vector<StepKind>& kinds) {
  StepSums sums{};
  for (const StepKind& kind : kinds) {
    const std::int64_t steps = kind[kOccurrences];
    sums[kSumSteps] += steps;
    for (std::size_t factor = kInputTouched; factor <= kProductsBefore; ++factor) {
      sums[factor] += steps * kind[factor];
    }
    if (kind[kFirstVisit] != 0) {
      sums[kSumFirstTouched] += steps * kind[kOutputTouched];
      sums[kSumFirstKept] += steps * kind[kOutputKept];
    }
  }
  return sums;
}
static_assert(static_cast<int>(kSumProductsBefore) == static_cast<int>(kProductsBefore));

/// How a transition looks along the axis: how many of each dimension's directives stand outside the loop
/// that advances, and which dimension advances.
struct AxisTransition {
  std::array<std::size_t, 2> outside{};
  int advancing = -1;  // index of the dimension in the axis
  bool operator==(const AxisTransition&) const = default;
};

class Enumerator {
 public:
  Enumerator(const Mapping& mapping, const Sizes& clusters, Axis axis, const CandidateSizes& candidates,
             const Fits& fits)
      : mapping_(mapping), axis_(axis), candidates_(candidates), fits_(fits), sizes_(clusters) {
    result_.dimensions = kDimensionsOf[axis];
    find_variables();
    find_transitions();
  }

  AxisOptions run() {
    choose(0);
    return std::move(result_);
  }

 private:
  bool belongs(const MappedDirective& directive, int which) const {
    return !directive.is_cluster() &&
           directive.dimension == result_.dimensions[static_cast<std::size_t>(which)];
  }

  /// Taps first: what a tile of rows holds depends on them.
  void find_variables() {
    const auto directives = mapping_.directives();
    const int last = result_.dimensions[0] == result_.dimensions[1] ? 0 : 1;
    for (int which = last; which >= 0; --which) {
      for (std::size_t i = 0; i < directives.size(); ++i) {
        if (belongs(directives[i], which) && directives[i].is_free()) {
          result_.variables.push_back(i);
        }
      }
    }
    if (result_.variables.size() > kMaxFreeSizes) {
      throw base::DefectError("a dataflow has more free sizes along an axis than it can have maps");
    }
  }

  void find_transitions() {
    AxisTransition transition;
    add_transition(transition);
    for (const Dimension outside : {kN, kG}) {
      add_advance(outside, transition);
    }
    for (const MappedDirective& directive : mapping_.directives()) {
      if (!directive.is_cluster()) {
        add_advance(directive.dimension, transition);
      }
    }
    result_.slots = transitions_.size();
  }

  void add_advance(Dimension dimension, AxisTransition& transition) {
    const auto& own = result_.dimensions;
    const int which = dimension == own[0] ? 0 : dimension == own[1] ? 1 : -1;
    transition.advancing = which;
    add_transition(transition);
    transition.advancing = -1;
    if (which >= 0) {
      ++transition.outside[static_cast<std::size_t>(which)];
    }
  }

  void add_transition(const AxisTransition& transition) {
    const auto known = std::find(transitions_.begin(), transitions_.end(), transition);
    result_.slot_of.push_back(static_cast<std::size_t>(known - transitions_.begin()));
    if (known == transitions_.end()) {
      transitions_.push_back(transition);
    }
  }

  /// The loops of the variable's own dimension and of the dimensions chosen before, up to where a size is
  /// still open or refused.
  LoopNest loops(std::size_t variable) const {
    LoopNest nest = mapping_.layer();
    const bool tap = mapping_.directives()[variable].dimension == result_.dimensions[1];
    mapping_.add_loops(sizes_, tap ? 1U << result_.dimensions[1] : set_of(result_.dimensions), nest);
    return nest;
  }

  void choose(std::size_t index) {
    if (index == result_.variables.size()) {
      add_option();
      return;
    }
    const std::size_t variable = result_.variables[index];
    for (const std::int64_t size : sizes_for(variable)) {
      sizes_[variable] = size;
      choose(index + 1);
    }
    sizes_[variable] = 0;
  }

  std::vector<std::int64_t> sizes_for(std::size_t variable) const {
    const auto directives = mapping_.directives();
    const Dimension dimension = directives[variable].dimension;
    const bool tap = dimension == result_.dimensions[1];
    const LoopNest nest = loops(variable);
    std::size_t place = 0;  // of the variable's own loop, if there is one yet
    for (std::size_t i = 0; i < variable; ++i) {
      place += belongs(directives[i], 1) || (!tap && belongs(directives[i], 0)) ? 1 : 0;
    }
    if (nest.loops.size() < place) {
      return {};  // a loop outside is refused
    }
    std::int64_t extent = nest.extent[dimension];
    for (std::size_t i = 0; i < place; ++i) {
      extent = nest.loops[i].dimension == dimension ? nest.loops[i].tile : extent;
    }
    std::vector<std::int64_t> sizes = candidates_(extent);
    if (nest.loops.size() > place) {
      sizes.push_back(nest.loops[place].tile);
      std::sort(sizes.begin(), sizes.end());
      sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
    }
    return sizes;
  }

  void add_option() {
    LoopNest nest = mapping_.layer();
    if (mapping_.add_loops(sizes_, axis_set(), nest)) {
      return;
    }
    const TileExtents extents = tile_extents(nest);
    AxisOption option;
    Extents tile;
    Extents step;
    tile.fill(1);
    step.fill(1);
    for (std::size_t i = 0; i < 2; ++i) {
      const Dimension dimension = result_.dimensions[i];
      option.l1_extent[i] = tile[dimension] = extents.pe[dimension];
      option.l2_extent[i] = step[dimension] = extents.top_step[dimension];
    }
    if (!fits_(tile, step)) {
      return;
    }
    for (std::size_t i = 0; i < result_.variables.size(); ++i) {
      option.chosen[i] = sizes_[result_.variables[i]];
    }
    add_tables(nest, option);
  }

  DimensionSet axis_set() const { return set_of(result_.dimensions); }

  void add_tables(const LoopNest& nest, AxisOption& option) {
    // [dimension][directive]: does its loop cut anything?
    std::array<FixedList<bool, kMaxLoops>, 2> cuts;
    std::array<std::int64_t, 2> tile{nest.extent[result_.dimensions[0]], nest.extent[result_.dimensions[1]]};
    for (const Loop& loop : nest.loops) {
      const std::size_t which = loop.dimension == result_.dimensions[0] ? 0 : 1;
      cuts[which].push_back(loop.tile < tile[which]);
      tile[which] = loop.tile;
    }
    StepKinds kinds(nest, false);
    option.products = 0;
    for (const AxisTransition& transition : transitions_) {
      result_.sums.push_back(sums(kinds, transition, cuts));
    }
    const std::size_t first = result_.sums.size() - result_.slots;
    std::vector<bool> counted(result_.slots, false);
    for (std::size_t i = 0; i < result_.slot_of.size(); ++i) {
      const std::size_t slot = result_.slot_of[i];
      if ((i == kWrapAround || transitions_[slot].advancing >= 0) && !counted[slot]) {
        option.products += result_.sums[first + slot][kSumProductsBefore];
        counted[slot] = true;
      }
    }
    result_.options.push_back(option);
  }

  StepSums sums(StepKinds& kinds, const AxisTransition& transition,
                const std::array<FixedList<bool, kMaxLoops>, 2>& cuts) const {
    StepKinds::Transitions transitions;
    for (std::size_t which = 0; which < 2; ++which) {
      Transition& own = transitions[result_.dimensions[which]];
      own.outer = static_cast<std::size_t>(
          std::count(cuts[which].begin(), cuts[which].begin() + transition.outside[which], true));
      if (result_.dimensions[0] == result_.dimensions[1]) {
        break;
      }
    }
    if (transition.advancing >= 0) {
      const auto which = static_cast<std::size_t>(transition.advancing);
      if (!cuts[which][transition.outside[which]]) {
        return {};
      }
      transitions[result_.dimensions[which]].advances = true;
    }
    return sum(kinds.axis(axis_, transitions));
  }

  const Mapping& mapping_;
  Axis axis_;
  const CandidateSizes& candidates_;
  const Fits& fits_;
  Sizes sizes_;
  std::vector<AxisTransition> transitions_;
  AxisOptions result_;
};

}  // namespace

AxisOptions axis_options(const Mapping& mapping, const Sizes& clusters, Axis axis,
                         const CandidateSizes& candidates, const Fits& fits) {
  return Enumerator(mapping, clusters, axis, candidates, fits).run();
}

}  // namespace inlay::cost::data_centric
