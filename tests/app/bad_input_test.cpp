// Every command, given input that is wrong: one clear message, the right exit code, no result, no file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/program.hpp"

namespace inlay::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// A small model that is right: two branches that meet again.
const std::string kModel = R"(name: small
inputs:
  x: [8, 16, 16]
layers:
  - {name: a, op: convolution, channels: 8, kernel: 3, padding: 1}
  - {name: b, op: relu}
  - {name: c, op: convolution, channels: 8, kernel: 1, inputs: [a]}
  - {name: d, op: add, inputs: [b, c]}
)";

const std::string kScenario = R"(name: both
models:
  - {model: ./model.yaml, batch: 4}
)";

const std::string kChiplet = R"(name: tiny
source: made up for a test
dataflow: kcp_ws
pes: 256
l1: 512 B
l2: 10 MB
noc_bandwidth: 64 B/cycle
clock: 500 MHz
energy: maestro
)";

const std::string kPackage = R"(name: pair
source: made up for a test
types:
  WS: nvdla-ws-256
chiplets:
  - {name: left, type: WS, position: [0, 0]}
  - {name: right, type: WS, position: [0, 1]}
links: [[left, right]]
interfaces: [left]
network: {bandwidth: 100 GB/s, per: chiplet, hop_latency: 35 ns, energy: 2.04 pJ/bit}
memory: {bandwidth: 64 GB/s, per: package, latency: 200 ns, energy: 14.8 pJ/bit}
)";

std::string replaced(std::string text, const std::string& old, const std::string& with) {
  const std::size_t at = text.find(old);
  if (at == std::string::npos) {
    throw std::logic_error("the test's text lacks " + old);
  }
  return text.replace(at, old.size(), with);
}

/// A folder with a right file of each kind.
class BadInput : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("model.yaml", kModel);
    folder_.write("scenario.yaml", kScenario);
    folder_.write("chiplet.yaml", kChiplet);
    folder_.write("package.yaml", kPackage);
  }

  using Words = std::vector<std::string>;
  const std::vector<Words> model_readers_ = {
      {"show", "model.yaml", "--as", "model"},
      {"check", "model.yaml", "--as", "model"},
      {"cost", "scenario.yaml", "--chiplet", "chiplet.yaml", "--csv", "out/cost.csv"},
      {"schedule", "scenario.yaml", "--package", "package.yaml", "--out", "out"},
      {"compare", "scenario.yaml", "--package", "package.yaml", "--out", "out"}};
  const std::vector<Words> scenario_readers_ = {
      {"show", "scenario.yaml", "--as", "scenario"},
      {"check", "scenario.yaml", "--as", "scenario"},
      {"cost", "scenario.yaml", "--chiplet", "chiplet.yaml", "--csv", "out/cost.csv"},
      {"schedule", "scenario.yaml", "--package", "package.yaml", "--out", "out"},
      {"compare", "scenario.yaml", "--package", "package.yaml", "--out", "out"}};
  const std::vector<Words> package_readers_ = {
      {"show", "package.yaml", "--as", "package"},
      {"check", "package.yaml", "--as", "package"},
      {"schedule", "scenario.yaml", "--package", "package.yaml", "--out", "out"},
      {"schedule", "scenario.yaml", "--package", "monolithic:package.yaml", "--out", "out", "--json"},
      {"compare", "scenario.yaml", "--package", "het-sides-2x2-256pe", "--package", "package.yaml", "--out",
       "out"}};
  const std::vector<Words> chiplet_readers_ = {
      {"show", "chiplet.yaml", "--as", "chiplet"},
      {"check", "chiplet.yaml", "--as", "chiplet"},
      {"cost", "model.yaml", "--chiplet", "chiplet.yaml", "--csv", "out/cost.csv", "--json"}};

  Outcome run(const Words& words) const { return run_inlay(words, folder_.path()); }

  void expect_right(const std::vector<Words>& commands) const {
    for (const Words& words : commands) {
      const Outcome outcome = run(words);
      EXPECT_EQ(outcome.code, 0) << ::testing::PrintToString(words) << outcome.err;
    }
    std::filesystem::remove_all(folder_.path() / "out");
  }

  /// `told`: a word that the message must hold.
  void expect_refused(const std::vector<Words>& commands, const std::string& told) const {
    for (const Words& words : commands) {
      SCOPED_TRACE(::testing::PrintToString(words));
      const Outcome outcome = run(words);
      EXPECT_EQ(outcome.code, 2);
      EXPECT_EQ(outcome.out, "");
      EXPECT_THAT(outcome.err, StartsWith("inlay: error: "));
      EXPECT_THAT(outcome.err, HasSubstr(told));
      EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
      EXPECT_TRUE(files_below(folder_.path() / "out").empty());
    }
  }

  /// The file replaced by things that are no such file at all.
  void expect_rubbish_refused(const std::string& name, const std::vector<Words>& commands) const {
    const std::filesystem::path file = folder_.path() / name;
    const std::string right = read(file);
    std::filesystem::remove(file);
    expect_refused(commands, "no such file");
    std::filesystem::create_directory(file);
    expect_refused(commands, "directory");
    std::filesystem::remove(file);
    folder_.write(name, "");
    expect_refused(commands, name);
    folder_.write(name, std::string("\x7f"
                                    "ELF\x02\x01\x00\xff\xfe: [\x80{",
                                    14));
    expect_refused(commands, name);
    folder_.write(name, "[1, 2, 3]\n");
    expect_refused(commands, name);
    folder_.write(name, right);
  }

  void expect_variant_refused(const std::string& name, const std::string& text,
                              const std::vector<Words>& commands, const std::string& told) const {
    const std::string right = read(folder_.path() / name);
    folder_.write(name, text);
    expect_refused(commands, told);
    folder_.write(name, right);
  }

  const TemporaryFolder folder_;
};

