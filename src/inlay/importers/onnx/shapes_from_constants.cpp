// Shapes that follow from the contents of operands, by rules that libonnx 1.12 lacks or has for some opsets
// only.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "inlay/base/checked.hpp"
#include "inlay/importers/onnx/shape_rules.hpp"
#include "inlay/importers/onnx/slices.hpp"

namespace inlay::importers::onnx_graph {
namespace {

using Shapes = std::optional<std::vector<OutputType>>;
using Rule = Shapes (*)(const Graph& graph, const Node& node, const Value& x);

const Value* known(const Graph& graph, const Node& node, std::size_t index) {
  const int id = Graph::input(node, index);
  return id >= 0 && graph.value(id).content ? &graph.value(id) : nullptr;
}

Shapes cast(const Graph& graph, const Node& node, const Value& x) {
  const std::int64_t to = integer_or(node, "to", 0);
  if (bits_of(static_cast<int>(std::clamp<std::int64_t>(to, 0, 1000))) == 0) {
    fail(graph, node, fmt::format("it casts to the element type {}, which is none of numbers", to));
  }
  return {{{static_cast<int>(to), x.shape}}};
}

Shapes slice(const Graph& graph, const Node& node, const Value& x) {
  const auto slices = slice_of(graph, node, *x.shape);
  if (!slices) {
    return std::nullopt;
  }
  Dimensions shape;
  for (const AxisSlice& part : *slices) {
    shape.push_back(part.count);
  }
  return {{{x.type, shape}}};
}

/// Without axes all dimensions of 1 go.
Shapes squeeze(const Graph& graph, const Node& node, const Value& x) {
  const bool given = Graph::input(node, 1) >= 0 || attribute(node, "axes") != nullptr;
  const std::vector<std::size_t> list = axes_of(graph, node, x.shape->size());
  const std::set<std::size_t> axes(list.begin(), list.end());
  Dimensions shape;
  for (std::size_t i = 0; i < x.shape->size(); ++i) {
    const std::int64_t size = (*x.shape)[i];
    const bool goes = given && !axes.empty() ? axes.count(i) > 0 : size == 1;
    if (goes && size != 1) {
      fail(graph, node, fmt::format("dimension {} has {} elements and cannot be taken away", i, size));
    }
    if (!goes) {
      shape.push_back(size);
    }
  }
  return {{{x.type, shape}}};
}

Shapes one_hot(const Graph& graph, const Node& node, const Value& x) {
  const Value* depth = known(graph, node, 1);
  const int values = Graph::input(node, 2);
  if (depth == nullptr || depth->content->size() != 1 || values < 0) {
    return std::nullopt;
  }
  const double size = depth->content->number(0);
  if (!(size >= 1 && size <= 1e12)) {
    fail(graph, node, fmt::format("a depth of {} is none", size));
  }
  Dimensions shape = *x.shape;
  const std::size_t axis = axis_of(graph, node, integer_or(node, "axis", -1), shape.size() + 1);
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), static_cast<std::int64_t>(size));
  return {{{graph.value(values).type, shape}}};
}

/// A condition may be shorter than what it is of.
Shapes compress(const Graph& graph, const Node& node, const Value& x) {
  const Value* condition = known(graph, node, 1);
  if (condition == nullptr) {
    return std::nullopt;
  }
  std::int64_t kept = 0;
  for (std::size_t i = 0; i < condition->content->size(); ++i) {
    kept += condition->content->number(i) != 0 ? 1 : 0;
  }
  if (attribute(node, "axis") == nullptr) {
    return {{{x.type, Dimensions{kept}}}};
  }
  Dimensions shape = *x.shape;
  shape[axis_of(graph, node, integer_or(node, "axis", 0), shape.size())] = kept;
  return {{{x.type, shape}}};
}

Shapes non_zero(const Graph&, const Node&, const Value& x) {
  if (!x.content) {
    return std::nullopt;
  }
  std::int64_t found = 0;
  for (std::size_t i = 0; i < x.content->size(); ++i) {
    found += x.content->number(i) != 0 ? 1 : 0;
  }
  const auto rank = static_cast<std::int64_t>(std::max<std::size_t>(x.shape->size(), 1));
  return {{{kInt64, Dimensions{rank, found}}}};
}

