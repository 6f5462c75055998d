#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "inlay/importers/onnx/graph.hpp"

namespace inlay::importers::onnx_graph {

/// One pass of patterns.cpp each; afterwards the graph must be connected anew.
void separate_operands(Graph& graph);
void join_padding(Graph& graph);
void join_activations(Graph& graph);
void join_softmax(Graph& graph);
void join_normalisations(Graph& graph);
void join_group_norms(Graph& graph);
void join_scales(Graph& graph);
void join_biases(Graph& graph);
void join_batch_norms(Graph& graph);

/// Looks upwards in a graph from a value to what it is made of.
class Pattern {
 public:
  explicit Pattern(const Graph& graph) : graph_(graph) {}

  /// The node that makes the value, casts skipped, if it is one of these operators; else null.
  const Node* made_by(int value, std::initializer_list<const char*> ops) const;
  /// The node's operand that is a constant of one element, and its number; none if no operand is.
  std::optional<double> scalar_operand(const Node& node) const;
  /// Of a node with two operands, the one that is no constant; -1 if both or none are.
  int other_than_constant(const Node& node) const;
  int constant_operand(const Node& node) const;
  /// Of a node with two operands, that which is not `value`; -1 if neither is.
  int other_than(const Node& node, int value) const;
  /// The value before casts.
  int uncast(int value) const;
  /// A constant of about that number.
  bool is_number(int value, double number) const;
  /// The only node that reads the value; null if there are several or it is an output.
  const Node* only_user(int value) const;

 private:
  const Graph& graph_;
};

/// Number of a node in its graph.
inline int index_of(const Graph& graph, const Node& node) {
  return static_cast<int>(&node - graph.nodes.data());
}

/// Puts one node in the place of `last`, which others become needless with: reads `inputs`, makes what `last`
/// made.
void replace(Graph& graph, const Node& last, const std::string& op, const std::vector<int>& inputs);

}  // namespace inlay::importers::onnx_graph
