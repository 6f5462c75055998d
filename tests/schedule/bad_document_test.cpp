#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "inlay/base/error.hpp"
#include "support/documents.hpp"

namespace inlay::schedule {
namespace {

using Json = nlohmann::ordered_json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string complaint(const std::string& text) {
  try {
    read_document(text, "bad.json");
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "none";
}

std::string sound_text() {
  static const std::string kText = write_document(inlay::testing::worked_example_document());
  return kText;
}

/// The complaint about the worked example after a change.
std::string after(const std::function<void(Json&)>& change) {
  Json json = Json::parse(sound_text());
  change(json);
  return complaint(json.dump());
}

Json& first_model(Json& json) {
  return json["problem"]["scenario"]["models"][0]["model"];
}
Json& package(Json& json) {
  return json["problem"]["package"];
}
Json& first_costs(Json& json) {
  return json["problem"]["costs"]["models"][0];
}

TEST(BadDocument, TheUnchangedOneIsSound) {
  EXPECT_EQ(complaint(sound_text()), "none");
  EXPECT_EQ(after([](Json&) {}), "none");
}

TEST(BadDocument, NoJson) {
  EXPECT_EQ(complaint(""), "bad.json: is empty; a schedule in JSON is expected");
  EXPECT_EQ(complaint(" \n\t"), "bad.json: is empty; a schedule in JSON is expected");
  EXPECT_THAT(complaint("no json"), StartsWith("bad.json:1:2: no valid JSON: syntax error"));
  EXPECT_THAT(complaint("{\n  \"format\": 1,\n  x\n}"),
              StartsWith("bad.json:3:3: no valid JSON: syntax error"));
  EXPECT_THAT(complaint(std::string("\0\x01\xff\xfe", 4)), StartsWith("bad.json:1:1: no valid JSON"));
  EXPECT_THAT(complaint("{\"a\": \"\xff\"}"), StartsWith("bad.json:1:8: no valid JSON"));
  EXPECT_THAT(complaint("{\"a\": 1e999}"), HasSubstr("number overflow"));
  EXPECT_THAT(complaint("[1, 2]"), HasSubstr("an object is expected, not a list"));
  EXPECT_THAT(complaint("{} {}"), StartsWith("bad.json:1:4: no valid JSON"));
}

TEST(BadDocument, EveryTruncationIsRefused) {
  const std::string text = sound_text();
  const std::size_t end = text.find_last_of('}');
  for (std::size_t size = 0; size <= end; size += size < 200 ? 1 : 17) {
    ASSERT_NE(complaint(text.substr(0, size)), "none") << size;
  }
}

TEST(BadDocument, JunkNeverCrashes) {
  base::Random random(7);
  const std::string text = sound_text();
  int refused = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string junk = text;
    for (int k = 0; k < 3; ++k) {
      const auto at = static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(junk.size()) - 1));
      junk[at] = static_cast<char>(random.between(0, 255));
    }
    refused += complaint(junk) == "none" ? 0 : 1;
  }
  EXPECT_GT(refused, 1000);
}

TEST(BadDocument, DepthAndWidthAreLimited) {
  EXPECT_THAT(complaint(std::string(1'000'000, '[')), HasSubstr("nested deeper than 32 levels"));
  std::string deep;
  for (int i = 0; i < 100'000; ++i) {
    deep += "{\"a\":";
  }
  EXPECT_THAT(complaint(deep), HasSubstr("nested deeper than 32 levels"));
  std::string wide = "{\"a\": {";
  for (int i = 0; i < 100'000; ++i) {
    wide += "\"k" + std::to_string(i) + "\": 0,";
  }
  EXPECT_THAT(complaint(wide), HasSubstr("bad.json: a: more than 256 keys"));
  EXPECT_THAT(complaint(std::string((std::size_t{64} << 20U) + 1, ' ')), HasSubstr("larger than 64 MiB"));
}