TEST_F(BadInput, TheRightFilesAreTaken) {
  expect_right(model_readers_);
  expect_right(package_readers_);
  expect_right(chiplet_readers_);
}

TEST_F(BadInput, Models) {
  expect_rubbish_refused("model.yaml", model_readers_);
  const auto refuse = [this](const std::string& old, const std::string& with, const std::string& told) {
    expect_variant_refused("model.yaml", replaced(kModel, old, with), model_readers_, told);
  };
  refuse("channels: 8", "channels: many", "many");
  refuse("padding: 1", "paddin: 1", "did you mean 'padding'?");
  refuse("channels: 8", "channels: -8", "model.yaml:5");
  refuse("channels: 8", "channels: 0", "model.yaml:5");
  refuse("[8, 16, 16]", "[8, 0, 16]", "model.yaml:3");
  refuse("op: relu", "op: relu, inputs: [d]", "cycle");
  refuse("inputs: [b, c]", "inputs: [b, z]", "z");
}

TEST_F(BadInput, Scenarios) {
  expect_rubbish_refused("scenario.yaml", scenario_readers_);
  const auto refuse = [this](const std::string& old, const std::string& with, const std::string& told) {
    expect_variant_refused("scenario.yaml", replaced(kScenario, old, with), scenario_readers_, told);
  };
  refuse("batch: 4", "batch: many", "many");
  refuse("batch: 4", "batch: 0", "at least 1");
  refuse("batch: 4", "batch: -4", "at least 1");
  refuse("batch: 4", "batsh: 4", "did you mean 'batch'?");
  refuse("./model.yaml", "./modell.yaml", "modell.yaml");
  refuse("./model.yaml", "gpt2-smal", "did you mean 'gpt2-small'?");
}

TEST_F(BadInput, Packages) {
  expect_rubbish_refused("package.yaml", package_readers_);
  const auto refuse = [this](const std::string& old, const std::string& with, const std::string& told) {
    expect_variant_refused("package.yaml", replaced(kPackage, old, with), package_readers_, told);
  };
  refuse("bandwidth: 100 GB/s", "bandwidth: 100", "100 GB/s");
  refuse("bandwidth: 100 GB/s", "bandwidth: 0 GB/s", "above zero");
  refuse("latency: 200 ns", "latency: -200 ns", "package.yaml:11");
  refuse("memory:", "memmory:", "memory");
  refuse("WS: nvdla-ws-256", "WS: nvdla-ws-255", "did you mean 'nvdla-ws-256'?");
  refuse("name: right, type: WS", "name: right, type: OS", "OS");
  refuse("links: [[left, right]]", "links: []", "right");
  refuse("interfaces: [left]", "interfaces: []", "interface");
  refuse("interfaces: [left]\n", "", "interfaces");
}

TEST_F(BadInput, Chiplets) {
  expect_rubbish_refused("chiplet.yaml", chiplet_readers_);
  const auto refuse = [this](const std::string& old, const std::string& with, const std::string& told) {
    expect_variant_refused("chiplet.yaml", replaced(kChiplet, old, with), chiplet_readers_, told);
  };
  refuse("pes: 256", "pes: 0", "at least 1");
  refuse("pes: 256", "pes: [256]", "pes");
  refuse("l2: 10 MB", "l2: -10 MB", "above zero");
  refuse("l2: 10 MB", "l3: 10 MB", "l2");
  refuse("dataflow: kcp_ws", "dataflow: kpc_ws", "kcp_ws");
}

