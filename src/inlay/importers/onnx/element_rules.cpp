// Operators on every element, along rows, and of two tensors; all without multiply-accumulates.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "inlay/base/checked.hpp"
#include "inlay/importers/onnx/lowering.hpp"
#include "inlay/importers/onnx/shape_rules.hpp"

namespace inlay::importers::onnx_graph {
namespace {

/// Operators of one tensor and the layer's name for them. "special-function": one look-up with interpolation;
/// "scale": one addition, multiplication or comparison with constants.
const std::map<std::string, const char*>& unary_names() {
  static const std::map<std::string, const char*> kNames = {
      {"Relu", "relu"},
      {"LeakyRelu", "leaky-relu"},
      {"ThresholdedRelu", "relu"},
      {"Clip", "relu6"},
      {"Sigmoid", "sigmoid"},
      {"Tanh", "tanh"},
      {"HardSigmoid", "hard-sigmoid"},
      {"HardSwish", "hard-swish"},
      {"Silu", "silu"},
      {"Swish", "silu"},
      {"Gelu", "gelu"},
      {"Mish", "mish"},
      {"Elu", "exponential-unit"},
      {"Selu", "exponential-unit"},
      {"Celu", "exponential-unit"},
      {"Softmax", "softmax"},
      {"LogSoftmax", "softmax"},
      {"Hardmax", "softmax"},
      {"LRN", "local-response-norm"},
      {"Exp", "special-function"},
      {"Log", "special-function"},
      {"Sqrt", "special-function"},
      {"Reciprocal", "special-function"},
      {"Erf", "special-function"},
      {"Softplus", "special-function"},
      {"Softsign", "special-function"},
      {"Sin", "special-function"},
      {"Cos", "special-function"},
      {"Abs", "scale"},
      {"Neg", "scale"},
      {"Floor", "scale"},
      {"Ceil", "scale"},
      {"Round", "scale"},
      {"Sign", "scale"},
      {"Not", "scale"},
      {"IsNaN", "scale"},
      {"IsInf", "scale"},
      {"Trilu", "scale"},
      {"CumSum", "scale"},
      {"DynamicQuantizeLinear", "dynamic-quantize"},
      {"com.microsoft.Gelu", "gelu"},
      {"com.microsoft.QuickGelu", "silu"},
      {"com.microsoft.QLinearSigmoid", "sigmoid"},
      {"com.microsoft.QLinearLeakyRelu", "leaky-relu"},
      {"com.microsoft.QLinearSoftmax", "softmax"},
      {"inlay.gelu", "gelu"},
      {"inlay.silu", "silu"},
      {"inlay.hard-swish", "hard-swish"},
      {"inlay.hard-sigmoid", "hard-sigmoid"},
      {"inlay.softmax", "softmax"},
      {"inlay.rotary-embedding", "rotary-embedding"},
  };
  return kNames;
}

void combine_activations(Lowering& lowering, const Node& node, const char* op,
                         const std::vector<int>& values);

/// What else it reads are constants, or (the bounds of Clip) numbers that are computed.
void unary(Lowering& lowering, const Node& node) {
  std::vector<int> values = {lowering.activation(node, 0)};
  for (std::size_t i = 1; i < node.inputs.size(); ++i) {
    if (node.inputs[i] >= 0 && !lowering.constant(node.inputs[i])) {
      values.push_back(node.inputs[i]);
    }
  }
  if (values.size() > 1) {
    combine_activations(lowering, node, "combine", values);
    return;
  }
  const std::string key = node.domain.empty() ? node.op : node.domain + "." + node.op;
  lowering.add(node, unary_names().at(key), "", {lowering.held(values[0])}, lowering.held_shape(values[0]));
}

/// Slopes are learned, one for each channel.
void learned_slopes(Lowering& lowering, const Node& node) {
  const int x = lowering.activation(node, 0);
  const int slopes = lowering.input(node, 1);
  if (!lowering.constant(slopes)) {
    combine_activations(lowering, node, "combine", {x, slopes});
    return;
  }
  const std::int64_t learned = count(lowering.shape(slopes));
  const Dimensions shape = sample_shape(lowering.shape(x));
  if (learned != shape[0]) {
    lowering.add(node, "leaky-relu", "", {lowering.held(x)}, lowering.held_shape(x));
    return;
  }
  lowering.add_layer(node, node.outputs.at(0), "prelu", "", {lowering.as_shape(x, shape)}, shape, slopes);
}

/// Normalisations along the last dimensions.
void row_norm(Lowering& lowering, const Node& node) {
  const int x = lowering.activation(node, 0);
  const Dimensions& input = lowering.shape(x);
  const std::size_t axis = axis_of(lowering.graph(), node, integer_or(node, "axis", -1), input.size());
  const std::int64_t width =
      count(Dimensions(input.begin() + static_cast<std::ptrdiff_t>(axis), input.end()));
  const int rows = lowering.as_rows(x, width);
  const bool mean = node.op == "LayerNormalization" || node.op == "layer-norm";
  const bool gain = lowering.weight_or_none(node, 1) >= 0;
  const bool bias = lowering.weight_or_none(node, 2) >= 0;
  const char* op = mean ? (bias   ? "layer-norm"
                           : gain ? "layer-norm-gain"
                                  : "layer-norm-plain")
                        : (gain ? "rms-norm" : "rms-norm-plain");
  std::vector<int> inputs = lowering.activations_from(node, 1);
  inputs.insert(inputs.begin(), rows);
  lowering.add_layer(node, node.outputs.at(0), op, "", inputs, lowering.tensor_shape(rows),
                     lowering.weight_or_none(node, gain ? 1 : 2));
}

void group_norm(Lowering& lowering, const Node& node) {
  const int x = lowering.activation(node, 0);
  const Dimensions shape = sample_shape(lowering.shape(x));
  lowering.add_layer(node, node.outputs.at(0), "group-norm", "", {lowering.as_shape(x, shape)}, shape,
                     Graph::input(node, 1));
}

/// The part of a shape that is one sample's, when all operands of a node are aligned at their last
/// dimensions.
Dimensions aligned(const Dimensions& shape, const Dimensions& out) {
  const Dimensions sample = sample_shape(shape);
  return shape.size() < out.size() || out[0] == 1 ? sample : shape.empty() ? Dimensions{1} : shape;
}

const char* combining_name(const std::string& op) {
  static const std::map<std::string, const char*> kNames = {
      {"Add", "add"},
      {"Sum", "add"},
      {"Mul", "multiply"},
      {"Div", "divide"},
      {"Pow", "divide"},
      {"com.microsoft.QLinearAdd", "add"},
      {"com.microsoft.QLinearMul", "multiply"},
  };
  const auto found = kNames.find(op);
  return found == kNames.end() ? "combine" : found->second;
}

void combine_activations(Lowering& lowering, const Node& node, const char* op,
                         const std::vector<int>& values) {
  const Dimensions& out = lowering.shape(node.outputs.at(0));
  const bool same =
      std::all_of(values.begin(), values.end(), [&](int id) { return lowering.shape(id) == out; });
  std::vector<int> inputs;
  if (same) {  // one order of elements for all, whatever it is
    const Dimensions shape = lowering.held_shape(values[0]);
    for (const int value : values) {
      inputs.push_back(lowering.as_shape(value, shape));
    }
    lowering.add(node, op, "", inputs, shape);
    return;
  }
  for (const int value : values) {
    inputs.push_back(lowering.as_shape(value, aligned(lowering.shape(value), out)));
  }
  lowering.add(node, op, "", inputs, aligned(out, out));
}

/// An activation and a constant: learned numbers for each channel, each feature or each element count as
/// parameters.
void combine_constant(Lowering& lowering, const Node& node, const char* op, int x, int constant) {
  const std::int64_t learned = count(lowering.shape(constant));
  const int output = node.outputs.at(0);
  const Dimensions shape = sample_shape(lowering.shape(output));
  if (count(lowering.shape(x)) != count(shape)) {  // the constant is the larger one
    lowering.add(node, "pad", fmt::format(", shape: [{}]", fmt::join(shape, ", ")), {lowering.held(x)},
                 shape);
    return;
  }
  if (const int table = repeated_table(lowering.graph(), constant); table >= 0 && node.op == "Add") {
    const Dimensions& sizes = lowering.shape(table);
    lowering.add_layer(node, output, "position-bias",
                       fmt::format(", rows: {}, columns: {}", sizes[0], sizes[1]), {lowering.held(x)},
                       lowering.held_shape(x), table);
    return;
  }
  const bool special = std::string(op) == "divide" && lowering.input(node, 1) == x;
  if (special || node.op == "Pow") {
    lowering.add(node, "special-function", "", {lowering.held(x)}, lowering.held_shape(x));
  } else if (learned == 1 || bits_of(lowering.graph().value(constant).type) == 0) {
    lowering.add(node, "scale", "", {lowering.held(x)}, lowering.held_shape(x));
  } else if (lowering.shape(constant).back() == learned && learned == shape.back()) {
    lowering.add_layer(node, output, "scale-features", "", {lowering.as_shape(x, shape)}, shape, constant);
  } else if (learned == shape[0]) {
    lowering.add_layer(node, output, "scale-channels", "", {lowering.as_shape(x, shape)}, shape, constant);
  } else if (learned == count(shape)) {
    const int rows = lowering.as_shape(x, {learned / shape.back(), shape.back()});
    const int origin = lowering.graph().value(constant).origin;
    const Dimensions& table = lowering.shape(origin >= 0 ? origin : constant);
    const bool longer = table.size() == 2 && table[1] == shape.back() && table[0] >= learned / shape.back();
    lowering.add_layer(node, output, "position-embedding",
                       fmt::format(", rows: {}", longer ? table[0] : learned / shape.back()), {rows},
                       lowering.tensor_shape(rows), constant);
  } else {
    lowering.add(node, "scale", "", {lowering.held(x)}, lowering.held_shape(x));
  }
}

void combine_values(Lowering& lowering, const Node& node, const char* op, const std::vector<int>& operands) {
  std::vector<int> values;
  int constant = -1;
  for (const int operand : operands) {
    if (operand >= 0 && lowering.constant(operand)) {
      constant = constant < 0 || count(lowering.shape(operand)) > count(lowering.shape(constant)) ? operand
                                                                                                  : constant;
    } else if (operand >= 0) {
      values.push_back(operand);
    }
  }
  if (values.empty()) {
    lowering.refuse(node, "it reads no activation");
  }
  if (values.size() > 1) {
    combine_activations(lowering, node, op, values);
  } else if (constant >= 0) {
    combine_constant(lowering, node, op, values[0], constant);
  } else {
    lowering.hold(node.outputs.at(0), lowering.held(values[0]));
  }
}

void combine(Lowering& lowering, const Node& node) {
  if (integer_or(node, "broadcast", 0) == 1) {
    lowering.refuse(node, "the broadcast attribute of opset 6 is not supported; opset 7 and later are");
  }
  combine_values(lowering, node, combining_name(node.op), node.inputs);
}

void quantised_combine(Lowering& lowering, const Node& node) {
  combine_values(lowering, node, combining_name(node.domain + "." + node.op),
                 {lowering.input(node, 0), lowering.input(node, 3)});
}

/// Over rows and columns of an image: a global pooling.
void reduce(Lowering& lowering, const Node& node) {
  const int x = lowering.activation(node, 0);
  const Dimensions& input = lowering.shape(x);
  std::vector<std::size_t> axes = axes_of(lowering.graph(), node, input.size());
  std::sort(axes.begin(), axes.end());
  if (input.size() == 4 && input[0] == 1 && axes == std::vector<std::size_t>{2, 3} &&
      node.op == "ReduceMean") {
    lowering.add(node, "global-average-pool", "", {lowering.as_image(node, x)}, {input[1]});
    return;
  }
  const Dimensions shape = sample_shape(lowering.shape(node.outputs.at(0)));
  lowering.add(node, "reduce", fmt::format(", shape: [{}]", fmt::join(shape, ", ")), {lowering.held(x)},
               shape);
}

Rules all_rules() {
  Rules rules = {
      {"PRelu", learned_slopes},
      {"LayerNormalization", row_norm},
      {"RMSNormalization", row_norm},
      {"SimplifiedLayerNormalization", row_norm},
      {"com.microsoft.SimplifiedLayerNormalization", row_norm},
      {"inlay.layer-norm", row_norm},
      {"inlay.rms-norm", row_norm},
      {"inlay.group-norm", group_norm},
      {"com.microsoft.QLinearAdd", quantised_combine},
      {"com.microsoft.QLinearMul", quantised_combine},
  };
  for (const auto& [name, op] : unary_names()) {
    rules.emplace(name, unary);
  }
  for (const char* name : {"Add", "Sum", "Sub", "Mul", "Div", "Pow", "Min", "Max", "Mean", "Mod", "And", "Or",
                           "Xor", "Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "Where"}) {
    rules.emplace(name, combine);
  }
  for (const char* name :
       {"ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2",
        "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp", "ArgMax", "ArgMin"}) {
    rules.emplace(name, reduce);
  }
  return rules;
}

}  // namespace

const Rules& element_rules() {
  static const Rules kRules = all_rules();
  return kRules;
}

}  // namespace inlay::importers::onnx_graph
