// Shapes of operators that libonnx 1.12 does not know, or only in an older form.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "inlay/base/checked.hpp"
#include "inlay/importers/onnx/einsum.hpp"
#include "inlay/importers/onnx/own_shape_rules.hpp"
#include "inlay/importers/onnx/window.hpp"

namespace inlay::importers::onnx_graph {
namespace {

using Shapes = std::vector<OutputType>;
/// One output of the given shape and of the first input's type.
Shapes one(const Graph& graph, const Node& node, Dimensions shape) {
  return {{input_value(graph, node, 0).type, std::move(shape)}};
}

Shapes as_first(const Graph& graph, const Node& node) {
  return one(graph, node, *input_value(graph, node, 0).shape);
}

/// Quantised sums and products: a, its scale and zero point, b, ...
Shapes quantised_pair(const Graph& graph, const Node& node) {
  return one(graph, node,
             broadcast(graph, node, *input_value(graph, node, 0).shape, *input_value(graph, node, 3).shape));
}

Shapes quantised_concat(const Graph& graph,
                        const Node& node) {  // scale, zero point, then (x, scale, zero point)
  Dimensions shape = *input_value(graph, node, 2).shape;
  const std::size_t axis = axis_of(graph, node, integer_or(node, "axis", 0), shape.size());
  for (std::size_t i = 5; i < node.inputs.size(); i += 3) {
    const Dimensions& next = *input_value(graph, node, i).shape;
    if (next.size() != shape.size()) {
      fail(graph, node, "its inputs have different numbers of dimensions");
    }
    shape[axis] = base::checked_add(shape[axis], next[axis]);
  }
  return {{input_value(graph, node, 2).type, shape}};
}

Shapes quantised_global_pool(const Graph& graph, const Node& node) {
  Dimensions shape = *input_value(graph, node, 0).shape;
  for (std::size_t i = 2; i < shape.size(); ++i) {
    shape[i] = 1;
  }
  return one(graph, node, shape);
}

Shapes windowed(const Graph& graph, const Node& node) {
  const Dimensions& input = *input_value(graph, node, 0).shape;
  const Window window = window_of(graph, node, input, {});
  Dimensions shape(input.begin(), input.begin() + 2);
  shape.insert(shape.end(), window.out.begin(), window.out.end());
  return one(graph, node, shape);
}

/// Filters of input number `index`; the output's type is the zero point's where there is one.
Shapes convolved(const Graph& graph, const Node& node, std::size_t index, std::size_t zero_point) {
  const Dimensions& input = *input_value(graph, node, 0).shape;
  const Dimensions& filter = *input_value(graph, node, index).shape;
  if (filter.size() != input.size() || filter.size() < 3) {
    fail(graph, node, "its filters do not have as many dimensions as its input, three or more");
  }
  const Window window = window_of(graph, node, input, Dimensions(filter.begin() + 2, filter.end()));
  if (window.kernel != Dimensions(filter.begin() + 2, filter.end())) {
    fail(graph, node, "kernel_shape is not that of its filters");
  }
  Dimensions shape = {input[0], filter[0]};
  shape.insert(shape.end(), window.out.begin(), window.out.end());
  const bool quantised = Graph::input(node, zero_point) >= 0;
  return {{quantised ? input_value(graph, node, zero_point).type : input_value(graph, node, 0).type, shape}};
}

constexpr std::size_t kNone = 99;

Shapes convolution(const Graph& graph, const Node& node) {
  return convolved(graph, node, 1, kNone);
}
Shapes quantised_convolution(const Graph& graph, const Node& node) {
  return convolved(graph, node, 3, 7);
}
Shapes integer_convolution(const Graph& graph, const Node& node) {
  Shapes shapes = convolved(graph, node, 1, kNone);
  shapes[0].type = kInt32;
  return shapes;
}

/// Values, and their places.
Shapes max_pool(const Graph& graph, const Node& node) {
  Shapes shapes = windowed(graph, node);
  shapes.push_back({kInt64, shapes[0].shape});
  return shapes;
}

Shapes gemm(const Graph& graph, const Node& node) {
  const Dimensions& a = *input_value(graph, node, 0).shape;
  const Dimensions& b = *input_value(graph, node, 1).shape;
  if (a.size() != 2 || b.size() != 2) {
    fail(graph, node,
         fmt::format("matrices are expected, its inputs have {} and {} dimensions", a.size(), b.size()));
  }
  return one(graph, node,
             {a[integer_or(node, "transA", 0) == 0 ? 0 : 1], b[integer_or(node, "transB", 0) == 0 ? 1 : 0]});
}

Shapes einsum(const Graph& graph, const Node& node) {
  const EinsumEquation equation = einsum_equation(graph, node);
  return one(graph, node, equation.shape(equation.result));
}

Shapes split(const Graph& graph, const Node& node) {
  const Dimensions& whole = *input_value(graph, node, 0).shape;
  const std::size_t axis = axis_of(graph, node, integer_or(node, "axis", 0), whole.size());
  const auto parts = static_cast<std::int64_t>(node.outputs.size());
  std::vector<std::int64_t> sizes;
  if (const auto given = known_integers(graph, node, 1)) {
    sizes = *given;
  } else {
    const std::int64_t each = base::ceil_divide(whole[axis], std::max<std::int64_t>(parts, 1));
    for (std::int64_t i = 0; i < parts; ++i) {
      sizes.push_back(std::min(each, whole[axis] - i * each));
    }
  }
  if (sizes.size() != node.outputs.size()) {
    fail(graph, node, fmt::format("{} outputs for {} parts", node.outputs.size(), sizes.size()));
  }
  Shapes shapes;
  for (const std::int64_t size : sizes) {
    Dimensions part = whole;
    part[axis] = size;
    shapes.push_back({input_value(graph, node, 0).type, part});
  }
  return shapes;
}

Shapes reduce(const Graph& graph, const Node& node) {
  const Dimensions& input = *input_value(graph, node, 0).shape;
  const std::vector<std::size_t> given = axes_of(graph, node, input.size());
  if (given.empty() && integer_or(node, "noop_with_empty_axes", 0) == 1) {
    return one(graph, node, input);
  }
  const std::set<std::size_t> axes(given.begin(), given.end());
  Dimensions shape;
  for (std::size_t i = 0; i < input.size(); ++i) {
    if (!axes.empty() && axes.count(i) == 0) {
      shape.push_back(input[i]);
    } else if (integer_or(node, "keepdims", 1) == 1) {
      shape.push_back(1);
    }
  }
  return one(graph, node, shape);
}

Shapes resize(const Graph& graph, const Node& node) {
  Dimensions shape = *input_value(graph, node, 0).shape;
  if (text_or(node, "keep_aspect_ratio_policy", "stretch") != "stretch") {
    fail(graph, node, "a keep_aspect_ratio_policy other than stretch is not supported");
  }
  std::vector<std::int64_t> axes = integers_or(node, "axes", {});
  if (attribute(node, "axes") == nullptr) {
    axes.resize(shape.size());
    std::iota(axes.begin(), axes.end(), 0);
  }
  const int scales = Graph::input(node, 2);
  const auto sizes = known_integers(graph, node, 3);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::size_t axis = axis_of(graph, node, axes[i], shape.size());
    if (sizes && sizes->size() == axes.size()) {
      shape[axis] = (*sizes)[i];
    } else if (scales >= 0 && graph.value(scales).content &&
               graph.value(scales).content->size() == axes.size()) {
      const double size =
          std::floor(static_cast<double>(shape[axis]) * graph.value(scales).content->number(i));
      shape[axis] = size >= 1 && size < 1e15 ? static_cast<std::int64_t>(size) : 0;
    } else {
      fail(graph, node, "neither its sizes nor its scales are known");
    }
  }
  return one(graph, node, shape);
}

const std::vector<OwnRule>& basic_shape_rules() {
  static const std::vector<OwnRule> kRules = {
      {"", "Split", 18, split},
      {"", "Resize", 18, resize},
      {"", "Einsum", 0, einsum},  // of which libonnx says only how many dimensions the result has
      {"", "Gemm", 0, gemm},      // in opset 6 libonnx takes vectors for matrices and reads beyond them
      // libonnx 1.12 reads beyond kernels and filters of another rank than the input's (mended in
      // onnx/onnx#6195).
      {"", "Conv", 0, convolution},
      {"", "ConvInteger", 0, integer_convolution},
      {"", "QLinearConv", 0, quantised_convolution},
      {kMicrosoft, "FusedConv", 0, convolution},
      {"", "MaxPool", 0, max_pool},
      {"", "AveragePool", 0, windowed},
      {"", "LpPool", 0, windowed},
      {"", "ReduceMean", 18, reduce},
      {"", "ReduceMax", 18, reduce},
      {"", "ReduceMin", 18, reduce},
      {"", "ReduceProd", 18, reduce},
      {"", "ReduceSumSquare", 18, reduce},
      {"", "ReduceL1", 18, reduce},
      {"", "ReduceL2", 18, reduce},
      {"", "ReduceLogSum", 18, reduce},
      {"", "ReduceLogSumExp", 18, reduce},
      {"", "GroupNormalization", 0, as_first},
      {"", "RMSNormalization", 0, as_first},
      {"", "SimplifiedLayerNormalization", 0, as_first},
      {"", "LayerNormalization", 0, as_first},
      {"", "Gelu", 0, as_first},
      {"", "Mish", 0, as_first},
      {"", "Silu", 0, as_first},
      {"", "Swish", 0, as_first},
      {kMicrosoft, "Gelu", 0, as_first},
      {kMicrosoft, "FastGelu", 0, as_first},
      {kMicrosoft, "QuickGelu", 0, as_first},
      {kMicrosoft, "BiasGelu", 0, as_first},
      {kMicrosoft, "SimplifiedLayerNormalization", 0, as_first},
      {kMicrosoft, "QLinearSigmoid", 0, as_first},
      {kMicrosoft, "QLinearLeakyRelu", 0, as_first},
      {kMicrosoft, "QLinearSoftmax", 0, as_first},
      {kMicrosoft, "QLinearAdd", 0, quantised_pair},
      {kMicrosoft, "QLinearMul", 0, quantised_pair},
      {kMicrosoft, "QLinearConcat", 0, quantised_concat},
      {kMicrosoft, "QLinearGlobalAveragePool", 0, quantised_global_pool},
      {kMicrosoft, "QLinearAveragePool", 0, windowed},
  };
  return kRules;
}

}  // namespace

