// What the commands give when all is well: figures that agree with each other, files that are whole and safe.
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

constexpr double kClose = 1e-12;

Outcome run(const std::vector<std::string>& words, const TemporaryFolder& folder) {
  return run_inlay(words, folder.path());
}

TEST(Schedule, WritesFilesThatVerifyAndCanBeAStart) {
  const TemporaryFolder folder;
  const Outcome first =
      run({"schedule", "resnet-18", "--package", "het-sides-2x2", "--splits", "0", "--out", "out"}, folder);
  ASSERT_EQ(first.code, 0) << first.err;
  for (const std::string told : {"latency", "throughput", "energy", "EDP", "lower bound", "what binds",
                                 "space", "bottleneck", "assumption"}) {
    EXPECT_THAT(first.out, HasSubstr("\n" + told));
  }
  EXPECT_EQ(run({"verify", "out/schedule.json"}, folder).code, 0);
  const Json document = Json::parse(read(folder.path() / "out/schedule.json"));
  const std::string csv = read(folder.path() / "out/stages.csv");
  std::size_t stages = 0;
  for (const Json& window : document["schedule"]["windows"]) {
    for (const Json& pipeline : window["pipelines"]) {
      stages += pipeline["stages"].size();
    }
  }
  EXPECT_EQ(static_cast<std::size_t>(std::count(csv.begin(), csv.end(), '\n')), stages + 1);

  const Outcome again = run({"schedule", "resnet-18", "--package", "het-sides-2x2", "--splits", "0",
                             "--start", "out/schedule.json", "--json"},
                            folder);
  ASSERT_EQ(again.code, 0) << again.err;
  EXPECT_LE(Json::parse(again.out)["certificate"]["value"].get<double>(),
            document["certificate"]["value"].get<double>() * (1 + kClose));
}

TEST(Schedule, SameSeedSameScheduleForAnyThreads) {
  const TemporaryFolder folder;
  std::vector<Json> schedules;
  for (const std::string threads : {"1", "2"}) {
    const Outcome outcome = run(
        {"schedule", "resnet-18", "--package", "het-3ws-1os-2x2", "--threads", threads, "--json"}, folder);
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    schedules.push_back(Json::parse(outcome.out)["schedule"]);
  }
  EXPECT_EQ(schedules[0], schedules[1]);
}

TEST(Schedule, InfeasibleIsSaidWithExitCodeOne) {
  const TemporaryFolder folder;
  const Outcome outcome = run({"schedule", "gpt2-small-resnet50", "--package", "monolithic:het-sides-2x2",
                               "--strategy", "standalone", "--out", "out"},
                              folder);
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  EXPECT_TRUE(files_below(folder.path()).empty());
}

TEST(Compare, RowsAgreeWithScheduleAndRatiosWithRows) {
  const TemporaryFolder folder;
  const Outcome compared =
      run({"compare", "resnet-18", "--package", "simba-shi-2x2", "--package", "het-sides-2x2", "--strategy",
           "sequential", "--strategy", "exact", "--splits", "1", "--out", "out", "--json"},
          folder);
  ASSERT_EQ(compared.code, 0) << compared.err;
  const Json comparison = Json::parse(compared.out);
  EXPECT_EQ(comparison, Json::parse(read(folder.path() / "out/comparison.json")));
  ASSERT_EQ(comparison["rows"].size(), 4U);
  double lowest = comparison["rows"][0]["metrics"]["edp"];
  for (const Json& row : comparison["rows"]) {
    const Json document = Json::parse(read(folder.path() / "out" / row["schedule"].get<std::string>()));
    EXPECT_EQ(row["metrics"]["latency"], document["metrics"]["latency"]);
    EXPECT_EQ(row["metrics"]["edp"], document["metrics"]["edp"]);
    EXPECT_NEAR(row["ratios"]["objective"].get<double>(),
                comparison["rows"][0]["metrics"]["edp"].get<double>() / row["metrics"]["edp"].get<double>(),
                1e-9);
    lowest = std::min(lowest, row["metrics"]["edp"].get<double>());
  }
  for (const Json& row : comparison["rows"]) {
    if (row["best"].get<bool>()) {
      EXPECT_DOUBLE_EQ(row["metrics"]["edp"].get<double>(), lowest);
    }
  }
  const Outcome single =
      run({"schedule", "resnet-18", "--package", "het-sides-2x2", "--splits", "1", "--json"}, folder);
  EXPECT_NEAR(Json::parse(single.out)["metrics"]["edp"].get<double>(),
              comparison["rows"][3]["metrics"]["edp"].get<double>(), kClose);
}

