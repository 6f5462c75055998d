// Contents of small tensors that are known before the model runs: what exporters compute shapes with.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "inlay/base/checked.hpp"
#include "inlay/importers/onnx/shape_rules.hpp"

namespace inlay::importers::onnx_graph {
namespace {

constexpr std::int64_t kMostElements = 4096;

using Folder = std::optional<Constant> (*)(const Graph& graph, const Node& node);

const Constant& content(const Graph& graph, const Node& node, std::size_t index) {
  return *graph.value(node.inputs[index]).content;
}
const Dimensions& input_shape(const Graph& graph, const Node& node, std::size_t index) {
  return graph.shape(node.inputs[index]);
}
const Dimensions& output_shape(const Graph& graph, const Node& node) {
  return graph.shape(node.outputs[0]);
}

std::int64_t to_integer(double number) {
  constexpr double kEdge = 9.2e18;
  if (!(number > -kEdge && number < kEdge)) {
    return number > 0 ? std::numeric_limits<std::int64_t>::max() : std::numeric_limits<std::int64_t>::min();
  }
  return static_cast<std::int64_t>(number);
}

Constant as_kind(const Constant& constant, bool real) {
  Constant result;
  result.real = real;
  for (std::size_t i = 0; i < constant.size(); ++i) {
    if (real) {
      result.reals.push_back(constant.number(i));
    } else {
      result.integers.push_back(constant.real ? to_integer(constant.reals[i]) : constant.integers[i]);
    }
  }
  return result;
}

/// The elements of `from` at these places.
Constant pick(const Constant& from, const std::vector<std::size_t>& places) {
  Constant result;
  result.real = from.real;
  for (const std::size_t place : places) {
    if (from.real) {
      result.reals.push_back(from.reals.at(place));
    } else {
      result.integers.push_back(from.integers.at(place));
    }
  }
  return result;
}

std::vector<std::size_t> strides_of(const Dimensions& shape) {
  std::vector<std::size_t> strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) {
    strides[i - 1] = strides[i] * static_cast<std::size_t>(shape[i]);
  }
  return strides;
}

/// Calls `visit` with the indices of every element of a tensor of that shape, in order.
void for_each_index(const Dimensions& shape,
                    const std::function<void(const std::vector<std::size_t>&)>& visit) {
  std::vector<std::size_t> index(shape.size(), 0);
  for (std::int64_t left = count(shape); left > 0; --left) {
    visit(index);
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      if (++index[axis] < static_cast<std::size_t>(shape[axis])) {
        break;
      }
      index[axis] = 0;
    }
  }
}

/// Where each element of a tensor broadcast to `shape` comes from.
std::vector<std::size_t> broadcast_places(const Dimensions& from, const Dimensions& shape) {
  const std::vector<std::size_t> strides = strides_of(from);
  std::vector<std::size_t> places;
  for_each_index(shape, [&](const std::vector<std::size_t>& index) {
    std::size_t place = 0;
    for (std::size_t i = 0; i < from.size(); ++i) {
      place += from[i] == 1 ? 0 : index[index.size() - from.size() + i] * strides[i];
    }
    places.push_back(place);
  });
  return places;
}

std::optional<Constant> copy(const Graph& graph, const Node& node) {
  return content(graph, node, 0);
}

std::optional<Constant> cast(const Graph& graph, const Node& node) {
  const int type = graph.value(node.outputs[0]).type;
  const bool real = type == kFloat || type == kFloat16 || type == 11 || type == 16;
  return as_kind(content(graph, node, 0), real);
}

/// Integer arithmetic is checked, and done in integers where both sides are.
std::optional<double> real_result(const std::string& op, double a, double b) {
  if (op == "Add") return a + b;
  if (op == "Sub") return a - b;
  if (op == "Mul") return a * b;
  if (op == "Div") return a / b;
  if (op == "Pow") return std::pow(a, b);
  if (op == "Min") return std::min(a, b);
  if (op == "Max") return std::max(a, b);
  return std::nullopt;
}

