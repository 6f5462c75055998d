#pragma once

#include <string>
#include <vector>

#include "inlay/base/file.hpp"
#include "inlay/hardware/package.hpp"
#include "inlay/workload/model.hpp"

namespace inlay::cost {

/// A chiplet of 64 PEs' L2 and NoC per 4096 PEs as the reference runs have it, with MAESTRO's energies.
inline hardware::ChipletType chiplet_type(const std::string& dataflow, std::int64_t pes = 4096) {
  hardware::ChipletType type;
  type.name = dataflow + "_" + std::to_string(pes);
  type.dataflow = dataflow::load_dataflow(base::find_data_file(dataflow, "dataflows"));
  type.pes = pes;
  type.l1_bytes = 512;
  type.l2_bytes = 10'485'760 * pes / 4096;
  type.noc_bytes_per_cycle = 256 * pes / 4096;
  type.clock = 500e6;
  type.vector_lanes = pes / 16;
  type.energy = {"maestro", "MAESTRO", 0.23e-12, 0.23e-12 * 1.68, 0.23e-12 * 18.61, 0.23e-12};
  return type;
}

inline workload::Layer layer_of(const std::string& name, const workload::Shape& shape) {
  workload::Layer layer;
  layer.name = name;
  layer.shape = shape;
  return layer;
}

/// The convolutions of ResNet-50 at 224 x 224 (He et al., CVPR 2016, table 1; strides in the 3 x 3 layers),
/// each as often as it stands there, and the classifier.
inline std::vector<workload::Layer> resnet50() {
  std::vector<workload::Layer> layers;
  const auto convolution = [&layers](const std::string& name, std::int64_t in, std::int64_t out,
                                     std::int64_t kernel, std::int64_t stride, std::int64_t extent) {
    layers.push_back(layer_of(
        name, workload::ConvolutionShape{1, out, in, extent, extent, kernel, kernel, stride, stride, 1, 1}));
  };
  convolution("conv1", 3, 64, 7, 2, 112);
  std::int64_t in = 64;
  std::int64_t extent = 56;
  const std::vector<int> blocks = {3, 4, 6, 3};
  for (std::size_t stage = 0; stage < blocks.size(); ++stage) {
    const std::int64_t width = std::int64_t{64} << stage;
    for (int block = 0; block < blocks[stage]; ++block) {
      const std::string name = "conv" + std::to_string(stage + 2) + "_" + std::to_string(block + 1);
      const std::int64_t stride = block == 0 && stage > 0 ? 2 : 1;
      convolution(name + "_1", in, width, 1, 1, extent);
      extent /= stride;
      convolution(name + "_2", width, width, 3, stride, extent);
      convolution(name + "_3", width, 4 * width, 1, 1, extent);
      if (block == 0) {
        convolution(name + "_skip", in, 4 * width, 1, stride, extent);
      }
      in = 4 * width;
    }
  }
  layers.push_back(layer_of("fc", workload::GemmShape{1, 1000, 2048, 1, true}));
  return layers;
}

/// A block of a GPT-2 of `width` with heads of 64 over `tokens`, and the head over its vocabulary (Radford et
/// al. 2019).
inline std::vector<workload::Layer> gpt2_block(std::int64_t width, std::int64_t tokens) {
  const std::int64_t heads = width / 64;
  return {layer_of("qkv", workload::GemmShape{tokens, 3 * width, width, 1, true}),
          layer_of("scores", workload::GemmShape{tokens, tokens, 64, heads, false}),
          layer_of("values", workload::GemmShape{tokens, 64, tokens, heads, false}),
          layer_of("projection", workload::GemmShape{tokens, width, width, 1, true}),
          layer_of("up", workload::GemmShape{tokens, 4 * width, width, 1, true}),
          layer_of("down", workload::GemmShape{tokens, width, 4 * width, 1, true}),
          layer_of("head", workload::GemmShape{tokens, 50257, width, 1, true})};
}

}  // namespace inlay::cost
