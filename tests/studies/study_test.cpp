// The quick subset of the study from end to end, held against its schema and worked out again from its own
// raw figures.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/studies/studies.hpp"
#include "support/published_schema.hpp"

namespace inlay::studies {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

constexpr const char* kName = "2312.09401";

StudyAnswer quick(int threads) {
  StudyOptions options;
  options.quick = true;
  options.threads = threads;
  return run_study(kName, options);
}

const StudyAnswer& answer() {
  static const StudyAnswer kAnswer = quick(2);
  return kAnswer;
}

std::string complaint(const json& document) {
  return testing::complaint("study.schema.json", document);
}

/// The monoliths searched under the point's condition.
const json& monoliths(const json& document, const json& point) {
  for (const json& condition : document.at("conditions")) {
    const auto agrees = [&](const char* key) { return condition.at(key) == point.at(key); };
    const bool same =
        agrees("workload") && agrees("batch") && agrees("noc_bytes_per_cycle") && agrees("overlap");
    if (same) {
      return condition.at("monoliths");
    }
  }
  throw std::runtime_error("a point without its condition");
}

double edp(const json& outcome) {
  return outcome.at("latency").get<double>() * outcome.at("energy").get<double>();
}

const json& lowest_edp(const json& outcomes, const std::set<std::string>& dataflows) {
  const json* best = nullptr;
  for (const json& outcome : outcomes) {
    const bool wanted = dataflows.empty() || dataflows.count(outcome.at("dataflows").at(0)) > 0;
    if (wanted && (best == nullptr || edp(outcome) < edp(*best))) {
      best = &outcome;
    }
  }
  return *best;
}

TEST(Study, JsonKeepsItsSchema) {
  EXPECT_EQ(complaint(json::parse(answer().json)), "");
}

TEST(Study, SchemaRefusesWhatIsMissingOrUnknown) {
  json document = json::parse(answer().json);
  document["points"][0].erase("throughput_ratio");
  EXPECT_THAT(complaint(document), HasSubstr("throughput_ratio"));
  document = json::parse(answer().json);
  document["headline"]["extra"] = 1;
  EXPECT_NE(complaint(document), "");
}

/// What each engine says: the study's own first.
std::vector<json> of_each_engine() {
  const json document = json::parse(answer().json);
  std::vector<json> all = {document};
  for (const json& beside : document.at("beside")) {
    all.push_back(beside);
  }
  return all;
}

TEST(Study, BothEnginesStandSideBySide) {
  const std::vector<json> engines = of_each_engine();
  ASSERT_EQ(engines.size(), 2U);
  EXPECT_EQ(engines[0].at("engine"), "data-centric");
  EXPECT_EQ(engines[1].at("engine"), "maestro");
  const json& ours = engines[0].at("headline");
  const json& there = engines[1].at("at_the_headline");
  for (const char* key : {"workload", "batch", "noc_bytes_per_cycle", "overlap", "package"}) {
    EXPECT_EQ(ours.at(key), there.at(key));
  }
  EXPECT_EQ(there.at("engine"), "maestro");
  EXPECT_THAT(engines[1].at("points"), ::testing::Contains(there));
}

TEST(Study, EveryConditionAndPackageIsThereOnce) {
  const double gap = json::parse(answer().json).at("plan").at("gap");
  for (const json& results : of_each_engine()) {
    std::set<std::string> seen;
    for (const json& point : results.at("points")) {
      seen.insert(point.at("workload").dump() + point.at("batch").dump() +
                  point.at("noc_bytes_per_cycle").dump() + point.at("overlap").dump() +
                  point.at("package").dump());
      EXPECT_EQ(point.at("engine"), results.at("engine"));
      EXPECT_LE(point.at("gap").get<double>(), gap * (1 + 1e-9));
      EXPECT_LT(point.at("repeated_write_energy").get<double>(), point.at("energy").get<double>());
      if (results.at("engine") != "maestro") {
        EXPECT_EQ(point.at("repeated_write_energy"), 0.0) << "B1 is a rule of maestro";
      }
    }
    EXPECT_EQ(seen.size(), results.at("points").size());
    EXPECT_EQ(seen.size(), 2U * 2U * 5U);  // workloads, batches, packages of the quick subset
  }
}

TEST(Study, RatiosFollowFromTheRawFigures) {
  const std::set<std::string> output_stationary = {
      "os_tuned", "os_tuned_small", "os_tuned_wide", "ykc_os", "ykc_os_wide",
      "ykp_os",   "ykp_os64",       "ykp_os128",     "yxp_os", "yxp_os64"};
  for (const json& results : of_each_engine()) {
    const std::size_t dataflows = results.at("engine") == "maestro" ? 11 : 10;
    for (const json& point : results.at("points")) {
      const json& all = monoliths(results, point);
      EXPECT_EQ(all.size(), dataflows);
      const json& first = lowest_edp(all, output_stationary);
      EXPECT_NEAR(point.at("throughput_ratio").get<double>(),
                  first.at("latency").get<double>() / point.at("latency").get<double>(), 1e-12);
      EXPECT_NEAR(point.at("energy_efficiency_ratio").get<double>(),
                  first.at("energy").get<double>() / point.at("energy").get<double>(), 1e-12);
      const json& second = lowest_edp(all, {});
      EXPECT_NEAR(point.at("against").at("best_monolith").at("throughput_ratio").get<double>(),
                  second.at("latency").get<double>() / point.at("latency").get<double>(), 1e-12);
    }
  }
}

TEST(Study, HeadlineIsTheBestHeterogeneousPointOfThePair) {
  for (const json& results : of_each_engine()) {
    double best = 0.0;
    for (const json& point : results.at("points")) {
      if (point.at("organisation") == "heterogeneous" && point.at("workload") == "gpt2-small-resnet50") {
        best = std::max(best, point.at("throughput_ratio").get<double>() *
                                  point.at("energy_efficiency_ratio").get<double>());
      }
    }
    const json& headline = results.at("headline");
    EXPECT_DOUBLE_EQ(
        headline.at("throughput_ratio").get<double>() * headline.at("energy_efficiency_ratio").get<double>(),
        best);
    EXPECT_EQ(headline.at("published").at("throughput_ratio"), 2.2);
    EXPECT_EQ(headline.at("published").at("energy_efficiency_ratio"), 1.9);
  }
}

TEST(Study, AnswerDoesNotDependOnThreads) {
  EXPECT_EQ(quick(1).json, answer().json);
}

TEST(Study, TextIsHeadedAndFitsTheTerminal) {
  EXPECT_THAT(answer().text, HasSubstr("MAESTRO's rules, output stationarity not modelled (B1)"));
  EXPECT_THAT(answer().text, HasSubstr("2.20"));
  std::istringstream lines(answer().text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 120U) << line;
  }
}