std::optional<std::int64_t> integer_result(const std::string& op, std::int64_t a, std::int64_t b) {
  const bool divides = b != 0 && !(b == -1 && a == std::numeric_limits<std::int64_t>::min());
  if (op == "Add") return base::checked_add(a, b);
  if (op == "Sub") return base::checked_subtract(a, b);
  if (op == "Mul") return base::checked_multiply(a, b);
  if (op == "Div" && divides) return a / b;
  if (op == "Mod" && divides) return a % b + (a % b != 0 && (a % b < 0) != (b < 0) ? b : 0);
  if (op == "Min") return std::min(a, b);
  if (op == "Max") return std::max(a, b);
  if (op == "And") return a != 0 && b != 0 ? 1 : 0;
  if (op == "Or") return a != 0 || b != 0 ? 1 : 0;
  return std::nullopt;
}

std::optional<bool> comparison(const std::string& op, double a, double b) {
  if (op == "Equal") return a == b;
  if (op == "Less") return a < b;
  if (op == "LessOrEqual") return a <= b;
  if (op == "Greater") return a > b;
  if (op == "GreaterOrEqual") return a >= b;
  return std::nullopt;
}

std::optional<Constant> binary(const Graph& graph, const Node& node) {
  if (node.inputs.size() != 2) {
    return std::nullopt;
  }
  const Dimensions& shape = output_shape(graph, node);
  const Constant a = pick(content(graph, node, 0), broadcast_places(input_shape(graph, node, 0), shape));
  const Constant b = pick(content(graph, node, 1), broadcast_places(input_shape(graph, node, 1), shape));
  Constant result;
  result.real = (a.real || b.real) && !comparison(node.op, 0, 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (const auto truth = comparison(node.op, a.number(i), b.number(i))) {
      result.integers.push_back(*truth ? 1 : 0);
    } else if (result.real) {
      const auto number = real_result(node.op, a.number(i), b.number(i));
      if (!number) {
        return std::nullopt;
      }
      result.reals.push_back(*number);
    } else {
      const auto number = integer_result(node.op, a.integers[i], b.integers[i]);
      if (!number) {
        return std::nullopt;
      }
      result.integers.push_back(*number);
    }
  }
  return result;
}

std::optional<Constant> unary(const Graph& graph, const Node& node) {
  Constant result = content(graph, node, 0);
  for (double& number : result.reals) {
    number = node.op == "Neg"     ? -number
             : node.op == "Floor" ? std::floor(number)
             : node.op == "Ceil"  ? std::ceil(number)
             : node.op == "Round" ? std::nearbyint(number)
                                  : std::sqrt(number);
  }
  for (std::int64_t& number : result.integers) {
    if (node.op == "Neg") {
      number = base::checked_subtract(0, number);
    } else if (node.op == "Not") {
      number = number == 0 ? 1 : 0;
    }
  }
  return result;
}

std::optional<Constant> where(const Graph& graph, const Node& node) {
  const Dimensions& shape = output_shape(graph, node);
  const Constant choice = pick(content(graph, node, 0), broadcast_places(input_shape(graph, node, 0), shape));
  const bool real = content(graph, node, 1).real;
  const Constant a = pick(content(graph, node, 1), broadcast_places(input_shape(graph, node, 1), shape));
  const Constant b =
      as_kind(pick(content(graph, node, 2), broadcast_places(input_shape(graph, node, 2), shape)), real);
  Constant result;
  result.real = real;
  for (std::size_t i = 0; i < choice.size(); ++i) {
    const Constant& from = choice.number(i) != 0 ? a : b;
    if (real) {
      result.reals.push_back(from.reals[i]);
    } else {
      result.integers.push_back(from.integers[i]);
    }
  }
  return result;
}

