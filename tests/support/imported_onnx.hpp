#pragma once

#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "inlay/base/error.hpp"
#include "inlay/importers/onnx/onnx_model.hpp"
#include "inlay/workload/model_file.hpp"
#include "support/onnx_writer.hpp"

// A model that a test has written node by node, as the importer reads it.
namespace inlay::importers {

using workload::ConvolutionShape;
using workload::GemmShape;

/// With every operator that was recognised as a layer of its own.
inline workload::Model imported(const onnx_writer::Model& model, std::int64_t opset = 17,
                                const ImportOptions& options = {}) {
  const std::string text = onnx_yaml(model.bytes(opset), "test.onnx", "test.onnx", options);
  try {
    return workload::parse_model("fuse: false\n" + text, "test.yaml");
  } catch (const base::InputError& error) {
    throw base::InputError(std::string(error.what()) + "\n" + text);
  }
}

inline std::vector<std::string> operators(const workload::Model& model) {
  std::vector<std::string> names;
  for (const workload::Layer& layer : model.layers) {
    names.push_back(layer.op);
  }
  return names;
}

/// The first layer's shape of that kind.
template <typename Shape>
Shape first(const workload::Model& model) {
  for (const workload::Layer& layer : model.layers) {
    if (const auto* shape = std::get_if<Shape>(&layer.shape)) {
      return *shape;
    }
  }
  throw std::runtime_error("the model has no such layer");
}
inline ConvolutionShape convolution(const workload::Model& model) {
  return first<ConvolutionShape>(model);
}
inline GemmShape gemm(const workload::Model& model) {
  return first<GemmShape>(model);
}
/// Of the last layer.
inline const std::vector<std::int64_t>& output(const workload::Model& model) {
  return model.tensors.at(static_cast<std::size_t>(model.layers.back().outputs.back())).dimensions;
}

}  // namespace inlay::importers
