#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>

#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/workload/scenario_file.hpp"

namespace inlay::workload {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

namespace fs = std::filesystem;

std::string message_of(const std::string& text) {
  try {
    parse_scenario(text, "s.yaml");
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Scenarios, AllShippedOnesLoadAndSayWhereTheyComeFrom) {
  int count = 0;
  for (const auto& entry : fs::directory_iterator(base::data_folder() / "scenarios")) {
    const Scenario scenario = load_scenario(entry.path().string());
    EXPECT_EQ(scenario.name, entry.path().stem().string());
    EXPECT_FALSE(scenario.source.empty()) << scenario.name;
    EXPECT_FALSE(scenario.description.empty()) << scenario.name;
    ++count;
  }
  EXPECT_GE(count, 6);
}

TEST(Scenarios, AllShippedModelsLoadAndSayWhereTheyComeFrom) {
  int count = 0;
  for (const auto& entry : fs::directory_iterator(base::data_folder() / "models")) {
    const Model model = load_model(entry.path().string());
    EXPECT_EQ(model.name, entry.path().stem().string());
    EXPECT_FALSE(model.source.empty()) << model.name;
    ++count;
  }
  EXPECT_GE(count, 5);
}

TEST(Scenarios, QuickstartsWorkIsThreeToOne) {
  const Scenario scenario = load_scenario("gpt2-resnet50");
  ASSERT_EQ(scenario.models.size(), 2U);
  const std::int64_t language = scenario.models[0].batch * macs(scenario.models[0].model);
  const std::int64_t vision = scenario.models[1].batch * macs(scenario.models[1].model);
  EXPECT_NEAR(static_cast<double>(language) / static_cast<double>(vision), 3.0, 0.1);
  EXPECT_EQ(macs(scenario), language + vision);
}

TEST(Scenarios, PathsCountFromTheScenariosFolder) {
  const fs::path folder = fs::path(testing::TempDir()) / "inlay-scenario-test";
  base::write_file(folder / "nets" / "one.yaml",
                   "name: one\ninputs: {x: [8]}\nlayers:\n- {name: a, op: gemm, features: 4}\n");
  base::write_file(
      folder / "s.yaml",
      "name: s\nmodels:\n- {model: nets/one.yaml}\n- {model: nets/one.yaml, batch: 3, name: two}\n");
  const Scenario scenario = load_scenario((folder / "s.yaml").string());
  fs::remove_all(folder);
  ASSERT_EQ(scenario.models.size(), 2U);
  EXPECT_EQ(scenario.models[0].name, "one");
  EXPECT_EQ(scenario.models[0].batch, 1);
  EXPECT_EQ(scenario.models[1].name, "two");
  EXPECT_EQ(macs(scenario), 4 * 32);
}

TEST(Scenarios, AskTheLoaderForModels) {
  const ModelLoader loader = [](const std::string& path, const ModelParameters& parameters,
                                const WantedBits& bits) {
    EXPECT_EQ(bits.weights, 4);
    EXPECT_EQ(bits.activations, 0);
    Model model = load_model("resnet-18");
    model.name = fs::path(path).filename().string() + " " + std::to_string(parameters.at("image"));
    return model;
  };
  const Scenario scenario = parse_scenario(
      "name: s\nmodels:\n- {model: resnet-18, parameters: {image: 64}, precision: {weights: 4}}\n", "s.yaml",
      loader);
  EXPECT_EQ(scenario.models[0].name, "resnet-18.yaml 64");
}

TEST(Scenarios, PrecisionReplacesThatOfTheModelButNotOfALayer) {
  const auto model_of = [](const std::string& precision) {
    return parse_scenario("name: s\nmodels:\n- {model: gpt2-small" + precision + "}\n", "s.yaml")
        .models[0]
        .model;
  };
  const Model plain = model_of("");
  const Model narrow = model_of(", precision: {weights: 4, activations: 16, accumulator: 32}");
  for (std::size_t i = 0; i < plain.layers.size(); ++i) {
    const Layer& layer = narrow.layers[i];
    EXPECT_EQ(layer.weight_bytes, (plain.layers[i].weight_bytes + 1) / 2) << layer.name;
    EXPECT_EQ(layer.precision.outputs, 16);
    EXPECT_EQ(layer.precision.accumulator, 32);
    EXPECT_EQ(plain.layers[i].precision.outputs, 8);
    EXPECT_EQ(plain.layers[i].precision.accumulator, 8);
    const auto* product = std::get_if<GemmShape>(&layer.shape);
    if (product != nullptr) {
      EXPECT_EQ(layer.precision.weights, product->weights ? 4 : 16) << layer.name;
    }
  }
  EXPECT_EQ(narrow.tensors[0].bits, 16) << "the tokens' own width";
  EXPECT_EQ(narrow.tensors[0].bytes, plain.tensors[0].bytes);
  EXPECT_EQ(activation_bytes(narrow) - narrow.tensors[0].bytes,
            2 * (activation_bytes(plain) - plain.tensors[0].bytes));
  EXPECT_THAT(message_of("name: s\nmodels:\n- {model: resnet-18, precision: {weights: 65}}\n"),
              HasSubstr("models[0].precision.weights: 65 is too large"));
  EXPECT_THAT(message_of("name: s\nmodels:\n- {model: resnet-18, precision: {weigths: 4}}\n"),
              HasSubstr("did you mean 'weights'?"));
}

TEST(Scenarios, SayWhenSamplesComeAndAreDue) {
  const Scenario scenario = parse_scenario(
      "name: s\nmodels:\n"
      "- {model: resnet-18, name: a, depends_on: [c, b], rate: 29.97, deadline: 990 ms, probability: 0.25}\n"
      "- {model: resnet-18, name: b, depends_on: c}\n"
      "- {model: resnet-18, name: c, probability: 0}\n",
      "s.yaml");
  EXPECT_EQ(scenario.models[0].rate, 29.97);
  EXPECT_EQ(scenario.models[0].deadline, 0.99);
  EXPECT_EQ(scenario.models[0].probability, 0.25);
  EXPECT_THAT(scenario.models[0].depends_on, ::testing::ElementsAre(2, 1));
  EXPECT_THAT(scenario.models[1].depends_on, ::testing::ElementsAre(2));
  EXPECT_EQ(scenario.models[1].rate, std::nullopt);
  EXPECT_EQ(scenario.models[1].deadline, std::nullopt);
  EXPECT_EQ(scenario.models[1].probability, std::nullopt);
  EXPECT_EQ(scenario.models[2].probability, 0.0);
  EXPECT_TRUE(scenario.models[2].depends_on.empty());
}

TEST(Scenarios, SayWhatIsWrongWithRatesAndDependencies) {
  const auto complaint = [](const std::string& keys) {
    return message_of(
        "name: s\nmodels:\n- {model: resnet-18, name: eyes}\n- {model: resnet-18, name: gaze, " + keys +
        "}\n- {model: resnet-18, name: hands, depends_on: gaze}\n");
  };
  EXPECT_THAT(
      complaint("depends_on: [eyess]"),
      AllOf(StartsWith("s.yaml:4:47: models[1].depends_on[0]: no model of the scenario is called 'eyess'"),
            HasSubstr("did you mean 'eyes'?")));
  EXPECT_THAT(complaint("depends_on: [eyes, eyes]"), HasSubstr("'eyes' stands there twice"));
  EXPECT_THAT(complaint("depends_on: gaze"), HasSubstr("cycle: gaze -> gaze"));
  EXPECT_THAT(complaint("depends_on: [eyes, hands]"),
              AllOf(StartsWith("s.yaml:4:46: models[1].depends_on: cycle: gaze -> hands -> gaze"),
                    HasSubstr("each model waits for the next one")));
  EXPECT_THAT(complaint("rate: 0"), HasSubstr("samples per second above 0"));
  EXPECT_THAT(complaint("rate: often"), HasSubstr("models[1].rate: "));
  EXPECT_THAT(complaint("deadline: 33"), HasSubstr("models[1].deadline: "));
  EXPECT_THAT(complaint("deadline: 0 ms"), HasSubstr("models[1].deadline: "));
  EXPECT_THAT(complaint("probability: 1.5"), HasSubstr("models[1].probability: "));
  EXPECT_THAT(complaint("dependson: eyes"), HasSubstr("did you mean 'depends_on'?"));
  EXPECT_THAT(message_of("name: s\nmodels:\n- {model: resnet-18, depends_on: gaze}\n"),
              HasSubstr("no other model stands in the scenario, 'gaze' is none"));
}

Scenario with_settings(const std::string& models, const std::vector<std::string>& settings) {
  return parse_scenario("name: s\nmodels:\n" + models, "s.yaml", load_model, parse_settings(settings));
}

TEST(Scenarios, SettingsReplaceParameters) {
  const std::string models =
      "- {model: gpt2-small, parameters: {sequence: 16, depth: 1}}\n- {model: gpt2-small, name: v.2}\n"
      "- {model: resnet-18}\n";
  const auto sequences = [&models](const std::vector<std::string>& settings) {
    const Scenario scenario = with_settings(models, settings);
    EXPECT_EQ(scenario.models[0].model.settings.at("depth"), 1);
    return std::pair(scenario.models[0].model.settings.at("sequence"),
                     scenario.models[1].model.settings.at("sequence"));
  };
  EXPECT_EQ(sequences({}), (std::pair<std::int64_t, std::int64_t>(16, 128)));
  EXPECT_EQ(sequences({"sequence=8"}), (std::pair<std::int64_t, std::int64_t>(8, 8)));
  EXPECT_EQ(sequences({"gpt2-small.sequence=8"}), (std::pair<std::int64_t, std::int64_t>(8, 128)));
  EXPECT_EQ(sequences({"v.2.sequence=8"}), (std::pair<std::int64_t, std::int64_t>(16, 8)));
  // What names a model goes before what is said of all.
  EXPECT_EQ(sequences({"v.2.sequence=8", "sequence=4"}), (std::pair<std::int64_t, std::int64_t>(4, 8)));
}

TEST(Scenarios, SettingsThatFitNothingAreRefused) {
  const auto complaint = [](const std::string& setting) -> std::string {
    try {
      with_settings("- {model: gpt2-small}\n- {model: resnet-18}\n", {setting});
    } catch (const base::InputError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_THAT(complaint("sequnce=8"), AllOf(HasSubstr("no model of the scenario has a parameter 'sequnce'"),
                                            HasSubstr("did you mean 'sequence'?")));
  EXPECT_THAT(complaint("gpt2-smal.sequence=8"),
              AllOf(HasSubstr("no model of the scenario is called 'gpt2-smal'"),
                    HasSubstr("did you mean 'gpt2-small'?")));
  EXPECT_THAT(complaint("gpt2-small.sequnce=8"), AllOf(HasSubstr("the model has no parameter 'sequnce'"),
                                                       HasSubstr("did you mean 'sequence'?")));
  EXPECT_THAT(complaint("gpt2-small.sequence=9999"),
              HasSubstr("9999 tokens are more than the 1024 positions"));
  for (const std::string text :
       {"sequence", "sequence=", "=8", "sequence=8x", ".sequence=8", "sequence=99999999999999999999"}) {
    EXPECT_THAT(complaint(text), HasSubstr("is not [MODEL.]NAME=NUMBER")) << text;
  }
  EXPECT_THROW(parse_settings({"a=1", "a=2"}), base::InputError);
}

// A frame for each sample, due a whole number of milliseconds after it came; the last one of a batch is due
// last.
TEST(Scenarios, XrbenchIsOneSecondOfWork) {
  const std::map<std::string, std::string> upstream = {{"emformer", "res8-narrow"}, {"eyecod", "ritnet"}};
  int scenarios = 0;
  int waiting = 0;
  for (const auto& file : fs::directory_iterator(base::data_folder() / "scenarios")) {
    if (!file.path().stem().string().starts_with("xrbench-")) {
      continue;
    }
    ++scenarios;
    const Scenario scenario = load_scenario(file.path().string());
    for (const ScenarioModel& entry : scenario.models) {
      EXPECT_EQ(entry.rate, static_cast<double>(entry.batch)) << scenario.name;
      const std::int64_t period = 1000 / entry.batch;
      EXPECT_NEAR(entry.deadline.value_or(0.0), static_cast<double>(entry.batch * period) * 1e-3, 1e-12);
      const auto needed = upstream.find(entry.name);
      ASSERT_EQ(entry.depends_on.size(), needed == upstream.end() ? 0U : 1U) << entry.name;
      if (needed != upstream.end()) {
        EXPECT_EQ(scenario.models[static_cast<std::size_t>(entry.depends_on[0])].name, needed->second);
        ++waiting;
      }
      EXPECT_EQ(entry.probability.has_value(), entry.name == "emformer");
    }
  }
  EXPECT_EQ(scenarios, 7);
  EXPECT_EQ(waiting, 6);
}

TEST(Scenarios, SayWhatIsWrong) {
  EXPECT_THAT(
      message_of("name: s\nmodels:\n- {model: resnet50}\n"),
      AllOf(StartsWith("s.yaml:3:11: models[0].model: 'resnet50' is neither a file nor one of the models"),
            HasSubstr("did you mean 'resnet-50'?")));
  EXPECT_THAT(message_of("name: s\nmodels:\n- {model: nowhere/net.yaml}\n"),
              StartsWith("s.yaml:3:11: models[0].model: nowhere/net.yaml: no such file"));
  EXPECT_THAT(message_of("name: s\nmodels:\n- {model: resnet-18, batch: 0}\n"),
              StartsWith("s.yaml:3:29: models[0].batch: 0 is too small, at least 1 is expected"));
  EXPECT_THAT(message_of("name: s\nmodels:\n- {model: resnet-18, batch: many}\n"),
              HasSubstr("'many' is not a whole number"));
  EXPECT_THAT(
      message_of("name: s\nmodels:\n- {model: resnet-18, bacth: 2}\n"),
      AllOf(StartsWith("s.yaml:3:22: models[0].bacth: unknown key"), HasSubstr("did you mean 'batch'?")));
  EXPECT_THAT(message_of("name: s\nmodels:\n- {model: gpt2-small, parameters: {sequnce: 4}}\n"),
              AllOf(StartsWith("s.yaml:3:11: models[0].model: "), HasSubstr("did you mean 'sequence'?")));
  EXPECT_THAT(message_of("name: s\nmodels:\n- {model: gpt2-small, parameters: {sequence: 2000}}\n"),
              HasSubstr("2000 tokens are more than the 1024 positions of the table"));
  EXPECT_THAT(
      message_of("name: s\nmodels:\n- {model: resnet-18}\n- {model: resnet-18}\n"),
      StartsWith("s.yaml:4:3: models[1]: two models are called 'resnet-18'; give this one another 'name'"));
  EXPECT_THAT(message_of("name: s\nmodels: []\n"), HasSubstr("a scenario needs at least one model"));
  EXPECT_THAT(message_of("name: s\n"), HasSubstr("key 'models' is missing"));
}

}  // namespace
}  // namespace inlay::workload
