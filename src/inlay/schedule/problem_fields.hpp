#pragma once

#include <fmt/format.h>

#include <limits>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "inlay/cost/share_costs.hpp"
#include "inlay/schedule/problem.hpp"
#include "inlay/schedule/schedule.hpp"

// Names every field of a problem and of a schedule once, for JsonWriter and JsonReader. What the reader has
// to check beyond single values stands in document_checks.hpp.

namespace inlay::schedule {

constexpr std::int64_t kMostRepeats = std::numeric_limits<std::int32_t>::max();

template <typename Archive>
void describe(Archive& archive, workload::ConvolutionShape& shape) {
  archive.integer("groups", shape.groups, 1);
  archive.integer("out_channels", shape.out_channels, 1);
  archive.integer("in_channels", shape.in_channels, 1);
  archive.integer("out_height", shape.out_height, 1);
  archive.integer("out_width", shape.out_width, 1);
  archive.integer("kernel_height", shape.kernel_height, 1);
  archive.integer("kernel_width", shape.kernel_width, 1);
  archive.integer("stride_y", shape.stride_y, 1);
  archive.integer("stride_x", shape.stride_x, 1);
  archive.integer("dilation_y", shape.dilation_y, 1);
  archive.integer("dilation_x", shape.dilation_x, 1);
  archive.integer("padding_y", shape.padding_y, 0);
  archive.integer("padding_x", shape.padding_x, 0);
  archive.integer("in_height", shape.in_height, 0);
  archive.integer("in_width", shape.in_width, 0);
  archive.integer("upsample_y", shape.upsample_y, 1);
  archive.integer("upsample_x", shape.upsample_x, 1);
  archive.integer_unless("images", shape.images, 1, 1);
}

template <typename Archive>
void describe(Archive& archive, workload::GemmShape& shape) {
  archive.integer("m", shape.m, 1);
  archive.integer("n", shape.n, 1);
  archive.integer("k", shape.k, 1);
  archive.integer("repeats", shape.repeats, 1);
  archive.boolean("weights", shape.weights);
}

template <typename Archive>
void describe(Archive& archive, workload::VectorShape& shape) {
  archive.integer("operations", shape.operations, 0);
  archive.integer("read_elements", shape.read_elements, 0);
  archive.integer("written_elements", shape.written_elements, 0);
}

template <typename Archive>
void describe(Archive& archive, workload::Shape& shape) {
  std::size_t kind = shape.index();
  archive.word("kind", kind, {"convolution", "gemm", "vector"});
  if constexpr (Archive::kReading) {
    shape = kind == 0 ? workload::Shape(workload::ConvolutionShape{})
                      : (kind == 1 ? workload::Shape(workload::GemmShape{})
                                   : workload::Shape(workload::VectorShape{}));
  }
  std::visit([&](auto& one) { describe(archive, one); }, shape);
}

/// Makers and users of a tensor are not written: they follow from what the layers read and make.
template <typename Archive>
void describe(Archive& archive, workload::Tensor& tensor) {
  archive.text("name", tensor.name);
  archive.integers("dimensions", tensor.dimensions, 1);
  archive.integer("bits", tensor.bits, 1);
  archive.integer("bytes", tensor.bytes, 1);
  archive.boolean("output", tensor.is_output);
}

template <typename Archive>
void describe(Archive& archive, workload::Precision& precision) {
  archive.integer("inputs", precision.inputs, 1);
  archive.integer("weights", precision.weights, 1);
  archive.integer("outputs", precision.outputs, 1);
  archive.integer("accumulator", precision.accumulator, 1);
}

template <typename Archive>
void describe_layer(Archive& archive, workload::Layer& layer, std::size_t tensors) {
  archive.text("name", layer.name);
  archive.text("op", layer.op);
  archive.object("shape", layer.shape);
  archive.indices("inputs", layer.inputs, tensors, "tensor");
  archive.indices("outputs", layer.outputs, tensors, "tensor");
  archive.integer("parameters", layer.parameters, 0);
  archive.integer("weight_bytes", layer.weight_bytes, 0);
  archive.integer("gathered_bytes", layer.gathered_bytes, 0);
  archive.text("tied_to", layer.tied_to);
  archive.integer("fused_operations", layer.fused_operations, 0);
  archive.texts("fused", layer.fused);
  archive.object("precision", layer.precision);
}

template <typename Archive>
void describe(Archive& archive, workload::Model& model) {
  archive.text("name", model.name);
  archive.text("source", model.source);
  archive.text("description", model.description);
  std::vector<std::pair<std::string, std::int64_t>> settings(model.settings.begin(), model.settings.end());
  archive.list("settings", settings, [](auto& inner, std::pair<std::string, std::int64_t>& setting) {
    inner.text("name", setting.first);
    inner.integer("value", setting.second, std::numeric_limits<std::int64_t>::min());
  });
  if constexpr (Archive::kReading) {
    model.settings = {settings.begin(), settings.end()};
    if (model.settings.size() != settings.size()) {
      archive.fail("settings", "a name stands there twice");
    }
  }
  archive.list("tensors", model.tensors);
  archive.list("layers", model.layers, [&](auto& inner, workload::Layer& layer) {
    describe_layer(inner, layer, model.tensors.size());
  });
}

/// What depends_on names is checked once all models are known.
template <typename Archive>
void describe(Archive& archive, workload::ScenarioModel& entry) {
  archive.text("name", entry.name);
  archive.integer("batch", entry.batch, 1, kMostRepeats);
  archive.optional_number("rate", entry.rate, true);
  archive.optional_number("deadline", entry.deadline, true);
  archive.optional_number("probability", entry.probability);
  archive.optional_indices("depends_on", entry.depends_on, "model");
  archive.object("model", entry.model);
}

template <typename Archive>
void describe(Archive& archive, workload::Scenario& scenario) {
  archive.text("name", scenario.name);
  archive.text("source", scenario.source);
  archive.list("models", scenario.models);
}

template <typename Archive>
void describe(Archive& archive, dataflow::Directive& directive) {
  archive.word("kind", directive.kind, {"TemporalMap", "SpatialMap", "Cluster"});
  archive.text("size", directive.size);
  archive.text("offset", directive.offset);
  archive.text("dimension", directive.dimension);
  archive.word("sizing", directive.sizing, {"written", "auto", "even"});
}

template <typename Archive>
void describe(Archive& archive, dataflow::Dataflow& dataflow) {
  archive.text("name", dataflow.name);
  archive.text("description", dataflow.description);
  archive.text("source", dataflow.source);
  archive.text("stationary", dataflow.stationary);
  archive.list("convolution", dataflow.convolution);
  archive.list("gemm", dataflow.gemm);
  archive.word("token_layout", dataflow.token_layout, {"column", "folded"});
  archive.list("untuned", dataflow.untuned);
}

template <typename Archive>
void describe(Archive& archive, hardware::EnergyTable& energy) {
  archive.text("name", energy.name);
  archive.text("source", energy.source);
  archive.number("mac", energy.mac);
  archive.number("l1_access", energy.l1_access);
  archive.number("l2_access", energy.l2_access);
  archive.number("vector_operation", energy.vector_operation);
  archive.number("noc_hop", energy.noc_hop);
}

template <typename Archive>
void describe(Archive& archive, hardware::Array& array) {
  archive.integer("rows", array.rows, 1);
  archive.integer("columns", array.columns, 1);
  archive.integer("skew", array.skew, 0);
  archive.integer("overlap", array.overlap, 1);
  archive.integer("step_cycles", array.step_cycles, 0);
  archive.integer("exchange_cycles", array.exchange_cycles, 0);
  archive.boolean("exchange_hidden", array.exchange_hidden);
  archive.integer("output_cycles", array.output_cycles, 0);
  archive.boolean("streamed", array.streamed);
  archive.boolean("im2col", array.im2col);
  archive.integer("accumulator_bytes", array.accumulator_bytes, 0);
  archive.number("accumulator_access", array.accumulator_access);
}

template <typename Archive>
void describe(Archive& archive, hardware::Offchip& offchip) {
  archive.integer("bytes_per_cycle", offchip.bytes_per_cycle, 1);
  archive.integer("request_bytes", offchip.request_bytes, 1);
  archive.integer("request_cycles", offchip.request_cycles, 0);
  archive.integer("convolution_cycles", offchip.convolution_cycles, 0);
  archive.integer("product_cycles", offchip.product_cycles, 0);
  archive.integer("cache_bytes", offchip.cache_bytes, 0);
  archive.integer("line_bytes", offchip.line_bytes, 1);
  archive.integer("read_miss_cycles", offchip.read_miss_cycles, 0);
  archive.integer("write_miss_cycles", offchip.write_miss_cycles, 0);
}

template <typename Archive>
void describe(Archive& archive, hardware::ChipletType& type) {
  archive.text("name", type.name);
  archive.text("source", type.source);
  archive.object("dataflow", type.dataflow);
  archive.integer("pes", type.pes, 1);
  archive.integer("l1_bytes", type.l1_bytes, 0);
  archive.integer("l2_bytes", type.l2_bytes, 1);
  archive.integer("noc_bytes_per_cycle", type.noc_bytes_per_cycle, 1);
  archive.integer("noc_hops", type.noc_hops, 0);
  archive.number("clock", type.clock, true);
  archive.integer("vector_lanes", type.vector_lanes, 1);
  archive.integer("offchip_bytes_per_cycle", type.offchip_bytes_per_cycle, 0);
  archive.optional("array", type.array);
  archive.optional("offchip", type.offchip);
  archive.object("energy", type.energy);
}

inline const std::vector<std::string>& scope_words() {
  static const std::vector<std::string> kWords = {"link", "chiplet", "interface", "package"};
  return kWords;
}

inline const std::vector<std::string>& overlap_words() {
  static const std::vector<std::string> kWords = {to_string(hardware::Overlap::kSerial),
                                                  to_string(hardware::Overlap::kOverlapped)};
  return kWords;
}

template <typename Archive>
void describe(Archive& archive, hardware::NetworkOnPackage& network) {
  archive.number("bandwidth", network.bandwidth, true);
  archive.word("per", network.scope, scope_words());
  archive.number("hop_latency", network.hop_latency);
  archive.number("energy_per_bit", network.energy_per_bit);
  // Nothing is written where the network has no options.
  network.multicast = archive.optional_part("options", network.multicast, [&](auto& inner) {
    bool multicast = true;
    inner.boolean("multicast", multicast);
  });
}

template <typename Archive>
void describe(Archive& archive, hardware::Memory& memory) {
  archive.number("bandwidth", memory.bandwidth, true);
  archive.word("per", memory.scope, scope_words());
  archive.number("latency", memory.latency);
  archive.number("energy_per_bit", memory.energy_per_bit);
  archive.word("weight_loads", memory.weight_loads, {"timed", "untimed"});
}

/// Routes are not written: they follow from the links.
/// Nothing is written where there are none.
template <typename Archive>
void describe_groups(Archive& archive, hardware::Package& package) {
  [[maybe_unused]] const bool present =
      archive.optional_part("groups", !package.groups.empty(), [&](auto& inner) {
        inner.list("list", package.groups, [&](auto& innermost, hardware::ChipletGroup& group) {
          innermost.text("name", group.name);
          innermost.integer("rows", group.rows, 1, package.chiplets.size());
          innermost.integer("columns", group.columns, 1, package.chiplets.size());
          innermost.indices("chiplets", group.chiplets, package.chiplets.size(), "chiplet");
        });
      });
}

template <typename Archive>
void describe(Archive& archive, hardware::Package& package) {
  archive.text("name", package.name);
  archive.text("source", package.source);
  archive.list("types", package.types);
  archive.list("chiplets", package.chiplets, [&](auto& inner, hardware::Chiplet& chiplet) {
    inner.text("name", chiplet.name);
    inner.index("type", chiplet.type, package.types.size(), "chiplet type");
    inner.integer("row", chiplet.row, 0);
    inner.integer("column", chiplet.column, 0);
  });
  const auto chiplets = package.chiplets.size();
  archive.list("links", package.links, [&](auto& inner, std::pair<int, int>& link) {
    inner.index("from", link.first, chiplets, "chiplet");
    inner.index("to", link.second, chiplets, "chiplet");
  });
  archive.object("network", package.network);
  archive.object("memory", package.memory);
  archive.list("interfaces", package.interfaces, [&](auto& inner, hardware::MemoryInterface& interface) {
    inner.text("name", interface.name);
    inner.index("chiplet", interface.chiplet, chiplets, "chiplet");
  });
  describe_groups(archive, package);
  archive.number("static_power", package.static_power);
  archive.word("overlap", package.overlap, overlap_words());
}

template <typename Archive>
void describe(Archive& archive, cost::LayerCost& cost) {
  archive.integer("cycles", cost.cycles, 0);
  archive.number("mac", cost.energy.mac);
  archive.number("l1", cost.energy.l1);
  archive.number("l2", cost.energy.l2);
  archive.number("noc", cost.energy.noc);
  archive.number("vector", cost.energy.vector);
  archive.integer("tile_bytes", cost.tile_bytes, 0);
  archive.number("utilisation", cost.utilisation);
  archive.boolean("substituted", cost.substituted);
  archive.boolean("mappable", cost.mappable);
  archive.word("bound_by", cost.bound_by, cost::bound_words());
}

/// What layers take at least when they are divided; nothing is written where they are not.
template <typename Archive>
void describe_divided(Archive& archive, cost::ModelCosts& costs, std::size_t layers) {
  [[maybe_unused]] const bool present =
      archive.optional_part("divided", !costs.divided.empty(), [&](auto& inner) {
        inner.list("rows", costs.divided, [](auto& innermost, cost::LeastCost& least) {
          innermost.ratio("seconds", least.seconds);
          innermost.ratio("chiplet_seconds", least.chiplet_seconds);
          innermost.ratio("joules", least.joules);
        });
        if constexpr (Archive::kReading) {
          const std::size_t expected = layers * costs.mini_batches.size();
          if (costs.divided.size() != expected) {
            inner.fail("rows",
                       fmt::format("{} rows, one for each of {} layers and {} mini-batches is expected",
                                   costs.divided.size(), layers, costs.mini_batches.size()));
          }
        }
      });
}

/// One row for each class of equal layers, mini-batch and chiplet type, in this order; the row repeats all
/// three, so that it can be read alone.
template <typename Archive>
void describe_costs(Archive& archive, cost::ModelCosts& costs, const workload::ScenarioModel& entry,
                    const std::vector<hardware::ChipletType>& types) {
  costs.types = static_cast<int>(types.size());
  archive.fixed("model", entry.name);
  archive.integers("mini_batches", costs.mini_batches, 1, entry.batch);
  archive.integers("class_of", costs.class_of, 0, static_cast<std::int64_t>(entry.model.layers.size()) - 1);
  const std::size_t sizes = costs.mini_batches.size();
  std::size_t at = 0;
  archive.list("rows", costs.entries, [&](auto& inner, cost::LayerCost& cost) {
    const std::size_t size = at / types.size() % std::max<std::size_t>(sizes, 1);
    inner.fixed("class", static_cast<std::int64_t>(at / types.size() / std::max<std::size_t>(sizes, 1)));
    inner.fixed("mini_batch", sizes == 0 ? 0 : costs.mini_batches[size]);
    inner.fixed("type", types[at % types.size()].name);
    describe(inner, cost);
    ++at;
  });
  describe_divided(archive, costs, entry.model.layers.size());
}

/// Format 1 knows `chiplet` only; a submesh has its shape, its members row by row, and a sharding per layer.
template <typename Archive>
void describe_place(Archive& archive, Stage& stage, const Problem& problem) {
  const std::size_t chiplets = problem.package.chiplets.size();
  const bool several = archive.optional_part("submesh", !stage.submesh.single(), [&](auto& inner) {
    inner.integer("rows", stage.submesh.rows, 1, hardware::kMostMembers);
    inner.integer("columns", stage.submesh.columns, 1, hardware::kMostMembers);
    inner.indices("chiplets", stage.submesh.chiplets, chiplets, "chiplet");
    if constexpr (Archive::kReading) {
      if (stage.submesh.single() || stage.submesh.chiplets.empty()) {
        inner.fail("chiplets", "at least two are expected; a single one is written as 'chiplet'");
      }
    }
  });
  if (!several) {
    archive.index("chiplet", stage.submesh.chiplets.front(), chiplets, "chiplet");
    return;
  }
  std::vector<std::string> words;
  for (const Sharding& sharding : stage.shardings) {
    words.push_back(to_string(sharding));
  }
  archive.texts("shardings", words);
  if constexpr (Archive::kReading) {
    stage.shardings.clear();
    for (const std::string& word : words) {
      const std::size_t comma = word.find(',');
      Sharding sharding;
      if (comma == std::string::npos || !parse_axis(word.substr(0, comma), sharding.rows) ||
          !parse_axis(word.substr(comma + 1), sharding.columns)) {
        archive.fail("shardings",
                     fmt::format("'{}' is no sharding; two of -, N, M, K, C>N, C>M, C>K and G with a "
                                 "comma between them are expected, such as 'K,N'",
                                 word));
      }
      stage.shardings.push_back(sharding);
    }
  }
}

template <typename Archive>
void describe(Archive& archive, Pipeline& pipeline, const Problem& problem) {
  archive.index("model", pipeline.model, problem.scenario.models.size(), "model");
  archive.integer("mini_batch", pipeline.mini_batch, 1);
  const std::size_t layers =
      problem.scenario.models.at(static_cast<std::size_t>(pipeline.model)).model.layers.size();
  archive.list("stages", pipeline.stages, [&](auto& inner, Stage& stage) {
    inner.integer("first", stage.first, 0, static_cast<std::int64_t>(layers));
    inner.integer("last", stage.last, 0, static_cast<std::int64_t>(layers));
    describe_place(inner, stage, problem);
  });
}

/// The costs of the shares that the schedule uses.
template <typename Archive>
void describe_shares(Archive& archive, cost::ShareCosts& shares,
                     const std::vector<hardware::ChipletType>& types) {
  struct Row {
    workload::Shape shape;
    workload::Precision precision;
    std::int64_t fused_operations = 0;
    std::int64_t mini_batch = 1;
    std::vector<cost::LayerCost> costs;
  };
  std::vector<Row> rows;
  for (const auto& [key, costs] : shares.all()) {
    rows.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), std::get<3>(key), costs});
  }
  archive.list("rows", rows, [&](auto& inner, Row& row) {
    inner.object("shape", row.shape);
    inner.object("precision", row.precision);
    inner.integer("fused_operations", row.fused_operations, 0);
    inner.integer("mini_batch", row.mini_batch, 1);
    std::size_t at = 0;
    inner.list("types", row.costs, [&](auto& innermost, cost::LayerCost& cost) {
      if constexpr (Archive::kReading) {
        if (at >= types.size()) {
          innermost.fail("", fmt::format("the package has {} chiplet types only", types.size()));
        }
      }
      innermost.fixed("type", types.at(at).name);
      describe(innermost, cost);
      ++at;
    });
    if constexpr (Archive::kReading) {
      if (at != types.size()) {
        inner.fail("types", fmt::format("{} costs for {} chiplet types", at, types.size()));
      }
      shares.add({row.shape, row.precision, row.fused_operations, row.mini_batch}, row.costs);
    }
  });
}

template <typename Archive>
void describe(Archive& archive, Schedule& schedule, const Problem& problem) {
  archive.part("promises", [&](auto& inner) { inner.boolean("adjacent_stages", schedule.adjacent_stages); });
  archive.list("windows", schedule.windows, [&](auto& inner, Window& window) {
    inner.list("pipelines", window.pipelines,
               [&](auto& innermost, Pipeline& pipeline) { describe(innermost, pipeline, problem); });
  });
}

}  // namespace inlay::schedule
