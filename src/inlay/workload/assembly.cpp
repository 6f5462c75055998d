#include "inlay/workload/assembly.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace inlay::workload {
namespace {

bool contains(const std::vector<int>& indices, int wanted) {
  return std::find(indices.begin(), indices.end(), wanted) != indices.end();
}

}  // namespace

Assembly::Assembly(const Expansion& expansion, Model& model) : expansion_(expansion), model_(model) {
  for (std::size_t i = 0; i < expansion.layers.size(); ++i) {
    for (const ExpandedOutput& output : expansion.layers[i].outputs) {
      makers_.emplace(output.tensor, static_cast<int>(i));
    }
  }
}

void Assembly::add_input(const Tensor& tensor, const base::YamlNode& at) {
  tensors_.emplace(tensor.name, static_cast<int>(model_.tensors.size()));
  model_.tensors.push_back(tensor);
  input_places_.push_back(at);
}

void Assembly::add_layers(const VectorOperators& operators, const BitWidths& bits) {
  for (const ExpandedLayer& expanded : expansion_.layers) {
    const int self = static_cast<int>(model_.layers.size());
    std::vector<int> read;
    for (const TensorReference& input : expanded.inputs) {
      read.push_back(find(input, self));
    }
    std::vector<const Tensor*> operands;
    for (const int input : read) {
      operands.push_back(&model_.tensors[static_cast<std::size_t>(input)]);
    }
    BuiltLayer built = build_layer(expanded, operands, operators, bits);
    for (const int input : read) {  // `x * x` reads x once
      if (!contains(built.layer.inputs, input)) {
        built.layer.inputs.push_back(input);
        model_.tensors[static_cast<std::size_t>(input)].users.push_back(self);
      }
    }
    for (Tensor& output : built.outputs) {
      const int index = static_cast<int>(model_.tensors.size());
      tensors_.emplace(output.name, index);
      built.layer.outputs.push_back(index);
      output.producer = self;
      model_.tensors.push_back(std::move(output));
    }
    model_.layers.push_back(std::move(built.layer));
  }
}

void Assembly::mark_outputs(const std::optional<base::YamlNode>& outputs, const base::YamlNode& layers) {
  const int after_all = static_cast<int>(model_.layers.size());
  std::vector<TensorReference> wanted;
  if (outputs) {
    for (const base::YamlNode& output : outputs->list()) {
      wanted.push_back({output.name(), output});
    }
  } else {
    const base::YamlNode last = layers.list().back();
    wanted.push_back({last.map().required("name").text(), last});
  }
  if (wanted.empty()) {
    outputs->fail("at least one tensor is expected");
  }
  for (const TensorReference& reference : wanted) {
    Tensor& tensor = model_.tensors[static_cast<std::size_t>(find(reference, after_all))];
    if (tensor.producer < 0) {
      reference.at.fail(fmt::format("'{}' is an input of the model, no layer makes it", tensor.name));
    }
    tensor.is_output = true;
  }
  for (const TensorReference& reference : expansion_.kept) {
    model_.tensors[static_cast<std::size_t>(find(reference, after_all))].is_output = true;
  }
}

void Assembly::finish() const {
  for (const auto& [name, reference] : expansion_.aliases) {
    find(reference, static_cast<int>(model_.layers.size()));
  }
  for (std::size_t i = 0; i < model_.tensors.size(); ++i) {
    const Tensor& tensor = model_.tensors[i];
    if (!tensor.users.empty() || tensor.is_output) {
      continue;
    }
    if (tensor.producer < 0) {
      input_places_[i].fail(fmt::format("no layer reads the input '{}'", tensor.name));
    }
    expansion_.layers[static_cast<std::size_t>(tensor.producer)].keys.fail(fmt::format(
        "no layer reads '{}', and it is no output of the model: use it, remove it, or name it under "
        "'outputs'",
        tensor.name));
  }
  for (std::size_t i = 0; i < model_.layers.size(); ++i) {
    check_tie(model_.layers[i], expansion_.layers[i].keys.node());
  }
}

std::string Assembly::resolve(const TensorReference& reference) const {
  std::string name = reference.tensor;
  for (std::size_t steps = 0; steps <= expansion_.aliases.size(); ++steps) {
    const auto alias = expansion_.aliases.find(name);
    if (alias == expansion_.aliases.end()) {
      return name;
    }
    name = alias->second.tensor;
  }
  reference.at.fail(fmt::format("cycle: '{}' stands for itself", reference.tensor));
}