const Value& input_value(const Graph& graph, const Node& node, std::size_t index) {
  const int id = Graph::input(node, index);
  if (id < 0) {
    fail(graph, node, fmt::format("input {} is missing", index));
  }
  return graph.value(id);
}

std::optional<std::vector<OutputType>> own_shapes(const Graph& graph, const Node& node) {
  for (const std::vector<OwnRule>* rules :
       {&basic_shape_rules(), &window_shape_rules(), &attention_shape_rules(), &fused_shape_rules()}) {
    for (const OwnRule& rule : *rules) {
      if (rule.op == node.op && rule.domain == node.domain && graph.opset >= rule.since) {
        return rule.rule(graph, node);
      }
    }
  }
  return std::nullopt;
}

Dimensions broadcast(const Graph& graph, const Node& node, const Dimensions& a, const Dimensions& b) {
  Dimensions result = a.size() < b.size() ? b : a;
  for (std::size_t i = 1; i <= std::min(a.size(), b.size()); ++i) {
    const std::int64_t one_size = a[a.size() - i];
    const std::int64_t other = b[b.size() - i];
    if (one_size != other && one_size != 1 && other != 1) {
      fail(graph, node, fmt::format("sizes {} and {} do not fit together", one_size, other));
    }
    result[result.size() - i] = one_size == 1 ? other : one_size;
  }
  return result;
}

std::optional<std::vector<std::int64_t>> known_integers(const Graph& graph, const Node& node,
                                                        std::size_t input) {
  const int id = Graph::input(node, input);
  if (id < 0 || !graph.value(id).content || graph.value(id).content->real) {
    return std::nullopt;
  }
  return graph.value(id).content->integers;
}

std::vector<std::size_t> axes_of(const Graph& graph, const Node& node, std::size_t rank) {
  std::vector<std::int64_t> axes = integers_or(node, "axes", {});
  if (const auto given = known_integers(graph, node, 1)) {
    axes = *given;
  } else if (Graph::input(node, 1) >= 0) {
    fail(graph, node, "its axes are not known before it runs");
  }
  std::vector<std::size_t> result;
  for (const std::int64_t axis : axes) {
    result.push_back(axis_of(graph, node, axis, rank));
  }
  return result;
}

}  // namespace inlay::importers::onnx_graph
