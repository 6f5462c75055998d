#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "inlay/base/expression.hpp"
#include "inlay/base/yaml.hpp"

namespace inlay::workload {

/// A tensor's full name and the place that mentions it.
struct TensorReference {
  std::string tensor;
  base::YamlNode at;
};

/// One tensor that a layer makes; `size` is its part of the split axis where the layer makes several.
struct ExpandedOutput {
  std::string tensor;
  std::optional<base::YamlNode> size;
};

/// A layer with its blocks unrolled and its names made full (`h.3.attn.q`), sizes still to be worked out.
struct ExpandedLayer {
  std::string name;
  std::string scope;  // what is put before names that the layer mentions: "h.3."
  std::string op;
  base::YamlMap keys;  // those not read yet belong to the operator
  std::shared_ptr<const base::Names> names;
  std::vector<TensorReference> inputs;
  std::vector<ExpandedOutput> outputs;
};

/// A tensor that one use of a block finds in memory, such as a KV cache.
struct ExpandedState {
  std::string tensor;
  std::vector<std::int64_t> dimensions;
  base::YamlNode at;
};

/// A model file with its blocks unrolled.
struct Expansion {
  std::vector<ExpandedLayer> layers;
  std::vector<ExpandedState> states;
  std::vector<TensorReference> kept;               // tensors that a use of a block leaves in memory
  std::map<std::string, TensorReference> aliases;  // other names of tensors: a block's inputs and outputs
};

/// Unrolls `layers` of a model whose inputs are `inputs`, using the definitions in `blocks`.
/// Throws base::InputError for unknown operators and blocks, names given twice, wrong numbers of inputs or
/// arguments, blocks that use themselves or are never used, and for more than a million layers.
Expansion expand_layers(const base::YamlNode& layers, const std::optional<base::YamlNode>& blocks,
                        const std::vector<TensorReference>& inputs, const base::Names& parameters,
                        const std::vector<std::string>& operators);

/// Value of an expression in a file. Throws base::InputError at the node.
std::int64_t evaluate(const base::YamlNode& node, const base::Names& names);
/// As evaluate(), at least 1.
std::int64_t evaluate_size(const base::YamlNode& node, const base::Names& names);
/// As evaluate(), where `true` and `false` (or 1 and 0) are the only values.
bool evaluate_flag(const base::YamlNode& node, const base::Names& names);

}  // namespace inlay::workload
