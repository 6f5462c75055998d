#pragma once

// The evaluator of constant sub-graphs: what exporters compute sizes, paddings and indices with.
// `evaluator.cpp` holds its limits and its table of operators; evaluate_*.cpp hold the operators by kind.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "inlay/importers/onnx/graph.hpp"

namespace inlay::importers::onnx_graph {

/// Elements that a tensor may have to be evaluated.
constexpr std::int64_t kMostEvaluatedElements = std::int64_t{1} << 16U;
/// Elements that all nodes of a file may read and make.
constexpr std::int64_t kMostEvaluatedWork = std::int64_t{1} << 24U;

/// Contents of a node's outputs; none where one does not follow.
using Contents = std::vector<std::optional<Constant>>;

/// Evaluates nodes whose inputs are constants, within the limits above.
class Evaluator {
 public:
  /// The outputs' contents as far as they follow from those of the inputs; none beyond 64 bits. Shapes of
  /// inputs and outputs are known. Throws base::InputError at the node, as for an index that does not exist.
  Contents outputs(const Graph& graph, const Node& node);
  /// Whether something was left out because of kMostEvaluatedWork.
  bool exhausted() const { return exhausted_; }

 private:
  std::int64_t left_ = kMostEvaluatedWork;
  bool exhausted_ = false;
};

/// A node whose inputs' contents are all known, for the operators' functions.
class Operands {
 public:
  Operands(const Graph& graph, const Node& node) : graph_(graph), node_(node) {}

  const Graph& graph() const { return graph_; }
  const Node& node() const { return node_; }
  std::size_t inputs() const { return node_.inputs.size(); }
  bool has(std::size_t index) const { return Graph::input(node_, index) >= 0; }
  const Constant& content(std::size_t index) const { return *graph_.value(id(index)).content; }
  const Dimensions& shape(std::size_t index) const { return graph_.shape(id(index)); }
  int type(std::size_t index) const { return graph_.value(id(index)).type; }
  const Dimensions& output_shape(std::size_t index = 0) const { return graph_.shape(node_.outputs[index]); }
  int output_type() const { return graph_.value(node_.outputs[0]).type; }
  [[noreturn]] void fail(const std::string& message) const { onnx_graph::fail(graph_, node_, message); }

 private:
  int id(std::size_t index) const {
    const int value = Graph::input(node_, index);
    if (value < 0) {
      fail("input " + std::to_string(index) + " is missing");
    }
    return value;
  }

  const Graph& graph_;
  const Node& node_;
};

/// One function per operator; it returns none for what it does not know.
using Evaluation = Contents (*)(const Operands& operands);
using Evaluations = std::map<std::string, Evaluation>;
const Evaluations& element_evaluations();
const Evaluations& movement_evaluations();
const Evaluations& reduction_evaluations();

/// Places of elements in a tensor that lies row by row.
using Places = std::vector<std::size_t>;

std::vector<std::size_t> strides_of(const Dimensions& shape);
/// Where each element of a tensor of shape `from`, repeated to have shape `to`, comes from.
Places broadcast_places(const Dimensions& from, const Dimensions& to);
/// The elements of `from` at these places. Throws std::out_of_range.
Constant pick(const Constant& from, const Places& places);
/// The same numbers as integers or as reals; reals are cut off towards zero.
Constant as_kind(const Constant& constant, bool real);
/// Whether elements of that ONNX type are reals.
bool is_real(int type);
/// A number as an element of that ONNX type holds it: float32 and float16 are rounded, integers wrap around.
double rounded(double number, int type);
std::int64_t wrapped(std::int64_t number, int type);

/// Calls `visit` with the indices of every element of a tensor of that shape, row by row.
template <typename Visit>
void for_each_index(const Dimensions& shape, Visit visit) {
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

}  // namespace inlay::importers::onnx_graph
