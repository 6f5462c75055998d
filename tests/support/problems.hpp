#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "inlay/base/random.hpp"
#include "inlay/schedule/problem.hpp"
#include "inlay/schedule/schedule.hpp"

namespace inlay::testing {

/// The worked example of docs/model.md: two chiplets, a chain of three layers, batch 4.
inline schedule::Problem worked_example() {
  schedule::Problem problem;
  hardware::Package& package = problem.package;
  package.name = "worked-example";
  for (const char* name : {"WS", "OS"}) {
    hardware::ChipletType type;
    type.name = name;
    type.pes = 64;
    type.l2_bytes = 1'000'000;
    type.noc_bytes_per_cycle = 64;
    type.clock = 1e9;
    package.types.push_back(type);
  }
  package.chiplets = {{"c0", 0, 0, 0}, {"c1", 1, 0, 1}};
  package.links = {{0, 1}};
  package.network = {100e9, hardware::BandwidthScope::kPerLink, 35e-9, 2e-12};
  package.memory = {50e9, hardware::BandwidthScope::kPerPackage, 200e-9, 15e-12};
  package.interfaces = {{"m0", 0}};
  hardware::derive_routes(package);

  workload::Model model;
  model.name = "chain";
  const std::int64_t bytes[] = {40'000, 80'000, 20'000, 10'000};
  const std::int64_t weights[] = {100'000, 200'000, 50'000};
  for (int i = 0; i < 4; ++i) {
    workload::Tensor tensor;
    tensor.name = "t" + std::to_string(i);
    tensor.dimensions = {bytes[i]};
    tensor.bytes = bytes[i];
    tensor.producer = i - 1;
    if (i < 3) {
      tensor.users = {i};
    }
    tensor.is_output = i == 3;
    model.tensors.push_back(tensor);
  }
  for (int i = 0; i < 3; ++i) {
    workload::Layer layer;
    layer.name = "layer" + std::to_string(i + 1);
    layer.op = "gemm";
    layer.shape = workload::GemmShape{1, bytes[i + 1], bytes[i], 1, true};
    layer.inputs = {i};
    layer.outputs = {i + 1};
    layer.weight_bytes = weights[i];
    layer.parameters = weights[i];
    model.layers.push_back(layer);
  }
  problem.scenario.name = "worked-example";
  problem.scenario.models.push_back({"chain", model, 4});

  cost::ModelCosts costs;
  costs.mini_batches = cost::mini_batch_sizes(4);
  costs.class_of = {0, 1, 2};
  costs.types = 2;
  const std::int64_t cycles[3][2] = {{1000, 3000}, {4000, 1500}, {2000, 2500}};
  const double microjoules[3][2] = {{1, 2}, {2, 1}, {1, 2}};
  for (int layer = 0; layer < 3; ++layer) {
    for (const std::int64_t size : costs.mini_batches) {
      for (int type = 0; type < 2; ++type) {
        cost::LayerCost entry;
        entry.cycles = size * cycles[layer][type];
        entry.energy.mac = static_cast<double>(size) * microjoules[layer][type] * 1e-6;
        entry.utilisation = 1.0;
        costs.entries.push_back(entry);
      }
    }
  }
  problem.costs = {"table", "1", {"numbers of the worked example"}, {costs}, {}};
  problem.communication = schedule::Communication::kPaper;
  return problem;
}

/// Stage 0: layer 1 on c0; stage 1: layers 2 and 3 on c1.
inline schedule::Schedule worked_example_schedule() {
  return {{{{{0, 1, {{0, 1, 0}, {1, 3, 1}}}}}}, true};
}

struct RandomProblemLimits {
  int rows = 2;
  int columns = 3;
  int models = 3;
  int layers = 7;
  std::int64_t batch = 6;
  bool misfits = false;  // some types cannot run some layers
};

inline hardware::Package random_package(base::Random& random, const RandomProblemLimits& limits) {
  hardware::Package package;
  package.name = "random";
  const int types = static_cast<int>(random.between(1, 3));
  for (int i = 0; i < types; ++i) {
    hardware::ChipletType type;
    type.name = "type" + std::to_string(i);
    type.l2_bytes = random.between(2, 60) * 1000;
    type.clock = 1e9;
    type.energy.l2_access = static_cast<double>(random.between(0, 5)) * 1e-12;
    package.types.push_back(type);
  }
  const int rows = static_cast<int>(random.between(1, limits.rows));
  const int columns = static_cast<int>(random.between(1, limits.columns));
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c) {
      const int index = r * columns + c;
      package.chiplets.push_back(
          {"c" + std::to_string(index), static_cast<int>(random.between(0, types - 1)), r, c});
      if (c + 1 < columns) {
        package.links.emplace_back(index, index + 1);
      }
      if (r + 1 < rows) {
        package.links.emplace_back(index, index + columns);
      }
    }
  }
  std::sort(package.links.begin(), package.links.end());
  package.network = {static_cast<double>(random.between(1, 8)) * 10e9, hardware::BandwidthScope::kPerLink,
                     static_cast<double>(random.between(0, 40)) * 1e-9, 2e-12};
  package.memory = {static_cast<double>(random.between(1, 8)) * 10e9,
                    random.between(0, 1) == 0 ? hardware::BandwidthScope::kPerPackage
                                              : hardware::BandwidthScope::kPerInterface,
                    static_cast<double>(random.between(0, 200)) * 1e-9, 15e-12};
  if (package.memory.bandwidth == 30e9) {  // one in eight
    package.memory.weight_loads = hardware::WeightLoads::kUntimed;
  }
  const int interfaces = static_cast<int>(random.between(1, 2));
  for (int i = 0; i < interfaces; ++i) {
    package.interfaces.push_back(
        {"m" + std::to_string(i), static_cast<int>(random.between(0, rows * columns - 1))});
  }
  package.static_power = random.between(0, 2) == 0 ? 1e-3 : 0.0;
  hardware::derive_routes(package);
  return package;
}

