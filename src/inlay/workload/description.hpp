#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inlay/workload/model.hpp"

namespace inlay::workload {

/// "3x229x229 -> 64x112x112, kernel 7x7, stride 2" (the input as far as it is read, padding included),
/// "12 times 128x64 * 64x128", "98304 operations".
std::string describe(const Shape& shape);

/// "[64, 56, 56]".
std::string describe(const std::vector<std::int64_t>& dimensions);

/// A layer as people read it; sizes are per sample.
struct LayerRow {
  std::string name;
  std::string op;
  std::string shape;
  std::int64_t macs = 0;
  std::int64_t parameters = 0;
  std::int64_t weight_bytes = 0;
  std::int64_t gathered_bytes = 0;
  std::string inputs;  // "x [768, 128], y [768, 128]"
  std::string outputs;
};

/// One row for each layer in the model's order.
std::vector<LayerRow> layer_table(const Model& model);

}  // namespace inlay::workload
