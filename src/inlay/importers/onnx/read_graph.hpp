#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "inlay/importers/onnx/graph.hpp"
#include "inlay/importers/onnx/subgraphs.hpp"

namespace onnx {
class ModelProto;
}

namespace inlay::importers::onnx_graph {

struct ReadOptions {
  std::map<std::string, std::int64_t> dimensions;  // sizes of symbolic dimensions
  std::vector<std::string> weights;                // patterns of inputs that are weights, "!...": are none
  bool unknown_as_vector = false;                  // operators that nobody knows are vector operators
  std::int64_t batch = 1;  // where an input's first dimension has this size, it is read as 1
};

/// Reads the bytes of a model without the contents of its weights, orders its nodes, works out all shapes and
/// folds what does not depend on the inputs. `file` is named in errors. Throws base::InputError: not a model,
/// dimensions that are not set, unknown operators (all of them), cycles, shapes that do not fit together,
/// external data outside of the model's folder; base::OverflowError for sizes beyond 64 bits.
Graph read_graph(std::string_view bytes, const std::string& file, const ReadOptions& options);

/// A dimension as a file declares it.
struct DeclaredDimension {
  std::int64_t size = -1;  // -1: not a number
  std::string name;        // "" where there is no number: unnamed
};

/// What a file says of a value beside what its maker implies.
struct Declaration {
  int type = 0;
  bool has_shape = false;
  std::vector<DeclaredDimension> shape;
};

/// A model as it stands in the file, in an order in which its nodes can run.
struct Declared {
  Graph graph;                        // values of inputs and stored tensors have shapes
  std::map<int, Declaration> values;  // by value
};

/// First half of read_graph: no shapes but declared ones.
Declared declared_graph(const onnx::ModelProto& model, const std::string& file);

/// Second half. Returns the nodes with subgraphs whose work has become known; the graph is then incomplete,
/// and both halves are to be done again with what stands in their place.
std::vector<Expansion> infer_shapes(Declared& declared, const ReadOptions& options);

}  // namespace inlay::importers::onnx_graph
