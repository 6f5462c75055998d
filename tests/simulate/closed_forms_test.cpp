// Pipelines whose period one resource sets: the replay against a formula by hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/simulate/replay.hpp"
#include "inlay/simulate/trace.hpp"
#include "support/problems.hpp"

namespace inlay::simulate {
namespace {

constexpr std::int64_t kBatch = 400;
constexpr double kNear = 0.01;

/// Chiplets in a row; a memory interface at each of `interfaces`.
hardware::Package row_of_chiplets(int count, const std::vector<int>& interfaces,
                                  hardware::BandwidthScope memory) {
  hardware::Package package;
  hardware::ChipletType type;
  type.name = "any";
  type.l2_bytes = 100'000'000;
  type.clock = 1e9;
  package.types = {type};
  for (int i = 0; i < count; ++i) {
    package.chiplets.push_back({"c" + std::to_string(i), 0, 0, i});
    if (i > 0) {
      package.links.emplace_back(i - 1, i);
    }
  }
  package.network = {100e9, hardware::BandwidthScope::kPerLink, 0.0, 0.0};
  package.memory = {50e9, memory, 0.0, 0.0};
  for (const int chiplet : interfaces) {
    package.interfaces.push_back({"m" + std::to_string(chiplet), chiplet});
  }
  hardware::derive_routes(package);
  return package;
}

/// A chain whose tensors have these bytes a sample; every layer takes `cycles` a sample.
void add_chain(schedule::Problem& problem, const std::vector<std::int64_t>& bytes, std::int64_t cycles,
               std::int64_t weights = 0) {
  workload::Model model;
  model.name = "chain" + std::to_string(problem.scenario.models.size());
  cost::ModelCosts costs;
  costs.mini_batches = cost::mini_batch_sizes(kBatch);
  costs.types = 1;
  const int layers = static_cast<int>(bytes.size()) - 1;
  for (int i = 0; i <= layers; ++i) {
    workload::Tensor tensor;
    tensor.name = "t" + std::to_string(i);
    tensor.bytes = bytes[static_cast<std::size_t>(i)];
    tensor.dimensions = {tensor.bytes};
    tensor.producer = i - 1;
    tensor.is_output = i == layers;
    if (i < layers) {
      tensor.users = {i};
    }
    model.tensors.push_back(tensor);
  }
  for (int i = 0; i < layers; ++i) {
    workload::Layer layer;
    layer.name = "layer" + std::to_string(i);
    layer.op = "gemm";
    layer.shape = workload::GemmShape{1, 1, 1 + i, 1, true};
    layer.inputs = {i};
    layer.outputs = {i + 1};
    layer.weight_bytes = weights;
    model.layers.push_back(layer);
    costs.class_of.push_back(i);
    for (const std::int64_t size : costs.mini_batches) {
      cost::LayerCost entry;
      entry.cycles = size * cycles;
      costs.entries.push_back(entry);
    }
  }
  problem.scenario.models.push_back({model.name, model, kBatch});
  problem.costs.models.push_back(costs);
}

schedule::Pipeline pipeline(int model, std::vector<schedule::Stage> stages) {
  return {model, 1, std::move(stages)};
}

schedule::Problem overlapped(hardware::Package package) {
  schedule::Problem problem;
  problem.package = std::move(package);
  problem.overlap = hardware::Overlap::kOverlapped;
  return problem;
}

constexpr auto kPerPackage = hardware::BandwidthScope::kPerPackage;
constexpr auto kPerInterface = hardware::BandwidthScope::kPerInterface;

double period(const schedule::Problem& problem, const schedule::Schedule& schedule) {
  return replay(problem, schedule).latency / kBatch;
}

TEST(Period, OfTheChipletThatComputesLongest) {
  schedule::Problem problem = overlapped(row_of_chiplets(2, {0, 1}, kPerPackage));
  add_chain(problem, {1000, 1000, 1000, 1000}, 5000);
  const schedule::Schedule schedule = {{{{pipeline(0, {{0, 1, 0}, {1, 3, 1}})}}}};
  EXPECT_NEAR(period(problem, schedule), 10000e-9, kNear * 10000e-9);
}

TEST(Period, OfTheLinkBetweenTwoStages) {
  schedule::Problem problem = overlapped(row_of_chiplets(2, {0, 1}, kPerPackage));
  add_chain(problem, {100, 1'000'000, 100}, 2000);
  const schedule::Schedule schedule = {{{{pipeline(0, {{0, 1, 0}, {1, 2, 1}})}}}};
  EXPECT_NEAR(period(problem, schedule), 1e6 / 100e9, kNear * 1e-5);
}

TEST(Period, OfALinkThatTwoPipelinesCross) {
  schedule::Problem problem = overlapped(row_of_chiplets(4, {0, 3}, kPerPackage));
  add_chain(problem, {100, 1'000'000, 100}, 2000);
  add_chain(problem, {100, 1'000'000, 100}, 2000);
  // Both go through the link from c1 to c2: from c0 to c2, and from c1 to c3.
  const schedule::Schedule schedule = {
      {{{pipeline(0, {{0, 1, 0}, {1, 2, 2}}), pipeline(1, {{0, 1, 1}, {1, 2, 3}})}}}, false};
  const Replay result = replay(problem, schedule);
  EXPECT_NEAR(result.latency / kBatch, 2e6 / 100e9, kNear * 2e-5);
  const auto link = std::find_if(result.resources.begin(), result.resources.end(),
                                 [](const auto& one) { return one.name == "link c1 -> c2"; });
  ASSERT_NE(link, result.resources.end());
  EXPECT_GT(link->utilisation, 0.99);
  EXPECT_LE(link->utilisation, 1.0);
  // Backwards they do not meet.
  const schedule::Schedule against = {
      {{{pipeline(0, {{0, 1, 0}, {1, 2, 2}}), pipeline(1, {{0, 1, 3}, {1, 2, 1}})}}}, false};
  EXPECT_NEAR(period(problem, against), 1e6 / 100e9, kNear * 1e-5);
}

// c1 receives from c0 and reads its inputs through the interface at c2: two links, one way into c1.
TEST(Period, OfWhatAChipletMayReceiveWhereThatIsLimited) {
  for (const auto scope : {hardware::BandwidthScope::kPerLink, hardware::BandwidthScope::kPerChiplet}) {
    schedule::Problem problem = overlapped(row_of_chiplets(3, {2}, kPerPackage));
    problem.package.network.scope = scope;
    problem.package.memory.bandwidth = 1000e9;
    add_chain(problem, {100, 1'000'000, 100}, 1000);
    workload::Model& model = problem.scenario.models[0].model;
    model.layers[1].gathered_bytes = 500'000;
    const schedule::Schedule schedule = {{{{pipeline(0, {{0, 1, 0}, {1, 2, 1}})}}}};
    const double bytes = scope == hardware::BandwidthScope::kPerLink ? 1e6 : 1.5e6;
    EXPECT_NEAR(period(problem, schedule), bytes / 100e9, kNear * bytes / 100e9);
  }
}

// Room for two mini-batches: each holds its place while it is passed on, while the stage reads what belongs
// to it from memory, and while it is computed.
TEST(Period, OfAPlaceForWhatIsPassedOn) {
  schedule::Problem problem = overlapped(row_of_chiplets(3, {2}, kPerPackage));
  problem.package.memory.bandwidth = 1000e9;
  add_chain(problem, {100, 1'000'000, 100}, 1000);
  problem.scenario.models[0].model.layers[1].gathered_bytes = 1'000'000;
  const schedule::Schedule schedule = {{{{pipeline(0, {{0, 1, 0}, {1, 2, 1}})}}}};
  EXPECT_NEAR(period(problem, schedule), (10e-6 + 10e-6 + 1e-6) / 2, kNear * 10.5e-6);
}

// A tensor that does not fit is written and read back before the next layer uses it: no computing hides that.
// Behind a layer between them it comes back meanwhile.
TEST(Period, OfATensorThatIsSpilled) {
  for (const bool shortcut : {false, true}) {
    schedule::Problem problem = overlapped(row_of_chiplets(1, {0}, kPerPackage));
    add_chain(problem, {100, 1'000'000, 100, 100}, 50'000);
    problem.package.types[0].l2_bytes = 500'000;
    workload::Model& model = problem.scenario.models[0].model;
    if (shortcut) {
      model.tensors[1].users = {1, 2};
      model.layers[2].inputs = {1, 2};
    }
    const schedule::Schedule schedule = {{{{pipeline(0, {{0, 3, 0}})}}}};
    const double spill = 2e6 / 50e9;
    const double expected = shortcut ? 150e-6 : 150e-6 + spill;
    const double latency = evaluate::evaluate_reference(problem, schedule).latency;
    EXPECT_NEAR(latency / kBatch, expected, kNear * expected);
    if (!shortcut) {
      EXPECT_NEAR(period(problem, schedule), expected, kNear * expected);
    }
  }
}

TEST(Period, OfAnInterfaceThatTwoPipelinesUse) {
  schedule::Problem problem = overlapped(row_of_chiplets(2, {0}, kPerInterface));
  add_chain(problem, {300'000, 100}, 1000);
  add_chain(problem, {200'000, 100}, 1000);
  const schedule::Schedule schedule = {{{{pipeline(0, {{0, 1, 0}}), pipeline(1, {{0, 1, 1}})}}}};
  const Replay result = replay(problem, schedule);
  // Half each until the shorter one is through, then all for the longer one.
  EXPECT_NEAR(result.latency / kBatch, 500'200 / 50e9, kNear * 500'200 / 50e9);
  EXPECT_NEAR(result.windows[0].pipelines[1].end / kBatch, 400'200 / 50e9, kNear * 400'200 / 50e9);
}

TEST(Period, OfTheMemoryBehindTwoInterfaces) {
  for (const auto scope : {kPerPackage, kPerInterface}) {
    schedule::Problem problem = overlapped(row_of_chiplets(2, {0, 1}, scope));
    add_chain(problem, {300'000, 100}, 1000);
    add_chain(problem, {300'000, 100}, 1000);
    const schedule::Schedule schedule = {{{{pipeline(0, {{0, 1, 0}}), pipeline(1, {{0, 1, 1}})}}}};
    const double bytes = scope == kPerPackage ? 600'200 : 300'100;
    EXPECT_NEAR(period(problem, schedule), bytes / 50e9, kNear * bytes / 50e9);
  }
}

TEST(Period, OfASerialStageIsTheSumOfWhatItDoes) {
  schedule::Problem problem = overlapped(row_of_chiplets(1, {0}, kPerPackage));
  problem.overlap = hardware::Overlap::kSerial;
  add_chain(problem, {50'000, 100'000, 50'000}, 1000, 200'000);
  const schedule::Schedule schedule = {{{{pipeline(0, {{0, 2, 0}})}}}};
  // 1 us in, 2 x 1 us computing, 1 us out; 8 us of weights once.
  EXPECT_NEAR(replay(problem, schedule).latency, 8e-6 + kBatch * 4e-6, 1e-15);
}

TEST(Period, OfAStageThatStreamsWeights) {
  schedule::Problem problem = overlapped(row_of_chiplets(1, {0}, kPerPackage));
  add_chain(problem, {100, 100, 100, 100}, 1000, 500'000);
  problem.package.types[0].l2_bytes = 600'000;
  const schedule::Schedule schedule = {{{{pipeline(0, {{0, 3, 0}})}}}};
  EXPECT_NEAR(period(problem, schedule), 1'500'200 / 50e9, kNear * 3e-5);
}

TEST(Replay, IsTheSameEveryTime) {
  base::Random random(7);
  const schedule::Problem problem = testing::random_problem(random, {3, 3, 4, 9, 12});
  const schedule::Schedule schedule = testing::random_schedule(random, problem);
  ReplayOptions options;
  options.jitter = 0.02;
  options.runs = 3;
  options.keep_timeline = true;
  const Replay once = replay(problem, schedule, options);
  const Replay again = replay(problem, schedule, options);
  EXPECT_EQ(once.latencies, again.latencies);
  EXPECT_EQ(trace_json(problem, schedule, once), trace_json(problem, schedule, again));
  EXPECT_NE(once.latencies[0], once.latencies[1]);
  options.seed = 2;
  const Replay shifted = replay(problem, schedule, options);
  EXPECT_EQ(once.latencies[1], shifted.latencies[0]);
}

TEST(Replay, CarriesEveryByteOnceAndNoResourceMoreThanItCan) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    base::Random random(seed);
    schedule::Problem problem = testing::random_problem(random, {3, 3, 4, 9, 12});
    problem.package.network.scope =
        seed % 2 == 0 ? hardware::BandwidthScope::kPerChiplet : hardware::BandwidthScope::kPerLink;
    const schedule::Schedule schedule = testing::random_schedule(random, problem);
    Replay fair;
    try {
      fair = replay(problem, schedule);
    } catch (const base::InfeasibleError&) {
      continue;
    }
    for (const ResourceReplay& resource : fair.resources) {
      EXPECT_LE(resource.utilisation, 1.0 + 1e-9) << "seed " << seed << ", " << resource.name;
    }
    for (const double computing : fair.computing) {
      EXPECT_LE(computing, 1.0 + 1e-9) << "seed " << seed;
    }
  }
}

TEST(Trace, IsJsonWithASliceForEveryActivity) {
  const schedule::Problem problem = testing::worked_example();
  const schedule::Schedule schedule = testing::worked_example_schedule();
  ReplayOptions options;
  options.keep_timeline = true;
  const Replay result = replay(problem, schedule, options);
  const auto trace = nlohmann::json::parse(trace_json(problem, schedule, result));
  double end = 0.0;
  std::size_t slices = 0;
  for (const auto& event : trace["traceEvents"]) {
    if (event["ph"] == "X") {
      ++slices;
      end = std::max(end, event["ts"].get<double>() + event["dur"].get<double>());
    }
  }
  EXPECT_EQ(slices, result.windows[0].timeline.size());
  EXPECT_NEAR(end, result.latency * 1e6, 1e-9);
}

}  // namespace
}  // namespace inlay::simulate
