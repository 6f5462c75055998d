#include "inlay/workload/description.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "inlay/workload/transposed.hpp"

namespace inlay::workload {
namespace {

std::string pair_text(std::int64_t rows, std::int64_t columns) {
  return rows == columns ? fmt::format("{}", rows) : fmt::format("{}x{}", rows, columns);
}

std::string images_of(const ConvolutionShape& shape) {
  return shape.images == 1 ? "" : fmt::format("{} times ", shape.images);
}

std::string describe_transposed(const ConvolutionShape& shape) {
  std::string text =
      images_of(shape) + fmt::format("{}x{}x{} -> {}x{}x{}, kernel {}x{}, transposed, stride {}",
                                     shape.in_channels, shape.in_height, shape.in_width, shape.out_channels,
                                     shape.out_height, shape.out_width, shape.kernel_height,
                                     shape.kernel_width, pair_text(shape.upsample_y, shape.upsample_x));
  return shape.groups == 1 ? text : text + fmt::format(", {} groups", shape.groups);
}

std::string describe_one(const ConvolutionShape& shape) {
  if (is_transposed(shape)) {
    return describe_transposed(shape);
  }
  std::string text =
      images_of(shape) +
      fmt::format("{}x{}x{} -> {}x{}x{}, kernel {}x{}", shape.in_channels,
                  (shape.out_height - 1) * shape.stride_y + (shape.kernel_height - 1) * shape.dilation_y + 1,
                  (shape.out_width - 1) * shape.stride_x + (shape.kernel_width - 1) * shape.dilation_x + 1,
                  shape.out_channels, shape.out_height, shape.out_width, shape.kernel_height,
                  shape.kernel_width);
  if (shape.stride_y != 1 || shape.stride_x != 1) {
    text += ", stride " + pair_text(shape.stride_y, shape.stride_x);
  }
  if (shape.dilation_y != 1 || shape.dilation_x != 1) {
    text += ", dilation " + pair_text(shape.dilation_y, shape.dilation_x);
  }
  if (shape.groups != 1) {
    text += fmt::format(", {} groups", shape.groups);
  }
  return text;
}

std::string describe_one(const GemmShape& shape) {
  const std::string product = fmt::format("{}x{} * {}x{}", shape.m, shape.k, shape.k, shape.n);
  return shape.repeats == 1 ? product : fmt::format("{} times {}", shape.repeats, product);
}

std::string describe_one(const VectorShape& shape) {
  return fmt::format("{} operations", shape.operations);
}

std::string tensor_list(const Model& model, const std::vector<int>& indices) {
  std::vector<std::string> texts;
  for (const int index : indices) {
    const Tensor& tensor = model.tensors[static_cast<std::size_t>(index)];
    texts.push_back(tensor.name + " " + describe(tensor.dimensions));
  }
  return fmt::format("{}", fmt::join(texts, ", "));
}

std::string operators_of(const Layer& layer) {
  return layer.fused.empty() ? layer.op : fmt::format("{} + {}", layer.op, fmt::join(layer.fused, " + "));
}

}  // namespace

std::string describe(const Shape& shape) {
  return std::visit([](const auto& one) { return describe_one(one); }, shape);
}

std::string describe(const std::vector<std::int64_t>& dimensions) {
  return fmt::format("[{}]", fmt::join(dimensions, ", "));
}

std::vector<LayerRow> layer_table(const Model& model) {
  std::vector<LayerRow> rows;
  rows.reserve(model.layers.size());
  for (const Layer& layer : model.layers) {
    rows.push_back({layer.name, operators_of(layer), describe(layer.shape), macs(layer.shape),
                    layer.parameters, layer.weight_bytes, layer.gathered_bytes,
                    tensor_list(model, layer.inputs), tensor_list(model, layer.outputs)});
  }
  return rows;
}

}  // namespace inlay::workload
