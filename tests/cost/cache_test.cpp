#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <set>

#include "cost/fixtures.hpp"
#include "inlay/cost/cost_cache.hpp"
#include "inlay/cost/cost_cache_key.hpp"
#include "inlay/cost/cost_table.hpp"
#include "inlay/cost/engines.hpp"

namespace inlay::cost {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// An engine that is slow enough to be cached, counts its calls, and gives numbers that are no round ones.
class SlowEngine : public CostEngine {
 public:
  std::string name() const override { return "slow"; }
  std::string version() const override { return version_now; }
  std::vector<std::string> assumptions() const override { return {"none"}; }
  bool worth_caching(const hardware::ChipletType& /*type*/) const override { return true; }
  std::string tuning_objective() const override { return objective; }
  LayerCost evaluate(const workload::Layer& layer, std::int64_t mini_batch,
                     const hardware::ChipletType& type) const override {
    ++calls;
    const double x = std::sqrt(static_cast<double>(workload::macs(layer.shape) * mini_batch + type.pes));
    return {static_cast<std::int64_t>(x),
            {x / 3, x / 7e20, 1 / x, 0.0, 5e-324},
            mini_batch,
            1 / 3.0,
            x > 1e4,
            true,
            x > 1e5 ? BoundBy::kVector : BoundBy::kNocIn};
  }
  std::string version_now = "1";
  std::string objective;
  mutable std::atomic<int> calls{0};
};

workload::Scenario scenario() {
  workload::Scenario scenario;
  scenario.models.push_back({"resnet", {}, 4});
  scenario.models.back().model.layers = resnet50();
  return scenario;
}

std::vector<hardware::ChipletType> types() {
  return {chiplet_type("kcp_ws"), chiplet_type("ykc_os")};
}

class Cache : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "inlay-cache-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder = name;
  }
  void TearDown() override { fs::remove_all(folder); }

  fs::path file() const { return folder / "costs-1.sqlite"; }

  /// A table by way of a cache opened anew, as another run would.
  CostTable build(const CostEngine& engine, const std::vector<hardware::ChipletType>& with = types()) {
    CostCache cache(folder, [this](const std::string& text) { warnings.push_back(text); });
    return build_cost_table(scenario(), with, engine, 1, &cache);
  }
  void expect_right(const CostTable& table) {
    const SlowEngine plain;
    EXPECT_EQ(table.models[0].entries, build_cost_table(scenario(), types(), plain).models[0].entries);
  }
  void run_sql(const std::string& text) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(file().c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, text.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(database);
  }

  fs::path folder;
  std::vector<std::string> warnings;
};

TEST_F(Cache, SecondRunAsksTheEngineNothingAndChangesNoBit) {
  const SlowEngine engine;
  expect_right(build(engine));
  const int calls = engine.calls;
  EXPECT_GT(calls, 50);
  expect_right(build(engine));
  EXPECT_EQ(engine.calls, calls);
  EXPECT_TRUE(warnings.empty());
}

TEST_F(Cache, FastEnginesLeaveItAlone) {
  build(*make_engine("maestro"));
  build(*make_engine("roofline"));
  EXPECT_TRUE(fs::is_empty(folder));
}

TEST_F(Cache, WhateverACostDependsOnIsInTheKey) {
  SlowEngine engine;
  build(engine);
  const int calls = engine.calls;
  int runs = 1;
  const auto expect_new = [&](const std::vector<hardware::ChipletType>& with, const std::string& what) {
    build(engine, with);
    ++runs;
    EXPECT_EQ(engine.calls, runs * calls) << what;
  };
  engine.version_now = "2";
  expect_new(types(), "version");
  engine.objective = "latency";
  expect_new(types(), "objective");
  const std::vector<std::pair<std::string, std::function<void(hardware::ChipletType&)>>> changes = {
      {"PEs", [](auto& type) { ++type.pes; }},
      {"L1", [](auto& type) { ++type.l1_bytes; }},
      {"L2", [](auto& type) { ++type.l2_bytes; }},
      {"NoC", [](auto& type) { ++type.noc_bytes_per_cycle; }},
      {"hops", [](auto& type) { ++type.noc_hops; }},
      {"clock", [](auto& type) { type.clock *= 1 + 1e-15; }},
      {"lanes", [](auto& type) { ++type.vector_lanes; }},
      {"mac", [](auto& type) { type.energy.mac *= 1 + 1e-15; }},
      {"l1 energy", [](auto& type) { type.energy.l1_access *= 1 + 1e-15; }},
      {"l2 energy", [](auto& type) { type.energy.l2_access *= 1 + 1e-15; }},
      {"vector energy", [](auto& type) { type.energy.vector_operation *= 1 + 1e-15; }},
      {"hop energy", [](auto& type) { type.energy.noc_hop += 1e-15; }},
      {"multiplier",
       [](auto& type) {
         type.energy.scaling.multiply = {{8, 1e-15}};
       }},
      {"adder",
       [](auto& type) {
         type.energy.scaling.add = {{8, 1e-15}};
       }},
      {"directive", [](auto& type) { type.dataflow.convolution[0].offset += " "; }},
      {"stationary", [](auto& type) { type.dataflow.stationary += "x"; }},
  };
  for (const auto& [what, change] : changes) {
    auto with = types();
    change(with[0]);
    change(with[1]);
    expect_new(with, what);
  }
  auto renamed = types();
  renamed[0].name = "another";
  renamed[0].dataflow.description = "another";
  build(engine, renamed);
  EXPECT_EQ(engine.calls, runs * calls) << "a name is no part of the key";
}