/// A right schedule, to be damaged.
class BadSchedule : public BadInput {
 protected:
  void SetUp() override {
    BadInput::SetUp();
    const Outcome outcome = run({"schedule", "scenario.yaml", "--package", "package.yaml", "--json"});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    text_ = outcome.out;
    folder_.write("schedule.json", text_);
  }

  const std::vector<Words> readers_ = {
      {"verify", "schedule.json"},
      {"verify", "schedule.json", "--json"},
      {"check", "schedule.json", "--as", "schedule"},
      {"schedule", "scenario.yaml", "--package", "package.yaml", "--start", "schedule.json", "--out", "out"}};

  /// The answer is no, said once: by `verify` on standard output, as that is its result.
  void expect_invalid(const std::string& told) const {
    const Outcome verified = run({"verify", "schedule.json"});
    EXPECT_EQ(verified.code, 1);
    EXPECT_THAT(verified.out, HasSubstr(told));
    EXPECT_THAT(verified.out, HasSubstr("not valid"));
    const Outcome json = run({"verify", "schedule.json", "--json"});
    EXPECT_EQ(json.code, 1);
    EXPECT_FALSE(nlohmann::json::parse(json.out)["valid"].get<bool>());
    const Outcome checked = run({"check", "schedule.json"});
    EXPECT_EQ(checked.code, 1);
    EXPECT_EQ(checked.out, "");
    EXPECT_THAT(checked.err, HasSubstr(told));
    expect_refused({readers_.back()}, told);
  }

  std::string text_;
};

TEST_F(BadSchedule, TheRightOneIsTaken) {
  expect_right(readers_);
}

TEST_F(BadSchedule, Rubbish) {
  expect_rubbish_refused("schedule.json", readers_);
  expect_variant_refused("schedule.json", text_.substr(0, text_.size() / 2), readers_, "schedule.json");
  expect_variant_refused("schedule.json", replaced(text_, "\"windows\"", "\"windoes\""), readers_, "windows");
  expect_variant_refused("schedule.json", replaced(text_, "\"mini_batch\": ", "\"mini_batch\": -"), readers_,
                         "mini_batch");
}

TEST_F(BadSchedule, LayerMissing) {
  nlohmann::ordered_json json = nlohmann::ordered_json::parse(text_);
  auto& last = json["schedule"]["windows"].back()["pipelines"][0]["stages"].back()["last"];
  last = last.get<int>() - 1;
  folder_.write("schedule.json", json.dump());
  expect_invalid("layer");
}

TEST_F(BadSchedule, LayerTwice) {
  nlohmann::ordered_json json = nlohmann::ordered_json::parse(text_);
  json["schedule"]["windows"].push_back(json["schedule"]["windows"][0]);
  folder_.write("schedule.json", json.dump());
  expect_invalid("layer");
}

TEST_F(BadSchedule, WrongNumber) {
  nlohmann::ordered_json json = nlohmann::ordered_json::parse(text_);
  json["metrics"]["latency"] = json["metrics"]["latency"].get<double>() * 1.001;
  folder_.write("schedule.json", json.dump());
  const Outcome verified = run({"verify", "schedule.json"});
  EXPECT_EQ(verified.code, 1);
  EXPECT_THAT(verified.out, HasSubstr("metrics.latency"));
}

TEST(BadOutput, DevicesAndEmptyNamesAreRefused) {
  const TemporaryFolder folder;
  const Outcome device =
      run_inlay({"cost", "resnet-18", "--chiplet", "nvdla-ws-4096", "--csv", "/dev/null"}, folder.path());
  EXPECT_EQ(device.code, 2);
  EXPECT_NE(device.err.find("the name of a file is expected"), std::string::npos) << device.err;
  const Outcome empty =
      run_inlay({"schedule", "resnet-18", "--package", "het-sides-2x2", "--out", ""}, folder.path());
  EXPECT_EQ(empty.code, 2);
  EXPECT_NE(empty.err.find("the value is empty"), std::string::npos) << empty.err;
  EXPECT_EQ(empty.out, "");
}

TEST(BadOutput, AFullDiskIsNotDone) {
  const TemporaryFolder folder;
  for (const char* command : {" list models", " schedule resnet-18 --package simba-nvd-2x2 --json"}) {
    const Outcome outcome = run_shell(std::string("inlay") + command + " > /dev/full", folder.path());
    EXPECT_EQ(outcome.code, 2) << command << outcome.err;
    EXPECT_NE(outcome.err.find("inlay: error: "), std::string::npos);
  }
}

}  // namespace
}  // namespace inlay::test
