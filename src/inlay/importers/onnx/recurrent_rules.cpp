// LSTM, GRU and RNN: in each step one product of the step's input and the last state by all gates' weights,
// then the cell's arithmetic. Steps follow one another, so that a step's product has as many rows as there
// are sequences.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "inlay/base/checked.hpp"
#include "inlay/importers/onnx/lowering.hpp"

namespace inlay::importers::onnx_graph {
namespace {

struct Cell {
  const char* op;
  std::int64_t gates;
};

Cell cell_of(const Node& node) {
  return node.op == "LSTM"  ? Cell{"lstm-cell", 4}
         : node.op == "GRU" ? Cell{"gru-cell", 3}
                            : Cell{"rnn-cell", 1};
}

struct Sequence {
  std::int64_t steps = 1;
  std::int64_t rows = 1;  // sequences side by side
  std::int64_t width = 1;
  std::int64_t hidden = 1;
};

Sequence sequence_of(const Lowering& lowering, const Node& node, std::int64_t gates,
                     std::int64_t directions) {
  const Dimensions& x = lowering.shape(lowering.activation(node, 0));
  const Dimensions& w = lowering.shape(lowering.weight(node, 1));
  const Dimensions& r = lowering.shape(lowering.weight(node, 2));
  if (x.size() != 3 || w.size() != 3 || r.size() != 3 || w[0] != directions || r[0] != directions ||
      w[2] != x[2] || w[1] != r[1] || base::checked_multiply(r[2], gates) != r[1]) {
    lowering.refuse(node, "the sizes of its input and its weights do not fit together");
  }
  const bool batch_first = integer_or(node, "layout", 0) == 1;
  return {x[batch_first ? 1 : 0], x[batch_first ? 0 : 1], x[2], r[2]};
}

void recur(Lowering& lowering, const Node& node) {
  const Cell cell = cell_of(node);
  const std::int64_t directions = text_or(node, "direction", "forward") == "bidirectional" ? 2 : 1;
  const Sequence sequence = sequence_of(lowering, node, cell.gates, directions);
  const std::int64_t rows = base::checked_multiply(sequence.steps, sequence.rows);
  std::vector<int> inputs = {lowering.as_shape(lowering.activation(node, 0), {rows, sequence.width})};
  for (std::size_t i = 3; i < node.inputs.size(); ++i) {
    if (node.inputs[i] >= 0 && !lowering.constant(node.inputs[i])) {
      inputs.push_back(lowering.held(node.inputs[i]));
    }
  }
  std::string keys =
      fmt::format(", steps: {}, hidden: {}, gates: {}", sequence.steps, sequence.hidden, cell.gates);
  keys += Graph::input(node, 3) >= 0 ? "" : ", biases: 0";
  const int any = node.outputs.at(0) >= 0 ? node.outputs[0] : node.outputs.back();
  std::vector<int> parts;
  for (std::int64_t i = 0; i < directions; ++i) {
    const std::string side = directions == 1 ? "" : i == 0 ? ".forward" : ".backward";
    const int gates = lowering.add_part(node, side + ".gates", any, "recurrent", keys, inputs,
                                        {rows, cell.gates * sequence.hidden}, node.inputs[1]);
    const std::string shape = fmt::format(", shape: [{}, {}]", rows, sequence.hidden);
    parts.push_back(lowering.add_part(node, side, any, cell.op, shape, {gates}, {rows, sequence.hidden}));
  }
  int all = parts[0];
  if (directions == 2) {
    all = lowering.add_part(node, ".both", any, "concat", ", axis: 1", parts, {rows, 2 * sequence.hidden});
  }
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    const int output = node.outputs[i];
    const bool wanted = output >= 0 && (lowering.graph().value(output).is_output ||
                                        !lowering.graph().value(output).users.empty());
    if (wanted && (i == 0 || sequence.steps == 1)) {
      lowering.hold(output, all);
    } else if (wanted) {  // the state behind the last step
      const Dimensions shape = sample_shape(lowering.shape(output));
      lowering.add_layer(node, output, "select", fmt::format(", shape: [{}]", fmt::join(shape, ", ")), {all},
                         shape);
    }
  }
}

}  // namespace

const Rules& recurrent_rules() {
  static const Rules kRules = {{"LSTM", recur}, {"GRU", recur}, {"RNN", recur}};
  return kRules;
}

}  // namespace inlay::importers::onnx_graph