TEST(BadDocument, KeysMissingUnknownAndTwice) {
  EXPECT_EQ(complaint("{}"), "bad.json: the key 'format' is missing");
  EXPECT_THAT(after([](Json& json) { json.erase("schedule"); }), HasSubstr("the key 'schedule' is missing"));
  EXPECT_THAT(after([](Json& json) { first_model(json)["layers"][1].erase("op"); }),
              HasSubstr("problem.scenario.models[0].model.layers[1]: the key 'op' is missing"));
  const std::string unknown = after([](Json& json) { package(json)["memory"]["bandwith"] = 1; });
  EXPECT_THAT(unknown,
              HasSubstr("bad.json: problem.package.memory: the key 'bandwith' is unknown; allowed: "));
  EXPECT_THAT(unknown, HasSubstr("did you mean 'bandwidth'?"));
  EXPECT_THAT(
      after([](Json& json) {
        first_model(json)["settings"] = {{{"name", "a"}, {"value", 1}}, {{"name", "a"}, {"value", 2}}};
      }),
      HasSubstr("problem.scenario.models[0].model.settings: a name stands there twice"));
  EXPECT_THAT(complaint("{\"list\": [1, {\"a\": 1, \"a\": 2}]}"),
              HasSubstr("bad.json: list[1]: the key 'a' stands there twice"));
}

TEST(BadDocument, WhenSamplesComeAndAreDue) {
  const auto with = [](const char* key, const Json& value) {
    return after([&](Json& json) { json["problem"]["scenario"]["models"][0][key] = value; });
  };
  EXPECT_EQ(with("rate", 30), "none");
  EXPECT_EQ(with("probability", 0), "none");
  EXPECT_THAT(with("rate", 0), HasSubstr("problem.scenario.models[0].rate: 0 is not above 0"));
  EXPECT_THAT(with("deadline", -1.5), HasSubstr("models[0].deadline: -1.5 is not above 0"));
  EXPECT_THAT(with("probability", 1.5), HasSubstr("models[0].probability: 1.5 is above 1"));
  EXPECT_THAT(with("probability", "high"), HasSubstr("a number is expected"));
  EXPECT_THAT(with("depends_on", Json::array({1})),
              HasSubstr("models[0].depends_on[0]: model 1 does not exist, there are 1, counted from 0"));
  EXPECT_THAT(with("depends_on", Json::array({-1})), HasSubstr("depends_on[0]: model -1 does not exist"));
  EXPECT_THAT(with("depends_on", Json::array({0})),
              HasSubstr("models[0].depends_on: the models wait for each other in a circle"));
}

TEST(BadDocument, AnotherFormatOrVersion) {
  EXPECT_THAT(after([](Json& json) { json["format"] = "chart"; }),
              HasSubstr("format: 'chart' stands there where 'inlay-schedule' is due"));
  EXPECT_THAT(after([](Json& json) { json["format_version"] = 3; }), HasSubstr("format_version: 3 "));
}

TEST(BadDocument, WrongTypes) {
  EXPECT_THAT(after([](Json& json) { json["problem"] = 3; }),
              HasSubstr("problem: an object is expected, not 3"));
  EXPECT_THAT(after([](Json& json) { first_model(json)["layers"] = "all"; }),
              HasSubstr("model.layers: a list is expected, not the text 'all'"));
  EXPECT_THAT(after([](Json& json) { first_model(json)["name"] = nullptr; }),
              HasSubstr("a text is expected, not null"));
  EXPECT_THAT(after([](Json& json) { first_model(json)["tensors"][0]["bytes"] = 1.5; }),
              HasSubstr("tensors[0].bytes: a whole number of 64 bits is expected, not 1.5"));
  EXPECT_THAT(after([](Json& json) { first_model(json)["tensors"][0]["bytes"] = 18446744073709551615U; }),
              HasSubstr("a whole number of 64 bits is expected"));
  EXPECT_THAT(after([](Json& json) { first_model(json)["tensors"][3]["output"] = 1; }),
              HasSubstr("tensors[3].output: true or false is expected, not 1"));
  EXPECT_THAT(after([](Json& json) { json["metrics"]["latency"] = "long"; }),
              HasSubstr("metrics.latency: a number is expected, not the text 'long'"));
  EXPECT_THAT(after([](Json& json) { json["assumptions"] = Json::array({1}); }),
              HasSubstr("assumptions[0]: a text is expected"));
  EXPECT_THAT(after([](Json& json) { json["certificate"]["seed"] = -1; }),
              HasSubstr("certificate.seed: a whole number that is not negative is expected, not -1"));
  EXPECT_THAT(
      after([](Json& json) { json["problem"]["overlap"] = "seral"; }),
      HasSubstr("problem.overlap: 'seral' is unknown; allowed: serial, overlapped; did you mean 'serial'?"));
}

