// inlay import: other programs' descriptions of networks as models of Inlay.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <vector>

#include "command.hpp"
#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/importers/importer.hpp"
#include "sizes.hpp"

namespace inlay::app {
namespace {

struct Options {
  std::string file;
  std::string out;
  std::vector<std::string> dataflows;
  std::vector<std::string> dimensions;
  std::vector<std::string> weights;
  std::string unknown;
  std::int64_t weight_bits = 0;
  std::int64_t activation_bits = 0;
};

importers::ImportOptions read_options(const Options& options) {
  importers::ImportOptions result;
  result.dataflows = options.dataflows;
  result.dimensions = read_sizes("--dim", options.dimensions, 1);
  result.weights = options.weights;
  result.weight_bits = options.weight_bits;
  result.activation_bits = options.activation_bits;
  if (!options.unknown.empty() && options.unknown != "vector") {
    throw base::InputError(fmt::format("--unknown '{}': {}", options.unknown,
                                       base::allowed_values(options.unknown, {"vector"})));
  }
  result.unknown_as_vector = !options.unknown.empty();
  return result;
}

/// A model may have been worked on by hand since it was imported, so it is never replaced.
void refuse_existing(const std::string& file) {
  std::error_code error;
  if (std::filesystem::exists(file, error)) {
    throw base::InputError(fmt::format("{}: exists, and models are not replaced; choose another name", file));
  }
}

int run(const Options& options) {
  const std::vector<importers::ImportedFile> files =
      importers::import_files(options.file, read_options(options));
  if (options.out.empty()) {
    if (files.size() > 1) {
      throw base::InputError(fmt::format(
          "{}: becomes {} files; say -o FILE.yaml for the first, and the others are written beside it",
          options.file, files.size()));
    }
    fmt::print("{}", files[0].text);
    return 0;
  }
  const std::filesystem::path out = options.out;
  std::vector<std::filesystem::path> paths = {out};
  for (std::size_t i = 1; i < files.size(); ++i) {
    paths.push_back(out.parent_path() / files[i].name);
  }
  for (const std::filesystem::path& path : paths) {
    refuse_existing(path.string());
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    base::write_file(paths[i], files[i].text);
  }
  return 0;
}

}  // namespace

void add_import(CLI::App& program, Action& chosen) {
  auto options = std::make_shared<Options>();
  Command command(program, "import", "Turns the network of another program's file into a model file",
                  "inlay import my-network.m -o imported.yaml");
  command.positional(
      "FILE", options->file,
      "a network in ONNX (.onnx), a model, mapping or hardware file of MAESTRO or GAMMA, a scenario or "
      "accelerators of XRBench (.m), a topology of SCALE-Sim or mNPUsim (.csv), a problem of Timeloop or a "
      "layer "
      "of CoSA (.yaml)");
  command.option("-o,--out", options->out, "MODEL.yaml",
                 "the file to write; without it, the model is printed");
  command.options("--dataflow", options->dataflows, "DATAFLOW",
                  "of hardware of MAESTRO or XRBench, whose file names none: one for all, or one for each");
  command.options("--dim", options->dimensions, "NAME=SIZE",
                  "size of a symbolic dimension (.onnx); may be repeated");
  command.options("--weight", options->weights, "GLOB",
                  "inputs that are weights (.onnx), or, with '!' in front, are none; may be repeated");
  command.option("--weight-bits", options->weight_bits, 0, 64,
                 "bits of a weight; 0: as the file has them (.onnx)");
  command.option("--activation-bits", options->activation_bits, 0, 64,
                 "bits of an activation; 0: as the file has them (.onnx)");
  command.option("--unknown", options->unknown, "vector",
                 "take unknown operators for vector operations on every element (.onnx)");
  command.finish(chosen, [options] { return run(*options); });
}

}  // namespace inlay::app