/// A random graph: every layer reads up to three earlier tensors, so that skips and several users are common.
inline workload::Model random_model(base::Random& random, int layers) {
  workload::Model model;
  model.name = "random";
  const auto add_tensor = [&](int producer) {
    workload::Tensor tensor;
    tensor.name = "t" + std::to_string(model.tensors.size());
    tensor.bytes = random.between(1, 40) * 100;
    tensor.dimensions = {tensor.bytes};
    tensor.producer = producer;
    model.tensors.push_back(tensor);
    return static_cast<int>(model.tensors.size()) - 1;
  };
  add_tensor(-1);
  for (int i = 0; i < layers; ++i) {
    workload::Layer layer;
    layer.name = "layer" + std::to_string(i);
    layer.op = "gemm";
    const int inputs = static_cast<int>(random.between(1, 3));
    const int made = static_cast<int>(model.tensors.size());
    for (int k = 0; k < inputs; ++k) {
      const int tensor = k == 0 ? made - 1 : static_cast<int>(random.between(0, made - 1));
      if (std::find(layer.inputs.begin(), layer.inputs.end(), tensor) == layer.inputs.end()) {
        layer.inputs.push_back(tensor);
        model.tensors[static_cast<std::size_t>(tensor)].users.push_back(i);
      }
    }
    const int outputs = random.between(0, 4) == 0 ? 2 : 1;
    for (int k = 0; k < outputs; ++k) {
      layer.outputs.push_back(add_tensor(i));
    }
    layer.weight_bytes = random.between(0, 3) == 0 ? 0 : random.between(1, 200) * 100;
    layer.gathered_bytes = random.between(0, 5) == 0 ? random.between(1, 20) * 100 : 0;
    layer.shape = workload::GemmShape{1, 1, 1 + i, 1, true};
    model.layers.push_back(layer);
  }
  for (workload::Tensor& tensor : model.tensors) {
    tensor.is_output = tensor.users.empty() || random.between(0, 7) == 0;
  }
  return model;
}

/// With `misfits`, one entry in eight is not mappable; single samples always run on the type `sure`.
inline cost::ModelCosts random_costs(base::Random& random, int layers, std::int64_t batch, int types,
                                     bool misfits = false, int sure = 0) {
  cost::ModelCosts costs;
  costs.mini_batches = cost::mini_batch_sizes(batch);
  costs.types = types;
  for (int layer = 0; layer < layers; ++layer) {
    costs.class_of.push_back(layer);
    for (const std::int64_t size : costs.mini_batches) {
      for (int type = 0; type < types; ++type) {
        cost::LayerCost entry;
        entry.cycles = size * random.between(10, 3000) + random.between(0, 500);
        entry.energy.mac = static_cast<double>(size * random.between(1, 900)) * 1e-9;
        entry.tile_bytes = random.between(0, 10) * 100;
        entry.mappable = !misfits || (size == 1 && type == sure) || random.between(0, 7) > 0;
        costs.entries.push_back(entry);
      }
    }
  }
  return costs;
}

