#pragma once

#include <memory>
#include <string>
#include <vector>

#include "inlay/cost/share_costs.hpp"
#include "inlay/evaluate/least_costs.hpp"
#include "inlay/schedule/shares.hpp"
#include "support/problems.hpp"

namespace inlay::testing {

struct SubmeshLimits {
  int rows = 2;
  int columns = 2;
  int models = 2;
  int layers = 4;
  std::int64_t batch = 4;
  bool misfits = true;  // some types cannot run some shapes
};

/// What a layer or a share of one costs: more work costs more, with jumps that depend on the shape alone.
inline cost::LayerCost made_up_cost(const workload::Layer& layer, std::int64_t mini_batch, int type,
                                    bool misfits) {
  std::int64_t work = workload::macs(layer.shape);
  if (const auto* vector = std::get_if<workload::VectorShape>(&layer.shape)) {
    work = vector->operations;
  }
  work *= mini_batch;
  base::Random jumps(static_cast<std::uint64_t>(work * 8 + type));
  cost::LayerCost cost;
  cost.cycles = 5 + work * (1 + type) / 2 + jumps.between(0, 12);
  cost.energy.mac = static_cast<double>(work * (4 - type)) * 1e-10;
  cost.energy.l2 = static_cast<double>(jumps.between(0, 40)) * 1e-10;
  cost.tile_bytes = jumps.between(0, 20);
  cost.utilisation = 0.5;
  cost.mappable = !misfits || jumps.between(0, 19) > 0 || mini_batch == 1;
  return cost;
}

/// Products with weights, additions of earlier tensors and softmaxes on tensors [rows, features]; at most
/// three tensors are ever still to be read.
inline workload::Model random_divisible_model(base::Random& random, int layers) {
  workload::Model model;
  model.name = "divisible";
  const std::int64_t rows = random.between(1, 4);
  const std::int64_t features = random.between(2, 5);
  const auto add_tensor = [&](int producer) {
    workload::Tensor tensor;
    tensor.name = "t" + std::to_string(producer + 1);
    tensor.dimensions = {rows, features};
    tensor.bytes = rows * features;
    tensor.producer = producer;
    model.tensors.push_back(std::move(tensor));
  };
  add_tensor(-1);
  for (int i = 0; i < layers; ++i) {
    workload::Layer layer;
    layer.name = "layer" + std::to_string(i);
    layer.inputs = {i};
    layer.outputs = {i + 1};
    const std::int64_t kind = random.between(0, 9);
    const std::int64_t elements = rows * features;
    if (kind < 6) {
      layer.op = "gemm";
      layer.shape = workload::GemmShape{rows, features, features, 1, true};
      layer.weight_bytes = layer.parameters = features * features;
    } else if (kind < 9) {
      layer.op = "add";
      const int other = static_cast<int>(random.between(std::max(0, i - 2), i));
      layer.inputs.push_back(other);
      layer.shape = workload::VectorShape{elements, 2 * elements, elements};
    } else {
      layer.op = "softmax";
      layer.shape = workload::VectorShape{6 * elements, elements, elements};
    }
    for (const int input : layer.inputs) {
      std::vector<int>& users = model.tensors[static_cast<std::size_t>(input)].users;
      if (users.empty() || users.back() != i) {
        users.push_back(i);
      }
    }
    model.layers.push_back(std::move(layer));
    add_tensor(i);
  }
  for (workload::Tensor& tensor : model.tensors) {
    tensor.is_output = tensor.users.empty() || random.between(0, 9) == 0;
  }
  return model;
}

inline cost::ModelCosts made_up_costs(const workload::Model& model, std::int64_t batch, int types,
                                      bool misfits) {
  cost::ModelCosts costs;
  costs.mini_batches = cost::mini_batch_sizes(batch);
  costs.types = types;
  for (int layer = 0; layer < static_cast<int>(model.layers.size()); ++layer) {
    costs.class_of.push_back(layer);
    for (const std::int64_t size : costs.mini_batches) {
      for (int type = 0; type < types; ++type) {
        costs.entries.push_back(
            made_up_cost(model.layers[static_cast<std::size_t>(layer)], size, type, misfits));
      }
    }
  }
  return costs;
}

/// Costs of all shares that plans may need, and the least costs, as problem_setup.cpp works them out.
inline void add_made_up_shares(schedule::Problem& problem, bool misfits) {
  std::vector<schedule::Grid> grids;
  for (const hardware::Submesh& submesh : hardware::submeshes(problem.package, problem.most_members)) {
    if (!submesh.single()) {
      grids.push_back({submesh.rows, submesh.columns});
    }
  }
  auto shares = std::make_shared<cost::ShareCosts>();
  for (const cost::Share& share : schedule::shares_of_plans(problem, grids)) {
    std::vector<cost::LayerCost> costs;
    for (int type = 0; type < static_cast<int>(problem.package.types.size()); ++type) {
      costs.push_back(made_up_cost(share.layer, share.mini_batch, type, misfits));
    }
    shares->add(cost::ShareCosts::key_of(share), std::move(costs));
  }
  problem.costs.shares = std::move(shares);
  evaluate::add_least_costs(problem);
}

/// A problem whose layers can be divided, with everything that stages on submeshes need.
inline schedule::Problem random_submesh_problem(base::Random& random, const SubmeshLimits& limits = {}) {
  schedule::Problem problem;
  RandomProblemLimits package_limits;
  package_limits.rows = limits.rows;
  package_limits.columns = limits.columns;
  do {
    problem.package = random_package(random, package_limits);
  } while (problem.package.chiplets.size() < 2);
  const bool tight = random.between(0, 1) == 0;
  for (hardware::ChipletType& type : problem.package.types) {
    type.l2_bytes = tight ? random.between(40, 160) : random.between(300, 2000);
  }
  problem.package.network.bandwidth = static_cast<double>(random.between(1, 8)) * 0.5e9;
  problem.package.network.hop_latency = static_cast<double>(random.between(0, 4)) * 1e-9;
  problem.package.network.scope =
      random.between(0, 1) == 0 ? hardware::BandwidthScope::kPerLink : hardware::BandwidthScope::kPerChiplet;
  problem.package.network.multicast = random.between(0, 1) == 0;
  problem.package.memory.bandwidth = static_cast<double>(random.between(1, 8)) * 0.3e9;
  problem.package.memory.latency = static_cast<double>(random.between(0, 20)) * 1e-9;
  problem.scenario.name = "submeshes";
  problem.costs.engine = "table";
  problem.costs.engine_version = "1";
  const bool misfits = limits.misfits && random.between(0, 2) == 0;
  const std::int64_t models = random.between(1, limits.models);
  for (std::int64_t m = 0; m < models; ++m) {
    const std::int64_t batch = random.between(1, limits.batch);
    workload::Model model =
        random_divisible_model(random, static_cast<int>(random.between(1, limits.layers)));
    problem.costs.models.push_back(
        made_up_costs(model, batch, static_cast<int>(problem.package.types.size()), misfits));
    problem.scenario.models.push_back({"model" + std::to_string(m), std::move(model), batch});
  }
  const schedule::Communication communications[] = {
      schedule::Communication::kPaper, schedule::Communication::kShared, schedule::Communication::kContended};
  problem.communication = communications[random.between(0, 2)];
  problem.overlap = random.between(0, 1) == 0 ? hardware::Overlap::kSerial : hardware::Overlap::kOverlapped;
  problem.repeated = random.between(0, 2) == 0;
  problem.submeshes =
      random.between(0, 1) == 0 ? schedule::SubmeshFamily::kUniform : schedule::SubmeshFamily::kRectangles;
  problem.most_members = static_cast<int>(problem.package.chiplets.size());
  add_made_up_shares(problem, misfits);
  return problem;
}

}  // namespace inlay::testing
