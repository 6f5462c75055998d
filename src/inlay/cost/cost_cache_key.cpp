#include "inlay/cost/cost_cache_key.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <variant>
#include <vector>

namespace inlay::cost {
namespace {

// Every struct is taken apart by a structured binding: a field added to it does not compile until it is
// decided here whether costs depend on it.

void add_text(std::string& key, const std::string& text) {
  key += fmt::format("{}:{};", text.size(), text);  // with its length, so that no two lists read alike
}

void add_directives(std::string& key, const std::vector<dataflow::Directive>& directives) {
  key += fmt::format("{}[", directives.size());
  for (const auto& [kind, size, offset, dimension, sizing] : directives) {
    key += fmt::format("{} {} ", static_cast<int>(kind), static_cast<int>(sizing));
    add_text(key, size);
    add_text(key, offset);
    add_text(key, dimension);
  }
  key += "]";
}

void add_dataflow(std::string& key, const dataflow::Dataflow& flow) {
  [[maybe_unused]] const auto& [name, description, source, stationary, convolution, gemm, layout, untuned] =
      flow;
  add_text(key, stationary);
  add_directives(key, convolution);
  add_directives(key, gemm);
  key += fmt::format("{};", static_cast<int>(layout));
  for (const dataflow::Dataflow& fixed : untuned) {
    add_dataflow(key, fixed);
  }
}

void add_energy(std::string& key, const hardware::EnergyTable& table) {
  [[maybe_unused]] const auto& [name, source, mac, l1, l2, vector, hop, scaling] = table;
  // What follows from the buffers' sizes has been worked out; what follows from widths has not.
  [[maybe_unused]] const auto& [l1_points, l2_points, multiply, add] = scaling;
  key += fmt::format("{:a} {:a} {:a} {:a} {:a};", mac, l1, l2, vector, hop);
  for (const auto* points : {&multiply, &add}) {
    key += fmt::format("{}[", points->size());
    for (const auto& [size, energy] : *points) {
      key += fmt::format("{:a} {:a} ", size, energy);
    }
    key += "]";
  }
}

void add_array(std::string& key, const hardware::Array& array) {
  const auto& [rows, columns, skew, overlap, step, exchange, hidden, output, streamed, im2col, accumulator,
               access] = array;
  key += fmt::format("array {} {} {} {} {} {} {} {} {} {} {} {:a};", rows, columns, skew, overlap, step,
                     exchange, hidden, output, streamed, im2col, accumulator, access);
}

void add_offchip(std::string& key, const hardware::Offchip& offchip) {
  const auto& [width, request, request_cycles, convolution, product, cache, line, read, write] = offchip;
  key += fmt::format("offchip {} {} {} {} {} {} {} {} {};", width, request, request_cycles, convolution,
                     product, cache, line, read, write);
}

void add_shape(std::string& key, const workload::ConvolutionShape& shape) {
  const auto& [groups, out, in, height, width, kernel_y, kernel_x, stride_y, stride_x, dilation_y, dilation_x,
               padding_y, padding_x, in_height, in_width, upsample_y, upsample_x, images] = shape;
  key += fmt::format("convolution {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {}", groups, out, in,
                     height, width, kernel_y, kernel_x, stride_y, stride_x, dilation_y, dilation_x, padding_y,
                     padding_x, in_height, in_width, upsample_y, upsample_x, images);
}

void add_shape(std::string& key, const workload::GemmShape& shape) {
  const auto& [m, n, k, repeats, weights] = shape;
  key += fmt::format("gemm {} {} {} {} {}", m, n, k, repeats, weights);
}

void add_shape(std::string& key, const workload::VectorShape& shape) {
  const auto& [operations, read, written] = shape;
  key += fmt::format("vector {} {} {}", operations, read, written);
}

/// Words of a text between single blanks.
class Words {
 public:
  explicit Words(const std::string& text) : place_(text.data()), end_(text.data() + text.size()) {}

  template <typename Value, typename... Format>
  bool take(Value& value, Format... format) {
    const auto [stop, error] = std::from_chars(place_, end_, value, format...);
    const bool whole = error == std::errc{} && (stop == end_ || *stop == ' ');
    place_ = stop == end_ ? end_ : stop + 1;
    return whole;
  }
  bool at_end() const { return place_ == end_; }

 private:
  const char* place_;
  const char* end_;
};

}  // namespace

std::string context_key(const CostEngine& engine, const hardware::ChipletType& type) {
  [[maybe_unused]] const auto& [name, source, flow, pes, l1, l2, noc, hops, clock, lanes, energy, charged,
                                array, offchip] = type;
  std::string key;
  add_text(key, engine.name());
  add_text(key, engine.version());
  add_text(key, engine.tuning_objective());
  key += fmt::format("{} {} {} {} {} {:a} {} {};", pes, l1, l2, noc, hops, clock, lanes, charged);
  if (array) {
    add_array(key, *array);
  }
  if (offchip) {
    add_offchip(key, *offchip);
  }
  add_energy(key, energy);
  add_dataflow(key, flow);
  return key;
}

std::string layer_key(const workload::Shape& shape, const workload::Precision& precision,
                      std::int64_t fused_operations, std::int64_t mini_batch) {
  const auto& [inputs, weights, outputs, accumulator] = precision;
  std::string key = fmt::format("{} x {}/{}/{}/{} bits + {} ", mini_batch, inputs, weights, outputs,
                                accumulator, fused_operations);
  std::visit([&key](const auto& one) { add_shape(key, one); }, shape);
  return key;
}

std::string text_of(const LayerCost& cost) {
  [[maybe_unused]] const auto& [cycles, energy, tile_bytes, utilisation, substituted, mappable, bound_by] =
      cost;
  const auto& [mac, l1, l2, noc, vector] = energy;
  std::string text =
      fmt::format("{} {} {} {}", cycles, tile_bytes, substituted ? 1 : 0, static_cast<int>(bound_by));
  for (const double value : {mac, l1, l2, noc, vector, utilisation}) {
    text += fmt::format(" {}", value);  // the shortest text that reads back as the same number
  }
  return text;
}

std::optional<LayerCost> cost_of_text(const std::string& text) {
  LayerCost cost;
  Words words(text);
  int substituted = 0;
  std::size_t bound_by = 0;
  if (!words.take(cost.cycles) || !words.take(cost.tile_bytes) || !words.take(substituted) ||
      !words.take(bound_by)) {
    return std::nullopt;
  }
  EnergySplit& energy = cost.energy;
  for (double* value :
       {&energy.mac, &energy.l1, &energy.l2, &energy.noc, &energy.vector, &cost.utilisation}) {
    if (!words.take(*value) || !std::isfinite(*value)) {
      return std::nullopt;
    }
  }
  if (!words.at_end() || substituted < 0 || substituted > 1 || bound_by >= bound_words().size()) {
    return std::nullopt;
  }
  cost.substituted = substituted == 1;
  cost.bound_by = static_cast<BoundBy>(bound_by);
  return cost;
}

}  // namespace inlay::cost
