#include "inlay/workload/vector_divisions.hpp"

#include <algorithm>
#include <optional>

#include "inlay/workload/operators.hpp"

namespace inlay::workload {
namespace {

using Dimensions = std::vector<std::int64_t>;

const VectorOperators& operators() {
  static const VectorOperators kTable = load_vector_operators();
  return kTable;
}

/// The axis of an output that M or K stands for: [channels, rows, columns], [rows, features], [features].
int axis_for(const Dimensions& output, LoopDimension by) {
  const auto rank = static_cast<int>(output.size());
  if (by == LoopDimension::kOutputs) {
    return rank == 2 ? 1 : 0;
  }
  return rank == 2 ? 0 : 1;
}

AxisUse in_blocks(int dimension, std::int64_t block) {
  return {axis_of_dimension(dimension), block, 0, block};
}

/// How the axis of the output lies in an input with the same axes, counted from the last one.
AxisUse aligned(const Dimensions& input, const Dimensions& output, int axis) {
  const int at = axis - static_cast<int>(output.size()) + static_cast<int>(input.size());
  if (at < 0 || input[static_cast<std::size_t>(at)] != output[static_cast<std::size_t>(axis)]) {
    return {};  // repeated along the axis
  }
  return in_blocks(at, 1);
}

bool coupled(const VectorOperator& description, const Dimensions& output, int axis) {
  switch (description.couples) {
    case CoupledAxis::kNone:
      return false;
    case CoupledAxis::kFirst:
      return axis == 0;
    case CoupledAxis::kLast:
      return axis + 1 == static_cast<int>(output.size());
    case CoupledAxis::kAll:
      return true;
  }
  return true;
}

/// The inputs' part in a division of the output along `axis`; nothing if the operator cannot be divided so.
class InputUses {
 public:
  InputUses(const Model& model, const Layer& layer, const VectorOperator& description, int axis)
      : model_(model),
        layer_(layer),
        description_(description),
        axis_(axis),
        output_(dimensions(layer.outputs[0])) {}

  std::optional<std::vector<AxisUse>> find() const {
    switch (description_.rule) {
      case VectorRule::kElementWise:
      case VectorRule::kNormalisation:
      case VectorRule::kPositionBias:
        return coupled(description_, output_, axis_) ? std::nullopt : std::optional(all_aligned());
      case VectorRule::kPositionEmbedding:
        return all_aligned();
      case VectorRule::kPool:
      case VectorRule::kResize:
        return axis_ == 0 ? all_aligned_at_first() : std::nullopt;
      case VectorRule::kRegionPool:
        return axis_ == 0 ? first_input_only() : std::nullopt;
      case VectorRule::kGlobalPool:
        return axis_ == 0 ? all_aligned_at_first() : std::nullopt;
      case VectorRule::kEmbedding:
        return embedding();
      case VectorRule::kLearnedTokens:
      case VectorRule::kConcatenation:
        return same_axis_everywhere();
      case VectorRule::kSelection:
        return coupled(description_, output_, axis_) ? std::nullopt : same_axis_everywhere();
      case VectorRule::kScatter:
        return axis_ == 1 ? same_axis_everywhere() : std::nullopt;
      case VectorRule::kReshape:
        return reshape();
      case VectorRule::kSampling:
      case VectorRule::kVolumePool:
      case VectorRule::kReduction:
      case VectorRule::kStated:
        return std::nullopt;
    }
    return std::nullopt;
  }

 private:
  const Dimensions& dimensions(int tensor) const {
    return model_.tensors[static_cast<std::size_t>(tensor)].dimensions;
  }

  std::vector<AxisUse> all_aligned() const {
    std::vector<AxisUse> uses;
    for (const int input : layer_.inputs) {
      uses.push_back(aligned(dimensions(input), output_, axis_));
    }
    return uses;
  }

  std::optional<std::vector<AxisUse>> all_aligned_at_first() const {
    std::vector<AxisUse> uses;
    for (const int input : layer_.inputs) {
      if (dimensions(input).front() != output_.front()) {
        return std::nullopt;
      }
      uses.push_back(in_blocks(0, 1));
    }
    return uses;
  }

