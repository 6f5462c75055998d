#pragma once

#include <vector>

#include "inlay/importers/onnx/graph.hpp"

namespace inlay::importers::onnx_graph {

/// Gives the graph its nodes in an order in which they can run: the given one, where it is one. Throws
/// base::InputError that names nodes of a cycle.
void order_nodes(Graph& graph, std::vector<Node> nodes);

}  // namespace inlay::importers::onnx_graph