TEST(BadDocument, ValuesOutOfRange) {
  EXPECT_THAT(after([](Json& json) { first_model(json)["tensors"][0]["bytes"] = 0; }),
              HasSubstr("tensors[0].bytes: 0 is below 1"));
  EXPECT_THAT(after([](Json& json) { json["problem"]["scenario"]["models"][0]["batch"] = 1LL << 40; }),
              HasSubstr("batch: 1099511627776 is not in 1 to 2147483647"));
  EXPECT_THAT(after([](Json& json) { package(json)["memory"]["bandwidth"] = 0; }),
              HasSubstr("memory.bandwidth: 0 is not above 0"));
  EXPECT_THAT(after([](Json& json) { package(json)["network"]["hop_latency"] = -1e-9; }),
              HasSubstr("network.hop_latency: -1e-09 is below 0"));
  EXPECT_THAT(after([](Json& json) { first_model(json)["tensors"][0]["bytes"] = 1LL << 60; }),
              HasSubstr("problem.scenario.models[0]: the bytes of a batch do not fit into 64 bits"));
  EXPECT_THAT(after([](Json& json) { first_costs(json)["rows"][2]["tile_bytes"] = 1LL << 62; }),
              HasSubstr("costs.models[0].rows[2].tile_bytes: is beyond"));
}

TEST(BadDocument, GraphsThatMakeNoSense) {
  EXPECT_THAT(after([](Json& json) {
                first_model(json)["layers"][1]["inputs"] = {1, 99};
              }),
              HasSubstr("model.layers[1].inputs[1]: tensor 99 does not exist, there are 4"));
  EXPECT_THAT(after([](Json& json) { first_model(json)["layers"][1]["inputs"] = {-1}; }),
              HasSubstr("model.layers[1].inputs[0]: tensor -1 does not exist"));
  EXPECT_THAT(after([](Json& json) { first_model(json)["layers"][0]["inputs"] = {3}; }),
              HasSubstr("model.layers[0].inputs[0]: tensor 3 is made by layer 2, not before this one"));
  EXPECT_THAT(after([](Json& json) { first_model(json)["layers"][1]["inputs"] = {2}; }),
              HasSubstr("tensor 2 is made by layer 1, not before this one"));
  EXPECT_THAT(after([](Json& json) {
                first_model(json)["layers"][1]["outputs"] = {2, 1};
              }),
              HasSubstr("model.layers[1].outputs[1]: tensor 1 is made by layer 0 already"));
  EXPECT_THAT(after([](Json& json) { first_model(json)["layers"][1]["outputs"] = Json::array(); }),
              HasSubstr("model.layers[1]: a layer needs at least one input and one output"));
  EXPECT_THAT(after([](Json& json) { first_model(json)["layers"] = Json::array(); }),
              HasSubstr("layers: no layer"));
  EXPECT_THAT(after([](Json& json) { json["problem"]["scenario"]["models"] = Json::array(); }),
              HasSubstr("problem.scenario.models: no model"));
  EXPECT_THAT(after([](Json& json) { first_model(json)["layers"][1]["name"] = "layer1"; }),
              HasSubstr("two layers are called 'layer1'"));
}

