// inlay schedule --pareto: a table, files that agree with each other and can be used, a page; wrong input.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/program.hpp"
#include "support/published_schema.hpp"

namespace inlay::test {
namespace {

using inlay::testing::complaint;
using ::testing::HasSubstr;
using Json = nlohmann::json;

std::vector<std::string> front_of(std::vector<std::string> more) {
  std::vector<std::string> words = {"schedule", "resnet-18", "--package", "het-sides-2x2", "--splits", "0"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST(Front, WritesPointsThatVerifyAndAgreeWithEachOther) {
  const TemporaryFolder folder;
  const Outcome front =
      run_inlay(front_of({"--pareto", "latency,energy", "--out", "out", "--json"}), folder.path());
  ASSERT_EQ(front.code, 0) << front.err;
  Json json = Json::parse(front.out);
  EXPECT_EQ(front.out, read(folder.path() / "out/front.json"));
  EXPECT_EQ(complaint("front.schema.json", json), "");
  EXPECT_TRUE(json["certificate"]["proven"].get<bool>());
  const Json points = json["points"];
  ASSERT_GE(points.size(), 2U);
  const std::string csv = read(folder.path() / "out/front.csv");
  EXPECT_EQ(static_cast<std::size_t>(std::count(csv.begin(), csv.end(), '\n')), points.size() + 1);
  for (const std::size_t i : {std::size_t{0}, points.size() / 2, points.size() - 1}) {
    const std::string file = "out/" + points[i]["schedule"].get<std::string>();
    EXPECT_EQ(run_inlay({"verify", file}, folder.path()).code, 0);
    const Json document = Json::parse(read(folder.path() / file));
    EXPECT_EQ(complaint("schedule.schema.json", document), "");
    EXPECT_EQ(document["metrics"]["latency"], points[i]["latency"]);
    EXPECT_EQ(document["metrics"]["edp"], points[i]["edp"]);
  }
  json["points"][0].erase("edp");
  EXPECT_NE(complaint("front.schema.json", json), "");
}

// By an engine that does not tune tile sizes for the objective: the costs of layers are then the same in all
// runs.
TEST(Front, EndsAtTheOptimaOfItsObjectives) {
  const TemporaryFolder folder;
  const Json points = Json::parse(
      run_inlay(front_of({"--engine", "maestro", "--pareto", "energy,latency", "--json"}), folder.path())
          .out)["points"];
  double edp = points[0]["edp"];
  for (const Json& point : points) {
    edp = std::min(edp, point["edp"].get<double>());
  }
  const auto optimum = [&](const std::string& objective) {
    const Outcome best =
        run_inlay(front_of({"--engine", "maestro", "--objective", objective, "--json"}), folder.path());
    return Json::parse(best.out)["certificate"]["value"].get<double>();
  };
  EXPECT_NEAR(points.front()["latency"].get<double>() / optimum("latency"), 1.0, 1e-8);
  EXPECT_NEAR(points.back()["energy"].get<double>() / optimum("energy"), 1.0, 1e-8);
  EXPECT_NEAR(edp / optimum("edp"), 1.0, 1e-8);
}

TEST(Front, IsATableAndASectionOfThePage) {
  const TemporaryFolder folder;
  const Outcome table = run_inlay(front_of({"--pareto", "latency,energy", "--out", "out"}), folder.path());
  ASSERT_EQ(table.code, 0) << table.err;
  for (const std::string told : {"fastest", "least energy", "least EDP", "proven", "space"}) {
    EXPECT_THAT(table.out, HasSubstr(told));
  }
  ASSERT_EQ(run_inlay({"report", "out", "-o", "page.html"}, folder.path()).code, 0);
  EXPECT_THAT(read(folder.path() / "page.html"), HasSubstr("The front of latency and energy"));
  ASSERT_EQ(run_inlay({"report", "out", "--picture", "front", "-o", "front.svg"}, folder.path()).code, 0);
  EXPECT_THAT(read(folder.path() / "front.svg"), HasSubstr("<circle"));
}

TEST(Front, RefusesWhatItDoesNotKnow) {
  const TemporaryFolder folder;
  const auto told = [&](const std::vector<std::string>& more) {
    const Outcome outcome = run_inlay(front_of(more), folder.path());
    EXPECT_EQ(outcome.code, 2);
    EXPECT_EQ(outcome.out, "");
    return outcome.err;
  };
  EXPECT_THAT(told({"--pareto", "latency,enrgy"}), HasSubstr("did you mean 'energy'?"));
  EXPECT_THAT(told({"--pareto", "latency,foo"}), HasSubstr("allowed: latency, energy"));
  EXPECT_THAT(told({"--pareto", "latency"}), HasSubstr("latency,energy"));
  EXPECT_THAT(told({"--pareto", "latency,energy", "--strategy", "scar"}),
              HasSubstr("auto, exact, sequential"));
  EXPECT_THAT(told({"--pareto", "latency,energy", "--strategy", "exact", "--option", "exact.windows=free"}),
              HasSubstr("first-fit"));
  EXPECT_TRUE(files_below(folder.path()).empty());
}

TEST(Front, WithoutOneThereIsNoDrawing) {
  const TemporaryFolder folder;
  ASSERT_EQ(run_inlay(front_of({"--out", "out"}), folder.path()).code, 0);
  const Outcome outcome =
      run_inlay({"report", "out", "--picture", "front", "-o", "front.svg"}, folder.path());
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("--pareto latency,energy"));
}

}  // namespace
}  // namespace inlay::test
