#include "inlay/workload/model_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "inlay/base/checked.hpp"
#include "inlay/base/file.hpp"
#include "inlay/base/yaml.hpp"
#include "inlay/workload/assembly.hpp"
#include "inlay/workload/expansion.hpp"
#include "inlay/workload/fusion.hpp"
#include "inlay/workload/layer_builder.hpp"
#include "inlay/workload/model_path.hpp"
#include "inlay/workload/operators.hpp"

namespace inlay::workload {
namespace {

constexpr std::int64_t kMostBits = 64;

/// The file's parameters in its order, each an expression over those before it, replaced where `given` says
/// so.
base::Names read_parameters(const base::YamlNode& node, const ModelParameters& given) {
  base::Names names;
  base::YamlMap map = node.map();
  for (const auto& [name, value] : map.entries()) {
    const auto letter = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
    const bool begins_well = !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) == 0;
    if (!begins_well || !std::all_of(name.begin(), name.end(), letter)) {
      value.fail(fmt::format("'{}' is no parameter's name: letters, digits and '_' are allowed", name));
    }
    const auto replaced = given.find(name);
    names[name] = replaced != given.end() ? replaced->second : evaluate(value, names);
  }
  return names;
}

void refuse_unknown(const base::YamlNode& at, const base::Names& names, const ModelParameters& given) {
  std::vector<std::string> known;
  for (const auto& [name, value] : names) {
    known.push_back(name);
  }
  for (const auto& [name, value] : given) {
    if (names.count(name) == 0) {
      at.fail(known.empty() ? fmt::format("the model has no parameters, '{}' is given", name)
                            : fmt::format("the model has no parameter '{}'; {}", name,
                                          base::allowed_values(name, known)));
    }
  }
}

struct ModelInput {
  Tensor tensor;
  base::YamlNode at;
};

ModelInput read_input(const std::string& name, const base::YamlNode& node, const base::Names& names,
                      std::int64_t bits) {
  std::optional<base::YamlNode> shape;
  if (node.is_list()) {
    shape = node;
  } else {
    base::YamlMap keys = node.map();
    shape = keys.required("shape");
    if (const auto own_bits = keys.optional("bits")) {
      bits = own_bits->integer(1, kMostBits);
    }
    keys.finish();
  }
  std::vector<std::int64_t> dimensions;
  for (const base::YamlNode& size : shape->list()) {
    dimensions.push_back(evaluate_size(size, names));
  }
  if (dimensions.empty()) {
    shape->fail("at least one size is expected");
  }
  try {
    return {make_tensor(name, std::move(dimensions), bits), node};
  } catch (const base::OverflowError&) {
    node.fail("its size does not fit into 64 bits");
  }
}

std::vector<ModelInput> read_inputs(const base::YamlNode& node, const base::Names& names, std::int64_t bits) {
  std::vector<ModelInput> inputs;
  base::YamlMap map = node.map();
  for (const auto& [name, input] : map.entries()) {
    inputs.push_back(read_input(name, input, names, bits));
  }
  if (inputs.empty()) {
    node.fail("a model needs at least one input");
  }
  return inputs;
}

Tensor state_tensor(const ExpandedState& state, std::int64_t bits) {
  try {
    return make_tensor(state.tensor, state.dimensions, bits);
  } catch (const base::OverflowError&) {
    state.at.fail("its size does not fit into 64 bits");
  }
}

void refuse_overflow(const Model& model, const base::YamlNode& root) {
  try {
    macs(model);
    parameters(model);
    weight_bytes(model);
    activation_bytes(model);
  } catch (const base::OverflowError&) {
    root.fail("the sum of all layers does not fit into 64 bits");
  }
}

struct Description {
  std::string name;
  std::string source;
  std::string description;
};

Description read_description(base::YamlMap& keys) {
  const auto text = [&](const std::string& key) {
    const auto node = keys.optional(key);
    return node ? node->text() : std::string();
  };
  return {keys.required("name").name(), text("source"), text("description")};
}

BitWidths read_bits(base::YamlMap& keys, const WantedBits& wanted) {
  const auto read = [&keys](const char* key, std::int64_t otherwise, std::int64_t given) {
    const auto node = keys.optional(key);
    const std::int64_t own = node ? node->integer(1, kMostBits) : otherwise;
    return given > 0 ? given : own;
  };
  BitWidths bits;
  bits.weights = read("weight_bits", bits.weights, wanted.weights);
  bits.activations = read("activation_bits", bits.activations, wanted.activations);
  bits.accumulator = read("accumulator_bits", bits.accumulator, wanted.accumulator);
  return bits;
}

/// Builds the graph out of a file that has its own layers.
Model read_graph(base::YamlMap& keys, Description about, const ModelParameters& given,
                 const WantedBits& wanted) {
  Model model;
  model.name = std::move(about.name);
  model.source = std::move(about.source);
  model.description = std::move(about.description);
  const auto parameters = keys.optional("parameters");
  const base::Names names = parameters ? read_parameters(*parameters, given) : base::Names{};
  refuse_unknown(parameters ? *parameters : keys.node(), names, given);
  model.settings.insert(names.begin(), names.end());
  const BitWidths bits = read_bits(keys, wanted);
  const std::vector<ModelInput> inputs = read_inputs(keys.required("inputs"), names, bits.activations);
  const auto outputs = keys.optional("outputs");
  const auto fuse = keys.optional("fuse");
  const bool fuses = !fuse || fuse->boolean();
  const auto blocks = keys.optional("blocks");
  const base::YamlNode layers = keys.required("layers");
  keys.finish();
  if (layers.list().empty()) {
    layers.fail("a model needs at least one layer");
  }

  std::vector<TensorReference> input_names;
  for (const ModelInput& input : inputs) {
    input_names.push_back({input.tensor.name, input.at});
  }
  const VectorOperators operators = load_vector_operators();
  const std::vector<std::string> words = operator_names(operators);
  const Expansion expansion = expand_layers(layers, blocks, input_names, names, words);
  Assembly assembly(expansion, model);
  for (const ModelInput& input : inputs) {
    assembly.add_input(input.tensor, input.at);
  }
  for (const ExpandedState& state : expansion.states) {
    assembly.add_input(state_tensor(state, bits.activations), state.at);
  }
  assembly.add_layers(operators, bits);
  assembly.mark_outputs(outputs, layers);
  assembly.finish();
  refuse_overflow(model, keys.node());
  if (fuses) {
    model = fused(model, operators);
  }
  check_consistency(model);
  return model;
}

Model read_model(const base::YamlNode& root, const ModelParameters& given, const WantedBits& wanted,
                 int depth = 0) {
  constexpr int kLongestChain = 8;  // of models that are like another one; a circle is longer
  base::YamlMap keys = root.map();
  Description about = read_description(keys);
  const auto like = keys.optional("like");
  if (!like) {
    return read_graph(keys, std::move(about), given, wanted);
  }
  if (depth == kLongestChain) {
    like->fail(fmt::format("more than {} models, each like the next one", kLongestChain));
  }
  // What is given replaces what this file says, which replaces what the other file says.
  ModelParameters settings = given;
  if (const auto parameters = keys.optional("parameters")) {
    const base::Names own = read_parameters(*parameters, given);
    settings.insert(own.begin(), own.end());
  }
  keys.finish();
  Model model = read_model(base::YamlNode::load(find_model_file(*like)), settings, wanted, depth + 1);
  model.name = std::move(about.name);
  model.source = std::move(about.source);
  model.description = std::move(about.description);
  return model;
}

}  // namespace

Model load_model(const std::string& path_or_name, const ModelParameters& parameters, const WantedBits& bits) {
  return read_model(base::YamlNode::load(base::find_data_file(path_or_name, "models")), parameters, bits);
}

Model parse_model(const std::string& text, const std::string& file, const ModelParameters& parameters,
                  const WantedBits& bits) {
  return read_model(base::YamlNode::parse(text, file), parameters, bits);
}

}  // namespace inlay::workload
