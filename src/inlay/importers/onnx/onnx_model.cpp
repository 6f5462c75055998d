#include "inlay/importers/onnx/onnx_model.hpp"

#include <fmt/format.h>

#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/importers/onnx/lowering.hpp"
#include "inlay/importers/onnx/mapped_file.hpp"
#include "inlay/importers/onnx/patterns.hpp"
#include "inlay/importers/onnx/read_graph.hpp"

namespace inlay::importers {

using namespace onnx_graph;

namespace {

struct Result {
  DraftModel model;
  Graph graph;
};

Result lowered(std::string_view bytes, const std::string& file, const ReadOptions& read,
               const Widths& widths) {
  Result result;
  result.graph = read_graph(bytes, file, read);
  join_patterns(result.graph);
  result.model = Lowering(result.graph, widths).run();
  return result;
}

/// A model is for one sample. Where the file's shapes are for a batch, it is read again with a batch of 1.
Result for_one_sample(std::string_view bytes, const std::string& file, ReadOptions& read,
                      const Widths& widths) {
  BatchFound found{};
  try {
    return lowered(bytes, file, read, widths);
  } catch (const BatchFound& batch) {
    found = batch;
  }
  read.batch = found.batch;
  const std::string refusal =
      fmt::format("{}: node '{}' works on a batch of {}, and the model cannot be read for one sample", file,
                  found.node, found.batch);
  try {
    return lowered(bytes, file, read, widths);
  } catch (const BatchFound&) {
    throw base::InputError(refusal + "; write the file with a batch of 1");
  } catch (const base::InputError& error) {
    throw base::InputError(fmt::format("{}: {}", refusal, error.what()));
  }
}

std::string describe(const Graph& graph, const ReadOptions& read) {
  std::string text = fmt::format("Imported from ONNX, opset {}", graph.opset);
  text += graph.producer.empty() ? "." : fmt::format(", written by {}.", graph.producer);
  for (const auto& [name, size] : read.dimensions) {
    text += fmt::format(" {} = {}.", name, size);
  }
  if (read.batch > 1) {
    text += fmt::format(" The file's batch is {}; this is one sample: run it with that batch.", read.batch);
  }
  return text;
}

}  // namespace

std::string onnx_yaml(std::string_view bytes, const std::string& file, const std::string& source,
                      const ImportOptions& options) {
  ReadOptions read;
  read.dimensions = options.dimensions;
  read.weights = {options.weights.begin(), options.weights.end()};
  read.unknown_as_vector = options.unknown_as_vector;
  Result result = for_one_sample(bytes, file, read, {options.weight_bits, options.activation_bits});
  result.model.source = source;
  result.model.name = std::filesystem::path(source).stem().string();
  if (result.model.name.empty()) {
    result.model.name = "model";
  }
  result.model.description = describe(result.graph, read);
  return model_yaml(result.model);
}

std::string import_onnx(const std::filesystem::path& path, const ImportOptions& options) {
  const MappedFile file(path);
  base::note_read(path, file.bytes());
  return onnx_yaml(file.bytes(), path.string(), path.filename().string(), options);
}

}  // namespace inlay::importers
