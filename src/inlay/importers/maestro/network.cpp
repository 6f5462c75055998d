#include "inlay/importers/maestro/network.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "inlay/base/checked.hpp"
#include "inlay/base/counted.hpp"
#include "inlay/importers/chain_writer.hpp"

namespace inlay::importers::maestro {

using namespace cost::maestro;

namespace {

/// The batch that all layers have, or 1 if they differ: then it is a dimension of single layers.
std::int64_t common_batch(const MappingFile& mapping) {
  const auto batch = [](const MappingLayer& layer) {
    return layer.mapped.kind == LayerKind::kGemm ? 1 : layer.mapped.sizes[kN];
  };
  const std::int64_t first = batch(mapping.layers.front());
  const bool same = std::all_of(mapping.layers.begin(), mapping.layers.end(),
                                [&](const MappingLayer& layer) { return batch(layer) == first; });
  return same ? first : 1;
}

ChainLayer product(const MappingLayer& layer, std::int64_t m, std::int64_t n, std::int64_t k) {
  ChainLayer result;
  result.name = layer.name;
  result.gemm = true;
  result.input = {m, k};
  result.features = n;
  return result;
}

/// A batch of vectors, each multiplied by one matrix: the filter covers the whole input.
ChainLayer batched_layer(const MappingLayer& layer) {
  const Sizes& sizes = layer.mapped.sizes;
  const bool whole =
      layer.mapped.kind == LayerKind::kConvolution && sizes[kR] == sizes[kY] && sizes[kS] == sizes[kX];
  if (!whole) {
    throw base::InputError(
        layer.position, "",
        fmt::format("layer '{}' has a batch of N = {} unlike others, and a model's layers are for one "
                    "sample; only where R = Y and S = X can N become the rows of a product",
                    layer.name, sizes[kN]));
  }
  return product(layer, sizes[kN], sizes[kK], base::checked_product(sizes[kC], sizes[kR], sizes[kS]));
}

ChainLayer chain_layer(const MappingLayer& layer, std::int64_t batch) {
  const Sizes& sizes = layer.mapped.sizes;
  if (layer.mapped.kind == LayerKind::kGemm) {
    return product(layer, sizes[kM], sizes[kN], sizes[kK]);
  }
  if (sizes[kN] != batch) {
    return batched_layer(layer);
  }
  ChainLayer result;
  result.name = layer.name;
  if (layer.mapped.kind == LayerKind::kDepthwise) {
    result.groups = sizes[kC];  // K outputs for each channel
  } else if (layer.mapped.kind == LayerKind::kGrouped) {
    result.groups = sizes[kG];  // K and C are those of one group
  }
  const std::int64_t depth = layer.mapped.kind == LayerKind::kDepthwise ? 1 : sizes[kC];
  result.input = {base::checked_multiply(depth, result.groups), sizes[kY], sizes[kX]};
  result.features = base::checked_multiply(sizes[kK], result.groups);
  result.kernel_height = sizes[kR];
  result.kernel_width = sizes[kS];
  result.stride_y = layer.mapped.stride_y;
  result.stride_x = layer.mapped.stride_x;
  const auto output = result.output();
  if (std::any_of(output.begin(), output.end(), [](std::int64_t extent) { return extent < 1; })) {
    throw base::InputError(
        layer.position, "",
        fmt::format("layer '{}' has a filter of {} x {}, larger than its input of {} x {}, so it makes "
                    "no output",
                    layer.name, sizes[kR], sizes[kS], sizes[kY], sizes[kX]));
  }
  return result;
}

std::string described(const MappingFile& mapping, const ChainWriter& chain, std::int64_t batch) {
  std::string text = fmt::format(
      "Layers of a MAESTRO mapping file as a chain in its order. The file knows neither branches nor "
      "pooling, batch norm, "
      "activations or biases: they are not here. Its inputs include padding: {} as much as the output "
      "before them lacks. {} what stands before them and read an input of their own, while the output before "
      "them leaves the model.",
      base::counted(chain.padded(), "layer gets", "layers get"),
      base::counted(chain.breaks(), "layer does not fit", "layers do not fit"));
  if (batch > 1) {
    text += fmt::format(" The file's batch is {}: run it with that batch.", batch);
  }
  if (std::any_of(mapping.layers.begin(), mapping.layers.end(),
                  [](const MappingLayer& layer) { return layer.type == "TRCONV"; })) {
    text += " Transposed convolutions (TRCONV) are plain ones on the input as stated, as MAESTRO takes them.";
  }
  return text;
}

}  // namespace

std::string network_yaml(const MappingFile& mapping, const std::string& source) {
  const std::int64_t batch = common_batch(mapping);
  ChainWriter chain;
  for (const MappingLayer& layer : mapping.layers) {
    chain.add(chain_layer(layer, batch));
  }
  return chain.text(mapping.network, source, described(mapping, chain, batch));
}

}  // namespace inlay::importers::maestro
