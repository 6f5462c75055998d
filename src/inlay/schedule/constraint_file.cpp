// The YAML form of constraints, docs/constraints.md.
#include <tuple>

#include "inlay/base/yaml.hpp"
#include "inlay/schedule/constraint_names.hpp"
#include "inlay/schedule/constraint_request.hpp"

namespace inlay::schedule {
namespace {

Complain complain_at(const base::YamlNode& node) {
  return [node](const std::string& message) { node.fail(message); };
}

/// A name, or a list of names.
std::vector<base::YamlNode> one_or_more(const base::YamlNode& node) {
  return node.is_list() ? node.list() : std::vector<base::YamlNode>{node};
}

std::vector<int> chiplets_of(const Problem& problem, const base::YamlNode& node) {
  std::vector<std::string> names;
  for (const base::YamlNode& one : one_or_more(node)) {
    names.push_back(one.name());
    chiplet_named(problem, names.back(), complain_at(one));
  }
  return chiplets_named(problem, names, complain_at(node));
}

/// The model and the layers, all of them if none are named, of a pin or a sharding.
template <typename Range>
void read_layers(const Problem& problem, const base::YamlNode& model,
                 const std::optional<base::YamlNode>& layers, Range& range) {
  range.model = model_named(problem, model.name(), complain_at(model));
  range.last =
      static_cast<int>(problem.scenario.models[static_cast<std::size_t>(range.model)].model.layers.size());
  if (!layers) {
    return;
  }
  const std::vector<base::YamlNode> ends = one_or_more(*layers);
  if (ends.empty() || ends.size() > 2) {
    layers->fail("one layer, or the first and the last of a range: [FIRST, LAST]");
  }
  for (const base::YamlNode& end : ends) {
    layer_named(problem, range.model, end.name(), complain_at(end));
  }
  std::tie(range.first, range.last) =
      layers_named(problem, range.model, ends.front().name(), ends.back().name(), complain_at(*layers));
}

Pin read_pin(const Problem& problem, const base::YamlNode& node) {
  base::YamlMap keys = node.map();
  const base::YamlNode model = keys.required("model");
  const auto layers = keys.optional("layers");
  const base::YamlNode chiplets = keys.required("chiplets");
  keys.finish();
  Pin pin;
  read_layers(problem, model, layers, pin);
  pin.chiplets = chiplets_of(problem, chiplets);
  return pin;
}

ShardingDemand read_sharding(const Problem& problem, const base::YamlNode& node) {
  base::YamlMap keys = node.map();
  const base::YamlNode model = keys.required("model");
  const auto layers = keys.optional("layers");
  const base::YamlNode by = keys.required("by");
  keys.finish();
  ShardingDemand demand;
  read_layers(problem, model, layers, demand);
  std::vector<std::string> texts;
  for (const base::YamlNode& one : one_or_more(by)) {
    texts.push_back(one.name());
    choices_named({texts.back()}, complain_at(one));
  }
  demand.choices = choices_named(texts, complain_at(by));
  const std::string defect =
      defect_of(demand, problem.scenario.models[static_cast<std::size_t>(demand.model)].model);
  if (!defect.empty()) {
    by.fail(defect);
  }
  return demand;
}

Ban read_ban(const Problem& problem, const base::YamlNode& node) {
  base::YamlMap keys = node.map();
  const auto model = keys.optional("model");
  const base::YamlNode chiplets = keys.required("chiplets");
  keys.finish();
  return {model ? model_named(problem, model->name(), complain_at(*model)) : -1,
          chiplets_of(problem, chiplets)};
}

/// Of a map from models: calls `read` with the index and the value of each.
template <typename Read>
void for_each_model(const Problem& problem, const std::optional<base::YamlNode>& node, Read read) {
  if (!node) {
    return;
  }
  for (const auto& [name, value] : node->map().entries()) {
    read(model_named(problem, name, complain_at(value)), value);
  }
}

void read_dependencies(int model, const base::YamlNode& node, Problem& problem) {
  for (const base::YamlNode& one : one_or_more(node)) {
    const int waits_for = model_named(problem, one.name(), complain_at(one));
    if (waits_for == model) {
      one.fail("a model cannot wait for itself");
    }
    problem.constraints.dependencies.push_back({model, waits_for});
  }
}

void read_file(const base::YamlNode& root, Problem& problem) {
  base::YamlMap keys = root.map();
  const auto pins = keys.optional("pin");
  const auto bans = keys.optional("forbid");
  const auto mini_batches = keys.optional("mini_batch");
  const auto caps = keys.optional("cap");
  const auto latency_limits = keys.optional("latency_limit");
  const auto dependencies = keys.optional("after");
  const auto shardings = keys.optional("sharding");
  keys.finish();
  Constraints& constraints = problem.constraints;
  for (const base::YamlNode& node : pins ? pins->list() : std::vector<base::YamlNode>{}) {
    constraints.pins.push_back(read_pin(problem, node));
  }
  for (const base::YamlNode& node : bans ? bans->list() : std::vector<base::YamlNode>{}) {
    constraints.bans.push_back(read_ban(problem, node));
  }
  for_each_model(problem, mini_batches, [&](int model, const base::YamlNode& value) {
    constraints.mini_batches.push_back({model, value.integer(1)});
  });
  for_each_model(problem, caps, [&](int model, const base::YamlNode& value) {
    constraints.caps.push_back({model, static_cast<int>(value.integer(1, std::numeric_limits<int>::max()))});
  });
  for_each_model(problem, latency_limits, [&](int model, const base::YamlNode& value) {
    constraints.latency_limits.push_back({model, value.quantity(base::Dimension::kTime, true)});
  });
  for_each_model(problem, dependencies,
                 [&](int model, const base::YamlNode& value) { read_dependencies(model, value, problem); });
  for (const base::YamlNode& node : shardings ? shardings->list() : std::vector<base::YamlNode>{}) {
    constraints.shardings.push_back(read_sharding(problem, node));
  }
}

}  // namespace

void add_constraints(const std::string& yaml, const std::string& file, Problem& problem) {
  read_file(base::YamlNode::parse(yaml, file), problem);
}

}  // namespace inlay::schedule
