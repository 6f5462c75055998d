// Which inputs of a graph are weights: exporters may leave parameters without initialisers, as inputs.
#include "inlay/importers/onnx/weight_inputs.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fnmatch.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>

#include "inlay/base/error.hpp"

namespace inlay::importers::onnx_graph {
namespace {

/// Where an operand stands.
enum class Place {
  kWeight,  // filters, recurrent matrices, gains, offsets, statistics
  kEither,  // an operand of a product, of arithmetic, a table
  kData,
};

Place place_of(const Node& node, std::size_t index) {
  using Places = std::set<std::size_t>;
  static const std::map<std::string, Places> kWeights = {
      {"Conv", {1, 2}},
      {"ConvTranspose", {1, 2}},
      {"FusedConv", {1, 2}},
      {"ConvInteger", {1, 2, 3}},
      {"QLinearConv", {1, 2, 3, 4, 5, 6, 7, 8}},
      {"LSTM", {1, 2, 3, 7}},
      {"GRU", {1, 2, 3}},
      {"RNN", {1, 2, 3}},
      {"BatchNormalization", {1, 2, 3, 4}},
      {"InstanceNormalization", {1, 2}},
      {"GroupNormalization", {1, 2}},
      {"LayerNormalization", {1, 2}},
      {"RMSNormalization", {1}},
      {"SimplifiedLayerNormalization", {1}},
      {"PRelu", {1}},
  };
  static const std::map<std::string, Places> kEither = {
      {"Gemm", {1, 2}}, {"MatMul", {0, 1}}, {"Einsum", {0, 1, 2}}, {"Add", {0, 1}},
      {"Sub", {0, 1}},  {"Mul", {0, 1}},    {"Div", {0, 1}},       {"Gather", {0}},
      {"Expand", {0}},  {"Pow", {1}},       {"Where", {1, 2}},     {"Concat", {0, 1, 2, 3, 4, 5, 6, 7, 8}},
      {"Slice", {0}},   {"Split", {0}},
  };
  const auto has = [&](const std::map<std::string, Places>& all) {
    const auto found = all.find(node.op);
    return found != all.end() && found->second.count(index) > 0;
  };
  return has(kWeights) ? Place::kWeight : has(kEither) ? Place::kEither : Place::kData;
}

bool is_same_elsewhere(const Node& node, std::size_t index) {
  static const std::set<std::string> kNames = {"Identity",  "Transpose", "Reshape",          "Squeeze",
                                               "Unsqueeze", "Flatten",   "DequantizeLinear", "Cast"};
  return index == 0 && node.domain.empty() && kNames.count(node.op) > 0;
}

/// All places in which a value stands, also behind nodes that only change its form.
class Uses {
 public:
  explicit Uses(const Graph& graph) : graph_(graph) {
    for (const Node& node : graph.nodes) {
      for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        if (node.inputs[i] >= 0) {
          readers_[node.inputs[i]].push_back({&node, i});
        }
      }
    }
  }

  std::set<Place> of(int value, int depth = 0) const {
    constexpr int kDeepest = 8;
    std::set<Place> places;
    const auto readers = readers_.find(value);
    if (readers == readers_.end() || depth > kDeepest || graph_.value(value).is_output) {
      return {Place::kData};
    }
    for (const auto& [node, index] : readers->second) {
      if (is_same_elsewhere(*node, index) && !node->outputs.empty() && node->outputs[0] >= 0) {
        places.merge(of(node->outputs[0], depth + 1));
      } else {
        places.insert(place_of(*node, index));
      }
    }
    return places;
  }

 private:
  struct Reader {
    const Node* node;
    std::size_t index;
  };
  const Graph& graph_;
  std::map<int, std::vector<Reader>> readers_;
};

/// As PyTorch, Keras, TensorFlow and Caffe2 name parameters, and as PyTorch numbers folded ones.
bool is_named_as_weight(const std::string& name) {
  static const std::regex kNames(
      R"((^|.*[./_:])(weight|bias|kernel|gamma|beta|running_mean|running_var|moving_mean|moving_variance)"
      R"(|embeddings?|pos_embed|pos_embedding|class_token|cls_token|in_proj_weight|in_proj_bias)(:0)?)"
      R"(|onnx::[A-Z][A-Za-z]*_[0-9]+)");
  constexpr std::size_t kLongest = 500;  // std::regex needs stack for each character
  return name.size() <= kLongest && std::regex_match(name, kNames);
}

class Marking {
 public:
  Marking(Declared& declared, const ReadOptions& options)
      : graph_(declared.graph), declared_(declared), options_(options), uses_(declared.graph) {}

