#pragma once

#include <string>
#include <string_view>

namespace inlay::importers::scale_sim {

/// The network of a topology file of SCALE-Sim (CSV, convolution or GEMM form; docs/importers.md) as the YAML
/// of a model: its layers as a chain in the file's order, with SCALE-Sim's own multiply-accumulates. `source`
/// names the file. Throws base::InputError with line and column, base::OverflowError.
std::string scale_sim_yaml(std::string_view text, const std::string& file, const std::string& source);

}  // namespace inlay::importers::scale_sim
