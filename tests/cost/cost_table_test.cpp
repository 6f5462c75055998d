#include "inlay/cost/cost_table.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <atomic>
#include <set>

#include "cost/fixtures.hpp"
#include "inlay/base/checked.hpp"
#include "inlay/cost/engines.hpp"
#include "inlay/cost/memoizing_engine.hpp"
#include "inlay/cost/whole_batch_table.hpp"

namespace inlay::cost {
namespace {

workload::Scenario scenario() {
  workload::Scenario scenario;
  scenario.models.push_back({"resnet", {}, 6});
  scenario.models.back().model.layers = resnet50();
  scenario.models.push_back({"gpt", {}, 4});
  scenario.models.back().model.layers = gpt2_block(768, 128);
  return scenario;
}

/// Counts calls, and fails for chosen layers.
class CountingEngine : public CostEngine {
 public:
  std::string name() const override { return "counting"; }
  std::string version() const override { return "1"; }
  std::vector<std::string> assumptions() const override { return {"none"}; }
  LayerCost evaluate(const workload::Layer& layer, std::int64_t mini_batch,
                     const hardware::ChipletType& type) const override {
    ++calls;
    if (failing.count(layer.name) != 0 && (only_type.empty() || only_type == type.name) &&
        mini_batch >= smallest_failing) {
      throw base::InfeasibleError(layer.name + " on " + type.name);
    }
    LayerCost cost;
    cost.cycles = mini_batch;
    return cost;
  }
  std::set<std::string> failing;
  std::string only_type;              // fails on this type only; empty: on all
  std::int64_t smallest_failing = 1;  // mini-batch from which on it fails
  mutable std::atomic<int> calls{0};
};

TEST(CostTable, MiniBatchSizesAreTheDistinctQuotients) {
  EXPECT_EQ(mini_batch_sizes(1), (std::vector<std::int64_t>{1}));
  EXPECT_EQ(mini_batch_sizes(6), (std::vector<std::int64_t>{1, 2, 3, 6}));
  EXPECT_TRUE(rc::check([] {
    const auto batch = *rc::gen::inRange<std::int64_t>(1, 3000);
    std::set<std::int64_t> expected;
    for (std::int64_t i = 1; i <= batch; ++i) {
      expected.insert(base::ceil_divide(batch, i));
    }
    RC_ASSERT(mini_batch_sizes(batch) == std::vector<std::int64_t>(expected.begin(), expected.end()));
  }));
  EXPECT_EQ(mini_batch_sizes(std::int64_t{1} << 30).size(), 65535U);
}

TEST(CostTable, HoldsWhatTheEngineSaysOfEveryLayer) {
  const workload::Scenario input = scenario();
  const std::vector<hardware::ChipletType> types = {chiplet_type("kcp_ws"), chiplet_type("ykp_os64")};
  const auto engine = make_engine("maestro");
  const CostTable table = build_cost_table(input, types, *engine);
  EXPECT_EQ(table.engine, "maestro");
  EXPECT_EQ(table.assumptions, engine->assumptions());
  for (std::size_t m = 0; m < input.models.size(); ++m) {
    const ModelCosts& costs = table.models[m];
    EXPECT_EQ(costs.mini_batches, mini_batch_sizes(input.models[m].batch));
    for (std::size_t layer = 0; layer < input.models[m].model.layers.size(); ++layer) {
      for (const std::int64_t size : costs.mini_batches) {
        for (int type = 0; type < 2; ++type) {
          EXPECT_EQ(costs.at(static_cast<int>(layer), costs.index_of(size), type),
                    engine->evaluate(input.models[m].model.layers[layer], size,
                                     types[static_cast<std::size_t>(type)]));
        }
      }
    }
  }
  EXPECT_THROW(table.models[0].index_of(5), base::DefectError);
  EXPECT_THROW(table.models[0].index_of(7), base::DefectError);
}

TEST(CostTable, CostsADistinctShapeOnce) {
  workload::Scenario input = scenario();
  input.models[1].batch = 6;
  input.models.push_back(input.models[0]);
  const CountingEngine engine;
  const CostTable table =
      build_cost_table(input, {chiplet_type("kcp_ws"), chiplet_type("ykp_os64")}, engine, 2);
  std::set<workload::Shape> shapes;
  for (const auto& model : input.models) {
    for (const auto& layer : model.model.layers) {
      shapes.insert(layer.shape);
    }
  }
  EXPECT_EQ(engine.calls, static_cast<int>(shapes.size()) * 4 * 2);
  EXPECT_EQ(table.models[2].at(3, 3, 1).cycles, 6);
}

TEST(CostTable, IsTheSameForAnyNumberOfThreads) {
  const std::vector<hardware::ChipletType> types = {chiplet_type("kcp_ws"), chiplet_type("ykp_os64")};
  const auto engine = make_engine("maestro");
  const CostTable one = build_cost_table(scenario(), types, *engine, 1);
  const CostTable five = build_cost_table(scenario(), types, *engine, 5);
  for (std::size_t m = 0; m < one.models.size(); ++m) {
    EXPECT_EQ(one.models[m].entries, five.models[m].entries);
  }
}

TEST(CostTable, TheFirstErrorByIndexIsTheOneReported) {
  CountingEngine engine;
  engine.failing = {"conv4_1_2", "fc", "head"};
  for (int threads = 1; threads <= 8; ++threads) {
    try {
      build_cost_table(scenario(), {chiplet_type("kcp_ws"), chiplet_type("ykp_os64")}, engine, threads);
      FAIL() << "no error";
    } catch (const base::InfeasibleError& error) {
      EXPECT_STREQ(error.what(), "conv4_1_2 on kcp_ws_4096");
    }
  }
}

TEST(CostTable, ALayerThatOneTypeCannotRunIsAnEntryAndNoError) {
  CountingEngine engine;
  engine.failing = {"fc"};
  engine.only_type = "ykp_os64_4096";
  engine.smallest_failing = 2;
  const workload::Scenario input = scenario();
  const CostTable table =
      build_cost_table(input, {chiplet_type("kcp_ws"), chiplet_type("ykp_os64")}, engine, 1);
  EXPECT_EQ(table.refusals, std::vector<std::string>{"fc on ykp_os64_4096"});
  const std::vector<workload::Layer>& layers = input.models[0].model.layers;
  int refused = 0;
  for (std::size_t layer = 0; layer < layers.size(); ++layer) {
    for (int size = 0; size < 4; ++size) {
      const bool runs = table.models[0].at(static_cast<int>(layer), size, 1).mappable;
      EXPECT_EQ(runs, layers[layer].name != "fc" || size == 0);
      EXPECT_TRUE(table.models[0].at(static_cast<int>(layer), size, 0).mappable);
      EXPECT_TRUE(table.models[0].mappable(static_cast<int>(layer), size));
      refused += runs ? 0 : 1;
    }
  }
  EXPECT_EQ(refused, 3);
}

TEST(CostTable, OfWholeBatchesHasOneSizeOfEachModel) {
  const workload::Scenario input = scenario();
  const std::vector<hardware::ChipletType> types = {chiplet_type("kcp_ws"), chiplet_type("ykp_os64")};
  const auto engine = make_engine("maestro");
  const CostTable all = build_cost_table(input, types, *engine);
  const CostTable whole = whole_batch_table(input, types, *engine);
  for (std::size_t m = 0; m < input.models.size(); ++m) {
    const std::int64_t batch = input.models[m].batch;
    EXPECT_EQ(whole.models[m].mini_batches, std::vector{batch});
    for (int layer = 0; layer < static_cast<int>(input.models[m].model.layers.size()); ++layer) {
      for (int type = 0; type < 2; ++type) {
        EXPECT_EQ(whole.models[m].at(layer, 0, type),
                  all.models[m].at(layer, all.models[m].index_of(batch), type));
      }
    }
  }
}

/// An engine of the same answers that says it is slow.
class SlowEngine : public CountingEngine {
 public:
  bool worth_caching(const hardware::ChipletType& type) const override {
    return type.dataflow.name == "kcp_ws";
  }
};

TEST(RememberingEngine, WorksOutEachCostOnceWhereItIsWorthIt) {
  auto slow = std::make_unique<SlowEngine>();
  slow->failing = {"refused"};
  const SlowEngine& asked = *slow;
  const auto engine = memoizing(std::move(slow));
  const hardware::ChipletType type = chiplet_type("kcp_ws");
  const workload::Layer layer = layer_of("layer", workload::GemmShape{4, 5, 6, 1, true});
  EXPECT_EQ(engine->evaluate(layer, 3, type).cycles, 3);
  EXPECT_EQ(engine->evaluate(layer, 3, type).cycles, 3);
  EXPECT_EQ(asked.calls, 1);
  EXPECT_EQ(engine->evaluate(layer, 2, type).cycles, 2) << "another mini-batch is another cost";
  hardware::ChipletType other = type;
  other.noc_bytes_per_cycle += 1;
  engine->evaluate(layer, 3, other);
  EXPECT_EQ(asked.calls, 3);
  const hardware::ChipletType quick = chiplet_type("ykp_os64");
  engine->evaluate(layer, 3, quick);
  engine->evaluate(layer, 3, quick);
  EXPECT_EQ(asked.calls, 5) << "not worth it";
  const workload::Layer refused = layer_of("refused", layer.shape);
  EXPECT_THROW(engine->evaluate(layer_of("refused", workload::GemmShape{1, 1, 1, 1, true}), 1, type),
               base::InfeasibleError);
  EXPECT_EQ(engine->evaluate(refused, 3, type).cycles, 3) << "the shape counts, not the name";
}

}  // namespace
}  // namespace inlay::cost
