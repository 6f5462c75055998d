#include "inlay/importers/onnx/onnx_model.hpp"

#include <fmt/format.h>

#include <functional>
#include <set>

#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/importers/onnx/lowering.hpp"
#include "inlay/importers/onnx/mapped_file.hpp"
#include "inlay/importers/onnx/patterns.hpp"
#include "inlay/importers/onnx/read_graph.hpp"
#include "inlay/workload/model_file.hpp"

namespace inlay::importers {

using namespace onnx_graph;

namespace {

struct Result {
  DraftModel model;
  Graph graph;
  std::int64_t images = 1;  // of one sample, that the model makes itself
};

Result lowered(std::string_view bytes, const std::string& file, const ReadOptions& read, const Widths& widths,
               Images images) {
  Result result;
  result.graph = read_graph(bytes, file, read);
  join_patterns(result.graph);
  result.model = Lowering(result.graph, widths, images).run();
  return result;
}

/// Sizes above 1 of first dimensions of inputs that divide the images found: what the file's batch may be.
std::vector<std::int64_t> possible_batches(const Graph& graph, std::int64_t images) {
  std::set<std::int64_t, std::greater<>> batches;
  for (const int input : graph.inputs) {
    const Dimensions& shape = graph.shape(input);
    if (!graph.value(input).constant && shape.size() > 1 && shape[0] > 1 && images % shape[0] == 0) {
      batches.insert(shape[0]);
    }
  }
  return {batches.begin(), batches.end()};
}

/// A model is for one sample. Where the file's shapes are for a batch, it is read again with a batch of 1.
/// Images that do not come from the inputs' first dimension are made by the model: frames, cameras, windows.
/// They belong to the sample.
Result for_one_sample(std::string_view bytes, const std::string& file, ReadOptions& read,
                      const Widths& widths) {
  BatchFound found{};
  try {
    return lowered(bytes, file, read, widths, Images::kBatch);
  } catch (const BatchFound& batch) {
    found = batch;
  }
  Result result;
  for (const std::int64_t batch : possible_batches(read_graph(bytes, file, read), found.batch)) {
    ReadOptions of_one = read;
    of_one.batch = batch;
    try {
      result = lowered(bytes, file, of_one, widths, Images::kOfOneSample);
      result.images = found.batch / batch;
      read = of_one;
      return result;
    } catch (const base::InputError&) {  // the batch stands in the graph as well: it is part of the sample
    }
  }
  result = lowered(bytes, file, read, widths, Images::kOfOneSample);
  result.images = found.batch;
  return result;
}

/// Marks the layers whose learned numbers are not those that their operator implies: shared or computed ones.
bool state_learned(DraftModel& draft, const workload::Model& model) {
  if (draft.layers.size() != model.layers.size()) {
    throw base::DefectError("a model that was written has other layers when it is read");
  }
  bool any = false;
  for (std::size_t i = 0; i < draft.layers.size(); ++i) {
    DraftLayer& layer = draft.layers[i];
    if (layer.learned != DraftLayer::kAsImplied && layer.learned != model.layers[i].parameters) {
      layer.states_learned = true;
      any = true;
    }
  }
  return any;
}

std::string describe(const Result& result, const ReadOptions& read) {
  const Graph& graph = result.graph;
  std::string text = fmt::format("Imported from ONNX, opset {}", graph.opset);
  text += graph.producer.empty() ? "." : fmt::format(", written by {}.", graph.producer);
  for (const auto& [name, size] : read.dimensions) {
    text += fmt::format(" {} = {}.", name, size);
  }
  if (read.batch > 1) {
    text += fmt::format(" The file's batch is {}; this is one sample: run it with that batch.", read.batch);
  }
  if (result.images > 1) {
    text += fmt::format(" One sample has {} images.", result.images);
  }
  return text;
}

}  // namespace

std::string onnx_yaml(std::string_view bytes, const std::string& file, const std::string& source,
                      const ImportOptions& options) {
  ReadOptions read;
  read.dimensions = options.dimensions;
  read.weights = options.weights;
  read.unknown_as_vector = options.unknown_as_vector;
  Result result = for_one_sample(bytes, file, read, {options.weight_bits, options.activation_bits});
  result.model.source = source;
  result.model.name = std::filesystem::path(source).stem().string();
  if (result.model.name.empty()) {
    result.model.name = "model";
  }
  result.model.description = describe(result, read);
  std::string text = model_yaml(result.model);
  return state_learned(result.model,
                       workload::parse_model("fuse: false\n" + text, "the model made of " + file))
             ? model_yaml(result.model)
             : text;
}

std::string import_onnx(const std::filesystem::path& path, const ImportOptions& options) {
  const MappedFile file(path);
  base::note_read(path, file.bytes());
  return onnx_yaml(file.bytes(), path.string(), path.filename().string(), options);
}

}  // namespace inlay::importers
