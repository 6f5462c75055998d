#pragma once

#include <string>

namespace onnx {
class ModelProto;
}

namespace inlay::importers::onnx_graph {

/// Nodes that a file may have once its functions are inlined and its loops unrolled.
constexpr int kMostExpandedNodes = 200'000;

/// Puts the nodes of the model's own functions in the place of the nodes that call them, in subgraphs, too.
/// Throws base::InputError, with the file's name, for functions that call each other in a circle and for more
/// than kMostExpandedNodes nodes.
void inline_functions(onnx::ModelProto& model, const std::string& file);

}  // namespace inlay::importers::onnx_graph
