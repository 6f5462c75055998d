#pragma once

#include <cstdint>

#include "inlay/importers/onnx/graph.hpp"

namespace inlay::importers::onnx_graph {

/// Sizes of an attention: `rows` queries look at `kept` + `keys` keys. Keys and values have `kv_heads` heads,
/// which groups of the `heads` query heads share.
struct AttentionSizes {
  std::int64_t batch = 1;
  std::int64_t heads = 1;
  std::int64_t kv_heads = 1;
  std::int64_t rows = 1;
  std::int64_t kept = 0;  // in the cache, from earlier tokens
  std::int64_t keys = 1;  // new ones
  std::int64_t width = 1;
  std::int64_t value_width = 1;
};

/// Which input of an attention operator is what; -1: it has none of the kind.
struct AttentionInputs {
  int query = -1;
  int key = -1;
  int value = -1;
  int past_key = -1;
  int past_value = -1;
};

/// Of ONNX's Attention (opset 23), com.microsoft.MultiHeadAttention and GroupQueryAttention, where key and
/// value may be packed into the query. Fails at the node for sizes that do not fit together.
AttentionInputs attention_inputs(const Node& node);
AttentionSizes attention_sizes(const Graph& graph, const Node& node);

/// Of com.microsoft.Attention and QAttention, which multiply their input by the weights of all three
/// projections, [columns, query + key + value].
AttentionSizes projected_attention_sizes(const Graph& graph, const Node& node);
/// Its cache [2, batch, heads, kept, width]; -1 if there is none.
int projected_past(const Node& node);

}  // namespace inlay::importers::onnx_graph
