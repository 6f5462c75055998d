#include "inlay/workload/expansion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <stdexcept>

namespace inlay::workload {
namespace {

constexpr int kMostLayers = 100'000;
constexpr std::size_t kDeepestBlocks = 32;

struct BlockArgument {
  std::string name;
  std::optional<base::YamlNode> value;  // none: every use must give it
};

/// Layers that a model writes once and uses many times.
struct Block {
  base::YamlNode at;
  std::vector<BlockArgument> arguments;
  std::vector<std::string> inputs;
  std::vector<TensorReference> outputs;                        // names inside the block
  std::vector<std::pair<std::string, base::YamlNode>> states;  // with their shapes
  std::vector<TensorReference> kept;                           // names inside the block
  base::YamlNode layers;
  bool used = false;
};

/// A name that becomes a part of full names; dots structure them, as in `attn.c_proj`.
std::string read_layer_name(const base::YamlNode& node) {
  std::string name = node.name();
  const auto bad = std::find_if(name.begin(), name.end(), [](unsigned char c) {
    return !(c >= 0x80 || std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.' || c == '/');
  });
  if (bad != name.end()) {
    node.fail(fmt::format("'{}' is no name: letters, digits, '_', '-', '.' and '/' are allowed", name));
  }
  return name;
}

std::vector<BlockArgument> read_arguments(base::YamlMap& keys) {
  std::vector<BlockArgument> arguments;
  if (const auto list = keys.optional("arguments")) {
    base::YamlMap map = list->map();
    for (const auto& [name, value] : map.entries()) {
      const bool required = value.text() == "required";
      arguments.push_back({name, required ? std::nullopt : std::optional(value)});
    }
  }
  return arguments;
}

/// Names of tensors under a key that may be missing.
std::vector<TensorReference> read_references(base::YamlMap& keys, const std::string& key) {
  std::vector<TensorReference> references;
  if (const auto list = keys.optional(key)) {
    for (const base::YamlNode& tensor : list->list()) {
      references.push_back({tensor.name(), tensor});
    }
  }
  return references;
}

Block read_block(const base::YamlNode& node) {
  base::YamlMap keys = node.map();
  std::vector<BlockArgument> arguments = read_arguments(keys);
  std::vector<std::string> inputs;
  for (const base::YamlNode& input : keys.required("inputs").list()) {
    inputs.push_back(read_layer_name(input));
  }
  base::YamlNode layers = keys.required("layers");
  const std::vector<base::YamlNode> items = layers.list();
  if (inputs.empty() || items.empty()) {
    node.fail("a block needs at least one input and one layer");
  }
  std::vector<TensorReference> outputs = read_references(keys, "outputs");
  if (outputs.empty()) {
    const base::YamlNode last = items.back().map().required("name");
    outputs.push_back({last.name(), last});
  }
  std::vector<std::pair<std::string, base::YamlNode>> states;
  if (const auto map = keys.optional("state")) {
    states = map->map().entries();
  }
  std::vector<TensorReference> kept = read_references(keys, "keeps");
  keys.finish();
  return {node,
          std::move(arguments),
          std::move(inputs),
          std::move(outputs),
          std::move(states),
          std::move(kept),
          std::move(layers)};
}

/// What surrounds a list of layers.
struct Scope {
  std::string prefix;
  std::shared_ptr<const base::Names> names;
  std::string first_input;          // what the first layer reads if it does not say
  std::vector<std::string> blocks;  // being unrolled, outermost first
};

class Expander {
 public:
  Expander(const base::Names& parameters, const std::vector<std::string>& operators)
      : parameters_(parameters), operators_(operators) {}

  void read_blocks(const base::YamlNode& node) {
    base::YamlMap map = node.map();
    for (const auto& [name, block] : map.entries()) {
      blocks_.emplace(name, read_block(block));
      block_names_.push_back(name);
    }
  }

  void expand(const base::YamlNode& layers, const std::vector<TensorReference>& inputs) {
    for (const TensorReference& input : inputs) {
      declare_tensor(input.tensor, input.at);
    }
    expand_list(layers, {"", std::make_shared<const base::Names>(parameters_), inputs.front().tensor, {}});
    for (const auto& [name, block] : blocks_) {
      if (!block.used) {
        block.at.fail(fmt::format("block '{}' is never used", name));
      }
    }
  }

  Expansion take() { return std::move(result_); }

 private:
  void expand_list(const base::YamlNode& list, const Scope& scope) {
    std::string previous = scope.first_input;
    for (const base::YamlNode& item : list.list()) {
      if (++unrolled_ > kMostLayers) {
        item.fail(fmt::format("the model unrolls to more than {} layers", kMostLayers));
      }
      base::YamlMap keys = item.map();
      const base::YamlNode name_node = keys.required("name");
      const std::string name = scope.prefix + read_layer_name(name_node);
      const auto op = keys.optional("op");
      const auto block = keys.optional("block");
      if (op.has_value() == block.has_value()) {
        item.fail(fmt::format("layer '{}' needs either 'op' or 'block'", name));
      }
      declare_layer(name, name_node);
      if (block) {
        find_block(*block).used = true;
      }
      const std::vector<TensorReference> inputs = read_inputs(keys, scope, previous);
      const auto when = keys.optional("when");
      if (when && !evaluate_flag(*when, *scope.names)) {
        declare_alias(name, inputs.front(), name_node);
      } else if (op) {
        add_layer(keys, *op, name, name_node, inputs, scope);
      } else {
        use_block(keys, *block, name, inputs, scope);
      }
      previous = name;
    }
  }

  std::vector<TensorReference> read_inputs(base::YamlMap& keys, const Scope& scope,
                                           const std::string& previous) const {
    const auto one = keys.optional("input");
    const auto many = keys.optional("inputs");
    if (one && many) {
      many->fail("'input' and 'inputs' are both given");
    }
    if (one) {
      return {{scope.prefix + one->name(), *one}};
    }
    if (!many) {
      return {{previous, keys.node()}};
    }
    std::vector<TensorReference> inputs;
    for (const base::YamlNode& input : many->list()) {
      const std::string tensor = scope.prefix + input.name();
      if (empty_states_.count(tensor) == 0) {
        inputs.push_back({tensor, input});
      }
    }
    if (inputs.empty()) {
      many->fail("at least one tensor is expected");
    }
    return inputs;
  }

  void add_layer(base::YamlMap& keys, const base::YamlNode& op, const std::string& name,
                 const base::YamlNode& name_node, const std::vector<TensorReference>& inputs,
                 const Scope& scope) {
    const std::string word = operators_[op.choice(operators_)];
    std::vector<ExpandedOutput> outputs;
    const bool may_split = word == "gemm" || word == "convolution";
    if (const auto split = may_split ? keys.optional("split") : std::nullopt) {
      base::YamlMap parts = split->map();
      for (const auto& [part, size] : parts.entries()) {
        outputs.push_back({scope.prefix + part, size});
        declare_tensor(outputs.back().tensor, size);
      }
      if (outputs.empty()) {
        split->fail("at least one part is expected");
      }
    } else {
      outputs.push_back({name, std::nullopt});
      declare_tensor(name, name_node);
    }
    result_.layers.push_back({name, scope.prefix, word, keys, scope.names, inputs, std::move(outputs)});
  }

  void use_block(base::YamlMap& keys, const base::YamlNode& block_node, const std::string& name,
                 const std::vector<TensorReference>& inputs, const Scope& scope) {
    const Block& block = find_block(block_node);
    const std::string block_name = block_node.text();
    const std::vector<std::string> nest = nested(scope.blocks, block_name, block_node);
    if (inputs.size() != block.inputs.size()) {
      inputs.front().at.fail(fmt::format("block '{}' takes {} input{} ({}), {} given", block_name,
                                         block.inputs.size(), block.inputs.size() == 1 ? "" : "s",
                                         fmt::join(block.inputs, ", "), inputs.size()));
    }
    const auto count = keys.optional("count");
    const auto first = keys.optional("first");
    const auto arguments = keys.optional("arguments");
    keys.finish();
    if (first && !count) {
      first->fail("'first' numbers the uses of a 'count', which is missing");
    }
    const std::int64_t uses = count ? evaluate_size(*count, *scope.names) : 1;
    const std::int64_t start = first ? evaluate_size(*first, *scope.names) : 0;
    if (uses > kMostLayers || start > kMostLayers) {
      (uses > kMostLayers ? *count : *first).fail(fmt::format("at most {} is allowed", kMostLayers));
    }
    std::vector<TensorReference> use_inputs = inputs;
    for (std::int64_t index = start; index - start < uses; ++index) {
      const std::string use = count ? fmt::format("{}.{}", name, index) : name;
      unroll(block, use_inputs,
             {use + ".", bind(block, block_name, arguments, keys, scope, index), "", nest});
      // What one use makes, the next one reads; inputs beyond the outputs stay the same for all uses.
      for (std::size_t i = 0; i < std::min(use_inputs.size(), block.outputs.size()); ++i) {
        use_inputs[i].tensor = use + "." + block.outputs[i].tensor;
      }
      if (index - start + 1 == uses) {
        export_outputs(block, name, use);
      }
    }
  }

  Block& find_block(const base::YamlNode& node) {
    if (blocks_.empty()) {
      node.fail("the model defines no 'blocks'");
    }
    return blocks_.at(block_names_[node.choice(block_names_)]);
  }

  static std::vector<std::string> nested(std::vector<std::string> blocks, const std::string& name,
                                         const base::YamlNode& at) {
    const bool inside_itself = std::find(blocks.begin(), blocks.end(), name) != blocks.end();
    blocks.push_back(name);
    if (inside_itself) {
      at.fail(fmt::format("block '{}' uses itself: {}", name, fmt::join(blocks, " -> ")));
    }
    if (blocks.size() > kDeepestBlocks) {
      at.fail(fmt::format("blocks are nested deeper than {} levels", kDeepestBlocks));
    }
    return blocks;
  }

  void unroll(const Block& block, const std::vector<TensorReference>& inputs, Scope scope) {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      declare_alias(scope.prefix + block.inputs[i], inputs[i], block.at);
    }
    for (const auto& [name, shape] : block.states) {
      declare_state(scope.prefix + name, shape, *scope.names);
    }
    scope.first_input = scope.prefix + block.inputs.front();
    expand_list(block.layers, scope);
    for (const TensorReference& tensor : block.kept) {
      result_.kept.push_back({scope.prefix + tensor.tensor, tensor.at});
    }
  }

  /// A size of 0 (a cache before the first token) leaves the tensor out wherever it is read.
  void declare_state(const std::string& name, const base::YamlNode& shape, const base::Names& names) {
    std::vector<std::int64_t> dimensions;
    for (const base::YamlNode& size : shape.list()) {
      dimensions.push_back(evaluate(size, names));
      if (dimensions.back() < 0) {
        size.fail(fmt::format("a size is not negative, this is {}", dimensions.back()));
      }
    }
    if (dimensions.empty()) {
      shape.fail("at least one size is expected");
    }
    declare_tensor(name, shape);
    if (std::find(dimensions.begin(), dimensions.end(), 0) != dimensions.end()) {
      empty_states_.insert(name);
    } else {
      result_.states.push_back({name, std::move(dimensions), shape});
    }
  }

  /// The outputs of the last use are known outside by the name of the use, or `name.output` where there are
  /// several.
  void export_outputs(const Block& block, const std::string& name, const std::string& last_use) {
    for (const TensorReference& output : block.outputs) {
      const TensorReference made = {last_use + "." + output.tensor, output.at};
      if (block.outputs.size() == 1) {
        declare_alias(name, made, output.at);
      } else if (name != last_use) {
        declare_alias(name + "." + output.tensor, made, output.at);
      }
    }
  }

  std::shared_ptr<const base::Names> bind(const Block& block, const std::string& block_name,
                                          const std::optional<base::YamlNode>& arguments,
                                          const base::YamlMap& use, const Scope& scope,
                                          std::int64_t index) const {
    base::Names outer = *scope.names;
    outer["index"] = index;
    auto names = std::make_shared<base::Names>(parameters_);
    (*names)["index"] = index;
    std::optional<base::YamlMap> given;
    if (arguments) {
      given = arguments->map();
    }
    for (const BlockArgument& argument : block.arguments) {
      const auto value = given ? given->optional(argument.name) : std::nullopt;
      if (!value && !argument.value) {
        (arguments ? *arguments : use.node())
            .fail(fmt::format("block '{}' needs the argument '{}'", block_name, argument.name));
      }
      (*names)[argument.name] = value ? evaluate(*value, outer) : evaluate(*argument.value, *names);
    }
    if (given) {
      given->finish();
    }
    return names;
  }

  void declare_layer(const std::string& name, const base::YamlNode& at) {
    const auto [entry, is_new] = layers_.emplace(name, at.position());
    if (!is_new) {
      at.fail(fmt::format("layer '{}' stands twice; the first is at line {}", name, entry->second.line));
    }
  }

  void declare_tensor(const std::string& name, const base::YamlNode& at) {
    const auto [entry, is_new] = tensors_.emplace(name, at.position());
    if (!is_new) {
      at.fail(fmt::format("tensor '{}' is made twice; the first is at line {}", name, entry->second.line));
    }
  }

  void declare_alias(const std::string& name, const TensorReference& tensor, const base::YamlNode& at) {
    declare_tensor(name, at);
    result_.aliases.emplace(name, tensor);
  }

  const base::Names& parameters_;
  const std::vector<std::string>& operators_;
  std::map<std::string, Block, std::less<>> blocks_;
  std::vector<std::string> block_names_;
  std::map<std::string, base::SourcePosition> layers_;
  std::map<std::string, base::SourcePosition> tensors_;
  std::set<std::string> empty_states_;
  int unrolled_ = 0;
  Expansion result_;
};

}  // namespace

std::int64_t evaluate(const base::YamlNode& node, const base::Names& names) {
  const std::string text = node.text();
  if (text == "true" || text == "false") {
    return text == "true" ? 1 : 0;
  }
  try {
    return base::evaluate_expression(text, names);
  } catch (const std::invalid_argument& error) {
    node.fail(error.what());
  }
}

std::int64_t evaluate_size(const base::YamlNode& node, const base::Names& names) {
  const std::int64_t value = evaluate(node, names);
  if (value < 1) {
    node.fail(fmt::format("a size is at least 1, this is {}", value));
  }
  return value;
}

bool evaluate_flag(const base::YamlNode& node, const base::Names& names) {
  const std::int64_t value = evaluate(node, names);
  if (value != 0 && value != 1) {
    node.fail(fmt::format("true (1) or false (0) is expected, this is {}", value));
  }
  return value == 1;
}

Expansion expand_layers(const base::YamlNode& layers, const std::optional<base::YamlNode>& blocks,
                        const std::vector<TensorReference>& inputs, const base::Names& parameters,
                        const std::vector<std::string>& operators) {
  Expander expander(parameters, operators);
  if (blocks) {
    expander.read_blocks(*blocks);
  }
  expander.expand(layers, inputs);
  return expander.take();
}

}  // namespace inlay::workload