TEST(BadDocument, PackagesThatMakeNoSense) {
  EXPECT_THAT(after([](Json& json) { package(json)["chiplets"][1]["type"] = 2; }),
              HasSubstr("package.chiplets[1].type: chiplet type 2 does not exist, there are 2"));
  EXPECT_THAT(after([](Json& json) { package(json)["links"] = Json::array(); }),
              HasSubstr("no chain of links joins"));
  EXPECT_THAT(after([](Json& json) { package(json)["links"][0]["to"] = 0; }),
              HasSubstr("problem.package.links[0]: links stand in ascending order"));
  EXPECT_THAT(after([](Json& json) { package(json)["links"].push_back(package(json)["links"][0]); }),
              HasSubstr("problem.package.links[1]: links stand in ascending order"));
  EXPECT_THAT(after([](Json& json) { package(json)["interfaces"] = Json::array(); }),
              HasSubstr("has no memory interface"));
  EXPECT_THAT(after([](Json& json) { package(json)["types"] = Json::array(); }),
              HasSubstr("chiplet type 0 does not exist"));
  EXPECT_THAT(after([](Json& json) {
                package(json)["types"] = Json::array();
                package(json)["chiplets"] = Json::array();
                package(json)["links"] = Json::array();
                package(json)["interfaces"] = Json::array();
              }),
              HasSubstr("has no chiplet"));
}

TEST(BadDocument, TablesThatDoNotFit) {
  EXPECT_THAT(after([](Json& json) { json["problem"]["costs"]["models"] = Json::array(); }),
              HasSubstr("problem.costs.models: 0 tables for 1 models"));
  EXPECT_THAT(after([](Json& json) { json["problem"]["costs"]["models"].push_back(first_costs(json)); }),
              HasSubstr("problem.costs.models[1]: the scenario has 1 models only"));
  EXPECT_THAT(after([](Json& json) { first_costs(json)["rows"].erase(17); }),
              HasSubstr("rows: 17 rows, but 3 classes x 3 mini-batches x 2 chiplet types need 18"));
  EXPECT_THAT(after([](Json& json) { first_costs(json)["rows"][1]["type"] = "WS"; }),
              HasSubstr("rows[1].type: 'WS' stands there where 'OS' is due"));
  EXPECT_THAT(after([](Json& json) { first_costs(json)["rows"][7]["mini_batch"] = 4; }),
              HasSubstr("rows[7].mini_batch: 4 stands there where 1 is due"));
  EXPECT_THAT(after([](Json& json) {
                first_costs(json)["class_of"] = {0, 1};
              }),
              HasSubstr("class_of: 2 numbers for 3 layers"));
  EXPECT_THAT(after([](Json& json) {
                first_costs(json)["class_of"] = {0, 1, 3};
              }),
              HasSubstr("class_of[2]: 3 is not in 0 to 2"));
  EXPECT_THAT(after([](Json& json) {
                first_costs(json)["mini_batches"] = {1, 2, 5};
              }),
              HasSubstr("mini_batches[2]: 5 is not in 1 to 4"));
  EXPECT_THAT(after([](Json& json) {
                first_costs(json)["mini_batches"] = {1, 2, 3};
                for (Json& row : first_costs(json)["rows"]) {
                  row["mini_batch"] = row["mini_batch"] == 4 ? Json(3) : row["mini_batch"];
                }
              }),
              HasSubstr("mini_batches[2]: 3 is not ceil(4 / i) for any i"));
}

TEST(BadDocument, SchedulesThatNameNothing) {
  const auto pipeline = [](Json& json) -> Json& { return json["schedule"]["windows"][0]["pipelines"][0]; };
  EXPECT_THAT(after([&](Json& json) { pipeline(json)["model"] = 1; }),
              HasSubstr("schedule.windows[0].pipelines[0].model: model 1 does not exist, there are 1"));
  EXPECT_THAT(after([&](Json& json) { pipeline(json)["stages"][1]["chiplet"] = 2; }),
              HasSubstr("pipelines[0].stages[1].chiplet: chiplet 2 does not exist, there are 2"));
  EXPECT_THAT(after([&](Json& json) { pipeline(json)["stages"][1]["last"] = 4; }),
              HasSubstr("stages[1].last: 4 is not in 0 to 3"));
}

}  // namespace
}  // namespace inlay::schedule
