#pragma once

#include <string>
#include <string_view>

namespace inlay::importers {

/// A serialized ONNX model without the contents of its large tensors; their types and shapes stay. Works on
/// the wire format alone, so that contents are stepped over, not read, and files may be larger than the 2 GiB
/// that protobuf itself can parse. Throws base::InputError for what is no protobuf of ONNX, cut off, nested
/// deeper than 32 levels of messages, or larger than 256 MiB without its weights.
std::string without_weights(std::string_view bytes, const std::string& file);

}  // namespace inlay::importers
