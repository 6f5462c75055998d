#include "inlay/importers/onnx/evaluator.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "inlay/base/checked.hpp"

namespace inlay::importers::onnx_graph {
namespace {

Evaluation evaluation_of(const Node& node) {
  if (!node.domain.empty()) {
    return nullptr;
  }
  for (const Evaluations* all : {&movement_evaluations(), &element_evaluations(), &reduction_evaluations()}) {
    const auto found = all->find(node.op);
    if (found != all->end()) {
      return found->second;
    }
  }
  return nullptr;
}

/// Elements read and made; none if a content is not known or a tensor is too large. A content that is shorter
/// than its shape says cannot come from a well-formed file.
std::optional<std::int64_t> work_of(const Graph& graph, const Node& node) {
  std::int64_t work = 1;
  for (const int input : node.inputs) {
    if (input < 0) {
      continue;
    }
    const Value& value = graph.value(input);
    if (!value.content || static_cast<std::int64_t>(value.content->size()) != count(*value.shape)) {
      return std::nullopt;
    }
    work = base::checked_add(work, static_cast<std::int64_t>(value.content->size()));
  }
  for (const int output : node.outputs) {
    if (output < 0 || !graph.value(output).shape) {
      continue;
    }
    const std::int64_t elements = count(graph.shape(output));
    if (elements > kMostEvaluatedElements) {
      return std::nullopt;
    }
    work = base::checked_add(work, elements);
  }
  return work;
}

/// IEEE 754 half precision: 11 significant bits, exponents from -24 (subnormal) to 15.
double rounded_to_half(double number) {
  if (number == 0 || !std::isfinite(number)) {
    return number;
  }
  const int exponent = std::max(std::ilogb(number), -14);
  const double step = std::ldexp(1.0, exponent - 10);
  const double result = std::nearbyint(number / step) * step;
  return std::abs(result) > 65504 ? std::copysign(std::numeric_limits<double>::infinity(), number) : result;
}

}  // namespace

Contents Evaluator::outputs(const Graph& graph, const Node& node) {
  Contents none(node.outputs.size());
  const Evaluation evaluation = evaluation_of(node);
  if (evaluation == nullptr || node.outputs.empty() || node.outputs[0] < 0) {
    return none;
  }
  const auto work = work_of(graph, node);
  if (!work || *work > left_) {
    exhausted_ = exhausted_ || work.has_value();
    return none;
  }
  left_ -= *work;
  Contents results;
  try {
    results = evaluation(Operands(graph, node));
  } catch (const base::OverflowError&) {
    return none;  // no size: sizes have 64 bits
  } catch (const std::out_of_range&) {
    fail(graph, node, "it reads elements that its inputs do not have");
  }
  results.resize(node.outputs.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    const int id = node.outputs[i];
    const bool complete = results[i] && id >= 0 && graph.value(id).shape &&
                          static_cast<std::int64_t>(results[i]->size()) == count(graph.shape(id));
    if (!complete) {
      results[i].reset();
    }
  }
  return results;
}

std::vector<std::size_t> strides_of(const Dimensions& shape) {
  std::vector<std::size_t> strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) {
    strides[i - 1] = strides[i] * static_cast<std::size_t>(shape[i]);
  }
  return strides;
}

Places broadcast_places(const Dimensions& from, const Dimensions& to) {
  if (from.size() > to.size()) {
    throw std::out_of_range("more dimensions than the result");
  }
  const std::vector<std::size_t> strides = strides_of(from);
  Places places;
  for_each_index(to, [&](const std::vector<std::size_t>& index) {
    std::size_t place = 0;
    for (std::size_t i = 0; i < from.size(); ++i) {
      place += from[i] == 1 ? 0 : index[index.size() - from.size() + i] * strides[i];
    }
    places.push_back(place);
  });
  return places;
}

Constant pick(const Constant& from, const Places& places) {
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

Constant as_kind(const Constant& constant, bool real) {
  constexpr double kEdge = 9.2e18;
  Constant result;
  result.real = real;
  for (std::size_t i = 0; i < constant.size(); ++i) {
    if (real) {
      result.reals.push_back(constant.number(i));
    } else if (!constant.real) {
      result.integers.push_back(constant.integers[i]);
    } else {
      const double number = constant.reals[i];
      const bool fits = number > -kEdge && number < kEdge;
      result.integers.push_back(fits         ? static_cast<std::int64_t>(number)
                                : number > 0 ? std::numeric_limits<std::int64_t>::max()
                                             : std::numeric_limits<std::int64_t>::min());
    }
  }
  return result;
}

bool is_real(int type) {
  constexpr int kDouble = 11;
  const bool eight_bits = type >= 17 && type <= 20;  // the four forms of float8
  return type == kFloat || type == kFloat16 || type == kBfloat16 || type == kDouble || eight_bits;
}

double rounded(double number, int type) {
  if (type == kFloat) {
    constexpr double kLargest = std::numeric_limits<float>::max();
    return std::abs(number) > kLargest && std::isfinite(number)
               ? std::copysign(std::numeric_limits<double>::infinity(), number)
               : static_cast<double>(static_cast<float>(number));
  }
  return type == kFloat16 ? rounded_to_half(number) : number;
}

std::int64_t wrapped(std::int64_t number, int type) {
  switch (type) {
    case kBool:
      return number != 0 ? 1 : 0;
    case 2:
      return static_cast<std::uint8_t>(number);
    case 3:
      return static_cast<std::int8_t>(number);
    case 4:
      return static_cast<std::uint16_t>(number);
    case 5:
      return static_cast<std::int16_t>(number);
    case kInt32:
      return static_cast<std::int32_t>(number);
    case 12:
      return static_cast<std::uint32_t>(number);
    default:
      return number;
  }
}

}  // namespace inlay::importers::onnx_graph
