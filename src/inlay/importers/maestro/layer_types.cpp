#include "inlay/importers/maestro/layer_types.hpp"

namespace inlay::importers::maestro {

using namespace cost::maestro;

const std::vector<LayerType>& layer_types() {
  static const std::vector<LayerType> kTypes = {
      {"CONV", LayerKind::kConvolution, {kK, kC, kR, kS}, {kN}},
      {"DSCONV", LayerKind::kDepthwise, {kC, kR, kS}, {kN, kK}},
      {"NGCONV", LayerKind::kGrouped, {kG, kK, kC, kR, kS}, {kN}},
      {"TRCONV", LayerKind::kConvolution, {kK, kC, kR, kS}, {kN}},  // its inner stride of 2 is lost (B10)
      {"GEMM", LayerKind::kGemm, {kM, kN, kK}, {}},
  };
  return kTypes;
}

std::vector<Dimension> LayerType::dimensions() const {
  std::vector<Dimension> all = required;
  all.insert(all.end(), optional.begin(), optional.end());
  if (convolution()) {
    all.insert(all.end(), {kY, kX, kOutY, kOutX});
  }
  return all;
}

std::vector<std::string> names_of(const std::vector<Dimension>& dimensions) {
  std::vector<std::string> names;
  for (const Dimension dimension : dimensions) {
    names.emplace_back(kDimensionNames[dimension]);
  }
  return names;
}

}  // namespace inlay::importers::maestro
