// Constant evaluation of operators that make few numbers of many, and many of few.
#include <algorithm>
#include <cmath>
#include <limits>

#include "inlay/base/checked.hpp"
#include "inlay/importers/onnx/evaluator.hpp"
#include "inlay/importers/onnx/shape_rules.hpp"

namespace inlay::importers::onnx_graph {
namespace {

using Index = std::vector<std::size_t>;

/// For each element of the first operand the place of the element that it is reduced to.
Places targets(const Operands& operands, const std::vector<bool>& reduced) {
  Dimensions kept;
  for (std::size_t i = 0; i < reduced.size(); ++i) {
    kept.push_back(reduced[i] ? 1 : operands.shape(0)[i]);
  }
  const std::vector<std::size_t> strides = strides_of(kept);
  Places places;
  for_each_index(operands.shape(0), [&](const Index& index) {
    std::size_t place = 0;
    for (std::size_t i = 0; i < index.size(); ++i) {
      place += reduced[i] ? 0 : index[i] * strides[i];
    }
    places.push_back(place);
  });
  return places;
}

/// What is added up, multiplied or compared of an element.
double prepared(const std::string& op, double number) {
  return op == "ReduceSumSquare" || op == "ReduceL2" ? number * number
         : op == "ReduceL1"                          ? std::abs(number)
                                                     : number;
}

double joined(const std::string& op, double a, double b) {
  return op == "ReduceProd"  ? a * b
         : op == "ReduceMax" ? std::max(a, b)
         : op == "ReduceMin" ? std::min(a, b)
                             : a + b;
}

std::int64_t joined(const std::string& op, std::int64_t a, std::int64_t b) {
  return op == "ReduceProd"  ? base::checked_multiply(a, b)
         : op == "ReduceMax" ? std::max(a, b)
         : op == "ReduceMin" ? std::min(a, b)
                             : base::checked_add(a, b);
}

Contents reduce_reals(const Operands& operands, const Places& places, std::size_t results) {
  const std::string& op = operands.node().op;
  const Constant& from = operands.content(0);
  std::vector<std::optional<double>> sums(results);
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::optional<double>& sum = sums.at(places[i]);
    const double next = prepared(op, from.reals[i]);
    sum = sum ? joined(op, *sum, next) : next;
  }
  Constant result;
  result.real = true;
  for (const std::optional<double>& sum : sums) {
    if (!sum) {
      return {};
    }
    const double mean = *sum / static_cast<double>(from.size() / results);
    const double number = op == "ReduceMean" ? mean : op == "ReduceL2" ? std::sqrt(*sum) : *sum;
    result.reals.push_back(rounded(number, operands.output_type()));
  }
  return {result};
}

Contents reduce_integers(const Operands& operands, const Places& places, std::size_t results) {
  const std::string& op = operands.node().op;
  if (op != "ReduceProd" && op != "ReduceSum" && op != "ReduceMax" && op != "ReduceMin") {
    return {};
  }
  std::vector<std::optional<std::int64_t>> sums(results);
  for (std::size_t i = 0; i < operands.content(0).size(); ++i) {
    std::optional<std::int64_t>& sum = sums.at(places[i]);
    const std::int64_t next = operands.content(0).integers[i];
    sum = sum ? joined(op, *sum, next) : next;
  }
  Constant result;
  for (const std::optional<std::int64_t>& sum : sums) {
    if (!sum) {
      return {};
    }
    result.integers.push_back(wrapped(*sum, operands.output_type()));
  }
  return {result};
}

Contents reduce(const Operands& operands) {
  const std::size_t rank = operands.shape(0).size();
  const std::vector<std::size_t> axes = axes_of(operands.graph(), operands.node(), rank);
  if (axes.empty() && integer_or(operands.node(), "noop_with_empty_axes", 0) == 1) {
    return {operands.content(0)};
  }
  std::vector<bool> reduced(rank, axes.empty());
  for (const std::size_t axis : axes) {
    reduced[axis] = true;
  }
  const auto results = static_cast<std::size_t>(count(operands.output_shape()));
  if (results == 0 || operands.content(0).size() == 0) {
    return {};
  }
  const Places places = targets(operands, reduced);
  return operands.content(0).real ? reduce_reals(operands, places, results)
                                  : reduce_integers(operands, places, results);
}

/// The place of the largest or smallest element along an axis.
Contents extreme(const Operands& operands) {
  const Dimensions& shape = operands.shape(0);
  const std::size_t axis =
      axis_of(operands.graph(), operands.node(), integer_or(operands.node(), "axis", 0), shape.size());
  std::vector<bool> reduced(shape.size(), false);
  reduced[axis] = true;
  const Places places = targets(operands, reduced);
  const bool last = integer_or(operands.node(), "select_last_index", 0) == 1;
  const double sign = operands.node().op == "ArgMax" ? 1 : -1;
  const auto results = static_cast<std::size_t>(count(operands.output_shape()));
  std::vector<double> best(results, -std::numeric_limits<double>::infinity());
  Constant result;
  result.integers.assign(results, 0);
  std::size_t at = 0;
  for_each_index(shape, [&](const Index& index) {
    const double number = sign * operands.content(0).number(at);
    const std::size_t place = places[at++];
    if (number > best.at(place) || (last && number == best.at(place))) {
      best[place] = number;
      result.integers[place] = static_cast<std::int64_t>(index[axis]);
    }
  });
  return {result};
}

Contents cumulative_sum(const Operands& operands) {
  const Dimensions& shape = operands.shape(0);
  if (operands.content(1).size() != 1 || integer_or(operands.node(), "exclusive", 0) != 0 ||
      integer_or(operands.node(), "reverse", 0) != 0) {
    return {};
  }
  const std::size_t axis = axis_of(operands.graph(), operands.node(),
                                   as_kind(operands.content(1), false).integers[0], shape.size());
  const std::size_t stride = strides_of(shape)[axis];
  Constant result = operands.content(0);
  std::size_t at = 0;
  for_each_index(shape, [&](const Index& index) {
    if (index[axis] > 0 && result.real) {
      result.reals[at] = rounded(result.reals[at] + result.reals[at - stride], operands.output_type());
    } else if (index[axis] > 0) {
      result.integers[at] = base::checked_add(result.integers[at], result.integers[at - stride]);
    }
    ++at;
  });
  return {result};
}

Contents range(const Operands& operands) {
  const Constant& start = operands.content(0);
  const Constant& step = operands.content(2);
  if (start.size() != 1 || step.size() != 1) {
    return {};
  }
  Constant result;
  result.real = start.real || step.real;
  for (std::int64_t i = 0; i < operands.output_shape().at(0); ++i) {
    if (result.real) {
      result.reals.push_back(
          rounded(start.number(0) + static_cast<double>(i) * step.number(0), operands.output_type()));
    } else {
      result.integers.push_back(
          base::checked_add(start.integers[0], base::checked_multiply(i, step.integers[0])));
    }
  }
  return {result};
}

Contents filled(const Operands& operands) {
  const Attribute* value = attribute(operands.node(), "value");
  Constant one{true, {}, {0}};
  if (value != nullptr && value->kind == Attribute::Kind::kTensor) {
    if (!value->tensor.content || value->tensor.content->size() != 1) {
      return {};
    }
    one = *value->tensor.content;
  }
  return {pick(one, Places(static_cast<std::size_t>(count(operands.output_shape())), 0))};
}

Contents one_hot(const Operands& operands) {
  const Dimensions& shape = operands.output_shape();
  const std::size_t axis =
      axis_of(operands.graph(), operands.node(), integer_or(operands.node(), "axis", -1), shape.size());
  const Constant& values = operands.content(2);
  if (values.size() != 2) {
    return {};
  }
  Dimensions rest = shape;
  rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(axis));
  const std::vector<std::size_t> strides = strides_of(rest);
  Places places;
  for_each_index(shape, [&](const Index& index) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < rest.size(); ++i) {
      at += index[i < axis ? i : i + 1] * strides[i];
    }
    const double hot = operands.content(0).number(at);
    const double from_start = hot < 0 ? hot + static_cast<double>(shape[axis]) : hot;
    places.push_back(from_start == static_cast<double>(index[axis]) ? 1 : 0);
  });
  return {pick(values, places)};
}

