#pragma once

#include <cstdint>
#include <string>

namespace inlay::importers {

/// One layer as a loop nest, as Timeloop and CoSA state it. Sizes along rows (0) and columns (1).
struct NestedLayer {
  bool gemm = false;  // no window slides over it
  std::int64_t groups = 1;
  std::int64_t inner = 1;     // input channels of a group, or columns of the input
  std::int64_t features = 1;  // output channels of a group, or columns of the output
  std::int64_t out[2] = {1, 1};
  std::int64_t kernel[2] = {1, 1};
  std::int64_t stride[2] = {1, 1};
  std::int64_t dilation[2] = {1, 1};
  std::int64_t batch = 1;
};

/// A model of that layer alone as YAML; its input has the rows and columns that the windows reach.
/// Throws base::OverflowError.
std::string nested_layer_yaml(const NestedLayer& layer, const std::string& source, const std::string& what);

}  // namespace inlay::importers