std::optional<Constant> gather(const Graph& graph, const Node& node) {
  const Dimensions& data = input_shape(graph, node, 0);
  const std::size_t axis = axis_of(graph, node, integer_or(node, "axis", 0), data.size());
  const std::vector<std::size_t> strides = strides_of(data);
  const Dimensions& indices = input_shape(graph, node, 1);
  const std::vector<std::size_t> index_strides = strides_of(indices);
  std::vector<std::size_t> places;
  for_each_index(output_shape(graph, node), [&](const std::vector<std::size_t>& index) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < indices.size(); ++i) {
      at += index[axis + i] * index_strides[i];
    }
    std::int64_t row = content(graph, node, 1).integers.at(at);
    row += row < 0 ? data[axis] : 0;
    if (row < 0 || row >= data[axis]) {
      fail(graph, node, fmt::format("index {} is not one of {} elements", row, data[axis]));
    }
    std::size_t place = static_cast<std::size_t>(row) * strides[axis];
    for (std::size_t i = 0; i < data.size(); ++i) {
      if (i != axis) {
        place += index[i < axis ? i : i + indices.size() - 1] * strides[i];
      }
    }
    places.push_back(place);
  });
  return pick(content(graph, node, 0), places);
}

std::optional<Constant> concat(const Graph& graph, const Node& node) {
  const std::size_t rank = input_shape(graph, node, 0).size();
  if (rank > 1) {
    return std::nullopt;
  }
  Constant result;
  result.real = content(graph, node, 0).real;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const Constant part = as_kind(content(graph, node, i), result.real);
    result.reals.insert(result.reals.end(), part.reals.begin(), part.reals.end());
    result.integers.insert(result.integers.end(), part.integers.begin(), part.integers.end());
  }
  return result;
}

std::optional<Constant> slice(const Graph& graph, const Node& node) {
  const Dimensions& data = input_shape(graph, node, 0);
  const auto given = [&](const char* name, std::size_t input) {
    const auto known = known_integers(graph, node, input);
    return known ? *known : integers_or(node, name, {});
  };
  const std::vector<std::int64_t> starts = given("starts", 1);
  const std::vector<std::int64_t> axes = given("axes", 3);
  const std::vector<std::int64_t> steps = given("steps", 4);
  if (data.size() != 1 || starts.size() != 1 ||
      (!axes.empty() && axes != std::vector<std::int64_t>{0} && axes != std::vector<std::int64_t>{-1})) {
    return std::nullopt;
  }
  const std::int64_t step = steps.empty() ? 1 : steps[0];
  const std::int64_t size = data[0];
  std::int64_t at = starts[0] < 0 ? std::max<std::int64_t>(starts[0] + size, 0) : starts[0];
  at = std::min(at, step < 0 ? size - 1 : size);
  std::vector<std::size_t> places;
  for (std::int64_t left = output_shape(graph, node)[0]; left > 0; --left, at = base::checked_add(at, step)) {
    if (at < 0 || at >= size) {
      return std::nullopt;
    }
    places.push_back(static_cast<std::size_t>(at));
  }
  return pick(content(graph, node, 0), places);
}

std::optional<Constant> expand(const Graph& graph, const Node& node) {
  return pick(content(graph, node, 0),
              broadcast_places(input_shape(graph, node, 0), output_shape(graph, node)));
}

std::optional<Constant> transpose(const Graph& graph, const Node& node) {
  const Dimensions& data = input_shape(graph, node, 0);
  const std::vector<std::size_t> strides = strides_of(data);
  std::vector<std::int64_t> order = integers_or(node, "perm", {});
  for (std::size_t i = data.size(); order.size() < data.size() && i-- > 0;) {
    order.push_back(static_cast<std::int64_t>(i));
  }
  std::vector<std::size_t> places;
  for_each_index(output_shape(graph, node), [&](const std::vector<std::size_t>& index) {
    std::size_t place = 0;
    for (std::size_t i = 0; i < index.size(); ++i) {
      place += index[i] * strides.at(static_cast<std::size_t>(order[i]));
    }
    places.push_back(place);
  });
  return pick(content(graph, node, 0), places);
}

