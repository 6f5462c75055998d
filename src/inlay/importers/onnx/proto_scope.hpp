#pragma once

#include <map>
#include <set>
#include <string>

namespace onnx {
class GraphProto;
class NodeProto;
}  // namespace onnx

namespace inlay::importers::onnx_graph {

/// New names for the values of a body (a function, a branch, an iteration) that is copied into another graph.
/// Names that are not listed belong to the graph outside and stay.
using Renames = std::map<std::string, std::string>;

/// Gives all values that the body makes (outputs of its nodes, its stored tensors) a name with that prefix,
/// unless they have one already.
void add_made_values(const onnx::GraphProto& body, const std::string& prefix, Renames& renames);

/// Renames what the node reads and makes, in its subgraphs as well, where no name of their own hides it.
void rename_values(onnx::NodeProto& node, const Renames& renames);

/// Copies nodes, stored tensors and declared shapes of the body into `graph` under their new names. Nodes are
/// called `node_prefix` and their own name.
void copy_body(const onnx::GraphProto& body, const Renames& renames, const std::string& node_prefix,
               onnx::GraphProto& graph);

/// Adds the names that the subgraph reads but that neither it nor a graph around it, inside of the node that
/// it belongs to, makes; these are in `known`.
void add_outside_values(const onnx::GraphProto& graph, std::set<std::string> known,
                        std::set<std::string>& outside);

/// Adds a node that makes `to` a copy of `from`.
void add_identity(const std::string& from, const std::string& to, onnx::GraphProto& graph);

}  // namespace inlay::importers::onnx_graph
