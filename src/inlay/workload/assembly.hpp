#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "inlay/workload/expansion.hpp"
#include "inlay/workload/layer_builder.hpp"
#include "inlay/workload/model.hpp"

namespace inlay::workload {

/// Joins unrolled layers to a graph: finds the tensors that they read, works out shapes in the file's order,
/// and tells the user what does not fit. Call in the order add_input, add_layers, mark_outputs, finish. All
/// functions throw base::InputError.
class Assembly {
 public:
  Assembly(const Expansion& expansion, Model& model);

  void add_input(const Tensor& tensor, const base::YamlNode& at);
  void add_layers(const VectorOperators& operators, const BitWidths& bits);
  /// `outputs` lists tensors; without it, what the last item of `layers` makes is the output. What blocks
  /// keep in memory is wanted as well.
  void mark_outputs(const std::optional<base::YamlNode>& outputs, const base::YamlNode& layers);
  /// Refuses tensors that nobody wants, ties that do not fit and names that stand for nothing.
  void finish() const;

 private:
  int find(const TensorReference& reference, int reader) const;
  std::string resolve(const TensorReference& reference) const;
  [[noreturn]] void explain_missing(const TensorReference& reference, const std::string& name,
                                    int reader) const;
  /// Layers on a way from `from` to `to` along what each reads, both included; empty if there is none.
  std::vector<int> reading_path(int from, int to) const;
  int maker_of(const TensorReference& reference) const;
  void check_tie(const Layer& layer, const base::YamlNode& at) const;

  const Expansion& expansion_;
  Model& model_;
  std::map<std::string, int> tensors_;        // made so far
  std::map<std::string, int> makers_;         // layer that makes a tensor, also of those to come
  std::vector<base::YamlNode> input_places_;  // of the model's inputs
};

}  // namespace inlay::workload
