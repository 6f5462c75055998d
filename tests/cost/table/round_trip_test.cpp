// What `inlay cost --csv` writes is what the engine `table` reads.
#include <gtest/gtest.h>

#include "cost/fixtures.hpp"
#include "inlay/cost/cost_table.hpp"
#include "inlay/cost/engines.hpp"
#include "inlay/cost/table/engine.hpp"
#include "inlay/report/files/layer_costs_csv.hpp"
#include "inlay/report/text/csv.hpp"
#include "inlay/report/text/layer_costs.hpp"

namespace inlay::cost {
namespace {

TEST(TableRoundTrip, ChangesNoBit) {
  workload::Scenario scenario;
  scenario.models.resize(2);
  scenario.models[0].name = "resnet, the \"50\"";
  scenario.models[0].batch = 6;
  scenario.models[0].model.layers = resnet50();
  scenario.models[1].name = "gpt";
  scenario.models[1].batch = 3;
  scenario.models[1].model.layers = gpt2_block(768, 128);
  scenario.models[1].model.layers.push_back(layer_of("soft max", workload::VectorShape{12345}));
  const std::vector<hardware::ChipletType> types = {chiplet_type("kcp_ws"), chiplet_type("ykc_os")};
  const CostTable written = build_cost_table(scenario, types, *make_engine("maestro"));
  const std::string text = report::text::csv_text(
      report::files::layer_costs_rows(scenario, written, types, objective::Objective::kEdp));

  std::vector<table::TableFile> files;
  files.push_back(table::parse_table_file(text, "costs.csv", ""));
  const CostTable read = build_cost_table(scenario, types, *table::make_engine(std::move(files), "hash"));
  for (std::size_t m = 0; m < scenario.models.size(); ++m) {
    EXPECT_EQ(read.models[m].mini_batches, written.models[m].mini_batches);
    EXPECT_EQ(read.models[m].class_of, written.models[m].class_of);
    EXPECT_EQ(read.models[m].entries, written.models[m].entries);
  }
  EXPECT_EQ(report::text::csv_text(
                report::files::layer_costs_rows(scenario, read, types, objective::Objective::kEdp)),
            text);
}

}  // namespace
}  // namespace inlay::cost