Shapes pad(const Graph& graph, const Node& node, const Value& x) {
  const auto pads = padding_of(graph, node, x.shape->size());
  if (!pads) {
    return std::nullopt;
  }
  Dimensions shape = *x.shape;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    shape[i] = base::checked_add(shape[i], base::checked_add((*pads)[i], (*pads)[i + shape.size()]));
  }
  return {{{x.type, shape}}};
}

/// The matrix of recurrent weights says how large the state is, whether or not hidden_size does.
Shapes recurrent(const Graph& graph, const Node& node, const Value& x) {
  const int r = Graph::input(node, 2);
  if (r < 0 || graph.shape(r).size() != 3 || x.shape->size() != 3) {
    fail(graph, node, "an input and recurrent weights of three dimensions are expected");
  }
  const std::int64_t hidden = graph.shape(r)[2];
  if (attribute(node, "hidden_size") != nullptr && integer_or(node, "hidden_size", 0) != hidden) {
    fail(graph, node,
         fmt::format("its hidden_size is {}, its recurrent weights are for {}",
                     integer_or(node, "hidden_size", 0), hidden));
  }
  const std::int64_t directions = graph.shape(r)[0];
  const bool batch_first = integer_or(node, "layout", 0) == 1;
  const std::int64_t steps = (*x.shape)[batch_first ? 1 : 0];
  const std::int64_t batch = (*x.shape)[batch_first ? 0 : 1];
  const Dimensions all = batch_first ? Dimensions{batch, steps, directions, hidden}
                                     : Dimensions{steps, directions, batch, hidden};
  const Dimensions last =
      batch_first ? Dimensions{batch, directions, hidden} : Dimensions{directions, batch, hidden};
  return {{{x.type, all}, {x.type, last}, {x.type, last}}};
}

struct ConstantRule {
  const char* op;
  Rule rule;
};

constexpr ConstantRule kRules[] = {
    {"Cast", cast},         {"Slice", slice},      {"Squeeze", squeeze}, {"OneHot", one_hot},
    {"Compress", compress}, {"NonZero", non_zero}, {"Pad", pad},         {"LSTM", recurrent},
    {"GRU", recurrent},     {"RNN", recurrent},
};

}  // namespace

std::optional<std::vector<OutputType>> shapes_from_constants(const Graph& graph, const Node& node) {
  if (!node.domain.empty()) {
    return std::nullopt;
  }
  for (const ConstantRule& rule : kRules) {
    if (node.op == rule.op) {
      const int x = Graph::input(node, 0);
      if (x < 0) {
        fail(graph, node, "its input 0 is missing");
      }
      return rule.rule(graph, node, graph.value(x));
    }
  }
  return std::nullopt;
}

std::optional<Dimensions> padding_of(const Graph& graph, const Node& node, std::size_t rank) {
  Dimensions given = integers_or(node, "pads", integers_or(node, "paddings", {}));
  if (Graph::input(node, 1) >= 0) {
    const auto known_pads = known_integers(graph, node, 1);
    if (!known_pads) {
      return std::nullopt;
    }
    given = *known_pads;
  }
  Dimensions axes(rank);
  std::iota(axes.begin(), axes.end(), 0);
  if (Graph::input(node, 3) >= 0) {
    const auto known_axes = known_integers(graph, node, 3);
    if (!known_axes) {
      return std::nullopt;
    }
    axes = known_axes->empty() ? axes : *known_axes;
  }
  if (given.size() != 2 * axes.size()) {
    fail(graph, node, fmt::format("{} numbers of padding for {} axes", given.size(), axes.size()));
  }
  Dimensions pads(2 * rank, 0);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::size_t axis = axis_of(graph, node, axes[i], rank);
    pads[axis] = given[i];
    pads[axis + rank] = given[i + axes.size()];
  }
  return pads;
}

}  // namespace inlay::importers::onnx_graph
