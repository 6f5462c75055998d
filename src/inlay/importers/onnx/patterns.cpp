#include "inlay/importers/onnx/patterns.hpp"

#include "inlay/importers/onnx/pattern_passes.hpp"

namespace inlay::importers::onnx_graph {

void join_patterns(Graph& graph) {
  for (const auto pass :
       {separate_operands, join_padding, join_activations, join_softmax, join_normalisations,
        join_group_norms, join_scales, join_biases, join_batch_norms}) {
    pass(graph);
    connect(graph);
  }
}

}  // namespace inlay::importers::onnx_graph
