#include "inlay/importers/onnx/tensor_content.hpp"

#include <onnx/onnx_pb.h>

#include <cmath>
#include <cstring>

namespace inlay::importers::onnx_graph {
namespace {

/// The elements of a raw little-endian block, each as T; none if their number is not the shape's.
template <typename T, typename Target>
bool read_raw(const std::string& raw, std::int64_t elements, std::vector<Target>& out) {
  if (elements < 0 || raw.size() != static_cast<std::size_t>(elements) * sizeof(T)) {
    return false;
  }
  for (std::size_t at = 0; at < raw.size(); at += sizeof(T)) {
    T element;
    std::memcpy(&element, raw.data() + at, sizeof(T));
    out.push_back(static_cast<Target>(element));
  }
  return true;
}

template <typename Field, typename Target>
bool read_field(const Field& field, std::int64_t elements, std::vector<Target>& out) {
  out.assign(field.begin(), field.end());
  return field.size() == elements;
}

/// IEEE 754 half precision.
double half_number(std::uint16_t bits) {
  const int exponent = (bits >> 10U) & 0x1f;
  const double fraction = static_cast<double>(bits & 0x3ffU) / 1024;
  const double size = exponent == 0 ? std::ldexp(fraction, -14) : std::ldexp(1 + fraction, exponent - 15);
  return (bits & 0x8000U) != 0 ? -size : size;
}

}  // namespace

std::optional<Constant> content_of(const onnx::TensorProto& tensor, std::int64_t elements) {
  constexpr std::int64_t kMost = 4096;
  if (elements > kMost || tensor.data_location() == onnx::TensorProto::EXTERNAL) {
    return std::nullopt;
  }
  Constant content;
  bool complete = elements == 0;
  const std::string& raw = tensor.raw_data();
  const bool in_raw = tensor.has_raw_data();
  switch (tensor.data_type()) {
    case onnx::TensorProto::INT64:
      complete = in_raw ? read_raw<std::int64_t>(raw, elements, content.integers)
                        : read_field(tensor.int64_data(), elements, content.integers);
      break;
    case onnx::TensorProto::INT32:
      complete = in_raw ? read_raw<std::int32_t>(raw, elements, content.integers)
                        : read_field(tensor.int32_data(), elements, content.integers);
      break;
    case onnx::TensorProto::BOOL:
      complete = in_raw ? read_raw<std::uint8_t>(raw, elements, content.integers)
                        : read_field(tensor.int32_data(), elements, content.integers);
      break;
    case onnx::TensorProto::FLOAT:
      content.real = true;
      complete = in_raw ? read_raw<float>(raw, elements, content.reals)
                        : read_field(tensor.float_data(), elements, content.reals);
      break;
    case onnx::TensorProto::DOUBLE:
      content.real = true;
      complete = in_raw ? read_raw<double>(raw, elements, content.reals)
                        : read_field(tensor.double_data(), elements, content.reals);
      break;
    case onnx::TensorProto::FLOAT16: {
      content.real = true;
      std::vector<std::uint16_t> halves;
      complete = in_raw ? read_raw<std::uint16_t>(raw, elements, halves)
                        : read_field(tensor.int32_data(), elements, halves);
      for (const std::uint16_t half : halves) {
        content.reals.push_back(half_number(half));
      }
      break;
    }
    default:
      break;
  }
  return complete ? std::optional(content) : std::nullopt;
}

}  // namespace inlay::importers::onnx_graph
