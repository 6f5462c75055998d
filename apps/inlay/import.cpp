// inlay import: other programs' descriptions of networks as models of Inlay.
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "command.hpp"
#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/importers/importer.hpp"

namespace inlay::app {
namespace {

struct Options {
  std::string file;
  std::string out;
};

/// A model may have been worked on by hand since it was imported, so it is never replaced.
void refuse_existing(const std::string& file) {
  std::error_code error;
  if (std::filesystem::exists(file, error)) {
    throw base::InputError(fmt::format("{}: exists, and models are not replaced; choose another name", file));
  }
}

int run(const Options& options) {
  if (!options.out.empty()) {
    refuse_existing(options.out);
  }
  const std::string text = importers::import_model(options.file);
  if (options.out.empty()) {
    fmt::print("{}", text);
  } else {
    base::write_file(options.out, text);
  }
  return 0;
}

}  // namespace

void add_import(CLI::App& program, Action& chosen) {
  auto options = std::make_shared<Options>();
  Command command(program, "import", "Turns the network of another program's file into a model file",
                  "inlay import my-network.m -o imported.yaml");
  command.positional("FILE", options->file, "a mapping file of MAESTRO (.m)");
  command.option("-o,--out", options->out, "MODEL.yaml",
                 "the file to write; without it, the model is printed");
  command.finish(chosen, [options] { return run(*options); });
}

}  // namespace inlay::app