TEST_F(Cache, DistinctShapesHaveDistinctKeys) {
  const workload::ConvolutionShape shape{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17};
  std::set<std::string> keys = {layer_key(shape, {}, 0, 1),
                                layer_key(shape, {}, 0, 11),
                                layer_key(shape, {}, 7, 1),
                                layer_key(workload::GemmShape{1, 2, 3, 4, true}, {}, 0, 1),
                                layer_key(workload::GemmShape{1, 2, 3, 4, false}, {}, 0, 1),
                                layer_key(workload::VectorShape{1}, {}, 0, 1)};
  for (std::int64_t workload::Precision::*field :
       {&workload::Precision::inputs, &workload::Precision::weights, &workload::Precision::outputs,
        &workload::Precision::accumulator}) {
    workload::Precision changed;
    changed.*field = 16;
    keys.insert(layer_key(shape, changed, 0, 1));
  }
  for (std::int64_t workload::ConvolutionShape::*field :
       {&workload::ConvolutionShape::groups, &workload::ConvolutionShape::out_channels,
        &workload::ConvolutionShape::in_channels, &workload::ConvolutionShape::out_height,
        &workload::ConvolutionShape::out_width, &workload::ConvolutionShape::kernel_height,
        &workload::ConvolutionShape::kernel_width, &workload::ConvolutionShape::stride_y,
        &workload::ConvolutionShape::stride_x, &workload::ConvolutionShape::dilation_y,
        &workload::ConvolutionShape::dilation_x, &workload::ConvolutionShape::padding_y,
        &workload::ConvolutionShape::padding_x, &workload::ConvolutionShape::in_height,
        &workload::ConvolutionShape::in_width, &workload::ConvolutionShape::upsample_y,
        &workload::ConvolutionShape::upsample_x, &workload::ConvolutionShape::images}) {
    workload::ConvolutionShape changed = shape;
    changed.*field += 100;
    keys.insert(layer_key(changed, {}, 0, 1));
  }
  EXPECT_EQ(keys.size(), 28U);
}

TEST_F(Cache, TextsOfCostsAreExactOrRefused) {
  const LayerCost cost{std::int64_t{1} << 62, {1 / 3.0, 5e-324, 0.0, 1e300, 2.5}, 77, 0.1, true, true,
                       BoundBy::kNocOut};
  EXPECT_EQ(cost_of_text(text_of(cost)), cost);
  const std::string text = text_of(cost);
  for (std::size_t length = 0; length < text.size() - 1; ++length) {
    const auto read = cost_of_text(text.substr(0, length));
    EXPECT_FALSE(read && *read == cost);
  }
  EXPECT_FALSE(cost_of_text(text + " 1"));
  EXPECT_FALSE(cost_of_text("1 2 0 nan 0 0 0 0 0"));
  EXPECT_FALSE(cost_of_text("1 2 7 0 0 0 0 0 0"));
  EXPECT_FALSE(cost_of_text(""));
}

TEST_F(Cache, PoisonedEntriesAreNotBelieved) {
  const SlowEngine engine;
  build(engine);
  const int calls = engine.calls;
  run_sql("UPDATE costs SET cost = '1 1 0 1 1 1 1 1 1'");  // whole, but the checksum is another's
  expect_right(build(engine));
  EXPECT_EQ(engine.calls, 2 * calls);
  run_sql("UPDATE costs SET cost = 'x', checksum = 'y'");
  expect_right(build(engine));
  EXPECT_EQ(engine.calls, 3 * calls);
  expect_right(build(engine));
  EXPECT_EQ(engine.calls, 3 * calls) << "what was poisoned has been replaced";
  EXPECT_TRUE(warnings.empty());
}

