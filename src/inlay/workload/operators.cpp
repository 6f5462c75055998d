#include "inlay/workload/operators.hpp"

#include "inlay/base/file.hpp"
#include "inlay/base/yaml.hpp"

namespace inlay::workload {
namespace {

const std::vector<std::string>& rule_words() {  // in the order of VectorRule
  static const std::vector<std::string> kWords = {
      "element-wise",   "normalisation", "pool",          "global-pool", "embedding", "position-embedding",
      "learned-tokens", "position-bias", "concatenation", "reshape",     "selection", "scatter",
      "reduction",      "resize",        "region-pool",   "stated",      "sampling",  "volume-pool"};
  return kWords;
}

VectorOperator read_operator(const base::YamlNode& node) {
  base::YamlMap keys = node.map();
  VectorOperator result;
  result.rule = static_cast<VectorRule>(keys.required("rule").choice(rule_words()));
  result.operations = keys.required("operations").integer(0, 1'000'000);
  result.reason = keys.required("reason").name();
  if (result.rule == VectorRule::kElementWise) {
    if (const auto inputs = keys.optional("inputs")) {
      result.many_inputs = inputs->choice({"one", "many"}) == 1;
    }
  }
  if (result.rule == VectorRule::kNormalisation) {
    result.learned = keys.required("learned").integer(0, 1'000);
    result.first_axis = keys.required("axis").choice({"first", "last"}) == 0;
  }
  if (result.rule == VectorRule::kElementWise || result.rule == VectorRule::kNormalisation ||
      result.rule == VectorRule::kSelection) {
    if (const auto couples = keys.optional("couples")) {
      result.couples = static_cast<CoupledAxis>(couples->choice({"none", "first", "last", "all"}));
    }
  }
  const bool may_fuse = (result.rule == VectorRule::kElementWise && !result.many_inputs) ||
                        (result.rule == VectorRule::kNormalisation && result.first_axis) ||
                        result.rule == VectorRule::kPositionBias;
  if (may_fuse) {
    const auto fused = keys.optional("fused");
    result.fused = fused && fused->boolean();
  }
  result.many_inputs = result.many_inputs || result.rule == VectorRule::kConcatenation;
  keys.finish();
  return result;
}

VectorOperators read_operators(const base::YamlNode& root) {
  base::YamlMap keys = root.map();
  VectorOperators result;
  base::YamlMap operators = keys.required("operators").map();
  for (const auto& [name, node] : operators.entries()) {
    result.emplace(name, read_operator(node));
  }
  keys.finish();
  return result;
}

}  // namespace

VectorOperators load_vector_operators() {
  return read_operators(base::YamlNode::load(base::data_folder() / "operators" / "vector_operations.yaml"));
}

VectorOperators parse_vector_operators(const std::string& text, const std::string& file) {
  return read_operators(base::YamlNode::parse(text, file));
}

std::vector<std::string> operator_names(const VectorOperators& vector_operators) {
  std::vector<std::string> names = {"convolution", "transposed-convolution", "convolution-3d",
                                    "gemm",        "matrix-product",         "recurrent"};
  for (const auto& [name, description] : vector_operators) {
    names.push_back(name);
  }
  return names;
}

}  // namespace inlay::workload
