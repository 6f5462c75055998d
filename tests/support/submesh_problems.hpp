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

/// A constraint on some layers of a model that each of them can keep.
inline schedule::ShardingDemand random_sharding_demand(base::Random& random,
                                                       const schedule::Problem& problem) {
  const char* const axes[] = {"N", "M", "K", "C", "C>N", "C>M", "-", "*"};
  const auto axis = [&] { return std::string(axes[random.between(0, 7)]); };
  while (true) {
    schedule::ShardingDemand demand;
    demand.model =
        static_cast<int>(random.between(0, static_cast<std::int64_t>(problem.scenario.models.size()) - 1));
    const workload::Model& model = problem.scenario.models[static_cast<std::size_t>(demand.model)].model;
    const auto layers = static_cast<std::int64_t>(model.layers.size());
    demand.first = static_cast<int>(random.between(0, layers - 1));
    demand.last = static_cast<int>(random.between(demand.first + 1, layers));
    for (std::int64_t i = random.between(1, 2); i > 0; --i) {
      const std::string rows = axis();
      demand.choices.push_back(
          schedule::parse_choice(random.between(0, 1) == 0 ? rows : rows + "/" + axis()).value());
    }
    if (schedule::defect_of(demand, model).empty()) {
      return demand;
    }
  }
}

/// A random pipeline of a model's layers on disjoint submeshes that touch, each layer divided at random.
/// Chiplets that it takes are marked; without stages where it found no room.
inline schedule::Pipeline random_divided_pipeline(base::Random& random, const schedule::Problem& problem,
                                                  int index, int first, int last, std::vector<bool>& taken) {
  const workload::Model& model = problem.scenario.models[static_cast<std::size_t>(index)].model;
  const auto pick = [&](const auto& list) -> const auto& {
    return list[static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(list.size()) - 1))];
  };
  schedule::Pipeline pipeline{
      index, pick(problem.costs.models[static_cast<std::size_t>(index)].mini_batches), {}};
  while (first < last) {
    std::vector<hardware::Submesh> free;
    for (const hardware::Submesh& one : hardware::submeshes(problem.package, problem.most_members)) {
      const bool beside =
          pipeline.stages.empty() || hardware::touch(problem.package, pipeline.stages.back().submesh, one);
      if (beside && std::none_of(one.chiplets.begin(), one.chiplets.end(),
                                 [&](int chiplet) { return taken[static_cast<std::size_t>(chiplet)]; })) {
        free.push_back(one);
      }
    }
    if (free.empty()) {
      if (!pipeline.stages.empty()) {  // the last stage takes the rest
        schedule::Stage& stage = pipeline.stages.back();
        for (int layer = first; layer < last && !stage.submesh.single(); ++layer) {
          stage.shardings.push_back(
              pick(schedule::shardings_on(workload::divisions(model, layer),
                                          {stage.submesh.rows, stage.submesh.columns}, pipeline.mini_batch)));
        }
        stage.last = last;
      }
      return pipeline;
    }
    schedule::Stage stage{first, static_cast<int>(random.between(first + 1, last)), pick(free), {}};
    for (const int chiplet : stage.submesh.chiplets) {
      taken[static_cast<std::size_t>(chiplet)] = true;
    }
    for (int layer = stage.first; layer < stage.last && !stage.submesh.single(); ++layer) {
      stage.shardings.push_back(
          pick(schedule::shardings_on(workload::divisions(model, layer),
                                      {stage.submesh.rows, stage.submesh.columns}, pipeline.mini_batch)));
    }
    first = stage.last;
    pipeline.stages.push_back(std::move(stage));
  }
  return pipeline;
}

/// One model after the other, or two windows with all models; empty where a model found no room.
inline schedule::Schedule random_divided_schedule(base::Random& random, const schedule::Problem& problem) {
  schedule::Schedule schedule;
  const bool together = random.between(0, 1) == 0;
  for (int model = 0; model < static_cast<int>(problem.scenario.models.size()); ++model) {
    const int layers =
        static_cast<int>(problem.scenario.models[static_cast<std::size_t>(model)].model.layers.size());
    const int cut = together ? static_cast<int>(random.between(0, layers)) : layers;
    int begin = 0;
    for (int part = 0; part < 2; ++part) {
      const int end = part == 0 ? cut : layers;
      if (begin == end) {
        continue;
      }
      const std::size_t window = together ? static_cast<std::size_t>(part) : schedule.windows.size();
      schedule.windows.resize(std::max(schedule.windows.size(), window + 1));
      std::vector<bool> taken(problem.package.chiplets.size(), false);
      for (const schedule::Pipeline& other : schedule.windows[window].pipelines) {
        for (const schedule::Stage& stage : other.stages) {
          for (const int chiplet : stage.submesh.chiplets) {
            taken[static_cast<std::size_t>(chiplet)] = true;
          }
        }
      }
      schedule::Pipeline pipeline = random_divided_pipeline(random, problem, model, begin, end, taken);
      if (pipeline.stages.empty()) {
        return {};
      }
      schedule.windows[window].pipelines.push_back(std::move(pipeline));
      begin = end;
    }
  }
  schedule.windows.erase(std::remove_if(schedule.windows.begin(), schedule.windows.end(),
                                        [](const auto& window) { return window.pipelines.empty(); }),
                         schedule.windows.end());
  return schedule;
}

}  // namespace inlay::testing