/// Ones on a diagonal; those of a triangle.
Contents diagonal(const Operands& operands) {
  const Dimensions& shape = operands.output_shape();
  if (shape.size() < 2) {
    return {};
  }
  const bool eye = operands.node().op == "EyeLike";
  const bool upper = integer_or(operands.node(), "upper", 1) == 1;
  const std::int64_t k = eye               ? integer_or(operands.node(), "k", 0)
                         : operands.has(1) ? as_kind(operands.content(1), false).integers.at(0)
                                           : 0;
  if (k > kMostEvaluatedElements || k < -kMostEvaluatedElements) {
    return {};
  }
  Constant result = as_kind(operands.content(0), is_real(operands.output_type()));
  std::size_t at = 0;
  for_each_index(shape, [&](const Index& index) {
    const auto right =
        static_cast<std::int64_t>(index.back()) - static_cast<std::int64_t>(index[index.size() - 2]) - k;
    const bool kept = eye ? right == 0 : upper ? right >= 0 : right <= 0;
    if (result.real) {
      result.reals[at] = !kept ? 0 : eye ? 1 : result.reals[at];
    } else {
      result.integers[at] = !kept ? 0 : eye ? 1 : result.integers[at];
    }
    ++at;
  });
  return {result};
}

Evaluations all() {
  Evaluations all = {
      {"ArgMax", extreme}, {"ArgMin", extreme},   {"CumSum", cumulative_sum},  {"Range", range},
      {"OneHot", one_hot}, {"EyeLike", diagonal}, {"ConstantOfShape", filled}, {"Trilu", diagonal}};
  for (const char* name : {"ReduceProd", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceMean",
                           "ReduceSumSquare", "ReduceL1", "ReduceL2"}) {
    all.emplace(name, reduce);
  }
  return all;
}

}  // namespace

const Evaluations& reduction_evaluations() {
  static const Evaluations kAll = all();
  return kAll;
}

}  // namespace inlay::importers::onnx_graph
