// Every shipped model is costed on every shipped chiplet type by the default engine.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "inlay/cost/cost_table.hpp"
#include "inlay/cost/default_engine.hpp"
#include "inlay/cost/engines.hpp"
#include "inlay/hardware/chiplet_type.hpp"
#include "inlay/hardware/reference.hpp"
#include "inlay/workload/model_file.hpp"

namespace inlay::cost {
namespace {

class ShippedModels : public testing::TestWithParam<std::string> {};

TEST_P(ShippedModels, HaveACostOnEveryShippedChiplet) {
  std::vector<hardware::ChipletType> types;
  for (const std::string& name : hardware::shipped_names("chiplets")) {
    types.push_back(hardware::load_chiplet_type(name));
  }
  workload::Scenario scenario;
  scenario.models.push_back({GetParam(), workload::load_model(GetParam()), 1});
  const CostTable table = build_cost_table(scenario, types, *make_engine(kDefaultEngine));
  EXPECT_TRUE(table.refusals.empty()) << table.refusals.front();
  const std::vector<workload::Layer>& layers = scenario.models[0].model.layers;
  for (std::size_t layer = 0; layer < layers.size(); ++layer) {
    for (std::size_t type = 0; type < types.size(); ++type) {
      const LayerCost& cost = table.models[0].at(static_cast<int>(layer), 0, static_cast<int>(type));
      EXPECT_GE(cost.cycles * types[type].pes, workload::macs(layers[layer].shape)) << layers[layer].name;
      EXPECT_LE(cost.tile_bytes, types[type].l2_bytes) << layers[layer].name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, ShippedModels, testing::ValuesIn(hardware::shipped_names("models")),
                         [](const auto& name) {
                           std::string word = name.param;
                           for (char& c : word) {
                             c = c == '-' || c == '.' ? '_' : c;
                           }
                           return word;
                         });

}  // namespace
}  // namespace inlay::cost
