#include "inlay/workload/division.hpp"

#include <algorithm>
#include <numeric>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/workload/vector_divisions.hpp"

namespace inlay::workload {
namespace {

const Tensor& tensor_of(const Model& model, int index) {
  return model.tensors[static_cast<std::size_t>(index)];
}

Division nothing_divided(const Layer& layer) {
  Division division;
  division.inputs.resize(layer.inputs.size());
  division.outputs.resize(layer.outputs.size());
  return division;
}

/// Every operator treats the samples of a batch alike.
Division by_samples(const Layer& layer) {
  Division division = nothing_divided(layer);
  division.by = LoopDimension::kSamples;
  division.extent = 0;
  for (AxisUse& use : division.inputs) {
    use.axis = kBatchAxis;
  }
  for (AxisUse& use : division.outputs) {
    use.axis = kBatchAxis;
  }
  return division;
}

Division dividing(const Layer& layer, LoopDimension by, std::int64_t extent) {
  Division division = nothing_divided(layer);
  division.by = by;
  division.extent = extent;
  return division;
}

AxisUse axis_in_blocks(int dimension, std::int64_t block) {
  return {axis_of_dimension(dimension), block, 0, block};
}

void divide_convolution(const Model& model, const Layer& layer, const ConvolutionShape& shape,
                        std::vector<Division>& found) {
  if (layer.inputs.size() != 1 || layer.outputs.size() != 1 ||
      tensor_of(model, layer.inputs.front()).dimensions.size() != 3 ||
      tensor_of(model, layer.outputs.front()).dimensions.size() != 3) {
    return;
  }
  // Images that one sample holds, and axes beyond two, are folded into others: such layers are divided by
  // samples.
  const std::vector<std::int64_t>& made = tensor_of(model, layer.outputs.front()).dimensions;
  if (shape.images != 1 || made[0] != shape.out_channels || made[1] != shape.out_height ||
      tensor_of(model, layer.inputs.front()).dimensions[0] != shape.in_channels) {
    return;
  }
  if (shape.upsample_y == 1) {
    // Rows of a spread input lie between those that exist, so transposed convolutions are left whole.
    Division rows = dividing(layer, LoopDimension::kRows, shape.out_height);
    rows.inputs[0] = {axis_of_dimension(1), shape.stride_y, shape.padding_y,
                      (shape.kernel_height - 1) * shape.dilation_y + 1};
    rows.outputs[0] = axis_in_blocks(1, 1);
    found.push_back(std::move(rows));
  }
  if (shape.groups > 1) {
    Division groups = dividing(layer, LoopDimension::kGroups, shape.groups);
    groups.inputs[0] = axis_in_blocks(0, shape.in_channels / shape.groups);
    groups.outputs[0] = axis_in_blocks(0, shape.out_channels / shape.groups);
    groups.divides_weights = true;
    found.push_back(std::move(groups));
    return;
  }
  Division outputs = dividing(layer, LoopDimension::kOutputs, shape.out_channels);
  outputs.outputs[0] = axis_in_blocks(0, 1);
  outputs.divides_weights = true;
  found.push_back(std::move(outputs));
  Division reduction = dividing(layer, LoopDimension::kReduction, shape.in_channels);
  reduction.inputs[0] = axis_in_blocks(0, 1);
  reduction.divides_weights = true;
  found.push_back(std::move(reduction));
}

/// A product with weights: [..., k] to [..., n], perhaps in several tensors of n1, n2, ... columns.
void divide_gemm(const Model& model, const Layer& layer, const GemmShape& shape,
                 std::vector<Division>& found) {
  if (layer.inputs.size() != 1 || shape.repeats != 1) {
    return;  // steps of a recurrent layer depend on each other
  }
  const std::vector<std::int64_t>& input = tensor_of(model, layer.inputs.front()).dimensions;
  if (input.size() >= 2) {
    Division rows = dividing(layer, LoopDimension::kRows, input.front());
    rows.inputs[0] = axis_in_blocks(0, 1);
    std::fill(rows.outputs.begin(), rows.outputs.end(), axis_in_blocks(0, 1));
    const bool alike = std::all_of(layer.outputs.begin(), layer.outputs.end(), [&](int output) {
      return tensor_of(model, output).dimensions.front() == input.front();
    });
    if (alike && shape.m % input.front() == 0) {
      found.push_back(std::move(rows));
    }
  }
  // Several outputs, such as queries, keys and values, are each cut in the same number of blocks, so that a
  // share of one goes with its share of the others.
  std::int64_t blocks = 0;
  for (const int output : layer.outputs) {
    blocks = std::gcd(blocks, tensor_of(model, output).dimensions.back());
  }
  Division outputs = dividing(layer, LoopDimension::kOutputs, blocks);
  for (std::size_t i = 0; i < layer.outputs.size(); ++i) {
    const std::vector<std::int64_t>& output = tensor_of(model, layer.outputs[i]).dimensions;
    outputs.outputs[i] = axis_in_blocks(static_cast<int>(output.size()) - 1, output.back() / blocks);
  }
  outputs.divides_weights = true;
  found.push_back(std::move(outputs));
  Division reduction = dividing(layer, LoopDimension::kReduction, shape.k);
  if (input.back() == shape.k) {
    reduction.inputs[0] = axis_in_blocks(static_cast<int>(input.size()) - 1, 1);
    reduction.divides_weights = true;
    found.push_back(std::move(reduction));
  }
}

/// Windows of tokens, each multiplied on its own, as a tensor [windows * rows, heads * inner] shows them.
std::int64_t windows_of(const Tensor& tensor, std::int64_t inner, std::int64_t repeats) {
  if (tensor.dimensions.back() % inner != 0) {
    return 1;
  }
  const std::int64_t heads = tensor.dimensions.back() / inner;
  // Fewer products than heads: heads share their keys (grouped-query attention), in one window.
  return repeats > heads && repeats % heads == 0 ? repeats / heads : 1;
}

/// Windows of a product. If one of its sides is [windows * heads, rows, columns] and the other one
/// [windows * rows, heads * columns], their rows tell; if both have three axes, windows and heads are alike.
std::int64_t windows_of(const Tensor& first, const Tensor& output, const GemmShape& shape) {
  const bool first_stacked = first.dimensions.size() == 3;
  if (first_stacked && output.dimensions.size() == 3) {
    return 1;
  }
  if (!first_stacked && output.dimensions.size() == 2) {
    return std::max(windows_of(first, shape.k, shape.repeats), windows_of(output, shape.n, shape.repeats));
  }
  const Tensor& stacked = first_stacked ? first : output;
  const Tensor& flat = first_stacked ? output : first;
  return std::max<std::int64_t>(1, flat.dimensions.front() / stacked.dimensions[1]);
}

/// How an operand [windows * rows, heads * columns] or [windows * heads, rows, columns] is cut into `groups`
/// heads, or windows if there are several. False if its axis does not divide evenly.
bool cut_groups(const Tensor& tensor, bool windows, std::int64_t groups, AxisUse& use) {
  const std::vector<std::int64_t>& dimensions = tensor.dimensions;
  if (dimensions.size() != 2 && dimensions.size() != 3) {
    return false;
  }
  const int axis = dimensions.size() == 3 || windows ? 0 : 1;
  const std::int64_t size = dimensions[static_cast<std::size_t>(axis)];
  if (size % groups != 0) {
    return false;
  }
  use = axis_in_blocks(axis, size / groups);
  return true;
}

/// Whether an operand [rows, heads * columns] shows `groups` heads of keys, each of some whole heads of one
/// of these numbers of columns; of three axes: yes.
bool shows_heads(const Tensor& tensor, std::int64_t groups, std::initializer_list<std::int64_t> columns) {
  const std::int64_t size = tensor.dimensions.back();
  return tensor.dimensions.size() != 2 ||
         (size % groups == 0 && std::any_of(columns.begin(), columns.end(),
                                            [&](std::int64_t one) { return size / groups % one == 0; }));
}

/// Whether all rank-2 operands show so many heads: windows stand between the rows of those that do not.
bool heads_fit(const Model& model, const Layer& layer, const GemmShape& shape) {
  bool fit = shows_heads(tensor_of(model, layer.inputs.front()), shape.repeats, {shape.k}) &&
             shows_heads(tensor_of(model, layer.outputs.front()), shape.repeats, {shape.n});
  for (std::size_t i = 1; i < layer.inputs.size(); ++i) {
    const Tensor& other = tensor_of(model, layer.inputs[i]);
    const std::int64_t columns = other.dimensions.back() / shape.repeats;
    fit = fit && (other.dimensions.size() != 2 || columns == shape.k || columns == shape.n);
  }
  return fit;
}

/// Attention's products. Rows of several heads that share a head of keys are one product, so that `repeats`
/// counts heads of keys, times windows.
void divide_activations(const Model& model, const Layer& layer, const GemmShape& shape,
                        std::vector<Division>& found) {
  if (layer.inputs.size() < 2 || layer.outputs.size() != 1) {
    return;
  }
  const Tensor& first = tensor_of(model, layer.inputs.front());
  const Tensor& output = tensor_of(model, layer.outputs.front());
  const std::size_t rank = first.dimensions.size();
  const std::size_t output_rank = output.dimensions.size();
  if ((rank != 2 && rank != 3) || (output_rank != 2 && output_rank != 3)) {
    return;
  }
  const std::int64_t windows = windows_of(first, output, shape);
  const std::int64_t rows = first.dimensions[rank - 2];
  if (windows == 1 && shape.m % rows == 0 && output.dimensions[output_rank - 2] == rows) {
    Division by_rows = dividing(layer, LoopDimension::kRows, rows);
    by_rows.inputs[0] = axis_in_blocks(static_cast<int>(rank) - 2, 1);
    by_rows.outputs[0] = axis_in_blocks(static_cast<int>(output_rank) - 2, 1);
    found.push_back(std::move(by_rows));
  }
  const std::int64_t groups = windows > 1 ? windows : shape.repeats;
  if (groups < 2 || shape.repeats % groups != 0 || (windows == 1 && !heads_fit(model, layer, shape))) {
    return;
  }
  Division by_groups = dividing(layer, LoopDimension::kGroups, groups);
  bool even = cut_groups(output, windows > 1, groups, by_groups.outputs[0]);
  for (std::size_t i = 0; i < layer.inputs.size(); ++i) {
    even = even && cut_groups(tensor_of(model, layer.inputs[i]), windows > 1, groups, by_groups.inputs[i]);
  }
  if (even) {
    found.push_back(std::move(by_groups));
  }
}

std::int64_t scaled(std::int64_t value, std::int64_t part, std::int64_t whole) {
  return base::ceil_divide(base::checked_multiply(value, part), whole);
}

/// Of the rows that exist of a convolution's input those that output rows [first, last) read.
void cut_rows(ConvolutionShape& shape, const Interval& rows) {
  shape.out_height = rows.size();
  if (shape.in_height == 0) {
    return;
  }
  const std::int64_t begin = rows.first * shape.stride_y - shape.padding_y;
  const std::int64_t reach =
      (rows.size() - 1) * shape.stride_y + (shape.kernel_height - 1) * shape.dilation_y + 1;
  const std::int64_t first = std::max<std::int64_t>(begin, 0);
  const std::int64_t last = std::min(begin + reach, shape.in_height);
  if (last <= first) {  // all that is read is padding; the one row that exists lies below it
    shape.padding_y = reach;
    shape.in_height = 1;
    return;
  }
  shape.padding_y = std::max<std::int64_t>(-begin, 0);
  shape.in_height = last - first;
}

void cut_shape(ConvolutionShape& shape, const Division& division, const Interval& range) {
  switch (division.by) {
    case LoopDimension::kRows:
      cut_rows(shape, range);
      break;
    case LoopDimension::kOutputs:
      shape.out_channels = range.size();
      break;
    case LoopDimension::kReduction:
      shape.in_channels = range.size();
      break;
    case LoopDimension::kGroups:
      shape.in_channels = shape.in_channels / shape.groups * range.size();
      shape.out_channels = shape.out_channels / shape.groups * range.size();
      shape.groups = range.size();
      break;
    default:
      break;
  }
}

void cut_shape(GemmShape& shape, const Division& division, const Interval& range) {
  switch (division.by) {
    case LoopDimension::kRows:
      shape.m = shape.m / division.extent * range.size();
      break;
    case LoopDimension::kOutputs:
      shape.n = shape.n / division.extent * range.size();
      break;
    case LoopDimension::kReduction:
      shape.k = range.size();
      break;
    case LoopDimension::kGroups:
      shape.repeats = shape.repeats / division.extent * range.size();
      break;
    default:
      break;
  }
}

void cut_shape(VectorShape& shape, const Division& division, const Interval& range) {
  shape.operations = scaled(shape.operations, range.size(), division.extent);
  shape.read_elements = scaled(shape.read_elements, range.size(), division.extent);
  shape.written_elements = scaled(shape.written_elements, range.size(), division.extent);
}

}  // namespace

const std::string& to_string(LoopDimension dimension) {
  static const std::array<std::string, kLoopDimensions> kLetters = {"-", "N", "M", "K", "C", "G"};
  return kLetters[static_cast<std::size_t>(dimension)];
}

Interval part_of(const Interval& whole, std::int64_t parts, std::int64_t index) {
  const std::int64_t each = base::ceil_divide(whole.size(), parts);
  const std::int64_t first = std::min(whole.first + index * each, whole.last);
  return {first, std::min(first + each, whole.last)};
}

std::int64_t volume(const Box& box) {
  std::int64_t product = 1;
  for (const Interval& interval : box) {
    product = base::checked_multiply(product, std::max<std::int64_t>(interval.size(), 0));
  }
  return product;
}

Box whole_box(const Tensor& tensor, std::int64_t mini_batch) {
  if (tensor.dimensions.size() + 1 > kMostAxes) {
    throw base::DefectError("tensor '" + tensor.name + "' has more axes than are divided");
  }
  Box box;
  box.fill({0, 1});
  box[kBatchAxis] = {0, mini_batch};
  for (std::size_t i = 0; i < tensor.dimensions.size(); ++i) {
    box[i + 1] = {0, tensor.dimensions[i]};
  }
  return box;
}

std::vector<Division> divisions(const Model& model, int layer) {
  const Layer& node = model.layers[static_cast<std::size_t>(layer)];
  std::vector<Division> found = {nothing_divided(node), by_samples(node)};
  if (const auto* convolution = std::get_if<ConvolutionShape>(&node.shape)) {
    divide_convolution(model, node, *convolution, found);
  } else if (const auto* gemm = std::get_if<GemmShape>(&node.shape)) {
    if (gemm->weights) {
      divide_gemm(model, node, *gemm, found);
    } else {
      divide_activations(model, node, *gemm, found);
    }
  } else {
    divide_vector_operator(model, node, found);
  }
  return found;
}

Layer share_of(const Model& model, int layer, const std::vector<const Division*>& by,
               const LoopRanges& ranges) {
  const Layer& whole = model.layers[static_cast<std::size_t>(layer)];
  Layer share;
  share.name = whole.name;
  share.op = whole.op;
  share.shape = whole.shape;
  share.precision = whole.precision;
  share.fused = whole.fused;
  share.fused_operations = whole.fused_operations;
  for (const Division* division : by) {
    const Interval& range = ranges[static_cast<std::size_t>(division->by)];
    std::visit([&](auto& shape) { cut_shape(shape, *division, range); }, share.shape);
    if (division->by != LoopDimension::kReduction) {
      // What is joined to a layer works on what it makes; sums must be complete first, so that partial sums
      // pay for all of it.
      share.fused_operations = scaled(share.fused_operations, range.size(), division->extent);
    }
  }
  share.weight_bytes = share_of_weights(whole, by, ranges);
  return share;
}

std::int64_t share_of_weights(const Layer& layer, const std::vector<const Division*>& by,
                              const LoopRanges& ranges) {
  std::int64_t bytes = layer.weight_bytes;
  for (const Division* division : by) {
    if (division->divides_weights) {
      bytes = scaled(bytes, ranges[static_cast<std::size_t>(division->by)].size(), division->extent);
    }
  }
  return bytes;
}

}  // namespace inlay::workload
