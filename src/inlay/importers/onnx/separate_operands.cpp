// Operands that are activations where weights usually stand: an addition of its own in the place of a bias.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "inlay/importers/onnx/pattern_passes.hpp"

namespace inlay::importers::onnx_graph {
namespace {

constexpr std::size_t kGemmC = 2;
constexpr std::size_t kBias = 2;
constexpr std::size_t kResidual = 3;  // Z of com.microsoft.FusedConv, added before the activation

class Separation {
 public:
  explicit Separation(Graph& graph) : graph_(graph) {}

  void run() {
    std::vector<Node> all = std::move(graph_.nodes);
    graph_.nodes.clear();
    for (Node& node : all) {
      separate(std::move(node));
    }
  }

 private:
  void separate(Node node) {
    const bool convolution = node.op == "Conv" || node.op == "ConvTranspose" || node.op == "FusedConv";
    const bool known = node.domain.empty() || node.op == "FusedConv";
    std::vector<int> added;
    if (known && node.op == "Gemm" && !is_row_bias(node)) {
      added.push_back(take(node, kGemmC));
    } else if (known && convolution) {
      if (is_activation(node, kBias)) {
        added.push_back(as_channels(node, take(node, kBias)));
      }
      if (Graph::input(node, kResidual) >= 0) {
        added.push_back(take(node, kResidual));
      }
    }
    if (added.empty() && node.op != "FusedConv") {
      graph_.nodes.push_back(std::move(node));
      return;
    }
    finish(std::move(node), added);
  }

  bool is_activation(const Node& node, std::size_t index) const {
    const int id = Graph::input(node, index);
    return id >= 0 && !graph_.value(id).constant;
  }

  /// One learned number for each column, or for all; anything else is another matrix.
  bool is_row_bias(const Node& node) const {
    const int c = Graph::input(node, kGemmC);
    if (c < 0) {
      return true;
    }
    const std::int64_t numbers = count(graph_.shape(c));
    const Dimensions& shape = graph_.shape(c);
    return graph_.value(c).constant && !node.outputs.empty() && node.outputs[0] >= 0 &&
           (numbers == 1 || (shape.back() == numbers && numbers == graph_.shape(node.outputs[0]).back()));
  }

  static int take(Node& node, std::size_t index) {
    const int id = node.inputs[index];
    node.inputs[index] = -1;
    return id;
  }

  int new_value(const std::string& name, int type, const Dimensions& shape) {
    Value value;
    value.name = name;
    value.type = type;
    value.shape = shape;
    graph_.values.push_back(std::move(value));
    return static_cast<int>(graph_.values.size()) - 1;
  }

  /// [channels] as [1, channels, 1, 1], so that it is added along the right dimension.
  int as_channels(const Node& node, int bias) {
    const std::size_t rank = graph_.shape(node.outputs.at(0)).size();
    Dimensions shape(rank, 1);
    shape.at(1) = count(graph_.shape(bias));
    const int view = new_value(graph_.value(bias).name + ".channels", graph_.value(bias).type, shape);
    Node reshape;
    reshape.name = node.name + ".channels";
    reshape.op = "Reshape";
    reshape.inputs = {bias};
    reshape.outputs = {view};
    reshape.file_nodes = node.file_nodes;
    graph_.nodes.push_back(std::move(reshape));
    return view;
  }

  /// The node, an addition of each operand, and, of a fused convolution, its activation behind them.
  void finish(Node node, const std::vector<int>& added) {
    if (node.outputs.empty() || node.outputs[0] < 0) {
      fail(graph_, node, "it has no output");
    }
    const int result = node.outputs[0];
    const int type = graph_.value(result).type;
    const Dimensions shape = graph_.shape(result);
    const std::string activation = text_or(node, "activation", "");
    const std::vector<double> numbers = attribute(node, "activation_params") != nullptr
                                            ? attribute(node, "activation_params")->reals
                                            : std::vector<double>{};
    std::vector<Node> behind;
    for (const int operand : added) {
      Node add;
      add.op = "Add";
      add.inputs = {-1, operand};
      behind.push_back(std::move(add));
    }
    if (!activation.empty()) {
      Node curve;
      curve.op = activation;
      curve.inputs = {-1};
      behind.push_back(std::move(curve));
    }
    if (node.op == "FusedConv") {
      node.op = "Conv";
      node.domain.clear();
    }
    std::vector<Node> all = {std::move(node)};
    all.insert(all.end(), std::make_move_iterator(behind.begin()), std::make_move_iterator(behind.end()));
    for (std::size_t i = 0; i + 1 < all.size(); ++i) {
      const int between = new_value(fmt::format("{}.{}", all[0].name, i), type, shape);
      all[i].outputs = {between};
      all[i + 1].inputs[0] = between;
      all[i + 1].name = fmt::format("{}.{}", all[0].name, all[i + 1].op);
      all[i + 1].file_nodes = all[0].file_nodes;
    }
    all.back().outputs = {result};
    std::move(all.begin(), all.end(), std::back_inserter(graph_.nodes));
  }

  Graph& graph_;
};

}  // namespace

void separate_operands(Graph& graph) {
  Separation(graph).run();
}

}  // namespace inlay::importers::onnx_graph
