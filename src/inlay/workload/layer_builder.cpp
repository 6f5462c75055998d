#include "inlay/workload/layer_builder.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "inlay/base/checked.hpp"
#include "inlay/workload/convolution_layers.hpp"
#include "inlay/workload/description.hpp"
#include "inlay/workload/layer_draft.hpp"
#include "inlay/workload/recurrent_layer.hpp"
#include "inlay/workload/vector_layers.hpp"
#include "inlay/workload/volume_layers.hpp"

namespace inlay::workload {
namespace {

void build_gemm(Draft& draft) {
  draft.expect_inputs(1);
  const Dimensions& input = draft.input(0);
  const std::int64_t features = draft.size("features");
  const std::int64_t k = input.back();
  const bool tied = draft.read_tie();
  const bool bias = draft.flag_or("bias", !tied);
  draft.layer.shape = GemmShape{elements(input) / k, features, k, 1, true};
  const std::int64_t matrix = base::checked_multiply(features, k);
  const std::int64_t offsets = bias ? features : 0;
  // What a mixture of experts has and this pass does not use is learned, but never loaded.
  const std::int64_t idle = draft.count_or("idle_parameters", 0);
  draft.set_weights(base::checked_add(base::checked_add(tied ? 0 : matrix, offsets), idle),
                    base::checked_add(matrix, offsets));
  draft.output = input;
  draft.output.back() = features;
  draft.split_axis = draft.output.size() - 1;
}

/// How the operands of a matrix product are laid out.
struct ProductLayout {
  std::int64_t windows = 1;  // of the tokens; each window is multiplied on its own
  std::int64_t heads = 1;    // of the first operand
  std::int64_t shared = 1;   // heads of the first operand that use the same head of the second
};

/// An operand as products x rows x columns: [windows * rows, heads * columns] or [windows * heads, rows,
/// columns].
Dimensions read_heads(const Draft& draft, std::size_t index, std::int64_t windows, std::int64_t heads) {
  const Dimensions& input = draft.input(index);
  const std::int64_t products = base::checked_multiply(windows, heads);
  if (input.size() == 3 && input[0] == products) {
    return input;
  }
  if (input.size() == 2 && input[0] % windows == 0 && input[1] % heads == 0) {
    return {products, input[0] / windows, input[1] / heads};
  }
  draft.fail(fmt::format("operand {} is {}, neither [{}, rows, columns] nor [{}rows, a multiple of {}]",
                         index + 1, describe(input), products,
                         windows == 1 ? "" : fmt::format("{} x ", windows), heads));
}

/// The second operand; further ones are joined to it, token after token (new tokens to a cache).
Dimensions read_second_operand(Draft& draft, const ProductLayout& layout) {
  const std::int64_t heads = layout.heads / layout.shared;
  Dimensions joined = read_heads(draft, 1, layout.windows, heads);
  for (std::size_t i = 2; i < draft.input_count(); ++i) {
    const Dimensions next = read_heads(draft, i, layout.windows, heads);
    if (next[2] != joined[2]) {
      draft.fail(fmt::format("operands 2 and {} cannot be joined: {} and {}", i + 1, describe(draft.input(1)),
                             describe(draft.input(i))));
    }
    joined[1] = base::checked_add(joined[1], next[1]);
  }
  if (draft.flag_or("transpose", false)) {
    std::swap(joined[1], joined[2]);
  }
  return joined;
}

ProductLayout read_layout(Draft& draft) {
  ProductLayout layout;
  layout.windows = draft.size_or("windows", 1);
  layout.heads = draft.size_or("heads", 1);
  const std::int64_t key_heads = draft.size_or("kv_heads", layout.heads);
  if (layout.heads % key_heads != 0) {
    draft.fail(
        fmt::format("{} heads cannot share {} heads of keys and values evenly", layout.heads, key_heads));
  }
  layout.shared = layout.heads / key_heads;
  return layout;
}

void build_matrix_product(Draft& draft) {
  draft.expect_at_least(2);
  const ProductLayout layout = read_layout(draft);
  const Dimensions a = read_heads(draft, 0, layout.windows, layout.heads);
  const Dimensions b = read_second_operand(draft, layout);
  if (a[2] != b[1]) {
    draft.fail(
        fmt::format("{} x {} times {} x {} does not fit: the inner sizes differ", a[1], a[2], b[1], b[2]));
  }
  // Grouped-query attention (Ainslie et al., EMNLP 2023, arXiv 2305.13245): the heads of a group multiply the
  // same matrix, so that their rows are one product.
  draft.layer.shape = GemmShape{base::checked_multiply(a[1], layout.shared), b[2], a[2], b[0], false};
  const bool merge = draft.flag_or("merge", layout.heads == 1);
  draft.output = merge ? Dimensions{base::checked_multiply(layout.windows, a[1]),
                                    base::checked_multiply(layout.heads, b[2])}
                       : Dimensions{a[0], a[1], b[2]};
}

std::vector<Tensor> split_output(const Draft& draft, const ExpandedLayer& expanded, std::int64_t bits) {
  std::vector<Tensor> tensors;
  std::int64_t sum = 0;
  for (const ExpandedOutput& output : expanded.outputs) {
    Dimensions dimensions = draft.output;
    if (output.size) {
      dimensions[draft.split_axis] = evaluate_size(*output.size, *expanded.names);
      sum = base::checked_add(sum, dimensions[draft.split_axis]);
    }
    tensors.push_back(make_tensor(output.tensor, std::move(dimensions), bits));
  }
  if (expanded.outputs.front().size && sum != draft.output[draft.split_axis]) {
    draft.fail(fmt::format("the parts of 'split' sum to {}, the layer makes {}", sum,
                           draft.output[draft.split_axis]));
  }
  return tensors;
}

}  // namespace

std::int64_t elements(const std::vector<std::int64_t>& dimensions) {
  std::int64_t product = 1;
  for (const std::int64_t dimension : dimensions) {
    product = base::checked_multiply(product, dimension);
  }
  return product;
}

Tensor make_tensor(std::string name, std::vector<std::int64_t> dimensions, std::int64_t bits) {
  Tensor tensor;
  tensor.name = std::move(name);
  tensor.bits = bits;
  tensor.bytes = bytes_of(elements(dimensions), bits);
  tensor.dimensions = std::move(dimensions);
  return tensor;
}

BuiltLayer build_layer(const ExpandedLayer& expanded, const std::vector<const Tensor*>& inputs,
                       const VectorOperators& vector_operators, const BitWidths& bits) {
  Draft draft(expanded, inputs, bits);
  try {
    if (draft.layer.op == "convolution") {
      build_convolution(draft);
    } else if (draft.layer.op == "transposed-convolution") {
      build_transposed_convolution(draft);
    } else if (draft.layer.op == "convolution-3d") {
      build_volume_convolution(draft);
    } else if (draft.layer.op == "gemm") {
      build_gemm(draft);
    } else if (draft.layer.op == "matrix-product") {
      build_matrix_product(draft);
    } else if (draft.layer.op == "recurrent") {
      build_recurrent(draft);
    } else {
      const VectorOperator& description = vector_operators.find(draft.layer.op)->second;
      build_vector(draft, description);
    }
    draft.read_stated_weights();
    const auto own_bits = draft.optional("bits");
    draft.finish();
    const std::int64_t output_bits = own_bits ? own_bits->integer(1, kMostBits) : bits.activations;
    draft.set_precision(output_bits, bits.accumulator);
    BuiltLayer built;
    built.outputs = split_output(draft, expanded, output_bits);
    built.layer = std::move(draft.layer);
    return built;
  } catch (const base::OverflowError&) {
    draft.fail("its size does not fit into 64 bits");
  }
}

}  // namespace inlay::workload
