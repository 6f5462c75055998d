// The study's file: what is read from it, and what each mistake in it is answered with.
#include "inlay/studies/monolith/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/studies/studies.hpp"

namespace inlay::studies {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kPlan = R"(name: tiny
title: a title
source: a source
published: {throughput_ratio: 2.2, energy_efficiency_ratio: 1.9}
communication: shared
search: {splits: 1, gap: 0.01}
workloads:
  - {name: alone, models: [{model: resnet-18}]}
  - {name: pair, headline: true, models: [{model: resnet-18}, {model: gpt2-small, parameters: {sequence: 16}}]}
batches: [1, 4]
packages: [simba-nvd-2x2, het-sides-2x2]
noc_bandwidths: [256 B/cycle, 1024 B/cycle]
overlaps: [serial, overlapped]
engines:
  - engine: maestro
    dataflows:
      monolith: [kcp_ws, ykp_os, ykc_os]
      weight: [kcp_ws]
      output: [ykp_os, ykc_os]
      published: [ykp_os]
  - engine: data-centric
    dataflows: {monolith: [ws_tuned, ykp_os], weight: [ws_tuned], output: [ykp_os], published: [ykp_os]}
quick: {workloads: [pair], batches: [4], overlaps: [serial]}
)";

std::vector<monolith::ComparisonPlan> read_all(const std::string& text, bool quick = false) {
  return monolith::read_comparison_plans(base::YamlNode::parse(text, "tiny.yaml"), quick);
}

monolith::ComparisonPlan read(const std::string& text, bool quick = false) {
  return read_all(text, quick).front();
}

std::string changed(const std::string& from, const std::string& to) {
  std::string text = kPlan;
  const auto place = text.find(from);
  EXPECT_NE(place, std::string::npos) << from;
  return text.replace(place, from.size(), to);
}

