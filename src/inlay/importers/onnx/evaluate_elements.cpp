// Constant evaluation, element by element.
#include <algorithm>
#include <cmath>
#include <limits>

#include "inlay/base/checked.hpp"
#include "inlay/importers/onnx/evaluator.hpp"

namespace inlay::importers::onnx_graph {
namespace {

using Reals = double (*)(double a, double b);
using Integers = std::optional<std::int64_t> (*)(std::int64_t a, std::int64_t b);

struct Binary {
  Reals reals;
  Integers integers;
  bool truth = false;  // the result is a truth value
};

bool divides(std::int64_t a, std::int64_t b) {
  return b != 0 && !(b == -1 && a == std::numeric_limits<std::int64_t>::min());
}

/// Of Python: the sign of the divisor.
std::optional<std::int64_t> modulo(std::int64_t a, std::int64_t b) {
  if (!divides(a, b)) {
    return std::nullopt;
  }
  const std::int64_t rest = a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

std::optional<std::int64_t> power(std::int64_t a, std::int64_t b) {
  if (b < 0) {
    return std::nullopt;
  }
  if (a == 0 || a == 1) {
    return b == 0 ? 1 : a;
  }
  if (a == -1) {
    return b % 2 == 0 ? 1 : -1;
  }
  std::int64_t result = 1;
  for (std::int64_t i = 0; i < b; ++i) {  // at most 63 times before it overflows
    result = base::checked_multiply(result, a);
  }
  return result;
}

const std::map<std::string, Binary>& binaries() {
  using I = std::optional<std::int64_t>;
  using S = std::int64_t;
  static const std::map<std::string, Binary> kBinaries = {
      {"Add",
       {[](double a, double b) { return a + b; }, [](S a, S b) -> I { return base::checked_add(a, b); }}},
      {"Sub",
       {[](double a, double b) { return a - b; },
        [](S a, S b) -> I { return base::checked_subtract(a, b); }}},
      {"Mul",
       {[](double a, double b) { return a * b; },
        [](S a, S b) -> I { return base::checked_multiply(a, b); }}},
      {"Div",
       {[](double a, double b) { return a / b; },
        [](S a, S b) { return divides(a, b) ? I(a / b) : std::nullopt; }}},
      {"Mod", {[](double a, double b) { return std::fmod(a, b); }, modulo}},
      {"Pow", {[](double a, double b) { return std::pow(a, b); }, power}},
      {"Min",
       {[](double a, double b) { return std::min(a, b); }, [](S a, S b) -> I { return std::min(a, b); }}},
      {"Max",
       {[](double a, double b) { return std::max(a, b); }, [](S a, S b) -> I { return std::max(a, b); }}},
      {"And", {nullptr, [](S a, S b) -> I { return a != 0 && b != 0; }, true}},
      {"Or", {nullptr, [](S a, S b) -> I { return a != 0 || b != 0; }, true}},
      {"Xor", {nullptr, [](S a, S b) -> I { return (a != 0) != (b != 0); }, true}},
      {"BitwiseAnd", {nullptr, [](S a, S b) -> I { return a & b; }}},
      {"BitwiseOr", {nullptr, [](S a, S b) -> I { return a | b; }}},
      {"BitwiseXor", {nullptr, [](S a, S b) -> I { return a ^ b; }}},
      {"Equal",
       {[](double a, double b) { return a == b ? 1.0 : 0; }, [](S a, S b) -> I { return a == b; }, true}},
      {"Less",
       {[](double a, double b) { return a < b ? 1.0 : 0; }, [](S a, S b) -> I { return a < b; }, true}},
      {"LessOrEqual",
       {[](double a, double b) { return a <= b ? 1.0 : 0; }, [](S a, S b) -> I { return a <= b; }, true}},
      {"Greater",
       {[](double a, double b) { return a > b ? 1.0 : 0; }, [](S a, S b) -> I { return a > b; }, true}},
      {"GreaterOrEqual",
       {[](double a, double b) { return a >= b ? 1.0 : 0; }, [](S a, S b) -> I { return a >= b; }, true}},
  };
  return kBinaries;
}

/// The operation on two operands of one size each; none where it has no result.
std::optional<Constant> apply(const Binary& with, const Constant& a, const Constant& b, int type) {
  const bool real = a.real || b.real;
  Constant result;
  result.real = real && !with.truth;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (real && with.reals == nullptr) {
      return std::nullopt;
    }
    if (real) {
      const double number = with.reals(a.number(i), b.number(i));
      if (with.truth) {
        result.integers.push_back(number != 0 ? 1 : 0);
      } else {
        result.reals.push_back(rounded(number, type));
      }
      continue;
    }
    const auto number = with.integers(a.integers[i], b.integers[i]);
    if (!number) {
      return std::nullopt;
    }
    result.integers.push_back(wrapped(*number, type));
  }
  return result;
}

Constant repeated(const Operands& operands, std::size_t index) {
  return pick(operands.content(index), broadcast_places(operands.shape(index), operands.output_shape()));
}

/// Of two operands, or of any number one after the other (Min, Max, Sum).
Contents combine(const Operands& operands) {
  const std::string& op = operands.node().op;
  const Binary& with = binaries().at(op == "Sum" || op == "Mean" ? "Add" : op);
  if (integer_or(operands.node(), "broadcast", 0) != 0 || operands.inputs() == 0) {
    return {};
  }
  std::optional<Constant> result = repeated(operands, 0);
  for (std::size_t i = 1; i < operands.inputs() && result; ++i) {
    result = apply(with, *result, repeated(operands, i), operands.output_type());
  }
  if (op == "Mean" && result && result->real) {
    for (double& number : result->reals) {
      number = rounded(number / static_cast<double>(operands.inputs()), operands.output_type());
    }
  }
  if (op == "Mod" && result && result->real && integer_or(operands.node(), "fmod", 0) != 1) {
    return {};  // reals have fmod only
  }
  return {result};
}

double round_half_even(double number) {
  return std::nearbyint(number);
}

const std::map<std::string, double (*)(double)>& functions() {
  static const std::map<std::string, double (*)(double)> kFunctions = {
      {"Neg", [](double x) { return -x; }},
      {"Abs", [](double x) { return std::abs(x); }},
      {"Floor", [](double x) { return std::floor(x); }},
      {"Ceil", [](double x) { return std::ceil(x); }},
      {"Round", round_half_even},
      {"Sign", [](double x) { return x > 0   ? 1.0
                                     : x < 0 ? -1.0
                                             : x; }},
      {"Sqrt", [](double x) { return std::sqrt(x); }},
      {"Reciprocal", [](double x) { return 1 / x; }},
      {"Exp", [](double x) { return std::exp(x); }},
      {"Log", [](double x) { return std::log(x); }},
      {"Sin", [](double x) { return std::sin(x); }},
      {"Cos", [](double x) { return std::cos(x); }},
      {"Tan", [](double x) { return std::tan(x); }},
      {"Atan", [](double x) { return std::atan(x); }},
      {"Tanh", [](double x) { return std::tanh(x); }},
      {"Erf", [](double x) { return std::erf(x); }},
      {"Sigmoid", [](double x) { return 1 / (1 + std::exp(-x)); }},
      {"Softplus", [](double x) { return std::log1p(std::exp(x)); }},
      {"Relu", [](double x) { return std::max(x, 0.0); }},
  };
  return kFunctions;
}

std::optional<std::int64_t> of_integer(const std::string& op, std::int64_t number) {
  if (op == "Neg" || (op == "Abs" && number < 0)) {
    return base::checked_subtract(0, number);
  }
  if (op == "Sign") {
    return number > 0 ? 1 : number < 0 ? -1 : 0;
  }
  if (op == "Relu") {
    return std::max<std::int64_t>(number, 0);
  }
  if (op == "Not") {
    return number == 0 ? 1 : 0;
  }
  if (op == "BitwiseNot") {
    return ~number;
  }
  return op == "Abs" ? std::optional(number) : std::nullopt;
}

Contents unary(const Operands& operands) {
  Constant result = operands.content(0);
  const auto function = functions().find(operands.node().op);
  if (result.real && function == functions().end()) {
    return {};
  }
  for (double& number : result.reals) {
    number = rounded(function->second(number), operands.output_type());
  }
  for (std::int64_t& number : result.integers) {
    const auto next = of_integer(operands.node().op, number);
    if (!next) {
      return {};
    }
    number = *next;
  }
  return {result};
}

/// Bounds are attributes before opset 11.
Contents clip(const Operands& operands) {
  Constant result = operands.content(0);
  const auto bound = [&](std::size_t index, const char* name) -> std::optional<double> {
    if (operands.has(index) && operands.content(index).size() == 1) {
      return operands.content(index).number(0);
    }
    const Attribute* found = attribute(operands.node(), name);
    return found == nullptr ? std::nullopt : std::optional(found->real);
  };
  const auto low = bound(1, "min");
  const auto high = bound(2, "max");
  for (double& number : result.reals) {
    number = low ? std::max(number, *low) : number;
    number = high ? std::min(number, *high) : number;
  }
  const auto integer = [](double number) { return as_kind({true, {}, {number}}, false).integers[0]; };
  for (std::int64_t& number : result.integers) {
    number = low ? std::max(number, integer(*low)) : number;
    number = high ? std::min(number, integer(*high)) : number;
  }
  return {result};
}

Contents where(const Operands& operands) {
  const Constant choice = repeated(operands, 0);
  const bool real = operands.content(1).real || operands.content(2).real;
  const Constant a = as_kind(repeated(operands, 1), real);
  const Constant b = as_kind(repeated(operands, 2), real);
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
  return {result};
}

Contents classify(const Operands& operands) {
  Constant result;
  for (std::size_t i = 0; i < operands.content(0).size(); ++i) {
    const double number = operands.content(0).number(i);
    result.integers.push_back(operands.node().op == "IsNaN" ? std::isnan(number) : std::isinf(number));
  }
  return {result};
}

/// To a truth value: everything but 0 is 1.
Contents cast(const Operands& operands) {
  const int type = operands.output_type();
  const Constant& from = operands.content(0);
  Constant result;
  if (type == kBool) {
    for (std::size_t i = 0; i < from.size(); ++i) {
      result.integers.push_back(from.number(i) != 0 ? 1 : 0);
    }
    return {result};
  }
  result = as_kind(from, is_real(type));
  for (double& number : result.reals) {
    number = rounded(number, type);
  }
  for (std::int64_t& number : result.integers) {
    number = wrapped(number, type);
  }
  return {result};
}

Evaluations all() {
  Evaluations all = {{"Sum", combine}, {"Mean", combine}, {"Not", unary},      {"BitwiseNot", unary},
                     {"Clip", clip},   {"Where", where},  {"IsNaN", classify}, {"IsInf", classify},
                     {"Cast", cast},   {"CastLike", cast}};
  for (const auto& [name, binary] : binaries()) {
    all.emplace(name, combine);
  }
  for (const auto& [name, function] : functions()) {
    all.emplace(name, unary);
  }
  return all;
}

}  // namespace

const Evaluations& element_evaluations() {
  static const Evaluations kAll = all();
  return kAll;
}

}  // namespace inlay::importers::onnx_graph
