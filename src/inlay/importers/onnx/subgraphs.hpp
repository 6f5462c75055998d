#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace onnx {
class ModelProto;
}

namespace inlay::importers::onnx_graph {

/// Iterations up to which a Loop or a Scan is unrolled.
constexpr std::int64_t kMostIterations = 1024;

/// What is known of a node with subgraphs before the model runs.
struct Expansion {
  std::string output;      // of the node, by which it is found
  std::int64_t times = 0;  // If: 1 takes the first branch, 0 the other one; Loop, Scan: iterations
};

/// Puts the branch that is taken, or as many copies of the body as there are iterations, in the place of each
/// of these nodes. Stored tensors of a body stay the same for all iterations. Throws base::InputError, with
/// the file's name, for a loop that its body may end, and for too many nodes.
void expand_subgraphs(onnx::ModelProto& model, const std::vector<Expansion>& expansions, std::int64_t opset,
                      const std::string& file);

}  // namespace inlay::importers::onnx_graph
