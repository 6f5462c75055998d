#include "inlay/importers/onnx/slices.hpp"

#include <algorithm>
#include <numeric>

#include "inlay/importers/onnx/shape_rules.hpp"

namespace inlay::importers::onnx_graph {
namespace {

/// An input since opset 10, an attribute before; none: an input that is not known.
std::optional<std::vector<std::int64_t>> operand(const Graph& graph, const Node& node, std::size_t input,
                                                 const char* name) {
  if (Graph::input(node, input) >= 0) {
    return known_integers(graph, node, input);
  }
  return integers_or(node, name, {});
}

/// NumPy's rules: negative numbers count from the end, and what lies outside is cut off.
AxisSlice of_axis(std::int64_t size, std::int64_t start, std::int64_t end, std::int64_t step) {
  constexpr std::int64_t kLargestStep = std::int64_t{1} << 61U;
  step = std::clamp(step, -kLargestStep, kLargestStep);
  const auto place = [size, step](std::int64_t at) {
    const std::int64_t from_start = at < 0 ? at + size : at;
    return step > 0 ? std::clamp<std::int64_t>(from_start, 0, size)
                    : std::clamp<std::int64_t>(from_start, -1, size - 1);
  };
  const std::int64_t from = place(start);
  const std::int64_t to = place(end);
  const std::int64_t distance = step > 0 ? to - from : from - to;
  const std::int64_t stride = step > 0 ? step : -step;
  return {from, step, distance <= 0 ? 0 : (distance + stride - 1) / stride};
}

}  // namespace

std::optional<std::vector<AxisSlice>> slice_of(const Graph& graph, const Node& node,
                                               const Dimensions& shape) {
  const auto starts = operand(graph, node, 1, "starts");
  const auto ends = operand(graph, node, 2, "ends");
  auto axes = operand(graph, node, 3, "axes");
  auto steps = operand(graph, node, 4, "steps");
  if (!starts || !ends || !axes || !steps) {
    return std::nullopt;
  }
  if (axes->empty()) {
    axes->resize(starts->size());
    std::iota(axes->begin(), axes->end(), 0);
  }
  if (steps->empty()) {
    steps->assign(starts->size(), 1);
  }
  if (ends->size() != starts->size() || axes->size() != starts->size() || steps->size() != starts->size()) {
    fail(graph, node, "its starts, ends, axes and steps have different lengths");
  }
  std::vector<AxisSlice> slices;
  for (const std::int64_t size : shape) {
    slices.push_back({0, 1, size});
  }
  for (std::size_t i = 0; i < starts->size(); ++i) {
    const std::size_t axis = axis_of(graph, node, (*axes)[i], shape.size());
    if ((*steps)[i] == 0) {
      fail(graph, node, "a step of 0");
    }
    slices[axis] = of_axis(shape[axis], (*starts)[i], (*ends)[i], (*steps)[i]);
  }
  return slices;
}

}  // namespace inlay::importers::onnx_graph
