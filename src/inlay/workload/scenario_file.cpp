#include "inlay/workload/scenario_file.hpp"

#include <fmt/format.h>

#include <limits>

#include "inlay/base/checked.hpp"
#include "inlay/base/file.hpp"
#include "inlay/base/yaml.hpp"
#include "inlay/workload/model_path.hpp"

namespace inlay::workload {
namespace {

constexpr std::int64_t kLargestBatch = 1'000'000;

ModelParameters read_settings(const base::YamlNode& node) {
  ModelParameters settings;
  base::YamlMap map = node.map();
  for (const auto& [name, value] : map.entries()) {
    settings.emplace(name, value.integer(std::numeric_limits<std::int64_t>::min()));
  }
  return settings;
}

WantedBits read_precision(const base::YamlNode& node) {
  constexpr std::int64_t kMostBits = 64;
  WantedBits bits;
  base::YamlMap map = node.map();
  const auto read = [&map](const char* key, std::int64_t& value) {
    if (const auto width = map.optional(key)) {
      value = width->integer(1, kMostBits);
    }
  };
  read("weights", bits.weights);
  read("activations", bits.activations);
  read("accumulator", bits.accumulator);
  map.finish();
  return bits;
}

ScenarioModel read_entry(const base::YamlNode& node, const ModelLoader& loader) {
  base::YamlMap keys = node.map();
  const base::YamlNode model_node = keys.required("model");
  const auto batch = keys.optional("batch");
  const auto settings = keys.optional("parameters");
  const auto precision = keys.optional("precision");
  const auto name = keys.optional("name");
  keys.finish();
  ScenarioModel entry;
  entry.batch = batch ? batch->integer(1, kLargestBatch) : 1;
  const std::string path = find_model_file(model_node).string();
  const WantedBits bits = precision ? read_precision(*precision) : WantedBits{};
  try {
    entry.model = loader(path, settings ? read_settings(*settings) : ModelParameters{}, bits);
  } catch (const base::InputError& error) {
    model_node.fail(error.what());
  }
  entry.name = name ? name->name() : entry.model.name;
  return entry;
}

Scenario read_scenario(const base::YamlNode& root, const ModelLoader& loader) {
  base::YamlMap keys = root.map();
  Scenario scenario;
  scenario.name = keys.required("name").name();
  const auto text = [&](const std::string& key) {
    const auto node = keys.optional(key);
    return node ? node->text() : std::string();
  };
  scenario.source = text("source");
  scenario.description = text("description");
  const base::YamlNode models = keys.required("models");
  keys.finish();
  for (const base::YamlNode& node : models.list()) {
    ScenarioModel entry = read_entry(node, loader);
    for (const ScenarioModel& other : scenario.models) {
      if (other.name == entry.name) {
        node.fail(fmt::format("two models are called '{}'; give this one another 'name'", entry.name));
      }
    }
    scenario.models.push_back(std::move(entry));
  }
  if (scenario.models.empty()) {
    models.fail("a scenario needs at least one model");
  }
  try {
    macs(scenario);
  } catch (const base::OverflowError&) {
    models.fail("the sum of all models does not fit into 64 bits");
  }
  return scenario;
}

}  // namespace

Scenario load_scenario(const std::string& path_or_name, const ModelLoader& loader) {
  return read_scenario(base::YamlNode::load(base::find_data_file(path_or_name, "scenarios")), loader);
}

Scenario parse_scenario(const std::string& text, const std::string& file, const ModelLoader& loader) {
  return read_scenario(base::YamlNode::parse(text, file), loader);
}

std::int64_t macs(const Scenario& scenario) {
  std::int64_t total = 0;
  for (const ScenarioModel& entry : scenario.models) {
    total = base::checked_add(total, base::checked_multiply(entry.batch, macs(entry.model)));
  }
  return total;
}

}  // namespace inlay::workload