  void run() {
    refuse_unused_patterns();
    for (const int input : graph_.inputs) {
      const bool certain = uses_.of(input) == std::set<Place>{Place::kWeight};
      if (const auto said = said_by_user(graph_.value(input).name)) {
        mark(input, *said);
      } else if (certain) {
        mark(input, true);
      }
    }
    if (is_without_weights()) {
      mark_the_rest();
    }
  }

 private:
  void mark(int input, bool weight) {
    graph_.value(input).constant = weight;
    graph_.value(input).origin = weight ? input : -1;
    marked_ += weight ? 1 : 0;
  }

  /// The last pattern that fits decides; one with '!' in front says that the input is no weight.
  std::optional<bool> said_by_user(const std::string& name) const {
    std::optional<bool> said;
    for (const std::string& pattern : options_.weights) {
      const bool no = !pattern.empty() && pattern[0] == '!';
      if (fits(no ? pattern.substr(1) : pattern, name)) {
        said = !no;
      }
    }
    return said;
  }

  static bool fits(const std::string& pattern, const std::string& name) {
    return pattern == name || fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
  }

  void refuse_unused_patterns() const {
    std::vector<std::string> names;
    for (const int input : graph_.inputs) {
      names.push_back(graph_.value(input).name);
    }
    for (const std::string& pattern : options_.weights) {
      const std::string plain = !pattern.empty() && pattern[0] == '!' ? pattern.substr(1) : pattern;
      const bool used =
          std::any_of(names.begin(), names.end(), [&](const std::string& name) { return fits(plain, name); });
      if (!used) {
        throw base::InputError(fmt::format("{}: no input is called '{}', which is to be a weight; {}",
                                           graph_.file, plain, base::allowed_values(plain, names)));
      }
    }
  }

  bool is_parameter_like(int input) const {
    const Declaration& declaration = declared_.values.at(input);
    const bool fixed = std::all_of(declaration.shape.begin(), declaration.shape.end(),
                                   [](const DeclaredDimension& dimension) { return dimension.size > 0; });
    const std::set<Place> places = uses_.of(input);
    return fixed && !declaration.shape.empty() && declaration.type != kInt64 && declaration.type != kInt32 &&
           declaration.type != kBool && places.count(Place::kData) == 0 &&
           !said_by_user(graph_.value(input).name);
  }

  /// Hardly a number is stored, and several inputs stand or are called as weights do.
  bool is_without_weights() const {
    constexpr std::int64_t kFewNumbers = 64;
    constexpr int kSeveral = 3;
    for (const Value& value : graph_.values) {
      const bool large = value.constant && !value.is_input && value.shape && value.type != kInt64 &&
                         count(*value.shape) > kFewNumbers;
      if (large) {
        return false;
      }
    }
    const auto named = std::count_if(graph_.inputs.begin(), graph_.inputs.end(), [this](int input) {
      return !graph_.value(input).constant && is_parameter_like(input) &&
             is_named_as_weight(graph_.value(input).name);
    });
    return marked_ + named >= kSeveral;
  }

  /// What is not the first input and stands where a weight may is one, unless nothing speaks for it but its
  /// place and it comes before all that are called weights: data are declared first.
  void mark_the_rest() {
    std::vector<std::string> taken;
    bool behind_weights = false;
    for (std::size_t i = 0; i < graph_.inputs.size(); ++i) {
      const int input = graph_.inputs[i];
      const bool named = is_named_as_weight(graph_.value(input).name);
      behind_weights = behind_weights || graph_.value(input).constant || (named && i > 0);
      if (!graph_.value(input).constant && i > 0 && is_parameter_like(input) && (named || behind_weights)) {
        mark(input, true);
        taken.push_back(graph_.value(input).name);
      }
    }
    if (!taken.empty()) {
      constexpr std::size_t kMostNames = 4;
      const std::string more =
          taken.size() > kMostNames ? fmt::format(" and {} more", taken.size() - kMostNames) : "";
      taken.resize(std::min(taken.size(), kMostNames));
      graph_.notes.push_back(
          fmt::format("the file keeps no weights; inputs taken for weights by their names and places: {}{}; "
                      "--weight '!NAME' says that one is none",
                      fmt::join(taken, ", "), more));
    }
  }

  Graph& graph_;
  Declared& declared_;
  const ReadOptions& options_;
  Uses uses_;
  std::int64_t marked_ = 0;
};

}  // namespace

void mark_weight_inputs(Declared& declared, const ReadOptions& options) {
  Marking(declared, options).run();
}

}  // namespace inlay::importers::onnx_graph
