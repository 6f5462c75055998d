#pragma once

#include <optional>
#include <string>
#include <vector>

#include "inlay/importers/onnx/graph.hpp"

namespace inlay::importers::onnx_graph {

/// Type and shape that a node gives to one of its outputs; -1: a size that cannot be said.
struct OutputType {
  int type = 0;
  std::optional<Dimensions> shape;
  std::int64_t bits = 0;  // of an element where its type does not say; 0: as the type has it
};

/// What libonnx's schema of the operator says of its outputs; none if it has no such operator. Inputs have
/// shapes. Throws base::InputError for what the schema refuses.
std::optional<std::vector<OutputType>> library_shapes(const Graph& graph, const Node& node);

/// Own rules for operators that libonnx 1.12 does not know, or only in an older form
/// (docs/importers-onnx.md); none for others. Throws base::InputError.
std::optional<std::vector<OutputType>> own_shapes(const Graph& graph, const Node& node);

/// Rules that need the contents of operands, of operators for which libonnx 1.12 has none, or for some opsets
/// only; none for others, and where a content is not known. Throws base::InputError.
std::optional<std::vector<OutputType>> shapes_from_constants(const Graph& graph, const Node& node);

/// Attributes of a standard operator that its schema does not have; they are ignored.
std::vector<std::string> unknown_attributes(const Graph& graph, const Node& node);

/// What a Pad node of any opset adds before each dimension, then behind each; none if it is not known.
std::optional<Dimensions> padding_of(const Graph& graph, const Node& node, std::size_t rank);

/// NumPy's rule: sizes are compared from the last on, a size of 1 is repeated. Fails at the node.
Dimensions broadcast(const Graph& graph, const Node& node, const Dimensions& a, const Dimensions& b);

/// Content of the node's input of that number as integers; none if it is left out or not known.
std::optional<std::vector<std::int64_t>> known_integers(const Graph& graph, const Node& node,
                                                        std::size_t input);

/// Axes of a reduction, a squeeze or the like: an attribute once, an input later; empty: all, or none.
std::vector<std::size_t> axes_of(const Graph& graph, const Node& node, std::size_t rank);

}  // namespace inlay::importers::onnx_graph
