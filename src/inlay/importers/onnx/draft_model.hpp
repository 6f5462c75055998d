#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace inlay::importers {

/// A tensor of a model that is being written.
struct DraftTensor {
  std::string name;
  std::vector<std::int64_t> shape;
  std::int64_t bits = 8;
  int maker = -1;  // layer; -1: an input of the model
  bool is_output = false;
};

/// A layer of a model that is being written, as docs/formats-models.md has it.
struct DraftLayer {
  static constexpr std::int64_t kAsImplied = -1;
  std::string name;
  std::string op;
  std::string keys;  // of the operator, as text: ", channels: 64, kernel: 3"
  std::vector<int> inputs;
  std::vector<int> outputs;      // more than one: `split`, along the last dimension of a product
  std::int64_t weight_bits = 0;  // 0: no weights
  std::optional<bool> bias;      // of a gemm
  int node = -1;                 // of the graph that it is made of; layers of one node stand together
  int weights = -1;              // value of the graph that it was made with; -1: none
  std::int64_t learned = 0;      // kAsImplied, or numbers that no layer before it has counted
  bool states_learned = false;   // `learned` is written: it is not what the operator implies
  std::string tied_to;
  bool tied_from = false;  // another layer names this one, so that it keeps its own name
};

/// A model in the order in which its layers run.
struct DraftModel {
  std::string name;
  std::string source;
  std::string description;
  std::vector<DraftLayer> layers;
  std::vector<DraftTensor> tensors;
  std::vector<int> inputs;
  std::vector<int> outputs;

  const DraftTensor& tensor(int id) const { return tensors[static_cast<std::size_t>(id)]; }
  DraftTensor& tensor(int id) { return tensors[static_cast<std::size_t>(id)]; }
};

/// The model's YAML. Layers that repeat one after the other with one tensor between them become a block.
std::string model_yaml(const DraftModel& model);

}  // namespace inlay::importers
