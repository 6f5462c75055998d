#include "inlay/evaluate/root_bounds.hpp"

#include <gtest/gtest.h>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/reference.hpp"
#include "support/problems.hpp"

namespace inlay::evaluate {
namespace {

constexpr double kNano = 1e-9;

// Seeds are fixed, so that what is asked of the counts cannot fail by chance.
TEST(RootBounds, AreNeverAboveTheCostOfARandomSchedule) {
  int schedules = 0;
  double closest_latency = 0.0;
  double closest_energy = 0.0;
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    base::Random random(seed);
    const schedule::Problem problem = testing::random_problem(random, {.misfits = true});
    const RootBounds bounds = root_bounds(problem);
    ASSERT_GT(bounds.latency, 0.0);
    ASSERT_GT(bounds.energy, 0.0);
    for (int i = 0; i < 20; ++i) {
      const schedule::Schedule schedule = testing::random_schedule(random, problem);
      try {
        const ScheduleCost cost = evaluate_reference(problem, schedule);
        ASSERT_LE(bounds.latency, cost.latency * (1 + 1e-12)) << "seed " << seed;
        ASSERT_LE(bounds.energy, cost.energy.total() * (1 + 1e-12)) << "seed " << seed;
        closest_latency = std::max(closest_latency, bounds.latency / cost.latency);
        closest_energy = std::max(closest_energy, bounds.energy / cost.energy.total());
        ++schedules;
      } catch (const base::InfeasibleError&) {
        continue;
      }
    }
  }
  EXPECT_GT(schedules, 20'000);
  // Single layers on single chiplets are among them: there the bounds must be all but met.
  EXPECT_GT(closest_latency, 0.99);
  EXPECT_GT(closest_energy, 0.99);
}

/// `chiplets` equal chiplets in a row without any cost but what a test sets: transfers take no time and no
/// energy.
schedule::Problem bare_problem(int chiplets, int models, int layers, std::int64_t batch) {
  schedule::Problem problem;
  hardware::ChipletType type;
  type.name = "only";
  type.l2_bytes = 1'000'000;
  type.clock = 1e9;
  problem.package.types = {type};
  for (int i = 0; i < chiplets; ++i) {
    problem.package.chiplets.push_back({"c" + std::to_string(i), 0, 0, i});
    problem.package.interfaces.push_back({"m" + std::to_string(i), i});
    if (i > 0) {
      problem.package.links.emplace_back(i - 1, i);
    }
  }
  problem.package.network = {1e40, hardware::BandwidthScope::kPerLink, 0.0, 0.0};
  problem.package.memory = {1e40, hardware::BandwidthScope::kPerPackage, 0.0, 0.0};
  hardware::derive_routes(problem.package);
  problem.communication = schedule::Communication::kPaper;
  for (int m = 0; m < models; ++m) {
    workload::Model model;
    cost::ModelCosts costs;
    costs.mini_batches = {1};
    costs.types = 1;
    model.tensors.push_back({"in", {100}, 8, 100, -1, {0}, false});
    for (int i = 0; i < layers; ++i) {
      workload::Layer layer;
      layer.name = "layer" + std::to_string(i);
      layer.shape = workload::GemmShape{};
      layer.inputs = {i};
      layer.outputs = {i + 1};
      model.layers.push_back(layer);
      const bool last = i + 1 == layers;
      model.tensors.push_back(
          {"t", {100}, 8, 100, i, last ? std::vector<int>{} : std::vector<int>{i + 1}, last});
      costs.class_of.push_back(i);
      costs.entries.push_back({});
      costs.entries.back().cycles = 1000;
    }
    problem.scenario.models.push_back({"model" + std::to_string(m), model, batch});
    problem.costs.models.push_back(costs);
  }
  return problem;
}

void expect_met(const schedule::Problem& problem, const schedule::Schedule& schedule,
                const std::string& latency_binds, double latency) {
  const RootBounds bounds = root_bounds(problem);
  EXPECT_NEAR(bounds.latency, latency, 1e-12 * latency);
  EXPECT_NEAR(evaluate_reference(problem, schedule).latency, latency, 1e-12 * latency);
  EXPECT_EQ(bounds.latency_binds, latency_binds);
}

TEST(RootBounds, ComputeOfAModelIsMetByAnEvenPipeline) {
  const schedule::Problem problem = bare_problem(3, 1, 3, 5);
  // 3 stages to fill, then 4 more mini-batches at 1000 ns.
  expect_met(problem, {{{{{0, 1, {{0, 1, 0}, {1, 2, 1}, {2, 3, 2}}}}}}, true}, "compute of model 'model0'",
             7000 * kNano);
}

TEST(RootBounds, ComputeOnAllChipletsIsMetByFullWindows) {
  const schedule::Problem problem = bare_problem(2, 4, 1, 3);
  const auto one = [](int model, int chiplet) { return schedule::Pipeline{model, 1, {{0, 1, chiplet}}}; };
  expect_met(problem, {{{{one(0, 0), one(1, 1)}}, {{one(2, 0), one(3, 1)}}}, true}, "compute on all chiplets",
             2 * 3000 * kNano);
}

TEST(RootBounds, TransfersOfAModelAreMetAtTheInterface) {
  for (const auto overlap : {hardware::Overlap::kSerial, hardware::Overlap::kOverlapped}) {
    schedule::Problem problem = bare_problem(1, 1, 1, 3);
    problem.overlap = overlap;
    problem.package.memory.bandwidth = 1e9;
    problem.package.memory.latency = 50 * kNano;
    problem.scenario.models[0].model.layers[0].weight_bytes = 5000;
    problem.scenario.models[0].model.layers[0].gathered_bytes = 1400;
    problem.costs.models[0].entries[0].cycles = overlap == hardware::Overlap::kSerial ? 1000 : 1800;
    // Reading 100 + 1400 B, writing 100 B, each with 50 ns; weights 5050 ns.
    const double move = 1550 + 150;
    const double latency =
        overlap == hardware::Overlap::kSerial ? 3 * (1000 + move) + 5050 : 2 * 1800 + move + 5050;
    expect_met(problem, {{{{{0, 1, {{0, 1, 0}}}}}}, true}, "memory transfers of model 'model0'",
               latency * kNano);
  }
}

TEST(RootBounds, MemoryBandwidthIsMetWhereAllModelsOnlyMoveBytes) {
  schedule::Problem problem = bare_problem(2, 2, 1, 2);
  problem.communication = schedule::Communication::kShared;
  problem.package.memory.bandwidth = 1e9;
  for (std::size_t m = 0; m < 2; ++m) {
    problem.costs.models[m].entries[0].cycles = 0;
    problem.scenario.models[m].model.layers[0].weight_bytes = 5000;
  }
  const schedule::Schedule schedule = {{{{{0, 1, {{0, 1, 0}}}, {1, 1, {{0, 1, 1}}}}}}, true};
  expect_met(problem, schedule, "memory bandwidth", 2 * (5000 + 2 * 200) * kNano);
  problem.communication = schedule::Communication::kPaper;
  expect_met(problem, schedule, "memory transfers of model 'model0'", (5000 + 2 * 200) * kNano);
}

TEST(RootBounds, TheBestMiniBatchAndTypeCount) {
  schedule::Problem problem = bare_problem(2, 1, 1, 4);
  hardware::ChipletType fast = problem.package.types[0];
  fast.clock = 2e9;
  problem.package.types.push_back(fast);
  problem.package.chiplets[1].type = 1;
  cost::ModelCosts& costs = problem.costs.models[0];
  costs.mini_batches = {1, 2, 4};
  costs.types = 2;
  costs.entries.assign(6, {});
  const std::int64_t cycles[] = {1000, 1000, 1500, 1400, 2900, 3100};  // [mini-batch][type]
  for (std::size_t i = 0; i < 6; ++i) {
    costs.entries[i].cycles = cycles[i];
  }
  // On the fast type: 4 x 500, 2 x 700 or 1 x 1550 ns.
  expect_met(problem, {{{{{0, 2, {{0, 1, 1}}}}}}, true}, "compute of model 'model0'", 1400 * kNano);
}

TEST(RootBounds, EnergyIsMetAtTheBestChiplet) {
  schedule::Problem problem = bare_problem(2, 1, 1, 3);
  hardware::Package& package = problem.package;
  package.interfaces = {{"m0", 0}};
  package.memory.energy_per_bit = 10e-12;
  package.network.energy_per_bit = 1e-12;
  package.types.push_back(package.types[0]);
  package.types[0].energy.l2_access = 3e-12;
  package.chiplets[1].type = 1;
  hardware::derive_routes(package);
  cost::ModelCosts& costs = problem.costs.models[0];
  costs.types = 2;
  costs.entries.assign(2, {});
  costs.entries[0].cycles = costs.entries[1].cycles = 1000;
  costs.entries[0].energy.mac = 7e-6;
  costs.entries[1].energy.mac = 2e-6;
  problem.scenario.models[0].model.layers[0].weight_bytes = 4000;
  const schedule::Schedule schedule = {{{{{0, 1, {{0, 1, 1}}}}}}, true};
  // On c1: 3 x 2 uJ, 3 x 200 + 4000 B at 80 pJ in memory and 8 pJ on the link.
  const double energy = 6e-6 + 4600 * 88e-12;
  EXPECT_NEAR(root_bounds(problem).energy, energy, 1e-12 * energy);
  EXPECT_NEAR(evaluate_reference(problem, schedule).energy.total(), energy, 1e-12 * energy);
  EXPECT_EQ(root_bounds(problem).energy_binds, "layers");

  costs.entries[0].energy.mac = costs.entries[1].energy.mac = 1e-9;
  // On c0: 83 pJ per byte.
  const double traffic = 3e-9 + 4600 * 83e-12;
  EXPECT_NEAR(root_bounds(problem).energy, traffic, 1e-12 * traffic);
  EXPECT_EQ(root_bounds(problem).energy_binds, "memory traffic");

  package.static_power = 1.0;
  EXPECT_NEAR(root_bounds(problem).energy, traffic + 3000 * kNano, 1e-12 * 3000 * kNano);
  EXPECT_EQ(root_bounds(problem).energy_binds, "static power");
  const schedule::Schedule near = {{{{{0, 1, {{0, 1, 0}}}}}}, true};
  EXPECT_NEAR(evaluate_reference(problem, near).energy.total(), traffic + 3000 * kNano, 1e-12 * 3000 * kNano);
}

}  // namespace
}  // namespace inlay::evaluate
