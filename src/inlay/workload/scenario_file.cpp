#include "inlay/workload/scenario_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>

#include "inlay/base/checked.hpp"
#include "inlay/base/file.hpp"
#include "inlay/base/yaml.hpp"
#include "inlay/workload/model_path.hpp"

namespace inlay::workload {
namespace {

constexpr std::int64_t kLargestBatch = 1'000'000;

ModelParameters read_parameters(const base::YamlNode& node) {
  ModelParameters parameters;
  base::YamlMap map = node.map();
  for (const auto& [name, value] : map.entries()) {
    parameters.emplace(name, value.integer(std::numeric_limits<std::int64_t>::min()));
  }
  return parameters;
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

/// When samples come and are due; models that are depended on are only known once all have been read.
void read_timing(base::YamlMap& keys, ScenarioModel& entry) {
  constexpr double kHighestRate = 1e12;
  if (const auto rate = keys.optional("rate")) {
    entry.rate = rate->number(0.0, kHighestRate);
    if (*entry.rate == 0.0) {
      rate->fail("samples per second above 0 are expected; leave 'rate' out where none is asked for");
    }
  }
  if (const auto deadline = keys.optional("deadline")) {
    entry.deadline = deadline->quantity(base::Dimension::kTime, true);
  }
  if (const auto probability = keys.optional("probability")) {
    entry.probability = probability->number(0.0, 1.0);
  }
}

/// A model of the file with the names that it says it depends on.
struct Entry {
  ScenarioModel model;
  std::optional<base::YamlNode> depends_on;
};

/// Settings speak of a model by its name, which may only be known once it has been loaded.
ScenarioModel load_entry(ScenarioModel entry, const base::YamlNode& model_node, ModelParameters parameters,
                         const WantedBits& bits, const ModelLoader& loader, SettingsInUse& settings) {
  const std::string path = find_model_file(model_node).string();
  const auto replace = [&parameters](const ModelParameters& values) {
    for (const auto& [name, value] : values) {
      parameters[name] = value;
    }
    return !values.empty();
  };
  // Until it has been loaded, a model that is given no name here is known by its file.
  const std::string known = entry.name.empty() ? std::filesystem::path(path).stem().string() : entry.name;
  replace(settings.named(known));
  try {
    entry.model = loader(path, parameters, bits);
    bool again = replace(settings.shared(entry.model));
    again = replace(settings.named(known)) || again;  // what is said of one goes before what is said of all
    if (entry.name.empty()) {
      entry.name = entry.model.name;
      again = replace(settings.named(entry.name)) || again;
    }
    if (again) {
      entry.model = loader(path, parameters, bits);
    }
  } catch (const base::InputError& error) {
    model_node.fail(error.what());
  }
  return entry;
}

Entry read_entry(const base::YamlNode& node, const ModelLoader& loader, SettingsInUse& settings) {
  base::YamlMap keys = node.map();
  const base::YamlNode model_node = keys.required("model");
  const auto batch = keys.optional("batch");
  const auto parameters = keys.optional("parameters");
  const auto precision = keys.optional("precision");
  const auto name = keys.optional("name");
  ScenarioModel entry;
  read_timing(keys, entry);
  const auto depends_on = keys.optional("depends_on");
  keys.finish();
  entry.batch = batch ? batch->integer(1, kLargestBatch) : 1;
  entry.name = name ? name->name() : std::string();
  const WantedBits bits = precision ? read_precision(*precision) : WantedBits{};
  entry = load_entry(std::move(entry), model_node,
                     parameters ? read_parameters(*parameters) : ModelParameters{}, bits, loader, settings);
  return {std::move(entry), depends_on};
}

int find_dependency(const base::YamlNode& node, const Scenario& scenario, std::size_t self) {
  std::vector<std::string> others;
  for (std::size_t i = 0; i < scenario.models.size(); ++i) {
    if (scenario.models[i].name == node.name()) {
      return static_cast<int>(i);
    }
    if (i != self) {
      others.push_back(scenario.models[i].name);
    }
  }
  node.fail(others.empty() ? fmt::format("no other model stands in the scenario, '{}' is none", node.name())
                           : fmt::format("no model of the scenario is called '{}'; {}", node.name(),
                                         base::allowed_values(node.name(), others)));
}

/// One name or a list of them.
void read_dependencies(const base::YamlNode& node, Scenario& scenario, std::size_t self) {
  std::vector<int>& needed = scenario.models[self].depends_on;
  for (const base::YamlNode& item : node.is_list() ? node.list() : std::vector{node}) {
    const int model = find_dependency(item, scenario, self);
    if (std::find(needed.begin(), needed.end(), model) != needed.end()) {
      item.fail(fmt::format("'{}' stands there twice", item.name()));
    }
    needed.push_back(model);
  }
}

void refuse_cycle(const Scenario& scenario, const std::vector<std::optional<base::YamlNode>>& places) {
  const std::vector<int> cycle = dependency_cycle(scenario);
  if (cycle.empty()) {
    return;
  }
  std::string text;
  for (const int model : cycle) {
    text += scenario.models[static_cast<std::size_t>(model)].name + " -> ";
  }
  const auto first = static_cast<std::size_t>(cycle.front());
  places[first]->fail(
      fmt::format("cycle: {}{} (each model waits for the next one)", text, scenario.models[first].name));
}

Scenario read_scenario(const base::YamlNode& root, const ModelLoader& loader,
                       const std::vector<Setting>& given) {
  SettingsInUse settings(given);
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
  std::vector<std::optional<base::YamlNode>> dependencies;
  for (const base::YamlNode& node : models.list()) {
    Entry entry = read_entry(node, loader, settings);
    for (const ScenarioModel& other : scenario.models) {
      if (other.name == entry.model.name) {
        node.fail(fmt::format("two models are called '{}'; give this one another 'name'", other.name));
      }
    }
    scenario.models.push_back(std::move(entry.model));
    dependencies.push_back(std::move(entry.depends_on));
  }
  for (std::size_t i = 0; i < dependencies.size(); ++i) {
    if (dependencies[i]) {
      read_dependencies(*dependencies[i], scenario, i);
    }
  }
  refuse_cycle(scenario, dependencies);
  settings.refuse_unused(scenario);
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

Scenario load_scenario(const std::string& path_or_name, const ModelLoader& loader,
                       const std::vector<Setting>& settings) {
  return read_scenario(base::YamlNode::load(base::find_data_file(path_or_name, "scenarios")), loader,
                       settings);
}

Scenario parse_scenario(const std::string& text, const std::string& file, const ModelLoader& loader,
                        const std::vector<Setting>& settings) {
  return read_scenario(base::YamlNode::parse(text, file), loader, settings);
}

std::int64_t macs(const Scenario& scenario) {
  std::int64_t total = 0;
  for (const ScenarioModel& entry : scenario.models) {
    total = base::checked_add(total, base::checked_multiply(entry.batch, macs(entry.model)));
  }
  return total;
}

}  // namespace inlay::workload