TEST_F(Cache, OtherSchemasAndOtherFilesAreReplacedWithOneWarning) {
  const SlowEngine engine;
  build(engine);
  run_sql("PRAGMA user_version = 99");
  expect_right(build(engine));
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_THAT(warnings[0], HasSubstr("begun anew"));
  std::ofstream(file(), std::ios::trunc)
      << "this is no database, however long one reads it............................."
         "......................................................";
  expect_right(build(engine));
  EXPECT_EQ(warnings.size(), 2U);
  const int calls = engine.calls;
  expect_right(build(engine));
  EXPECT_EQ(engine.calls, calls);
  EXPECT_EQ(warnings.size(), 2U);
}

TEST_F(Cache, DamageAnywhereInTheFileChangesNoResult) {
  const SlowEngine engine;
  build(engine);
  std::ifstream stream(file(), std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  ASSERT_GT(whole.size(), 8192U);
  for (std::size_t place = 0; place < whole.size(); place += 1499) {
    std::string damaged = whole;
    for (std::size_t i = place; i < std::min(whole.size(), place + 64); ++i) {
      damaged[i] = static_cast<char>(damaged[i] ^ 0x5A);
    }
    std::ofstream(file(), std::ios::binary | std::ios::trunc) << damaged;
    warnings.clear();
    expect_right(build(engine));
    EXPECT_LE(warnings.size(), 1U);
  }
}

TEST_F(Cache, LockedUnwritableOrImpossiblePlacesAreBypassedWithOneWarning) {
  const SlowEngine engine;
  build(engine);
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(file().c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr), SQLITE_OK);
  expect_right(build(engine));
  sqlite3_close(other);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_THAT(warnings[0], HasSubstr("is not used: database is locked"));

  fs::remove(file());
  fs::create_directory(file());
  expect_right(build(engine));
  EXPECT_EQ(warnings.size(), 2U);

  fs::remove_all(folder);
  std::ofstream(folder) << "a file where the folder should be";
  expect_right(build(engine));
  EXPECT_EQ(warnings.size(), 3U);
}

TEST_F(Cache, ReadOnlyFilesAreBypassedWithAWarning) {
  const SlowEngine engine;
  build(engine);
  if (::geteuid() == 0) {
    std::cout << "skipped: nothing is read-only to the administrator\n";
    return;
  }
  run_sql("DELETE FROM costs");
  fs::permissions(folder, fs::perms::owner_read | fs::perms::owner_exec);
  expect_right(build(engine));
  fs::permissions(folder, fs::perms::owner_all);
  EXPECT_EQ(warnings.size(), 1U);
}

TEST_F(Cache, ProcessesMayShareIt) {
  constexpr int kProcesses = 4;
  std::vector<pid_t> children;
  for (int child = 0; child < kProcesses; ++child) {
    const pid_t id = ::fork();
    ASSERT_GE(id, 0);
    if (id == 0) {
      bool right = true;
      for (int round = 0; round < 8; ++round) {
        SlowEngine engine;
        engine.version_now = std::to_string(round % 3);
        const SlowEngine plain;
        const CostTable table = build(engine);
        right = right &&
                table.models[0].entries == build_cost_table(scenario(), types(), plain).models[0].entries;
      }
      std::_Exit(right && warnings.empty() ? 0 : 1);
    }
    children.push_back(id);
  }
  for (const pid_t id : children) {
    int status = 0;
    ASSERT_EQ(::waitpid(id, &status, 0), id);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  const SlowEngine engine;
  expect_right(build(engine));
  EXPECT_EQ(engine.calls, 0);
}

TEST_F(Cache, ADamagedFileThatAnotherHasOpenIsLeftToIt) {
  const SlowEngine engine;
  CostCache holder(folder, [](const std::string&) {});
  build_cost_table(scenario(), types(), engine, 1, &holder);
  run_sql("PRAGMA user_version = 99");
  expect_right(build(engine));
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_THAT(warnings[0], HasSubstr("another process has it open"));
}

TEST(CacheFolder, FollowsTheEnvironment) {
  const auto set = [](const char* name, const char* value) {
    value != nullptr ? ::setenv(name, value, 1) : ::unsetenv(name);
  };
  const char* home = std::getenv("HOME");
  const std::string kept = home != nullptr ? home : "";
  set("INLAY_CACHE", "/a");
  set("XDG_CACHE_HOME", "/b");
  set("HOME", "/c");
  EXPECT_EQ(cache_folder(), fs::path("/a"));
  set("INLAY_CACHE", nullptr);
  EXPECT_EQ(cache_folder(), fs::path("/b/inlay"));
  set("XDG_CACHE_HOME", "relative");
  EXPECT_EQ(cache_folder(), fs::path("/c/.cache/inlay"));
  set("HOME", nullptr);
  set("XDG_CACHE_HOME", nullptr);
  EXPECT_EQ(cache_folder(), std::nullopt);
  set("HOME", home != nullptr ? kept.c_str() : nullptr);
}

}  // namespace
}  // namespace inlay::cost
