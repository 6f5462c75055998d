#pragma once

#include <cstdint>
#include <optional>

#include "inlay/importers/onnx/graph.hpp"

namespace onnx {
class TensorProto;
}

namespace inlay::importers::onnx_graph {

/// The numbers of a tensor of so many elements, if they are few, in the file, and as many as they should be;
/// none for types that neither shapes nor patterns are made of.
std::optional<Constant> content_of(const onnx::TensorProto& tensor, std::int64_t elements);

}  // namespace inlay::importers::onnx_graph