  /// Channels of the feature map; the boxes are needed whole.
  std::optional<std::vector<AxisUse>> first_input_only() const {
    std::vector<AxisUse> uses(layer_.inputs.size());
    if (dimensions(layer_.inputs.front()).front() != output_.front()) {
      return std::nullopt;
    }
    uses.front() = in_blocks(0, 1);
    return uses;
  }

  std::optional<std::vector<AxisUse>> embedding() const {
    if (axis_ == 0) {
      return std::vector<AxisUse>{in_blocks(0, 1)};
    }
    return std::vector<AxisUse>(layer_.inputs.size());  // every member reads all tokens and its columns
  }

  /// The axis is as long in every input, so that it is not the one that is joined, extended or cut.
  std::optional<std::vector<AxisUse>> same_axis_everywhere() const {
    std::vector<AxisUse> uses;
    for (const int input : layer_.inputs) {
      const Dimensions& other = dimensions(input);
      if (other.size() != output_.size() ||
          other[static_cast<std::size_t>(axis_)] != output_[static_cast<std::size_t>(axis_)]) {
        return std::nullopt;
      }
      uses.push_back(in_blocks(axis_, 1));
    }
    return uses;
  }

  /// Pixels [channels, height, width] to tokens [height * width, channels] and back, and shapes that keep the
  /// axis. Elements of any other order are not followed.
  std::optional<std::vector<AxisUse>> reshape() const {
    const Dimensions& input = dimensions(layer_.inputs.front());
    const auto at = static_cast<std::size_t>(axis_);
    if (layer_.op == "permute") {
      if (input.size() == 3 && output_ == Dimensions{input[1] * input[2], input[0]}) {
        return std::vector<AxisUse>{axis_ == 1 ? in_blocks(0, 1) : AxisUse{}};
      }
      return std::nullopt;
    }
    const bool first_kept = axis_ == 0 && input.front() == output_.front();
    const bool last_kept = at + 1 == output_.size() && input.back() == output_.back() && output_.size() > 1;
    if (first_kept) {
      return std::vector<AxisUse>{in_blocks(0, 1)};
    }
    if (last_kept) {
      return std::vector<AxisUse>{in_blocks(static_cast<int>(input.size()) - 1, 1)};
    }
    return std::nullopt;
  }

  const Model& model_;
  const Layer& layer_;
  const VectorOperator& description_;
  int axis_;
  const Dimensions& output_;
};

/// A table of which every member holds some rows: each looks up the tokens that it has, the results add up.
Division by_rows_of_table(const Layer& layer, std::int64_t rows) {
  Division division;
  division.by = LoopDimension::kReduction;
  division.extent = rows;
  division.inputs.resize(layer.inputs.size());
  division.outputs.resize(layer.outputs.size());
  return division;
}

}  // namespace

void divide_vector_operator(const Model& model, const Layer& layer, std::vector<Division>& found) {
  const auto known = operators().find(layer.op);
  if (known == operators().end() || layer.outputs.size() != 1 || layer.inputs.empty()) {
    return;
  }
  const Dimensions& output = model.tensors[static_cast<std::size_t>(layer.outputs.front())].dimensions;
  for (const LoopDimension by : {LoopDimension::kRows, LoopDimension::kOutputs}) {
    const int axis = axis_for(output, by);
    if (output.size() > 3 || axis >= static_cast<int>(output.size())) {
      continue;
    }
    auto inputs = InputUses(model, layer, known->second, axis).find();
    if (!inputs) {
      continue;
    }
    Division division;
    division.by = by;
    division.extent = output[static_cast<std::size_t>(axis)];
    division.inputs = std::move(*inputs);
    division.outputs = {in_blocks(axis, 1)};
    division.divides_weights = known->second.rule == VectorRule::kEmbedding && by == LoopDimension::kOutputs;
    found.push_back(std::move(division));
  }
  if (known->second.rule == VectorRule::kEmbedding) {
    found.push_back(by_rows_of_table(layer, output.front()));
  }
}

}  // namespace inlay::workload
