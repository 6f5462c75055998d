#include "inlay/cost/data_centric/step_kinds.hpp"

#include <algorithm>

#include "inlay/base/checked.hpp"
#include "inlay/cost/data_centric/window_coverage.hpp"

namespace inlay::cost::data_centric {
namespace {

/// Sums over the units along one dimension.
struct Line {
  std::int64_t touched = 0;  // indices
  std::int64_t kept = 0;     // of them, those that their unit held in the step before
  std::int64_t before = 0;   // indices in the step before
  std::int64_t active = 0;   // units at work
  std::int64_t stayed = 0;   // of them, those at work in the step before
  std::int64_t longest_before = 0;
  std::int64_t all_stayed() const { return active == stayed ? 1 : 0; }
};

Line sum(const TilePattern& pattern) {
  Line line;
  for (const UnitTiles& unit : pattern.units) {
    line.touched += unit.count * unit.length;
    line.kept += unit.stays() ? unit.count * unit.length : 0;
    line.before += unit.count * unit.before_length;
    line.active += unit.length > 0 ? unit.count : 0;
    line.stayed += unit.length > 0 && unit.before_length > 0 ? unit.count : 0;
    line.longest_before = std::max(line.longest_before, unit.before_length);
  }
  return line;
}

/// Indices of a tensor's own dimension, or units that share its elements.
void set_operand(StepKind& kind, Factor touched, bool own, const Line& line) {
  kind[touched] = own ? line.touched : 1;
  kind[touched + 1] = own ? line.kept : line.all_stayed();
  kind[touched + 2] = own ? line.touched : line.active;
  kind[touched + 3] = own ? line.kept : line.stayed;
}

void set_output(StepKind& kind, bool own, const Line& line) {
  kind[kOutputTouched] = own ? line.touched : 1;
  kind[kOutputKept] = own ? line.kept : 1;
  kind[kOutputBefore] = own ? line.before : 1;
}

/// A dimension that is an axis of its own. `input`, `weight`, `output`: the tensors that depend on it.
StepKind line_kind(const TilePattern& pattern, bool input, bool weight, bool output) {
  const Line line = sum(pattern);
  StepKind kind{};
  kind[kOccurrences] = pattern.occurrences;
  set_operand(kind, kInputTouched, input, line);
  set_operand(kind, kWeightTouched, weight, line);
  set_output(kind, output, line);
  kind[kProductsBefore] = line.longest_before;
  kind[kBusiestOutputs] = output ? line.longest_before : 1;
  kind[kFirstVisit] = output || pattern.first_visit ? 1 : 0;
  kind[kLastVisitBefore] = output || pattern.last_visit_before ? 1 : 0;
  return kind;
}

/// Outputs and taps meet in the input; weights depend on the taps alone, outputs on the outputs.
StepKind window_kind(const TilePattern& outputs, const TilePattern& taps, const Window& window) {
  const Line output_line = sum(outputs);
  const Line tap_line = sum(taps);
  const Coverage coverage = cover(outputs.units, taps.units, window);
  StepKind kind{};
  kind[kOccurrences] = outputs.occurrences * taps.occurrences;
  kind[kInputTouched] = coverage.touched;
  kind[kInputKept] = coverage.kept;
  kind[kInputCopies] = coverage.copies;
  kind[kInputCopiesKept] = coverage.copies_kept;
  kind[kWeightTouched] = tap_line.touched;
  kind[kWeightKept] = tap_line.kept * output_line.all_stayed();
  kind[kWeightCopies] = tap_line.touched * output_line.active;
  kind[kWeightCopiesKept] = tap_line.kept * output_line.stayed;
  set_output(kind, true, output_line);
  kind[kProductsBefore] = output_line.longest_before * tap_line.longest_before;
  kind[kBusiestOutputs] = output_line.longest_before;
  kind[kFirstVisit] = taps.first_visit ? 1 : 0;
  kind[kLastVisitBefore] = taps.last_visit_before ? 1 : 0;
  return kind;
}

/// Outputs whose whole windows exist are alike; where there is padding, no two taps are.
void distinguish_padding(const Window& window, std::int64_t extent, Distinction& outputs, Distinction& taps) {
  taps.first_visit = true;
  const std::int64_t last_tap = (extent - 1) * window.dilation;
  outputs.begin = base::ceil_divide(window.begin, window.stride);
  outputs.end = window.end > last_tap ? (window.end - 1 - last_tap) / window.stride + 1 : 0;
  if (window != Window{window.stride, window.dilation}) {
    taps.end = 0;
  }
}

}  // namespace

StepKinds::StepKinds(const LoopNest& nest, bool completion) : nest_(nest) {
  distinctions_[kC].first_visit = !nest.channelwise;
  distinctions_[kC].last_visit = completion && !nest.channelwise;
  distinctions_[kR].last_visit = distinctions_[kS].last_visit = completion;
  distinguish_padding(nest.vertical, nest.extent[kR], distinctions_[kY], distinctions_[kR]);
  distinguish_padding(nest.horizontal, nest.extent[kS], distinctions_[kX], distinctions_[kS]);
  std::array<std::int64_t, kDimensions> tile = nest.extent;
  for (const Loop& loop : nest.loops) {
    std::int64_t& extent = tile[loop.dimension];
    if (loop.tile < extent) {
      if (loop.chunk() < extent) {
        advancing_.push_back(loops_.size());
      }
      loops_.push_back(loop);
      of_dimension_[loop.dimension].push_back(loop);
      extent = loop.tile;
    }
  }
}

StepKinds::Lists StepKinds::advance(std::size_t loop) {
  Transitions transitions;
  for (std::size_t i = 0; i < advancing_[loop]; ++i) {
    ++transitions[loops_[i].dimension].outer;
  }
  transitions[loops_[advancing_[loop]].dimension].advances = true;
  return lists(transitions);
}

StepKinds::Lists StepKinds::wrap_around() {
  return lists({});
}

StepKinds::Lists StepKinds::lists(const Transitions& transitions) {
  Lists lists;
  for (std::size_t i = 0; i < kAxes; ++i) {
    lists[i] = &axis(static_cast<Axis>(i), transitions);
  }
  return lists;
}

const std::vector<StepKind>& StepKinds::axis(Axis axis, const Transitions& transitions) {
  std::size_t key = 0;
  for (const Dimension dimension : kDimensionsOf[axis]) {
    const Transition& transition = transitions[dimension];
    key = key * (2 * kMaxLoops + 2) + 2 * transition.outer + (transition.advances ? 1 : 0);
  }
  for (const Entry& entry : cache_[axis]) {
    if (entry.key == key) {
      return entry.kinds;
    }
  }
  cache_[axis].push_back({key, make_axis(axis, transitions)});
  return cache_[axis].back().kinds;
}

std::vector<StepKind> StepKinds::make_axis(Axis axis, const Transitions& transitions) const {
  struct Membership {
    Dimension dimension;
    bool input, weight, output;
  };
  const std::array<Membership, 4> lines = {{{kN, true, false, true},
                                            {kG, true, true, true},
                                            {kK, false, true, true},
                                            {kC, true, true, nest_.channelwise}}};
  if (axis == kRows) {
    return make_window_axis(kY, kR, nest_.vertical, transitions);
  }
  if (axis == kColumns) {
    return make_window_axis(kX, kS, nest_.horizontal, transitions);
  }
  const Membership& line = lines[axis];
  std::vector<StepKind> kinds;
  for (const TilePattern& pattern : patterns(line.dimension, transitions)) {
    kinds.push_back(line_kind(pattern, line.input, line.weight, line.output));
  }
  return kinds;
}

std::vector<StepKind> StepKinds::make_window_axis(Dimension output, Dimension tap, const Window& window,
                                                  const Transitions& transitions) const {
  std::vector<StepKind> kinds;
  const std::vector<TilePattern> taps = patterns(tap, transitions);
  for (const TilePattern& outputs : patterns(output, transitions)) {
    for (const TilePattern& pattern : taps) {
      kinds.push_back(window_kind(outputs, pattern, window));
    }
  }
  return kinds;
}

std::vector<TilePattern> StepKinds::patterns(Dimension dimension, const Transitions& transitions) const {
  const auto& loops = of_dimension_[dimension];
  return tile_patterns(std::span(loops.begin(), loops.end()), nest_.extent[dimension], transitions[dimension],
                       distinctions_[dimension]);
}

}  // namespace inlay::cost::data_centric
