#pragma once

#include <string>
#include <vector>

#include "inlay/cost/maestro/model.hpp"

namespace inlay::importers::maestro {

/// A layer type of MAESTRO's and the dimensions that it declares, the extents Y and X (or Y' and X') of
/// convolutions aside.
struct LayerType {
  const char* name;
  cost::maestro::LayerKind kind;
  std::vector<cost::maestro::Dimension> required;
  std::vector<cost::maestro::Dimension> optional;

  bool convolution() const { return kind != cost::maestro::LayerKind::kGemm; }
  /// All dimensions that it knows, extents included.
  std::vector<cost::maestro::Dimension> dimensions() const;
};

const std::vector<LayerType>& layer_types();

std::vector<std::string> names_of(const std::vector<cost::maestro::Dimension>& dimensions);

}  // namespace inlay::importers::maestro