TEST(Compare, KeepsToThePublishedSchema) {
  const TemporaryFolder folder;
  const Outcome outcome = run({"compare", "gpt2-small-resnet50", "--package", "het-sides-2x2", "--package",
                               "monolithic:het-sides-2x2", "--strategy", "standalone", "--json"},
                              folder);
  Json comparison = Json::parse(outcome.out);
  EXPECT_EQ(complaint("comparison.schema.json", comparison), "");
  EXPECT_NE(complaint("comparison.schema.json", {{"format", "inlay-comparison"}}), "");
  comparison["rows"][0]["metrics"].erase("edp");
  EXPECT_NE(complaint("comparison.schema.json", comparison), "");
}

TEST(Schedule, NamesEveryFileItCameFrom) {
  const TemporaryFolder folder;
  folder.write("mine.yaml", "name: mine\nsource: a test\nmodels:\n  - {model: resnet-18, batch: 1}\n");
  const Outcome outcome =
      run({"schedule", "mine.yaml", "--package", "simba-nvd-2x2-256pe", "--json"}, folder);
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const Json document = Json::parse(outcome.out);
  EXPECT_EQ(complaint("schedule.schema.json", document), "");
  std::vector<std::string> files;
  for (const Json& input : document["inputs"]) {
    files.push_back(input["file"]);
  }
  EXPECT_THAT(files, ::testing::Contains(::testing::StartsWith("data/dataflows/")));
  EXPECT_THAT(files, ::testing::IsSupersetOf(
                         {"mine.yaml", "data/models/resnet-18.yaml", "data/packages/simba-nvd-2x2-256pe.yaml",
                          "data/chiplets/nvdla-ws-256.yaml", "data/energy/maestro.yaml"}));
}

TEST(Compare, InfeasibleRowSaysWhyAndTheRestGoesOn) {
  const TemporaryFolder folder;
  const std::vector<std::string> words = {"compare",    "gpt2-small-resnet50", "--strategy",
                                          "standalone", "--package",           "monolithic:het-sides-2x2"};
  const Outcome none = run(words, folder);
  EXPECT_EQ(none.code, 1);
  EXPECT_THAT(none.out, HasSubstr("no schedule"));
  std::vector<std::string> more = words;
  more.insert(more.end(), {"--package", "het-sides-2x2", "--json"});
  const Outcome some = run(more, folder);
  EXPECT_EQ(some.code, 0);
  const Json rows = Json::parse(some.out)["rows"];
  EXPECT_FALSE(rows[0]["feasible"].get<bool>());
  EXPECT_THAT(rows[0]["reason"].get<std::string>(), HasSubstr("chiplet"));
  EXPECT_TRUE(rows[1]["best"].get<bool>());
}

