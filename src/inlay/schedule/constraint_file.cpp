// The YAML form of constraints, docs/constraints.md.
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

Pin read_pin(const Problem& problem, const base::YamlNode& node) {
  base::YamlMap keys = node.map();
  const base::YamlNode model = keys.required("model");
  const auto layers = keys.optional("layers");
  const base::YamlNode chiplets = keys.required("chiplets");
  keys.finish();
  Pin pin;
  pin.model = model_named(problem, model.name(), complain_at(model));
  pin.chiplets = chiplets_of(problem, chiplets);
  pin.last =
      static_cast<int>(problem.scenario.models[static_cast<std::size_t>(pin.model)].model.layers.size());
  if (layers) {
    const std::vector<base::YamlNode> ends = one_or_more(*layers);
    if (ends.empty() || ends.size() > 2) {
      layers->fail("one layer, or the first and the last of a range: [FIRST, LAST]");
    }
    pin.first = layer_named(problem, pin.model, ends.front().name(), complain_at(ends.front()));
    pin.last = layer_named(problem, pin.model, ends.back().name(), complain_at(ends.back())) + 1;
    if (pin.last <= pin.first) {
      layers->fail("the last layer stands before the first");
    }
  }
  return pin;
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
}

}  // namespace

void add_constraints(const std::string& yaml, const std::string& file, Problem& problem) {
  read_file(base::YamlNode::parse(yaml, file), problem);
}

}  // namespace inlay::schedule
