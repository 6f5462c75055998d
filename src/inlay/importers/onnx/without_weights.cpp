#include "inlay/importers/onnx/without_weights.hpp"

#include <fmt/format.h>

#include <cstdint>

#include "inlay/base/error.hpp"

namespace inlay::importers {
namespace {

constexpr int kDeepest = 32;
constexpr std::size_t kLargest = std::size_t{256} << 20U;
/// Contents up to this many bytes stay: shapes, slices, scalars.
constexpr std::size_t kSmallContent = 4096;

/// Messages of onnx.proto that have tensors somewhere inside.
enum class Message { kModel, kGraph, kNode, kAttribute, kTensor, kSparseTensor, kFunction, kPlain };

Message nested(Message outer, std::uint64_t field) {
  switch (outer) {
    case Message::kModel:
      return field == 7 ? Message::kGraph : field == 25 ? Message::kFunction : Message::kPlain;
    case Message::kGraph:
      return field == 1    ? Message::kNode
             : field == 5  ? Message::kTensor
             : field == 15 ? Message::kSparseTensor
                           : Message::kPlain;
    case Message::kNode:
      return field == 5 ? Message::kAttribute : Message::kPlain;
    case Message::kAttribute:
      return field == 5 || field == 10    ? Message::kTensor
             : field == 6 || field == 11  ? Message::kGraph
             : field == 22 || field == 23 ? Message::kSparseTensor
                                          : Message::kPlain;
    case Message::kSparseTensor:
      return field == 1 || field == 2 ? Message::kTensor : Message::kPlain;
    case Message::kFunction:
      return field == 7 ? Message::kNode : Message::kPlain;
    case Message::kTensor:
    case Message::kPlain:
      break;
  }
  return Message::kPlain;
}

/// float_data, int32_data, string_data, int64_data, raw_data, double_data, uint64_data.
bool is_content(Message message, std::uint64_t field) {
  return message == Message::kTensor &&
         (field == 4 || field == 5 || field == 6 || field == 7 || field == 9 || field == 10 || field == 11);
}

/// Fields that no reader here wants and that may be large: descriptions, training information.
bool is_dropped(Message message, std::uint64_t field) {
  return (message == Message::kModel && (field == 6 || field == 20)) ||
         (message == Message::kGraph && field == 10) || (message == Message::kNode && field == 6);
}

class Copier {
 public:
  Copier(std::string_view bytes, const std::string& file) : bytes_(bytes), file_(file) {}

  /// Copies the message that ends at `end`.
  void copy(Message message, std::size_t end, int depth, std::string& out) {
    if (depth > kDeepest) {
      fail(fmt::format("messages are nested deeper than {} levels", kDeepest));
    }
    std::size_t content = 0;
    while (at_ < end) {
      const std::size_t begin = at_;
      const std::uint64_t tag = varint(end);
      const std::uint64_t field = tag >> 3U;
      const std::uint64_t wire = tag & 7U;
      if (field == 0) {
        fail("no field has the number 0");
      }
      const Message inner = wire == 2 ? nested(message, field) : Message::kPlain;
      if (inner != Message::kPlain) {
        copy_nested(inner, tag, end, depth, out);
        continue;
      }
      step_over(wire, end);
      if (is_content(message, field)) {
        content += at_ - begin;
      }
      if (!is_dropped(message, field) && (!is_content(message, field) || content <= kSmallContent)) {
        append(out, bytes_.substr(begin, at_ - begin));
      }
    }
  }

 private:
  void copy_nested(Message inner, std::uint64_t tag, std::size_t end, int depth, std::string& out) {
    const std::uint64_t length = varint(end);
    if (length > end - at_) {
      fail("the file is cut off, or no ONNX model");
    }
    std::string part;
    copy(inner, at_ + length, depth + 1, part);
    write_varint(tag, out);
    write_varint(part.size(), out);
    append(out, part);
  }

  void step_over(std::uint64_t wire, std::size_t end) {
    std::uint64_t length = 0;
    switch (wire) {
      case 0:
        varint(end);
        return;
      case 1:
        length = 8;
        break;
      case 2:
        length = varint(end);
        break;
      case 5:
        length = 4;
        break;
      default:
        fail(fmt::format("wire type {} does not occur in ONNX models", wire));
    }
    if (length > end - at_) {
      fail("the file is cut off, or no ONNX model");
    }
    at_ += length;
  }

  std::uint64_t varint(std::size_t end) {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (at_ >= end) {
        fail("the file is cut off, or no ONNX model");
      }
      const auto byte = static_cast<unsigned char>(bytes_[at_++]);
      value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
      if ((byte & 0x80U) == 0) {
        return value;
      }
    }
    fail("a number of more than 64 bits");
  }

  static void write_varint(std::uint64_t value, std::string& out) {
    while (value >= 0x80U) {
      out += static_cast<char>((value & 0x7fU) | 0x80U);
      value >>= 7U;
    }
    out += static_cast<char>(value);
  }

  void append(std::string& out, std::string_view part) {
    if (out.size() + part.size() > kLargest) {
      fail(fmt::format("larger than {} MiB without its weights", kLargest >> 20U));
    }
    out += part;
  }

  [[noreturn]] void fail(const std::string& message) const {
    throw base::InputError(fmt::format("{}: not an ONNX model, at byte {}: {}", file_, at_, message));
  }

  std::string_view bytes_;
  const std::string& file_;
  std::size_t at_ = 0;
};

}  // namespace

std::string without_weights(std::string_view bytes, const std::string& file) {
  std::string out;
  Copier(bytes, file).copy(Message::kModel, bytes.size(), 0, out);
  return out;
}

}  // namespace inlay::importers
