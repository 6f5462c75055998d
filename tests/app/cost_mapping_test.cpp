// inlay cost --mapping from the command line: its schema, tuned beside given, and mistakes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/program.hpp"
#include "support/published_schema.hpp"

namespace inlay::test {
namespace {

using inlay::testing::complaint;
using ::testing::AllOf;
using ::testing::HasSubstr;
using Json = nlohmann::json;

constexpr const char* kMapping = R"(name: mine
chiplet: CHIPLET
layer: {K: 64, C: 32, Y: 14, X: 14, R: 3, S: 3, padding: 1}
levels:
  memory: [K 4]
  l2: [R 3, S 3, C 2, spatial K 16, spatial C 16]
  l1: [Y 14, X 14]
)";

std::string mapping_for(const std::string& chiplet) {
  std::string text = kMapping;
  return text.replace(text.find("CHIPLET"), 7, chiplet);
}

TEST(CostMapping, KeepsToThePublishedSchema) {
  const TemporaryFolder folder;
  for (const std::string chiplet : {"systolic-ws-16", "gemmini-16"}) {
    folder.write("mine.yaml", mapping_for(chiplet));
    const Outcome outcome = run_inlay({"cost", "--mapping", "mine.yaml", "--json"}, folder.path());
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    Json json = Json::parse(outcome.out);
    EXPECT_EQ(complaint("mapped-costs.schema.json", json), "");
    EXPECT_EQ(json.contains("tile_commands"), chiplet == "gemmini-16");
    EXPECT_FALSE(json["tuned"].is_null());
    EXPECT_LE(json["tuned"]["cycles"].get<std::int64_t>(), json["given"]["cycles"].get<std::int64_t>());
    json.erase("given");
    EXPECT_NE(complaint("mapped-costs.schema.json", json), "");
    EXPECT_THAT(run_inlay({"cost", "--mapping", "mine.yaml"}, folder.path()).out,
                AllOf(HasSubstr("as given"), HasSubstr("tuned by data-centric")));
  }
}

TEST(CostMapping, ALayerOfAModelMayBeNamed) {
  const TemporaryFolder folder;
  folder.write("t.txt", "L3[WIO] K4 - L2[WI] R3 S3 C4 K16X C16Y - L0[W] Q56 P56\n");
  const Outcome outcome = run_inlay({"cost", "resnet-18", "--layer", "layer1.0.conv1", "--mapping", "t.txt",
                                     "--chiplet", "tpu-v1", "--json"},
                                    folder.path());
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(Json::parse(outcome.out)["layer"], "layer1.0.conv1");
}

std::string mistake(const TemporaryFolder& folder, std::vector<std::string> words, int code) {
  words.insert(words.begin(), "cost");
  const Outcome outcome = run_inlay(words, folder.path());
  EXPECT_EQ(outcome.code, code) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  return outcome.err;
}

TEST(CostMapping, MistakesAreNamed) {
  const TemporaryFolder folder;
  folder.write("mine.yaml", mapping_for("systolic-ws-16"));
  folder.write("t.txt", "L3[WIO] K4 - L2[WI] K16X - L0[W] Q56\n");
  EXPECT_THAT(mistake(folder, {}, 2), HasSubstr("a model, a scenario or --mapping is required"));
  EXPECT_THAT(mistake(folder, {"--mapping", "t.txt"}, 2), HasSubstr("--chiplet is required"));
  EXPECT_THAT(mistake(folder, {"--mapping", "none.yaml"}, 2), HasSubstr("none.yaml"));
  EXPECT_THAT(mistake(folder, {"resnet-18", "--mapping", "t.txt", "--chiplet", "tpu-v1"}, 2),
              HasSubstr("--layer"));
  EXPECT_THAT(
      mistake(folder, {"resnet-18", "--layer", "conv2", "--mapping", "t.txt", "--chiplet", "tpu-v1"}, 2),
      AllOf(HasSubstr("no layer 'conv2'"), HasSubstr("did you mean")));
  EXPECT_THAT(
      mistake(folder, {"resnet-18", "--layer", "conv1", "--mapping", "t.txt", "--chiplet", "tpu-v1"}, 1),
      HasSubstr("the layer has"));
  EXPECT_THAT(mistake(folder, {"--mapping", "mine.yaml", "--level", "DRAM=l3"}, 2),
              HasSubstr("for LEVEL, allowed: memory"));
  EXPECT_THAT(mistake(folder, {"--mapping", "mine.yaml", "--all"}, 2), HasSubstr("do not apply"));
  EXPECT_THAT(mistake(folder, {"resnet-18", "--chiplet", "tpu-v1", "--layer", "conv1"}, 2),
              HasSubstr("belong to --mapping"));
  std::string large = mapping_for("systolic-ws-16");
  large.replace(large.find("spatial K 16"), 12, "spatial K 32");
  large.replace(large.find("[K 4]"), 5, "[K 2]");
  folder.write("large.yaml", large);
  EXPECT_THAT(mistake(folder, {"--mapping", "large.yaml"}, 1),
              AllOf(HasSubstr("level 'l2' need 512 PEs"), HasSubstr("K 32"), HasSubstr("limit is 256")));
}

}  // namespace
}  // namespace inlay::test