int Assembly::find(const TensorReference& reference, int reader) const {
  const std::string name = resolve(reference);
  const auto found = tensors_.find(name);
  if (found != tensors_.end()) {
    return found->second;
  }
  explain_missing(reference, name, reader);
}

void Assembly::explain_missing(const TensorReference& reference, const std::string& name, int reader) const {
  const auto layer_name = [&](int index) { return expansion_.layers[static_cast<std::size_t>(index)].name; };
  if (const auto maker = makers_.find(name); maker != makers_.end()) {
    std::vector<std::string> circle;
    for (const int layer : reading_path(maker->second, reader)) {
      circle.push_back(layer_name(layer));
    }
    if (!circle.empty()) {
      circle.insert(circle.begin(), layer_name(reader));
      reference.at.fail(
          fmt::format("cycle: {} (each layer reads what the next one makes)", fmt::join(circle, " -> ")));
    }
    reference.at.fail(
        fmt::format("layer '{}' reads '{}', which only a later layer makes; layers run in the order of the "
                    "file: move '{}' up",
                    layer_name(reader), name, layer_name(maker->second)));
  }
  for (const ExpandedLayer& layer : expansion_.layers) {
    if (layer.name == name) {
      std::vector<std::string> parts;
      for (const ExpandedOutput& output : layer.outputs) {
        parts.push_back(output.tensor);
      }
      reference.at.fail(fmt::format("layer '{}' makes several tensors, name one of them: {}", name,
                                    fmt::join(parts, ", ")));
    }
  }
  std::vector<std::string> candidates;
  for (const auto& [tensor, layer] : makers_) {
    candidates.push_back(tensor);
  }
  for (const auto& [alias, target] : expansion_.aliases) {
    candidates.push_back(alias);
  }
  for (std::size_t i = 0; i < input_places_.size(); ++i) {
    candidates.push_back(model_.tensors[i].name);
  }
  const std::string nearest = base::nearest_spelling(name, candidates);
  reference.at.fail(fmt::format("no layer and no input of the model makes the tensor '{}'{}", name,
                                nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest)));
}

int Assembly::maker_of(const TensorReference& reference) const {
  const auto maker = makers_.find(resolve(reference));
  return maker == makers_.end() ? -1 : maker->second;
}

std::vector<int> Assembly::reading_path(int from, int to) const {
  const std::size_t count = expansion_.layers.size();
  std::vector<int> next(count, -1);  // the reader through which a layer was reached
  std::vector<bool> seen(count, false);
  std::vector<int> open = {from};
  seen[static_cast<std::size_t>(from)] = true;
  while (!open.empty()) {
    const int layer = open.back();
    open.pop_back();
    if (layer == to) {
      std::vector<int> path;
      for (int at = to; at != -1; at = next[static_cast<std::size_t>(at)]) {
        path.insert(path.begin(), at);
      }
      return path;
    }
    for (const TensorReference& input : expansion_.layers[static_cast<std::size_t>(layer)].inputs) {
      const int maker = maker_of(input);
      if (maker >= 0 && !seen[static_cast<std::size_t>(maker)]) {
        seen[static_cast<std::size_t>(maker)] = true;
        next[static_cast<std::size_t>(maker)] = layer;
        open.push_back(maker);
      }
    }
  }
  return {};
}

void Assembly::check_tie(const Layer& layer, const base::YamlNode& at) const {
  if (layer.tied_to.empty()) {
    return;
  }
  const auto found = std::find_if(model_.layers.begin(), model_.layers.end(),
                                  [&](const Layer& other) { return other.name == layer.tied_to; });
  if (found == model_.layers.end()) {
    std::vector<std::string> names;
    for (const Layer& other : model_.layers) {
      names.push_back(other.name);
    }
    const std::string nearest = base::nearest_spelling(layer.tied_to, names);
    at.fail(fmt::format("layer '{}' is tied to '{}', which is no layer{}", layer.name, layer.tied_to,
                        nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest)));
  }
  if (at.map().optional("parameters")) {
    return;  // what it shares is stated
  }
  const auto* product = std::get_if<GemmShape>(&layer.shape);
  if (product == nullptr) {
    at.fail(
        fmt::format("layer '{}' is tied to '{}': how many parameters of its own it has must be stated, as "
                    "'parameters: 0'",
                    layer.name, layer.tied_to));
  }
  const auto& shape = *product;
  if (!found->tied_to.empty() || found->parameters != shape.n * shape.k) {
    at.fail(fmt::format("layer '{}' needs {} weights, '{}' to which it is tied has {}", layer.name,
                        shape.n * shape.k, found->name, found->parameters));
  }
}

}  // namespace inlay::workload
