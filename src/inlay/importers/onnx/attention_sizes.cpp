#include <fmt/format.h>

#include <algorithm>

#include "inlay/base/checked.hpp"
#include "inlay/importers/onnx/attention.hpp"
#include "inlay/importers/onnx/own_shape_rules.hpp"

namespace inlay::importers::onnx_graph {
namespace {

using Shapes = std::vector<OutputType>;

std::int64_t divided(const Graph& graph, const Node& node, std::int64_t width, std::int64_t heads) {
  if (heads < 1 || width < 1 || width % heads != 0) {
    fail(graph, node, fmt::format("{} heads do not divide a width of {}", heads, width));
  }
  return width / heads;
}

std::int64_t stated_heads(const Graph& graph, const Node& node, const char* name, std::int64_t otherwise) {
  const std::int64_t heads = integer_or(node, name, otherwise);
  if (heads < 1) {
    fail(graph, node, fmt::format("{} must be at least 1", name));
  }
  return heads;
}

/// Heads, rows and width of [batch, heads, rows, width], or of [batch, rows, heads x width].
struct Operand {
  std::int64_t heads = 1;
  std::int64_t rows = 1;
  std::int64_t width = 1;
};

Operand operand_of(const Graph& graph, const Node& node, int value, std::int64_t heads) {
  const Dimensions& shape = graph.shape(value);
  if (shape.size() == 4) {
    return {shape[1], shape[2], shape[3]};
  }
  if (shape.size() != 3) {
    fail(graph, node,
         fmt::format("operands of three or four dimensions are expected, '{}' has {}",
                     graph.value(value).name, shape.size()));
  }
  return {heads, shape[1], divided(graph, node, shape[2], heads)};
}

/// Query, key and value side by side: [batch, rows, heads, 3, width], or all columns of a row.
AttentionSizes packed_sizes(const Graph& graph, const Node& node, const Dimensions& shape, std::int64_t heads,
                            std::int64_t kv_heads) {
  AttentionSizes sizes;
  sizes.batch = shape.at(0);
  sizes.rows = sizes.keys = shape.at(1);
  sizes.heads = heads;
  sizes.kv_heads = kv_heads;
  const std::int64_t columns = count(Dimensions(shape.begin() + 2, shape.end()));
  const std::int64_t all = base::checked_add(heads, base::checked_multiply(2, kv_heads));
  sizes.width = sizes.value_width = divided(graph, node, columns, all);
  return sizes;
}

void check_sizes(const Graph& graph, const Node& node, const AttentionSizes& sizes) {
  if (sizes.heads % sizes.kv_heads != 0) {
    fail(graph, node,
         fmt::format("{} heads of keys and values do not divide {} of queries", sizes.kv_heads, sizes.heads));
  }
}

void add_cache(const Graph& graph, const Node& node, int past, AttentionSizes& sizes) {
  if (past < 0) {
    return;
  }
  const Dimensions& shape = graph.shape(past);
  if (shape.size() != 4 || shape[1] != sizes.kv_heads || shape[3] != sizes.width) {
    fail(graph, node,
         fmt::format("a cache [batch, {}, tokens, {}] is expected", sizes.kv_heads, sizes.width));
  }
  sizes.kept = shape[2];
}

Shapes attended(const Graph& graph, const Node& node) {
  const AttentionSizes sizes = attention_sizes(graph, node);
  const int type = input_value(graph, node, 0).type;
  const std::int64_t columns = base::checked_multiply(sizes.heads, sizes.value_width);
  const bool four = node.domain.empty() && input_value(graph, node, 0).shape->size() == 4;
  const std::int64_t all = base::checked_add(sizes.kept, sizes.keys);
  Shapes shapes;
  shapes.push_back({type, four ? Dimensions{sizes.batch, sizes.heads, sizes.rows, sizes.value_width}
                               : Dimensions{sizes.batch, sizes.rows, columns}});
  shapes.push_back({type, Dimensions{sizes.batch, sizes.kv_heads, all, sizes.width}});
  shapes.push_back({type, Dimensions{sizes.batch, sizes.kv_heads, all, sizes.value_width}});
  shapes.push_back({type, Dimensions{sizes.batch, sizes.heads, sizes.rows, all}});
  shapes.resize(std::min(shapes.size(), node.outputs.size()));
  return shapes;
}

Shapes projected(const Graph& graph, const Node& node) {
  const AttentionSizes sizes = projected_attention_sizes(graph, node);
  const int type = input_value(graph, node, node.op == "QAttention" ? 3 : 0).type;
  Shapes shapes;
  shapes.push_back(
      {type, Dimensions{sizes.batch, sizes.rows, base::checked_multiply(sizes.heads, sizes.value_width)}});
  shapes.push_back({type, Dimensions{2, sizes.batch, sizes.heads, base::checked_add(sizes.kept, sizes.keys),
                                     sizes.width}});
  shapes.resize(std::min(shapes.size(), node.outputs.size()));
  return shapes;
}

}  // namespace

AttentionInputs attention_inputs(const Node& node) {
  const auto input = [&node](std::size_t index) { return Graph::input(node, index); };
  if (node.op == "MultiHeadAttention") {
    return {input(0), input(1), input(2), input(6), input(7)};
  }
  if (node.op == "GroupQueryAttention") {
    return {input(0), input(1), input(2), input(3), input(4)};
  }
  return {input(0), input(1), input(2), input(4), input(5)};
}

AttentionSizes attention_sizes(const Graph& graph, const Node& node) {
  const AttentionInputs inputs = attention_inputs(node);
  const Dimensions& query = *input_value(graph, node, 0).shape;
  const bool own = node.domain.empty();
  const bool four = own && query.size() == 4;
  const std::int64_t heads =
      four ? query[1] : stated_heads(graph, node, own ? "q_num_heads" : "num_heads", 0);
  const std::int64_t kv_heads = node.op == "MultiHeadAttention" ? heads
                                : four && inputs.key >= 0       ? graph.shape(inputs.key).at(1)
                                                          : stated_heads(graph, node, "kv_num_heads", 0);
  AttentionSizes sizes;
  if (inputs.key < 0) {
    if (own || query.size() < 3) {
      fail(graph, node, "its keys are missing");
    }
    sizes = packed_sizes(graph, node, query, heads, kv_heads);
  } else {
    const Operand q = operand_of(graph, node, inputs.query, heads);
    sizes.batch = query[0];
    sizes.heads = q.heads;
    sizes.rows = q.rows;
    sizes.width = q.width;
    const Dimensions& key = graph.shape(inputs.key);
    if (inputs.value < 0) {  // [batch, keys, heads, 2, width]
      sizes.kv_heads = kv_heads;
      sizes.keys = key.size() == 5 ? key[1] : 0;
      sizes.value_width = sizes.width;
    } else {
      const Operand k = operand_of(graph, node, inputs.key, kv_heads);
      const Operand v = operand_of(graph, node, inputs.value, kv_heads);
      if (k.width != sizes.width || k.rows != v.rows || k.heads != v.heads) {
        fail(graph, node, "its queries, keys and values do not fit together");
      }
      sizes.kv_heads = k.heads;
      sizes.keys = k.rows;
      sizes.value_width = v.width;
    }
  }
  if (std::min({sizes.batch, sizes.heads, sizes.kv_heads, sizes.rows, sizes.keys, sizes.width}) < 1) {
    fail(graph, node, "its queries and keys have no elements");
  }
  check_sizes(graph, node, sizes);
  add_cache(graph, node, inputs.past_key, sizes);
  return sizes;
}

int projected_past(const Node& node) {
  return Graph::input(node, node.op == "QAttention" ? 8 : 4);
}

AttentionSizes projected_attention_sizes(const Graph& graph, const Node& node) {
  const Dimensions& x = *input_value(graph, node, 0).shape;
  const Dimensions& weights = *input_value(graph, node, 1).shape;
  if (x.size() != 3 || weights.size() != 2 || weights[0] != x[2]) {
    fail(graph, node, "an input [batch, rows, columns] and weights [columns, 3 x width] are expected");
  }
  AttentionSizes sizes;
  sizes.batch = x[0];
  sizes.rows = sizes.keys = x[1];
  sizes.heads = sizes.kv_heads = stated_heads(graph, node, "num_heads", 0);
  const std::vector<std::int64_t> widths = integers_or(node, "qkv_hidden_sizes", {});
  if (!widths.empty() && (widths.size() != 3 || widths[0] < 1 || widths[2] < 1 || widths[0] != widths[1] ||
                          base::checked_add(2 * widths[0], widths[2]) != weights[1])) {
    fail(graph, node, "qkv_hidden_sizes do not add up to the columns of its weights");
  }
  const std::int64_t third = widths.empty() ? divided(graph, node, weights[1], 3) : 0;
  sizes.width = divided(graph, node, widths.empty() ? third : widths[0], sizes.heads);
  sizes.value_width = divided(graph, node, widths.empty() ? third : widths[2], sizes.heads);
  const int past = projected_past(node);
  if (past >= 0) {
    const Dimensions& shape = graph.shape(past);
    if (shape.size() != 5 || shape[0] != 2 || shape[2] != sizes.heads || shape[4] != sizes.width) {
      fail(graph, node,
           fmt::format("a cache [2, batch, {}, tokens, {}] is expected", sizes.heads, sizes.width));
    }
    sizes.kept = shape[3];
  }
  return sizes;
}

const std::vector<OwnRule>& attention_shape_rules() {
  static const std::vector<OwnRule> kRules = {
      {"", "Attention", 0, attended},
      {kMicrosoft, "MultiHeadAttention", 0, attended},
      {kMicrosoft, "GroupQueryAttention", 0, attended},
      {kMicrosoft, "Attention", 0, projected},
      {kMicrosoft, "QAttention", 0, projected},
  };
  return kRules;
}

}  // namespace inlay::importers::onnx_graph
