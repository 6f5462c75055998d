#pragma once

#include "inlay/schedule/statement.hpp"

// Names every field of a statement once. An archive writes them (JsonWriter), reads them (JsonReader) or
// collects them for comparison (verify). To add a claim: a member in statement.hpp, a line here, a line in
// the schema.

namespace inlay::schedule {

template <typename Archive>
void describe(Archive& archive, EnergyClaim& energy) {
  archive.number("mac", energy.mac);
  archive.number("l1", energy.l1);
  archive.number("l2", energy.l2);
  archive.number("noc", energy.noc);
  archive.number("vector", energy.vector);
  archive.number("l2_traffic", energy.l2_traffic);
  archive.number("network", energy.network);
  archive.number("memory", energy.memory);
  archive.number("static", energy.static_power);
  archive.number("total", energy.total);
}

template <typename Archive>
void describe(Archive& archive, StageClaim& stage) {
  archive.boolean("streamed", stage.streamed);
  archive.integers("spilled", stage.spilled, 0);
  archive.integer("need_bytes", stage.need_bytes, 0);
  archive.number("compute", stage.compute);
  archive.number("in", stage.in);
  archive.number("out", stage.out);
  archive.number("spill", stage.spill);
  archive.number("weights", stage.weights);
  archive.number("steady", stage.steady);
  archive.number("first", stage.first);
  archive.object("energy", stage.energy);
  archive.integer("memory_bytes", stage.memory_bytes, 0);
}

template <typename Archive>
void describe(Archive& archive, PipelineClaim& pipeline) {
  archive.integer("mini_batches", pipeline.mini_batches, 1);
  archive.number("latency", pipeline.latency);
  archive.number("largest_steady", pipeline.largest_steady);
  archive.bottleneck("bottleneck", pipeline.bottleneck);
  archive.object("energy", pipeline.energy);
  archive.integer("memory_bytes", pipeline.memory_bytes, 0);
  archive.list("stages", pipeline.stages);
}

template <typename Archive>
void describe(Archive& archive, WindowClaim& window) {
  archive.number("latency", window.latency);
  archive.number("memory_time", window.memory_time);
  archive.bottleneck("bottleneck", window.bottleneck);
  archive.integer("memory_bytes", window.memory_bytes, 0);
  archive.list("pipelines", window.pipelines);
}

template <typename Archive>
void describe(Archive& archive, MetricsClaim& metrics) {
  archive.number("latency", metrics.latency);
  archive.object("energy", metrics.energy);
  archive.number("edp", metrics.edp);
  archive.ratio("throughput", metrics.throughput);
  archive.ratio("steady_throughput", metrics.steady_throughput);
  archive.ratio("energy_efficiency", metrics.energy_efficiency);
  archive.integer("samples", metrics.samples, 1);
  archive.integer("memory_bytes", metrics.memory_bytes, 0);
  archive.optional_number("pass_latency", metrics.pass);
}

template <typename Archive>
void describe(Archive& archive, OptionClaim& option) {
  archive.text("name", option.name);
  archive.text("value", option.value);
}

template <typename Archive>
void describe(Archive& archive, CertificateClaim& certificate) {
  archive.text("strategy", certificate.strategy);
  archive.text("objective", certificate.objective);
  archive.number("value", certificate.value);
  archive.number("lower_bound", certificate.lower_bound);
  archive.number("gap", certificate.gap);
  archive.boolean("proven", certificate.proven);
  archive.text("space", certificate.space);
  archive.text("binds", certificate.binds);
  archive.text("stopped_by", certificate.stopped_by);
  archive.natural("seed", certificate.seed);
  archive.integer("evaluations", certificate.evaluations, 0);
  archive.number("seconds", certificate.seconds);
  archive.list("options", certificate.options);
}

template <typename Archive>
void describe(Archive& archive, InputHash& input) {
  archive.text("file", input.file);
  archive.text("hash", input.hash);
}

}  // namespace inlay::schedule