std::optional<Constant> range(const Graph& graph, const Node& node) {
  if (content(graph, node, 0).real || content(graph, node, 2).real) {
    return std::nullopt;
  }
  Constant result;
  std::int64_t next = content(graph, node, 0).integers.at(0);
  for (std::int64_t left = output_shape(graph, node).at(0); left > 0; --left) {
    result.integers.push_back(next);
    next = base::checked_add(next, content(graph, node, 2).integers.at(0));
  }
  return result;
}

std::optional<Constant> filled(const Graph& graph, const Node& node) {
  const Attribute* value = attribute(node, "value");
  Constant one;
  one.real = true;
  one.reals = {0};
  if (value != nullptr && value->kind == Attribute::Kind::kTensor) {
    if (!value->tensor.content || value->tensor.content->size() != 1) {
      return std::nullopt;
    }
    one = *value->tensor.content;
  }
  return pick(one, std::vector<std::size_t>(static_cast<std::size_t>(count(output_shape(graph, node))), 0));
}

/// Over all elements: what exporters reduce is a list of sizes.
std::optional<Constant> reduce(const Graph& graph, const Node& node) {
  const Constant& all = content(graph, node, 0);
  if (all.real || all.size() == 0 || count(output_shape(graph, node)) != 1) {
    return std::nullopt;
  }
  std::int64_t result = all.integers[0];
  for (std::size_t i = 1; i < all.size(); ++i) {
    const std::int64_t next = all.integers[i];
    result = node.op == "ReduceProd"  ? base::checked_multiply(result, next)
             : node.op == "ReduceSum" ? base::checked_add(result, next)
             : node.op == "ReduceMax" ? std::max(result, next)
                                      : std::min(result, next);
  }
  Constant constant;
  constant.integers = {result};
  return constant;
}

const std::map<std::string, Folder>& folders() {
  static const std::map<std::string, Folder> kFolders = {
      {"Identity", copy},
      {"Reshape", copy},
      {"Squeeze", copy},
      {"Unsqueeze", copy},
      {"Flatten", copy},
      {"Cast", cast},
      {"Add", binary},
      {"Sub", binary},
      {"Mul", binary},
      {"Div", binary},
      {"Mod", binary},
      {"Pow", binary},
      {"Min", binary},
      {"Max", binary},
      {"And", binary},
      {"Or", binary},
      {"Equal", binary},
      {"Less", binary},
      {"LessOrEqual", binary},
      {"Greater", binary},
      {"Neg", unary},
      {"Floor", unary},
      {"Ceil", unary},
      {"Round", unary},
      {"Sqrt", unary},
      {"Not", unary},
      {"Where", where},
      {"Gather", gather},
      {"Concat", concat},
      {"Slice", slice},
      {"Expand", expand},
      {"Transpose", transpose},
      {"Range", range},
      {"ReduceProd", reduce},
      {"ReduceSum", reduce},
      {"ReduceMax", reduce},
      {"ReduceMin", reduce},
      {"ConstantOfShape", filled},
      {"GreaterOrEqual", binary},
  };
  return kFolders;
}

}  // namespace

std::optional<Constant> folded(const Graph& graph, const Node& node) {
  const auto folder = folders().find(node.op);
  if (folder == folders().end() || !node.domain.empty() || node.outputs.empty() || node.outputs[0] < 0) {
    return std::nullopt;
  }
  const std::int64_t elements = count(output_shape(graph, node));
  if (elements > kMostElements) {
    return std::nullopt;
  }
  for (const int input : node.inputs) {
    // A content that is shorter than its shape says cannot come from a well-formed file.
    if (input >= 0 &&
        (!graph.value(input).content ||
         static_cast<std::int64_t>(graph.value(input).content->size()) != count(graph.shape(input)))) {
      return std::nullopt;
    }
  }
  std::optional<Constant> result;
  try {
    result = folder->second(graph, node);
  } catch (const std::out_of_range&) {
    fail(graph, node, "it reads elements that its inputs do not have");
  }
  const bool complete = result && static_cast<std::int64_t>(result->size()) == elements;
  return complete ? result : std::nullopt;
}

}  // namespace inlay::importers::onnx_graph
