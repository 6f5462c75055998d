#pragma once

#include "inlay/importers/onnx/read_graph.hpp"

namespace inlay::importers::onnx_graph {

/// Marks the inputs of a graph that are weights: those that the user names, those in places where nothing
/// else stands (filters, statistics), and, of a file without its weights, those that are named or used as
/// such. Says in the graph's notes what was taken for a weight without being in such a place. Throws
/// base::InputError for a pattern of the user's that no input has.
void mark_weight_inputs(Declared& declared, const ReadOptions& options);

}  // namespace inlay::importers::onnx_graph