TEST(Study, ProgressEndsAtTheWhole) {
  StudyOptions options;
  options.quick = true;
  std::size_t calls = 0;
  std::size_t all_machines = 0;
  options.progress = [&](std::size_t done, std::size_t all) {
    ++calls;
    EXPECT_EQ(done, calls);
    all_machines = all;
  };
  run_study(kName, options);
  EXPECT_EQ(calls, all_machines);
}

TEST(Study, InterruptIsSaidInWords) {
  const std::atomic<bool> interrupted{true};
  StudyOptions options;
  options.interrupted = &interrupted;
  try {
    run_study(kName, options);
    FAIL() << "an interrupted study has no answer";
  } catch (const base::InfeasibleError& error) {
    EXPECT_THAT(error.what(), HasSubstr("interrupted after 0 of"));
  }
}

// What one run has finished, the next one takes as it stands: shown by a mark in it.
TEST(Study, GoesOnFromWhatWasKept) {
  const std::filesystem::path file =
      std::filesystem::path(::testing::TempDir()) / "inlay-study.progress.jsonl";
  std::filesystem::remove(file);
  StudyOptions options;
  options.quick = true;
  options.threads = 1;
  options.journal = file;
  std::atomic<bool> interrupted{false};
  options.interrupted = &interrupted;
  options.progress = [&](std::size_t done, std::size_t) {
    interrupted = done >= 7;
  };  // within the second condition
  EXPECT_THROW(run_study(kName, options), base::InfeasibleError);
  std::string kept = base::read_file(file);
  EXPECT_EQ(std::count(kept.begin(), kept.end(), '\n'), 2);
  interrupted = false;
  options.progress = nullptr;
  EXPECT_EQ(run_study(kName, options).json, answer().json);
  kept.replace(kept.find("\"exact\""), 7, "\"mark!\"");
  base::write_file(file, kept);
  EXPECT_THAT(run_study(kName, options).json, HasSubstr("mark!"));
  std::filesystem::remove(file);
}

TEST(Study, UnknownNameIsAnswered) {
  EXPECT_THAT(study_names(), ::testing::Contains(kName));
  try {
    run_study("2312.09402", {});
    FAIL();
  } catch (const base::InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("did you mean '2312.09401'"));
  }
}

}  // namespace
}  // namespace inlay::studies