/// The error message for the plan with one text replaced.
std::string error_for(const std::string& from, const std::string& to) {
  try {
    read(changed(from, to));
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "no error";
}

TEST(ComparisonPlan, IsReadWhole) {
  const monolith::ComparisonPlan plan = read(kPlan);
  EXPECT_EQ(plan.published_throughput_ratio, 2.2);
  EXPECT_EQ(plan.splits, 1);
  EXPECT_EQ(plan.gap, 0.01);
  ASSERT_EQ(plan.workloads.size(), 2U);
  EXPECT_EQ(plan.workloads[1].models.size(), 2U);
  EXPECT_EQ(plan.workloads[1].models[1].settings.at("sequence"), 16);
  EXPECT_THAT(plan.batches, ElementsAre(1, 4));
  EXPECT_EQ(plan.packages.size(), 2U);
  EXPECT_THAT(plan.noc_bandwidths, ElementsAre(256, 1024));
  EXPECT_THAT(plan.overlaps, ElementsAre(hardware::Overlap::kSerial, hardware::Overlap::kOverlapped));
  EXPECT_EQ(plan.dataflows.monolith.size(), 3U);
  EXPECT_THAT(plan.dataflows.published, ElementsAre("ykp_os"));
  EXPECT_THAT(monolith::headline_workloads(plan), ElementsAre("pair"));
}

TEST(ComparisonPlan, IsOnceForEveryEngine) {
  const std::vector<monolith::ComparisonPlan> plans = read_all(kPlan, true);
  ASSERT_EQ(plans.size(), 2U);
  EXPECT_EQ(plans[0].engine, "maestro");
  EXPECT_EQ(plans[1].engine, "data-centric");
  EXPECT_EQ(plans[1].dataflows.weight.front().name, "ws_tuned");
  for (const monolith::ComparisonPlan& plan : plans) {
    EXPECT_THAT(plan.batches, ElementsAre(4));
    EXPECT_EQ(plan.packages.size(), 2U);
  }
  EXPECT_THAT(error_for("engine: data-centric", "engine: maestro"), HasSubstr("stands in the list already"));
  EXPECT_THAT(error_for("  - engine: data-centric", "  - egnine: data-centric"),
              HasSubstr("did you mean 'engine'"));
}

TEST(ComparisonPlan, QuickKeepsWhatItNames) {
  const monolith::ComparisonPlan plan = read(kPlan, true);
  ASSERT_EQ(plan.workloads.size(), 1U);
  EXPECT_EQ(plan.workloads[0].name, "pair");
  EXPECT_THAT(plan.batches, ElementsAre(4));
  EXPECT_THAT(plan.noc_bandwidths, ElementsAre(256, 1024));
  EXPECT_THAT(plan.overlaps, ElementsAre(hardware::Overlap::kSerial));
}

TEST(ComparisonPlan, ShippedOneIsThePapersComparison) {
  const auto file = base::data_folder() / "studies" / "2312.09401.yaml";
  const std::vector<monolith::ComparisonPlan> plans =
      monolith::read_comparison_plans(base::YamlNode::load(file), false);
  ASSERT_EQ(plans.size(), 2U);
  const monolith::ComparisonPlan& plan = plans.front();
  EXPECT_EQ(plan.engine, "data-centric");
  EXPECT_EQ(plans[1].engine, "maestro");
  EXPECT_EQ(plan.workloads.size(), 4U);
  EXPECT_THAT(plan.batches, ElementsAre(1, 8, 64));
  EXPECT_THAT(plan.noc_bandwidths, ElementsAre(256, 1024));
  EXPECT_EQ(plan.packages.size(), 5U);
  EXPECT_EQ(plan.overlaps.size(), 2U);
  EXPECT_EQ(plan.published_throughput_ratio, 2.2);
  EXPECT_EQ(plan.published_energy_efficiency_ratio, 1.9);
  // No straw man: every dataflow that Inlay ships may be a monolith's, the tuned ones where they are tuned,
  // the fixed ones under the engine that does not tune.
  std::set<std::string> missing;
  for (const auto& entry : std::filesystem::directory_iterator(base::data_folder() / "dataflows")) {
    const dataflow::Dataflow dataflow = dataflow::load_dataflow(entry.path());
    const auto& offered = plans[has_free_sizes(dataflow) ? 0 : 1].dataflows.monolith;
    if (std::none_of(offered.begin(), offered.end(),
                     [&](const dataflow::Dataflow& other) { return other.name == dataflow.name; })) {
      missing.insert(dataflow.name);
    }
  }
  EXPECT_THAT(missing, ElementsAre("os_tuned_wide")) << "which has the array of os_tuned";
}

TEST(ComparisonPlan, MistakesAreNamedWithTheirPlace) {
  EXPECT_THAT(error_for("batches:", "batchs:"), AllOf(HasSubstr("tiny.yaml"), HasSubstr("batches")));
  EXPECT_THAT(error_for("[1, 4]", "[1, 0]"), AllOf(HasSubstr("tiny.yaml:10:14"), HasSubstr("batches[1]")));
  EXPECT_THAT(error_for("[1, 4]", "[4, 4]"), HasSubstr("stands in the list already"));
  EXPECT_THAT(error_for("[1, 4]", "[]"), HasSubstr("at least one entry"));
  EXPECT_THAT(error_for("engine: maestro", "engine: maestor"), HasSubstr("did you mean 'maestro'"));
  EXPECT_THAT(error_for("[serial, overlapped]", "[serail]"), HasSubstr("did you mean 'serial'"));
  EXPECT_THAT(error_for("gap: 0.01", "gap: 0.9"), HasSubstr("gap"));
  EXPECT_THAT(error_for("splits: 1", "splits: -1"), HasSubstr("splits"));
  EXPECT_THAT(error_for("256 B/cycle", "256"), HasSubstr("noc_bandwidths[0]"));
  EXPECT_THAT(error_for("256 B/cycle", "2.5 B/cycle"), HasSubstr("not a whole number"));
  EXPECT_THAT(error_for("model: gpt2-small", "model: gpt2-smal"), HasSubstr("gpt2-small"));
  EXPECT_THAT(error_for("model: gpt2-small, parameters: {sequence: 16}", "model: resnet-18"),
              HasSubstr("in this workload already"));
  EXPECT_THAT(error_for("name: pair", "name: alone"), HasSubstr("stands in the list already"));
  EXPECT_THAT(error_for("headline: true", "headline: false"), HasSubstr("headline: true"));
  EXPECT_THAT(error_for("name: tiny", "name: tiny\nspeed: high"), HasSubstr("speed"));
}

TEST(ComparisonPlan, MachinesThatCannotBeComparedAreRefused) {
  EXPECT_THAT(error_for("het-sides-2x2]", "het-sides-2x2-256pe]"), HasSubstr("the same silicon"));
  EXPECT_THAT(error_for("[simba-nvd-2x2, het-sides-2x2]", "[het-sides-2x2]"), HasSubstr("of one type only"));
  EXPECT_THAT(error_for("het-sides-2x2]", "het-side-2x2]"), HasSubstr("did you mean 'het-sides-2x2'"));
  EXPECT_THAT(error_for("weight: [kcp_ws]", "weight: [ykp_os]"), HasSubstr("weight-stationary ones"));
  EXPECT_THAT(error_for("[kcp_ws, ykp_os, ykc_os]", "[kcp_ws]"),
              HasSubstr("none of them is output-stationary"));
  EXPECT_THAT(error_for("published: [ykp_os]", "published: [kcp_ws]"), HasSubstr("ykp_os"));
}

TEST(StudyFile, IsRecognisedByItsKeysAndChecked) {
  const auto file = base::data_folder() / "studies" / "2312.09401.yaml";
  EXPECT_TRUE(is_study_file(file));
  EXPECT_EQ(check_study_file(file), "study '2312.09401', 240 points under each of 2 engines");
  EXPECT_FALSE(is_study_file(base::data_folder() / "packages" / "het-sides-2x2.yaml"));
  EXPECT_FALSE(is_study_file(base::data_folder() / "missing.yaml"));
  EXPECT_FALSE(is_study_file(base::data_folder()));
  EXPECT_THROW(check_study_file(base::data_folder() / "packages" / "het-sides-2x2.yaml"), base::InputError);
}

TEST(ComparisonPlan, QuickMustBeASubset) {
  EXPECT_THAT(error_for("batches: [4]", "batches: [8]"),
              HasSubstr("not among the values of the whole study"));
  EXPECT_THAT(error_for("workloads: [pair]", "workloads: [alone]"), HasSubstr("headline: true"));
  EXPECT_THAT(error_for("workloads: [pair]", "workloads: [pear]"), HasSubstr("did you mean 'pair'"));
}

}  // namespace
}  // namespace inlay::studies
