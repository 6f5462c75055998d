#include "inlay/hardware/array_file.hpp"

#include <fmt/format.h>

#include <cmath>
#include <string>

namespace inlay::hardware {
namespace {

using base::YamlMap;
using base::YamlNode;

// Far beyond any chip, and small enough for sums over a layer's steps to be checked in 64 bits.
constexpr std::int64_t kMostRows = 4096;
constexpr std::int64_t kMostCycles = 1'000'000;
constexpr std::int64_t kMostBytes = 1'000'000'000'000;
constexpr std::int64_t kMostBytesPerCycle = std::int64_t{1} << 30;

std::int64_t cycles(YamlMap& map, const char* key, std::int64_t otherwise) {
  const auto value = map.optional(key);
  return value ? value->integer(0, kMostCycles) : otherwise;
}

/// True if the second of two words is written.
bool second_word(YamlMap& map, const char* key, const char* first, const char* second, bool otherwise) {
  const auto value = map.optional(key);
  return value ? value->choice({first, second}) == 1 : otherwise;
}

std::int64_t bytes(const YamlNode& node) {
  const std::int64_t value = node.bytes(true);
  if (value > kMostBytes) {
    node.fail(fmt::format("'{}' is too large, at most 1 TB is allowed", node.text()));
  }
  return value;
}

std::int64_t power_of_two(const YamlNode& node) {
  const std::int64_t value = bytes(node);
  if ((value & (value - 1)) != 0) {
    node.fail(fmt::format("'{}' is not a power of two", node.text()));
  }
  return value;
}

void read_commands(const YamlNode& node, Offchip& offchip) {
  YamlMap map = node.map();
  offchip.convolution_cycles = map.required("convolution").integer(0, kMostCycles);
  offchip.product_cycles = map.required("product").integer(0, kMostCycles);
  map.finish();
}

void read_cache(const YamlNode& node, Offchip& offchip) {
  YamlMap map = node.map();
  offchip.cache_bytes = bytes(map.required("size"));
  offchip.line_bytes = power_of_two(map.required("line"));
  offchip.read_miss_cycles = map.required("read_miss_cycles").integer(0, kMostCycles);
  offchip.write_miss_cycles = map.required("write_miss_cycles").integer(0, kMostCycles);
  if (offchip.cache_bytes < offchip.line_bytes) {
    node.fail("the cache holds no line");
  }
  map.finish();
}

}  // namespace

Array read_array(const YamlNode& node) {
  YamlMap map = node.map();
  Array array;
  array.rows = map.required("rows").integer(1, kMostRows);
  array.columns = map.required("columns").integer(1, kMostRows);
  array.skew = cycles(map, "skew", array.rows + array.columns - 2);
  if (const auto value = map.optional("overlap")) {
    array.overlap = value->integer(1, kMostRows);
  }
  array.step_cycles = cycles(map, "step_cycles", 0);
  array.exchange_cycles = cycles(map, "exchange_cycles", array.rows);
  array.exchange_hidden = !second_word(map, "exchange", "hidden", "exposed", false);
  array.output_cycles = cycles(map, "output_cycles", 0);
  array.streamed = !second_word(map, "operands", "streamed", "held", false);
  array.im2col = second_word(map, "convolution", "direct", "im2col", false);
  if (const auto value = map.optional("accumulator")) {
    array.accumulator_bytes = bytes(*value);
  }
  map.finish();
  return array;
}

Offchip read_offchip(const YamlNode& node) {
  YamlMap map = node.map();
  Offchip offchip;
  const YamlNode bandwidth = map.required("bandwidth");
  const double width = bandwidth.quantity(base::Dimension::kBytesPerCycle, true);
  if (width != std::floor(width) || width > static_cast<double>(kMostBytesPerCycle)) {
    bandwidth.fail(fmt::format("'{}' is not a whole number of bytes per cycle (at most {} B/cycle)",
                               bandwidth.text(), kMostBytesPerCycle));
  }
  offchip.bytes_per_cycle = static_cast<std::int64_t>(width);
  if (const auto value = map.optional("request")) {
    offchip.request_bytes = power_of_two(*value);
  }
  offchip.request_cycles = cycles(map, "request_cycles", 0);
  if (const auto value = map.optional("command_cycles")) {
    read_commands(*value, offchip);
  }
  if (const auto value = map.optional("cache")) {
    read_cache(*value, offchip);
  }
  map.finish();
  return offchip;
}

}  // namespace inlay::hardware
