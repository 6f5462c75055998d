#include "inlay/workload/fusion.hpp"

#include <algorithm>
#include <variant>

#include "inlay/base/checked.hpp"

namespace inlay::workload {
namespace {

class Fusion {
 public:
  Fusion(const Model& model, const VectorOperators& operators) : model_(model), operators_(operators) {
    for (std::size_t i = 0; i < model_.layers.size(); ++i) {
      host_.push_back(static_cast<int>(i));
    }
  }

  Model run() {
    for (std::size_t i = 0; i < model_.layers.size(); ++i) {
      if (const int host = host_for(model_.layers[i]); host >= 0) {
        host_[i] = host;
        join(model_.layers[static_cast<std::size_t>(host)], model_.layers[i]);
      }
    }
    renumber();
    return std::move(model_);
  }

 private:
  /// The layer that takes `layer` in; -1: none.
  int host_for(const Layer& layer) const {
    const auto known = operators_.find(layer.op);
    if (known == operators_.end() || !known->second.fused || layer.inputs.size() != 1 ||
        layer.outputs.size() != 1 || !std::holds_alternative<VectorShape>(layer.shape)) {
      return -1;
    }
    const Tensor& between = model_.tensors[static_cast<std::size_t>(layer.inputs.front())];
    if (between.producer < 0 || between.is_output || between.users.size() != 1) {
      return -1;
    }
    const int host = host_[static_cast<std::size_t>(between.producer)];
    const Layer& maker = model_.layers[static_cast<std::size_t>(host)];
    const auto own = operators_.find(maker.op);
    // What only joins addresses has no output path of its own to add to.
    const bool makes_elements = own == operators_.end() || own->second.operations > 0;
    return maker.outputs == layer.inputs && makes_elements ? host : -1;
  }

  void join(Layer& host, const Layer& guest) {
    const std::int64_t operations = std::get<VectorShape>(guest.shape).operations;
    if (auto* vector = std::get_if<VectorShape>(&host.shape)) {
      vector->operations = base::checked_add(vector->operations, operations);
    } else {
      host.fused_operations = base::checked_add(host.fused_operations, operations);
    }
    host.fused.push_back(guest.op);
    host.parameters = base::checked_add(host.parameters, guest.parameters);
    host.weight_bytes = base::checked_add(host.weight_bytes, guest.weight_bytes);
    gone_.push_back(host.outputs.front());
    host.outputs = guest.outputs;
    host.precision.outputs = guest.precision.outputs;
  }

  /// Takes out the layers that have been joined to others, and the tensors between them.
  void renumber() {
    std::sort(gone_.begin(), gone_.end());
    std::vector<int> layer_at(model_.layers.size(), -1);
    std::vector<Layer> layers;
    for (std::size_t i = 0; i < model_.layers.size(); ++i) {
      if (host_[i] == static_cast<int>(i)) {
        layer_at[i] = static_cast<int>(layers.size());
        layers.push_back(std::move(model_.layers[i]));
      }
    }
    std::vector<int> tensor_at(model_.tensors.size(), -1);
    std::vector<Tensor> tensors;
    for (std::size_t i = 0; i < model_.tensors.size(); ++i) {
      if (!std::binary_search(gone_.begin(), gone_.end(), static_cast<int>(i))) {
        tensor_at[i] = static_cast<int>(tensors.size());
        tensors.push_back(std::move(model_.tensors[i]));
      }
    }
    const auto follow = [](std::vector<int>& indices, const std::vector<int>& place) {
      for (int& index : indices) {
        index = place[static_cast<std::size_t>(index)];
      }
    };
    for (Layer& layer : layers) {
      follow(layer.inputs, tensor_at);
      follow(layer.outputs, tensor_at);
    }
    for (Tensor& tensor : tensors) {
      if (tensor.producer >= 0) {
        const int host = host_[static_cast<std::size_t>(tensor.producer)];
        tensor.producer = layer_at[static_cast<std::size_t>(host)];
      }
      follow(tensor.users, layer_at);
    }
    model_.layers = std::move(layers);
    model_.tensors = std::move(tensors);
  }

  Model model_;
  const VectorOperators& operators_;
  std::vector<int> host_;  // [layer] itself, or the layer that it has been joined to
  std::vector<int> gone_;  // tensors between joined layers
};

}  // namespace

Model fused(const Model& model, const VectorOperators& operators) {
  return Fusion(model, operators).run();
}

}  // namespace inlay::workload