TEST(Cost, GroupsAreSumsOfAll) {
  const TemporaryFolder folder;
  const std::vector<std::string> words = {"cost",      "resnet-18",         "--chiplet", "nvdla-ws-256",
                                          "--chiplet", "shidiannao-os-256", "--json"};
  std::vector<std::string> every = words;
  every.push_back("--all");
  const Outcome grouped_run = run(words, folder);
  ASSERT_EQ(grouped_run.code, 0) << grouped_run.err;
  const Json grouped = Json::parse(grouped_run.out)["models"][0];
  const Json all = Json::parse(run(every, folder).out)["models"][0];
  EXPECT_LT(grouped["layers"].size(), all["layers"].size());
  const auto total_cycles = [](const Json& model, std::size_t type) {
    std::int64_t sum = 0;
    for (const Json& layer : model["layers"]) {
      sum += layer["count"].get<std::int64_t>() * layer["costs"][type]["cycles"].get<std::int64_t>();
    }
    return sum;
  };
  for (const std::size_t type : {0U, 1U}) {
    EXPECT_EQ(total_cycles(grouped, type), total_cycles(all, type));
    EXPECT_NEAR(static_cast<double>(total_cycles(all, type)) / 500e6,
                all["totals"][type]["seconds"].get<double>(), 1e-12);
  }
  for (const Json& layer : all["layers"]) {
    const auto product = [&layer](std::size_t type) {
      return layer["costs"][type]["seconds"].get<double>() *
             layer["costs"][type]["energy"]["total"].get<double>();
    };
    const std::size_t preferred = product(1) < product(0) ? 1 : 0;
    EXPECT_EQ(layer["preferred"], layer["costs"][preferred]["chiplet"]);
    EXPECT_NEAR(layer["advantage"].get<double>(), product(1 - preferred) / product(preferred), 1e-9);
  }
}

TEST(Show, GraphNamesEveryLayer) {
  const TemporaryFolder folder;
  const Outcome graph = run({"show", "resnet-18", "--dot"}, folder);
  EXPECT_EQ(graph.code, 0);
  EXPECT_THAT(graph.out, ::testing::StartsWith("digraph"));
  EXPECT_THAT(graph.out, HasSubstr("\"maxpool\" -> \"layer1.0.add\""));
  EXPECT_EQ(run({"show", "het-sides-2x2", "--dot"}, folder).code, 2);
}

TEST(Show, SetsParametersOfAModel) {
  const TemporaryFolder folder;
  const auto macs_of = [&folder](const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"show", "vit-b16", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome shown = run(arguments, folder);
    EXPECT_EQ(shown.code, 0) << shown.err;
    return Json::parse(shown.out)["totals"]["macs"].get<std::int64_t>();
  };
  EXPECT_EQ(macs_of({}), macs_of({"--set", "image=224"}));
  EXPECT_LT(macs_of({"--set", "image=32", "--set", "classes=2"}), macs_of({}) / 30);
  const Outcome unknown = run({"show", "vit-b16", "--set", "imgae=32"}, folder);
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean 'image'?"));
  EXPECT_EQ(run({"show", "het-sides-2x2", "--set", "image=32"}, folder).code, 2);
  EXPECT_EQ(run({"show", "vit-b16", "--set", "image"}, folder).code, 2);
  EXPECT_EQ(run({"cost", "scar-1", "--chiplet", "nvdla-ws-256", "--set", "image=32"}, folder).code, 2);
}

// GPT-2 large and BERT large have a parameter `sequence`; the scenario says 128 of both.
TEST(Show, SetsParametersOfModelsOfAScenario) {
  const TemporaryFolder folder;
  const auto shown = [&folder](const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"show", "scar-1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome outcome = run(arguments, folder);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return outcome.out;
  };
  EXPECT_EQ(shown({"--set", "sequence=128"}), shown({}));
  EXPECT_NE(shown({"--set", "bert-large.sequence=64"}), shown({}));
  EXPECT_NE(shown({"--set", "bert-large.sequence=64"}), shown({"--set", "sequence=64"}));
  const Outcome unknown = run({"show", "scar-1", "--set", "bert-lagre.sequence=64"}, folder);
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean 'bert-large'?"));
}

TEST(Show, EverythingIsJsonIfTheUserSaysSo) {
  const TemporaryFolder folder;
  const auto json_of = [&folder](const std::vector<std::string>& what) {
    std::vector<std::string> arguments = {"show"};
    arguments.insert(arguments.end(), what.begin(), what.end());
    arguments.push_back("--json");
    const Outcome shown = run(arguments, folder);
    EXPECT_EQ(shown.code, 0) << shown.err;
    return Json::parse(shown.out);
  };
  EXPECT_EQ(json_of({"het-sides-2x2"})["chiplets"].size(), 4U);
  EXPECT_EQ(json_of({"resnet-18", "--as", "scenario"})["models"].size(), 1U);
  EXPECT_EQ(json_of({"nvdla-ws-4096"})["pes"], 4096);
  EXPECT_EQ(json_of({"kcp_ws"})["name"], "kcp_ws");
  EXPECT_GT(json_of({"horowitz-45nm"})["scaling"]["l2_access"].size(), 1U);
  EXPECT_GT(json_of({"scar"})["options"].size(), 1U);
  EXPECT_EQ(json_of({"standalone"})["options"].size(), 0U);
}

