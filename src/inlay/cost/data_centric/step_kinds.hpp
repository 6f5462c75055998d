#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "inlay/cost/data_centric/loop_nest.hpp"
#include "inlay/cost/data_centric/tile_patterns.hpp"

namespace inlay::cost::data_centric {

/// What is counted of a step and of the one before it. Each is a product with one factor per axis, because
/// the steps, the units and the tiles are products of those of the axes.
enum Factor : std::uint8_t {
  kOccurrences,      // steps of this kind
  kInputTouched,     // different elements that the PEs work on
  kInputKept,        // of them, those that every PE that works on them held in the step before
  kInputCopies,      // elements, counted once per PE
  kInputCopiesKept,  // of them, those that the PE held in the step before
  kWeightTouched,
  kWeightKept,
  kWeightCopies,
  kWeightCopiesKept,
  kOutputTouched,
  kOutputKept,
  kOutputBefore,     // different outputs in the step before
  kProductsBefore,   // products of the busiest PE in the step before
  kBusiestOutputs,   // outputs of that PE
  kFirstVisit,       // 1 where no output of the step was worked on before, else 0
  kLastVisitBefore,  // 1 where the outputs of the step before are complete, else 0; 1 if it does not matter
};
inline constexpr std::size_t kFactors = 16;
using StepKind = std::array<std::int64_t, kFactors>;

/// Dimensions that are counted together: those that meet in a place of the input are one axis.
enum Axis : std::uint8_t { kBatches, kGroups, kOutChannels, kInChannels, kRows, kColumns };
inline constexpr std::size_t kAxes = 6;

/// The dimensions of an axis; twice the same if it is one dimension. Of a window, outputs before taps.
inline constexpr std::array<std::array<Dimension, 2>, kAxes> kDimensionsOf = {
    {{kN, kN}, {kG, kG}, {kK, kK}, {kC, kC}, {kY, kR}, {kX, kS}}};

/// The kinds of steps of a nest, axis by axis.
class StepKinds {
 public:
  using Lists = std::array<const std::vector<StepKind>*, kAxes>;
  /// [dimension], in terms of its loops that cut anything.
  using Transitions = std::array<Transition, kDimensions>;

  /// `completion`: whether kLastVisitBefore matters.
  StepKinds(const LoopNest& nest, bool completion);
  /// Loops that ever advance.
  std::size_t loops() const { return advancing_.size(); }
  /// Transitions in which such a loop advances; what is inside it falls back, what is outside stands still.
  Lists advance(std::size_t loop);
  /// The transition from the very last step to the very first.
  Lists wrap_around();
  /// One axis alone.
  const std::vector<StepKind>& axis(Axis axis, const Transitions& transitions);

 private:
  struct Entry {
    std::size_t key;
    std::vector<StepKind> kinds;
  };

  Lists lists(const Transitions& transitions);
  std::vector<StepKind> make_axis(Axis axis, const Transitions& transitions) const;
  std::vector<StepKind> make_window_axis(Dimension output, Dimension tap, const Window& window,
                                         const Transitions& transitions) const;
  std::vector<TilePattern> patterns(Dimension dimension, const Transitions& transitions) const;

  const LoopNest& nest_;
  FixedList<Loop, kMaxLoops> loops_;  // without those that never cut anything
  FixedList<std::size_t, kMaxLoops> advancing_;
  std::array<FixedList<Loop, kMaxLoops>, kDimensions> of_dimension_;
  std::array<Distinction, kDimensions> distinctions_;
  std::array<std::vector<Entry>, kAxes> cache_;  // few entries: searched from the front
};

}  // namespace inlay::cost::data_centric
