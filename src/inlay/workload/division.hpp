#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "inlay/workload/model.hpp"

// How one layer is divided over several chiplets: which loop dimensions may be cut, and what a share of the
// layer reads, loads and makes. docs/model.md "Stages on submeshes" has the table. Start at divisions().

namespace inlay::workload {

/// A loop dimension that may be divided along an axis of a submesh.
enum class LoopDimension : std::uint8_t {
  kNone,       // "-": every member does all of it
  kSamples,    // "N": samples of the mini-batch
  kRows,       // "M": rows of the output: Y of a convolution, rows of a product
  kOutputs,    // "K": output channels, columns of a product
  kReduction,  // "C": what is summed over; every member makes partial sums
  kGroups,     // "G": groups of a convolution, heads or windows of a product of activations
};
constexpr std::size_t kLoopDimensions = 6;

/// The letter of a dimension.
const std::string& to_string(LoopDimension dimension);

/// Indices [first, last) along one axis.
struct Interval {
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::int64_t size() const { return last - first; }
  auto operator<=>(const Interval&) const = default;
};

/// Part `index` of `parts` equal ones: each takes ceil(size / parts) until nothing is left, so the last ones
/// may be smaller or empty.
Interval part_of(const Interval& whole, std::int64_t parts, std::int64_t index);

/// Axes of tensors as layouts count them: the batch, then the tensor's own axes.
constexpr int kReplicatedAxis = -1;
constexpr int kBatchAxis = 0;
constexpr std::size_t kMostAxes = 5;
constexpr int axis_of_dimension(int dimension) {
  return dimension + 1;
}

/// The elements of a mini-batch of a tensor: one interval for the batch and for each of its axes.
using Box = std::array<Interval, kMostAxes>;
std::int64_t volume(const Box& box);
/// All of a tensor. Throws base::DefectError for a tensor of more axes than a box has.
Box whole_box(const Tensor& tensor, std::int64_t mini_batch);

/// What indices of a tensor's axis a range of a divided loop touches: for [first, last) of the loop, those of
/// [first * step - before, (last - 1) * step - before + reach), clipped to the axis.
struct AxisUse {
  int axis = kReplicatedAxis;  // replicated: all of the tensor, whatever the range
  std::int64_t step = 1;
  std::int64_t before = 0;
  std::int64_t reach = 1;
  auto operator<=>(const AxisUse&) const = default;
};

/// One way to divide a layer. A range of the loop needs `inputs` and makes `outputs`.
struct Division {
  LoopDimension by = LoopDimension::kNone;
  std::int64_t extent = 1;       // of the loop; of kSamples: 0, the mini-batch
  std::vector<AxisUse> inputs;   // [operand of the layer]
  std::vector<AxisUse> outputs;  // [output of the layer]; of kReduction: replicated, as partial sums
  bool divides_weights = false;  // else every share needs all of them
  bool operator==(const Division&) const = default;
};

/// All ways to divide a layer, kNone first, each dimension at most once.
std::vector<Division> divisions(const Model& model, int layer);

/// A range of every loop dimension.
using LoopRanges = std::array<Interval, kLoopDimensions>;

/// A share of a layer as a layer of its own: shape, weights and fused operations of the ranges in `ranges`
/// for the divided dimensions (`by`, in any order, without kSamples and kNone). Its samples are the
/// mini-batch that it is costed for. Tensors are not filled in.
Layer share_of(const Model& model, int layer, const std::vector<const Division*>& by,
               const LoopRanges& ranges);

/// Bytes of weights that a share loads, rounded up.
std::int64_t share_of_weights(const Layer& layer, const std::vector<const Division*>& by,
                              const LoopRanges& ranges);

}  // namespace inlay::workload
