// Shapes of windows and samplers that libonnx 1.12 does not know in full.
#include <fmt/format.h>

#include "inlay/base/checked.hpp"
#include "inlay/importers/onnx/own_shape_rules.hpp"
#include "inlay/importers/onnx/window.hpp"

namespace inlay::importers::onnx_graph {
namespace {

using Shapes = std::vector<OutputType>;

Dimensions joined(Dimensions front, const Dimensions& back) {
  front.insert(front.end(), back.begin(), back.end());
  return front;
}

Shapes transposed(const Graph& graph, const Node& node) {
  const Value& x = input_value(graph, node, 0);
  const Dimensions& filter = *input_value(graph, node, 1).shape;
  const Window window = transposed_window_of(graph, node, *x.shape, filter);
  const std::int64_t groups = integer_or(node, "group", 1);
  if (groups < 1) {
    fail(graph, node, "group must be at least 1");
  }
  return {{x.type, joined({x.shape->front(), base::checked_multiply(filter[1], groups)}, window.out)}};
}

Shapes deformed(const Graph& graph, const Node& node) {
  const Value& x = input_value(graph, node, 0);
  const Dimensions& filter = *input_value(graph, node, 1).shape;
  if (filter.size() != x.shape->size() || filter.size() < 3) {
    fail(graph, node, "its filters do not have as many dimensions as its input, three or more");
  }
  const Window window = window_of(graph, node, *x.shape, Dimensions(filter.begin() + 2, filter.end()));
  return {{x.type, joined({x.shape->front(), filter[0]}, window.out)}};
}

Shapes sampled(const Graph& graph, const Node& node) {
  const Value& x = input_value(graph, node, 0);
  const Dimensions& grid = *input_value(graph, node, 1).shape;
  if (grid.size() != x.shape->size() || grid.size() < 3) {
    fail(graph, node, "its grid does not have as many dimensions as its input, three or more");
  }
  return {{x.type, joined({x.shape->at(0), x.shape->at(1)}, Dimensions(grid.begin() + 1, grid.end() - 1))}};
}

/// As large as output_shape says, or as what the pooling that it undoes can have read.
Shapes unpooled(const Graph& graph, const Node& node) {
  const Value& x = input_value(graph, node, 0);
  const std::size_t rank = x.shape->size();
  const auto stated = known_integers(graph, node, 2);
  if (rank < 3 || (Graph::input(node, 2) >= 0 && (!stated || stated->size() != rank))) {
    fail(graph, node, "an image, and an output_shape that is known before it runs, are expected");
  }
  if (stated) {
    return {{x.type, *stated}};
  }
  const std::size_t axes = rank - 2;
  const Dimensions kernel = integers_or(node, "kernel_shape", {});
  const Dimensions stride = integers_or(node, "strides", Dimensions(axes, 1));
  const Dimensions pads = integers_or(node, "pads", Dimensions(2 * axes, 0));
  if (kernel.size() != axes || stride.size() != axes || pads.size() != 2 * axes) {
    fail(graph, node, fmt::format("kernel_shape, strides or pads do not fit {} axes", axes));
  }
  Dimensions shape = {x.shape->at(0), x.shape->at(1)};
  for (std::size_t i = 0; i < axes; ++i) {
    const std::int64_t spread = base::checked_multiply(x.shape->at(i + 2) - 1, stride[i]);
    const std::int64_t taken = base::checked_add(pads[i], pads[i + axes]);
    shape.push_back(base::checked_subtract(base::checked_add(spread, kernel[i]), taken));
    if (shape.back() < 1) {
      fail(graph, node, "its padding leaves no output");
    }
  }
  return {{x.type, shape}};
}

}  // namespace

const std::vector<OwnRule>& window_shape_rules() {
  static const std::vector<OwnRule> kRules = {
      {"", "ConvTranspose", 0, transposed},   {"", "DeformConv", 0, deformed}, {"", "GridSample", 0, sampled},
      {kMicrosoft, "GridSample", 0, sampled}, {"", "MaxUnpool", 0, unpooled},
  };
  return kRules;
}

}  // namespace inlay::importers::onnx_graph
