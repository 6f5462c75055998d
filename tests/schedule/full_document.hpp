#pragma once

#include "support/constraints.hpp"
#include "support/documents.hpp"

namespace inlay::testing {

inline double odd_number(base::Random& random) {
  return random.fraction() / static_cast<double>(random.between(1, 1 << 20));
}

/// When samples come and are due; each may be left unsaid.
inline void fill_in_timing(base::Random& random, workload::Scenario& scenario) {
  const auto coin = [&random] { return random.between(0, 1) == 0; };
  for (std::size_t i = 0; i < scenario.models.size(); ++i) {
    workload::ScenarioModel& entry = scenario.models[i];
    const auto maybe = [&](double value) { return coin() ? std::optional(value) : std::nullopt; };
    entry.rate = maybe(30 * (1 + random.fraction()));
    entry.deadline = maybe(1e-3 * (1 + random.fraction()));
    entry.probability = maybe(random.fraction());
    for (std::size_t other = scenario.models.size(); other-- > i + 1;) {
      if (coin()) {
        entry.depends_on.push_back(static_cast<int>(other));
      }
    }
  }
}

/// Gives every member that random problems leave at its default another value.
inline void fill_in(base::Random& random, schedule::Problem& problem) {
  problem.repeated = random.between(0, 1) == 0;
  problem.scenario.source = "a \"quoted\"\tsource, \xc3\xa4\xe2\x82\xac";
  for (workload::ScenarioModel& entry : problem.scenario.models) {
    entry.model.source = "source";
    entry.model.description = "line\nline";
    entry.model.settings = {{"sequence", 128}, {"width", random.between(-5, 5)}};
    for (workload::Layer& layer : entry.model.layers) {
      layer.parameters = random.between(0, 1 << 30);
      layer.tied_to = random.between(0, 1) == 0 ? "" : entry.model.layers[0].name;
      layer.precision = {random.between(1, 64), 4, 16, 32};
      layer.fused_operations = random.between(0, 99);
      layer.fused = {"relu", "norm"};
      const auto kind = random.between(0, 2);
      if (kind == 0) {
        layer.shape = workload::ConvolutionShape{2, 4, 6, 7, 8, 3, 5, 1, 2, 3, 4, 1, 0, 9, 0, 1, 1};
      } else if (kind == 1) {
        layer.shape =
            workload::VectorShape{random.between(0, 1000), random.between(0, 9), random.between(0, 9)};
      } else {
        layer.shape = workload::GemmShape{2, 3, 4, 5, random.between(0, 1) == 0};
      }
    }
    entry.model.tensors[0].bits = 12;
  }
  fill_in_timing(random, problem.scenario);
  for (hardware::ChipletType& type : problem.package.types) {
    type.source = "type source";
    type.dataflow = {
        "kcp_ws",
        "words",
        "paper",
        "weight",
        {{dataflow::DirectiveKind::kSpatial, "8 + S - 1", "8", "Y"},
         {dataflow::DirectiveKind::kCluster, "64", "", ""}},
        {{dataflow::DirectiveKind::kTemporal, "", "", "K", dataflow::Sizing::kTuned}},
        random.between(0, 1) == 0 ? dataflow::TokenLayout::kColumn : dataflow::TokenLayout::kFolded,
        {}};
    type.dataflow.untuned.push_back(type.dataflow);
    type.pes = random.between(1, 4096);
    type.l1_bytes = 512;
    type.noc_bytes_per_cycle = 64;
    type.noc_hops = 2;
    type.clock = 1e9 * (1 + random.fraction());
    type.vector_lanes = 16;
    type.offchip_bytes_per_cycle = random.between(0, 512);
    if (random.between(0, 1) == 0) {
      type.array = hardware::Array{
          4,    2,   random.between(0, 9), 2, random.between(0, 4), 4, false, 1, random.between(0, 1) == 0,
          true, 512, odd_number(random)};
    }
    if (random.between(0, 1) == 0) {
      type.offchip = hardware::Offchip{16, 32, 1, 250, random.between(0, 9), 4096, 32, 4, 8};
    }
    type.energy = {"28 nm",
                   "table",
                   odd_number(random),
                   odd_number(random),
                   type.energy.l2_access,
                   odd_number(random),
                   odd_number(random),
                   {}};
  }
  problem.package.source = "package source";
  problem.package.overlap = hardware::Overlap::kOverlapped;
  problem.package.network.scope = hardware::BandwidthScope::kPerChiplet;
  if (random.between(0, 2) > 0) {
    problem.constraints = random_constraints(random, problem);
    problem.constraints.latency_limits.push_back({random_model_of(random, problem), odd_number(random)});
  }
  problem.package.memory.weight_loads = hardware::WeightLoads::kUntimed;
  problem.costs.assumptions = {"one", "two"};
  problem.costs.refusals = {"why not"};
  for (cost::ModelCosts& costs : problem.costs.models) {
    for (cost::LayerCost& entry : costs.entries) {
      entry.energy = {odd_number(random), odd_number(random), odd_number(random), odd_number(random), 0.0};
      entry.utilisation = random.fraction();
      entry.substituted = random.between(0, 1) == 0;
      entry.bound_by = static_cast<cost::BoundBy>(random.between(0, 4));
    }
  }
}

inline schedule::CertificateClaim random_certificate(base::Random& random) {
  return {"exact",
          "edp",
          odd_number(random),
          odd_number(random),
          random.fraction(),
          true,
          "space",
          "binds",
          "proof",
          random.next() >> 2U,
          random.between(0, 1 << 20),
          odd_number(random),
          {{"exact.splits", "4"}}};
}

/// A random document without a member at its default. Throws base::InfeasibleError if the random schedule
/// fits no L2.
inline schedule::ScheduleDocument full_document(base::Random& random) {
  schedule::Problem problem = random_problem(random);
  fill_in(random, problem);
  schedule::ScheduleDocument document = document_of(problem, random_schedule(random, problem));
  document.statement.inputs = {{"a.yaml", "0123456789abcdef"}, {"b/c.yaml", "ffffffffffffffff"}};
  if (random.between(0, 1) == 0) {
    document.statement.certificate = random_certificate(random);
  }
  return document;
}

}  // namespace inlay::testing