TEST(Show, NetworksOfOtherPrograms) {
  const TemporaryFolder folder;
  folder.write("net.csv", "Layer, M, N, K,\nfirst, 4, 8, 16,\n");
  folder.write("net.m", "Network net { Layer a { Type CONV Dimensions { K 8 C 3 R 3 S 3 Y 9 X 9 } } }");
  EXPECT_EQ(Json::parse(run({"show", "net.csv", "--json"}, folder).out)["totals"]["macs"], 4 * 8 * 16);
  EXPECT_EQ(Json::parse(run({"show", "net.m", "--json"}, folder).out)["totals"]["macs"], 8 * 3 * 9 * 49);
}

TEST(Output, NothingThatIsNotInlaysIsOverwritten) {
  const TemporaryFolder folder;
  const std::vector<std::string> schedule = {"schedule", "resnet-18", "--package", "simba-nvd-2x2",
                                             "--splits", "0",         "--out",     "out"};
  folder.write("out/notes.txt", "mine");
  ASSERT_EQ(run(schedule, folder).code, 0);
  EXPECT_EQ(run(schedule, folder).code, 0) << "its own files may be replaced";
  EXPECT_EQ(read(folder.path() / "out/notes.txt"), "mine");
  folder.write("out/schedule.json", "{\"mine\": 1}");
  const Outcome refused = run(schedule, folder);
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("not written by Inlay"));
  EXPECT_EQ(read(folder.path() / "out/schedule.json"), "{\"mine\": 1}");

  folder.write("model.yaml", "name: mine");
  EXPECT_EQ(run({"cost", "resnet-18", "--chiplet", "nvdla-ws-256", "--csv", "model.yaml"}, folder).code, 2);
  EXPECT_EQ(read(folder.path() / "model.yaml"), "name: mine");
  for (const std::string place : {"model.yaml", "model.yaml/out"}) {
    const Outcome outcome =
        run({"schedule", "resnet-18", "--package", "simba-nvd-2x2", "--out", place}, folder);
    EXPECT_EQ(outcome.code, 2) << place;
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err, HasSubstr("model.yaml"));
  }
}

TEST(Progress, IsWipedBeforeAnErrorIsPrinted) {
  const TemporaryFolder folder;
  // `script` gives the program a terminal. The first schedule is shown as the best, then its value is
  // refused.
  const Outcome outcome = run_shell(
      "script -qec 'inlay schedule resnet-18 --package het-sides-2x2 --objective \"energy - 1\"' /dev/null < "
      "/dev/null",
      folder.path());
  EXPECT_EQ(outcome.code, 2) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("best -"));
  EXPECT_THAT(outcome.out, HasSubstr("\r\033[Kinlay: error: objective 'energy - 1'"));
}

TEST(Interrupt, EndsASearchWithWhatItHas) {
  const TemporaryFolder folder;
  const Outcome outcome = run_shell(
      "inlay schedule gpt2-resnet50 --package het-3ws-1os-2x2 --engine maestro --splits 16 --objective "
      "latency "
      "--json > "
      "out.json & pid=$!; "
      "sleep 0.3; kill -INT $pid 2>/dev/null; wait $pid",
      folder.path());
  // Started in the background by a shell, the program must take the signal up again; if it is done before the
  // signal comes, its answer is the proven one.
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  const Json certificate = Json::parse(read(folder.path() / "out.json"))["certificate"];
  EXPECT_THAT(certificate["stopped_by"].get<std::string>(), ::testing::AnyOf("interrupt", "proof"));
  EXPECT_LE(certificate["lower_bound"].get<double>(), certificate["value"].get<double>() * (1 + 1e-9));
}

}  // namespace
}  // namespace inlay::test
