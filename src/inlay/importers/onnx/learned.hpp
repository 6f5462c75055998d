#pragma once

// Which elements of stored tensors a constant is made of, so that a learned number counts once, however often
// and in whatever form layers use it.

#include <cstdint>
#include <map>
#include <vector>

#include "inlay/importers/onnx/graph.hpp"

namespace inlay::importers::onnx_graph {

/// Of a stored tensor, an input that is a weight, or a tensor that is filled with one number: itself.
Provenance stored_provenance(const Graph& graph, int value);

/// Of output number `output` of a node on constants; shapes are known. What a periodic function makes (tables
/// of positions), and what arithmetic makes larger than all that it reads, is not learned and has no parts.
Provenance made_provenance(const Graph& graph, const Node& node, std::size_t output);

/// The constants among a node's operands that are learned: not sizes, indices, scales, zero points,
/// conditions, running statistics or, unless they are `surely` learned, single and unstored numbers of
/// arithmetic.
std::vector<int> learned_operands(const Graph& graph, const Node& node, bool surely = false);

/// The elements of stored tensors that layers have counted.
class LearnedNumbers {
 public:
  explicit LearnedNumbers(const Graph& graph) : graph_(graph) {}
  /// Counts what these constants are made of for that layer; returns how many elements no layer has counted.
  /// `whole`: of each tensor that they take a part of all elements.
  std::int64_t count_new(const std::vector<int>& constants, int layer, bool whole = false);
  /// The layer that has counted all elements of the constant; -1 if there is none, or several have.
  int owner(int constant) const;

 private:
  struct Interval {
    std::int64_t end;
    int layer;
  };
  using Intervals = std::map<std::int64_t, Interval>;  // by their begin; disjoint
  const Graph& graph_;
  std::map<int, Intervals> counted_;  // by tensor
};

}  // namespace inlay::importers::onnx_graph