inline schedule::Problem random_problem(base::Random& random, const RandomProblemLimits& limits = {}) {
  schedule::Problem problem;
  problem.package = random_package(random, limits);
  problem.scenario.name = "random";
  problem.costs.engine = "table";
  problem.costs.engine_version = "1";
  const int most = std::min(limits.models, static_cast<int>(problem.package.chiplets.size()));
  const int models = static_cast<int>(random.between(1, most));
  const bool misfits = limits.misfits && random.between(0, 1) == 0;
  for (int m = 0; m < models; ++m) {
    const int layers = static_cast<int>(random.between(1, limits.layers));
    const std::int64_t batch = random.between(1, limits.batch);
    workload::Model model = random_model(random, layers);
    problem.costs.models.push_back(random_costs(random, layers, batch,
                                                static_cast<int>(problem.package.types.size()), misfits,
                                                problem.package.chiplets.front().type));
    problem.scenario.models.push_back({"model" + std::to_string(m), std::move(model), batch});
  }
  problem.communication =
      random.between(0, 1) == 0 ? schedule::Communication::kPaper : schedule::Communication::kShared;
  problem.overlap = random.between(0, 1) == 0 ? hardware::Overlap::kSerial : hardware::Overlap::kOverlapped;
  return problem;
}

/// Splits [first, last) into `parts` non-empty ranges at random places.
inline std::vector<int> random_cuts(base::Random& random, int first, int last, int parts) {
  std::vector<int> cuts = {first, last};
  while (static_cast<int>(cuts.size()) < parts + 1) {
    const int cut = static_cast<int>(random.between(first + 1, last - 1));
    if (std::find(cuts.begin(), cuts.end(), cut) == cuts.end()) {
      cuts.push_back(cut);
    }
  }
  std::sort(cuts.begin(), cuts.end());
  return cuts;
}

/// A random valid schedule with up to three windows; stages of a pipeline stand on neighbouring chiplets.
inline schedule::Schedule random_schedule(base::Random& random, const schedule::Problem& problem) {
  const int models = static_cast<int>(problem.scenario.models.size());
  const int chiplets = static_cast<int>(problem.package.chiplets.size());
  const int windows = static_cast<int>(random.between(1, 3));
  std::vector<std::vector<int>> bounds;
  for (int m = 0; m < models; ++m) {
    const int layers =
        static_cast<int>(problem.scenario.models[static_cast<std::size_t>(m)].model.layers.size());
    std::vector<int> cuts = {0, layers};
    for (int w = 1; w < windows; ++w) {
      cuts.push_back(static_cast<int>(random.between(0, layers)));
    }
    std::sort(cuts.begin(), cuts.end());
    bounds.push_back(cuts);
  }
  schedule::Schedule schedule;
  for (int w = 0; w < windows; ++w) {
    schedule::Window window;
    std::vector<bool> taken(static_cast<std::size_t>(chiplets), false);
    // Each model first gets a chiplet of its own; then paths grow over free neighbours.
    std::vector<int> start(static_cast<std::size_t>(models));
    for (int m = 0; m < models; ++m) {
      int chiplet = static_cast<int>(random.between(0, chiplets - 1));
      while (taken[static_cast<std::size_t>(chiplet)]) {
        chiplet = (chiplet + 1) % chiplets;
      }
      taken[static_cast<std::size_t>(chiplet)] = true;
      start[static_cast<std::size_t>(m)] = chiplet;
    }
    for (int m = 0; m < models; ++m) {
      const int first = bounds[static_cast<std::size_t>(m)][static_cast<std::size_t>(w)];
      const int last = bounds[static_cast<std::size_t>(m)][static_cast<std::size_t>(w) + 1];
      if (first == last) {
        continue;
      }
      std::vector<int> path = {start[static_cast<std::size_t>(m)]};
      const int wanted = static_cast<int>(random.between(1, last - first));
      while (static_cast<int>(path.size()) < wanted) {
        std::vector<int> free;
        for (const int near : problem.package.neighbours[static_cast<std::size_t>(path.back())]) {
          if (!taken[static_cast<std::size_t>(near)]) {
            free.push_back(near);
          }
        }
        if (free.empty()) {
          break;
        }
        path.push_back(free[static_cast<std::size_t>(random.between(0, static_cast<int>(free.size()) - 1))]);
        taken[static_cast<std::size_t>(path.back())] = true;
      }
      const std::vector<int> cuts = random_cuts(random, first, last, static_cast<int>(path.size()));
      schedule::Pipeline pipeline;
      pipeline.model = m;
      const auto& sizes = problem.costs.models[static_cast<std::size_t>(m)].mini_batches;
      pipeline.mini_batch =
          sizes[static_cast<std::size_t>(random.between(0, static_cast<int>(sizes.size()) - 1))];
      for (std::size_t k = 0; k < path.size(); ++k) {
        pipeline.stages.push_back({cuts[k], cuts[k + 1], path[k]});
      }
      window.pipelines.push_back(pipeline);
    }
    schedule.windows.push_back(window);
  }
  return schedule;
}

}  // namespace inlay::testing
