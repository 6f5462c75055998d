#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "inlay/importers/onnx/draft_model.hpp"
#include "inlay/importers/onnx/repetition.hpp"

namespace inlay::importers {
namespace {

/// A name as it stands in YAML: as it is where no reader can take it for anything else.
std::string word(const std::string& text) {
  static const std::set<std::string> kTaken = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"};
  const bool plain = !text.empty() &&
                     (std::isalpha(static_cast<unsigned char>(text[0])) != 0 || text[0] == '_') &&
                     std::all_of(text.begin(), text.end(), [](unsigned char c) {
                       return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.' || c == '/';
                     });
  std::string lower = text;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return plain && kTaken.count(lower) == 0
             ? text
             : nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

template <typename Counted>
std::int64_t most_common(const Counted& counts) {
  std::int64_t best = 8;
  std::size_t most = 0;
  for (const auto& [bits, number] : counts) {
    if (number > most) {
      best = bits;
      most = number;
    }
  }
  return best;
}

/// What is put before every name of a run of layers: up to the last separator that all share.
std::string common_prefix(const DraftModel& model, std::size_t begin, std::size_t size) {
  std::string prefix = model.layers[begin].name;
  for (std::size_t i = begin; i < begin + size; ++i) {
    const std::string& name = model.layers[i].name;
    const auto [end, other] = std::mismatch(prefix.begin(), prefix.end(), name.begin(), name.end());
    prefix.erase(end, prefix.end());
  }
  const std::size_t separator = prefix.find_last_of("./");
  return separator == std::string::npos ? "" : prefix.substr(0, separator + 1);
}

class Writer {
 public:
  explicit Writer(const DraftModel& model) : model_(model), names_(model.tensors.size()) {
    std::map<std::int64_t, std::size_t> activations;
    std::map<std::int64_t, std::size_t> weights;
    for (const DraftTensor& tensor : model.tensors) {
      activations[tensor.bits] += tensor.maker >= 0 ? 1 : 0;
    }
    for (const DraftLayer& layer : model.layers) {
      weights[layer.weight_bits] += layer.weight_bits > 0 ? 1 : 0;
      taken_.insert(layer.name);
    }
    activation_bits_ = most_common(activations);
    weight_bits_ = most_common(weights);
    for (std::size_t i = 0; i < model.tensors.size(); ++i) {
      names_[i] = model.tensors[i].name;
      taken_.insert(names_[i]);
    }
  }

  std::string text() {
    write_layers();
    std::string text = fmt::format("name: {}\nsource: {}\ndescription: {}\n\n", word(model_.name),
                                   word(model_.source), word(model_.description));
    text += fmt::format("weight_bits: {}\nactivation_bits: {}\n\ninputs:\n", weight_bits_, activation_bits_);
    for (const int input : model_.inputs) {
      const DraftTensor& tensor = model_.tensor(input);
      const std::string shape = fmt::format("[{}]", fmt::join(tensor.shape, ", "));
      text += tensor.bits == activation_bits_
                  ? fmt::format("  {}: {}\n", word(tensor.name), shape)
                  : fmt::format("  {}: {{shape: {}, bits: {}}}\n", word(tensor.name), shape, tensor.bits);
    }
    std::vector<std::string> outputs;
    for (const int output : model_.outputs) {
      outputs.push_back(word(name(output)));
    }
    text += fmt::format("\noutputs: [{}]\n", fmt::join(outputs, ", "));
    if (!blocks_.empty()) {
      text += "\nblocks:\n" + blocks_;
    }
    return text + "\nlayers:\n" + layers_;
  }

 private:
  std::string& name(int tensor) { return names_[static_cast<std::size_t>(tensor)]; }

  void write_layers() {
    int last = model_.inputs.front();
    std::size_t at = 0;
    for (const Repetition& run : repetitions(model_)) {
      write_range(at, run.begin, last, layers_, "", "  ");
      write_run(run, last);
      at = run.begin + run.size * run.count;
    }
    write_range(at, model_.layers.size(), last, layers_, "", "  ");
  }

  /// `last` is what a layer reads that does not say what.
  void write_range(std::size_t begin, std::size_t end, int& last, std::string& out, const std::string& prefix,
                   const std::string& indent) {
    for (std::size_t i = begin; i < end; ++i) {
      const DraftLayer& layer = model_.layers[i];
      out += fmt::format("{}- {{name: {}{}, op: {}{}", indent, word(layer.name.substr(prefix.size())),
                         inputs_key(layer.inputs, last), layer.op, layer.keys);
      out += bias_key(layer) + split_key(layer) + bits_keys(layer);
      out += layer.states_learned ? fmt::format(", parameters: {}", layer.learned) : "";
      out += layer.tied_to.empty() ? "}\n" : fmt::format(", tied_to: {}}}\n", word(layer.tied_to));
      last = layer.outputs.size() == 1 ? layer.outputs[0] : -1;
    }
  }

  std::string inputs_key(const std::vector<int>& inputs, int last) {
    if (inputs.size() == 1) {
      return inputs[0] == last ? "" : fmt::format(", input: {}", word(name(inputs[0])));
    }
    std::vector<std::string> names;
    for (const int input : inputs) {
      names.push_back(word(name(input)));
    }
    return fmt::format(", inputs: [{}]", fmt::join(names, ", "));
  }

  /// Without it, a product has a bias unless it is tied.
  static std::string bias_key(const DraftLayer& layer) {
    const bool usual = !layer.bias || *layer.bias == layer.tied_to.empty();
    return usual ? "" : *layer.bias ? ", bias: true" : ", bias: false";
  }

  std::string split_key(const DraftLayer& layer) {
    if (layer.outputs.size() == 1) {
      return "";
    }
    std::vector<std::string> parts;
    for (const int output : layer.outputs) {
      parts.push_back(fmt::format("{}: {}", word(name(output)), model_.tensor(output).shape.back()));
    }
    return fmt::format(", split: {{{}}}", fmt::join(parts, ", "));
  }

  std::string bits_keys(const DraftLayer& layer) const {
    const std::int64_t bits = model_.tensor(layer.outputs[0]).bits;
    std::string keys = bits == activation_bits_ ? "" : fmt::format(", bits: {}", bits);
    const bool own = layer.weight_bits != 0 && layer.weight_bits != weight_bits_;
    return own ? keys + fmt::format(", weight_bits: {}", layer.weight_bits) : keys;
  }

  void write_run(const Repetition& run, int& last) {
    const std::string prefix = common_prefix(model_, run.begin, run.size);
    const std::string definition = define(run, prefix);
    const auto [entry, is_new] =
        block_names_.emplace(definition, fmt::format("block{}", block_names_.size() + 1));
    if (is_new) {
      blocks_ += fmt::format("  {}:\n{}", entry->second, definition);
    }
    const std::string use = use_name(prefix, entry->second);
    std::vector<int> inputs = {run.first_input};
    inputs.insert(inputs.end(), run.shared.begin(), run.shared.end());
    layers_ += fmt::format("  - {{name: {}{}, block: {}, count: {}}}\n", word(use), inputs_key(inputs, last),
                           entry->second, run.count);
    last = run.last_output;
    name(last) = use;
  }

  /// The block's inputs and layers, with names as they are inside of it.
  std::string define(const Repetition& run, const std::string& prefix) {
    const std::vector<std::string> outer = names_;
    std::set<std::string> inside;
    for (std::size_t i = run.begin; i < run.begin + run.size; ++i) {
      inside.insert(model_.layers[i].name.substr(prefix.size()));
      for (const int output : model_.layers[i].outputs) {
        name(output) = name(output).substr(std::min(prefix.size(), name(output).size()));
        inside.insert(name(output));
      }
    }
    std::vector<std::string> inputs;
    const auto add_input = [&](int tensor) {
      std::string input = inputs.empty() ? "x" : fmt::format("x{}", inputs.size() + 1);
      while (!inside.insert(input).second) {
        input += "_in";
      }
      name(tensor) = input;
      inputs.push_back(word(input));
    };
    add_input(run.first_input);
    std::for_each(run.shared.begin(), run.shared.end(), add_input);
    std::string layers;
    int last = run.first_input;
    write_range(run.begin, run.begin + run.size, last, layers, prefix, "      ");
    std::string text = fmt::format("    inputs: [{}]\n", fmt::join(inputs, ", "));
    if (last != run.first_output) {
      text += fmt::format("    outputs: [{}]\n", word(name(run.first_output)));
    }
    names_ = outer;
    return text + "    layers:\n" + layers;
  }

  /// The prefix without its separators and number ("h.0." is "h"), or the block's name.
  std::string use_name(std::string prefix, const std::string& block) {
    while (!prefix.empty() && std::isalpha(static_cast<unsigned char>(prefix.back())) == 0) {
      prefix.pop_back();
    }
    std::string result = prefix.empty() ? block : prefix;
    for (int i = 2; !taken_.insert(result).second; ++i) {
      result = fmt::format("{}_{}", prefix.empty() ? block : prefix, i);
    }
    return result;
  }

  const DraftModel& model_;
  std::vector<std::string> names_;  // of tensors, as they are seen where is being written
  std::set<std::string> taken_;
  std::map<std::string, std::string> block_names_;  // by definition
  std::int64_t activation_bits_ = 8;
  std::int64_t weight_bits_ = 8;
  std::string blocks_;
  std::string layers_;
};

}  // namespace

std::string model_yaml(const DraftModel& model) {
  return Writer(model).text();
}

}  // namespace inlay::importers
