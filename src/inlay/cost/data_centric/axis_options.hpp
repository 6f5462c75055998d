#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "inlay/cost/data_centric/mapping.hpp"
#include "inlay/cost/data_centric/step_kinds.hpp"

/// The choices that free sizes along one axis leave, and what they contribute to the counts of a layer. All
/// counts of the analysis are sums over the kinds of transitions (which loop advances) of products over the
/// axes, so that a layer's counts follow from one table per axis, without walking its steps.
namespace inlay::cost::data_centric {

/// Sums over the steps of one kind of transition. Their products over the axes are sums over the layer's
/// steps.
enum StepSum : std::uint8_t {
  kSumSteps,
  kSumInputTouched,
  kSumInputKept,
  kSumInputCopies,
  kSumInputCopiesKept,
  kSumWeightTouched,
  kSumWeightKept,
  kSumWeightCopies,
  kSumWeightCopiesKept,
  kSumOutputTouched,
  kSumOutputKept,
  kSumOutputBefore,
  kSumProductsBefore,
  kSumFirstTouched,  // outputs of the steps that are a first visit
  kSumFirstKept,
};
inline constexpr std::size_t kStepSums = 15;
using StepSums = std::array<std::int64_t, kStepSums>;

inline constexpr std::size_t kMaxFreeSizes = 8;  // two dimensions in four levels

/// One choice of an axis' free sizes.
struct AxisOption {
  std::array<std::int64_t, kMaxFreeSizes> chosen{};  // [variable of the axis]
  std::array<std::int64_t, 2> l1_extent{1, 1};       // of a PE's largest tile, [dimension of the axis]
  std::array<std::int64_t, 2> l2_extent{1, 1};       // of the largest step of the top level
  std::int64_t products = 0;                         // of the busiest PE, over all steps along the axis
};

struct AxisOptions {
  std::array<Dimension, 2> dimensions{};  // twice the same if the axis is one dimension
  std::vector<std::size_t> variables;     // free directives of the axis, in the order of choosing
  std::vector<std::size_t> slot_of;       // [transition]: which of an option's tables applies
  std::size_t slots = 0;
  std::vector<AxisOption> options;
  std::vector<StepSums> sums;  // [option][slot]

  const StepSums& at(std::size_t option, std::size_t transition) const {
    return sums[option * slots + slot_of[transition]];
  }
};

/// Transition 0 is the one from the last step to the first; transition i + 1 advances loop i of N, G and the
/// directives that are no Clusters, in their order.
inline constexpr std::size_t kWrapAround = 0;

/// Sizes that a free directive may take which cuts tiles of `extent` indices.
using CandidateSizes = std::function<std::vector<std::int64_t>(std::int64_t extent)>;
/// Do a PE's tile and a step of the top level of at least these extents fit their buffers?
using Fits = std::function<bool(const Extents& tile, const Extents& step)>;

/// All choices along an axis with these Clusters, each free size among the candidates for the tile that it
/// cuts and the size that engines take which do not tune. Choices are left out that an axis' own tiles are
/// too large for, and ones of which another one of the axis is in no step and no buffer worse.
AxisOptions axis_options(const Mapping& mapping, const Sizes& clusters, Axis axis,
                         const CandidateSizes& candidates, const Fits& fits);

}  // namespace inlay::cost::data_centric
