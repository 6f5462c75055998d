#include "inlay/importers/importer.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/base/yaml.hpp"
#include "inlay/hardware/chiplet_type.hpp"
#include "inlay/importers/maestro/chiplet.hpp"
#include "inlay/importers/maestro/network.hpp"
#include "inlay/importers/mnpusim/network.hpp"
#include "inlay/importers/onnx/onnx_model.hpp"
#include "inlay/importers/scale_sim/topology.hpp"
#include "inlay/importers/timeloop/cosa_layer.hpp"
#include "inlay/importers/timeloop/problem.hpp"
#include "inlay/importers/xrbench/accelerators.hpp"
#include "inlay/importers/xrbench/scenario.hpp"
#include "inlay/workload/model_file.hpp"

namespace inlay::importers {
namespace {

namespace fs = std::filesystem;

void refuse_options(const fs::path& path, const ImportOptions& options) {
  if (!options.empty()) {
    throw base::InputError(fmt::format(
        "{}: options on dimensions, weights, bits and unknown operators are for .onnx files, dataflows for "
        "hardware files of MAESTRO and accelerators of XRBench",
        path.string()));
  }
}

std::string import_maestro(const fs::path& path, const ImportOptions& options) {
  refuse_options(path, options);
  return maestro::network_yaml(maestro::load_maestro_mapping(path), path.filename().string());
}

/// A reader of a text file that takes no options.
template <std::string (*read)(std::string_view text, const std::string& file, const std::string& source)>
std::string import_text(const fs::path& path, const ImportOptions& options) {
  refuse_options(path, options);
  return read(base::read_file(path), path.string(), path.filename().string());
}

template <std::string (*read)(const std::string& text, const std::string& file, const std::string& source)>
std::string import_yaml(const fs::path& path, const ImportOptions& options) {
  refuse_options(path, options);
  return read(base::read_file(path), path.string(), path.filename().string());
}

std::vector<ImportedFile> checked_chiplets(const fs::path& path, std::vector<ImportedFile> files) {
  for (const ImportedFile& file : files) {
    hardware::read_chiplet_type(base::YamlNode::parse(file.text, "the chiplet made of " + path.string()));
  }
  return files;
}

std::vector<ImportedFile> accelerator_files(const fs::path& path, const std::string& text,
                                            const ImportOptions& options) {
  ImportOptions others = options;
  others.dataflows.clear();
  refuse_options(path, others);
  return checked_chiplets(
      path, xrbench::xrbench_chiplets(text, path.string(), path.filename().string(), options.dataflows));
}

bool is_mnpusim(const std::string& text) {
  return mnpusim::is_mnpusim_network(text);
}

struct Importer {
  const char* extension;
  const char* what;                             // whose files these are
  bool (*recognises)(const std::string& text);  // null: all files with that extension
  std::string (*import)(const fs::path& path, const ImportOptions& options);
};

/// Every importer; a new one is one line here. Of several for one extension the first that recognises the
/// file reads it.
constexpr std::array kImporters = {
    Importer{".m", "MAESTRO", nullptr, import_maestro},
    Importer{".onnx", "ONNX", nullptr, import_onnx},
    Importer{".csv", "mNPUsim", is_mnpusim, import_text<mnpusim::mnpusim_yaml>},
    Importer{".csv", "SCALE-Sim", nullptr, import_text<scale_sim::scale_sim_yaml>},
    Importer{".yaml", "Timeloop", timeloop::is_timeloop_problem, import_yaml<timeloop::timeloop_yaml>},
    Importer{".yaml", "CoSA", timeloop::is_cosa_layer, import_yaml<timeloop::cosa_yaml>},
};

/// The importer of that file; null if there is none.
const Importer* importer_of(const fs::path& path) {
  const std::string extension = path.extension().string();
  std::error_code error;
  for (const Importer& importer : kImporters) {
    if (extension != importer.extension) {
      continue;
    }
    if (importer.recognises == nullptr ||
        (fs::is_regular_file(path, error) && importer.recognises(base::read_file(path)))) {
      return &importer;
    }
  }
  return nullptr;
}

}  // namespace

std::vector<std::string> importer_names() {
  std::vector<std::string> names;
  for (const Importer& importer : kImporters) {
    if (names.empty() || names.back() != importer.extension) {
      names.emplace_back(importer.extension);
    }
  }
  return names;
}

bool can_import(const fs::path& path) {
  return importer_of(path) != nullptr;
}

std::string import_model(const fs::path& path, const ImportOptions& options) {
  if (const Importer* importer = importer_of(path)) {
    try {
      const std::string text = importer->import(path, options);
      workload::parse_model(text, "the model made of " + path.string());
      return text;
    } catch (const base::OverflowError& error) {
      throw base::InputError({path.string(), 0, 0}, "", error.what());
    }
  }
  const std::string extension = path.extension().string();
  std::vector<std::string> whose;
  for (const Importer& importer : kImporters) {
    if (extension == importer.extension) {
      whose.emplace_back(importer.what);
    }
  }
  if (!whose.empty()) {
    base::read_file(path);  // says what is wrong with a file that is not there
    throw base::InputError(
        fmt::format("{}: no file of {} (a problem of Timeloop or a layer of CoSA begins with 'problem:')",
                    path.string(), fmt::join(whose, " or ")));
  }
  throw base::InputError(fmt::format("{}: files that end in '{}' cannot be imported; {}", path.string(),
                                     extension, base::allowed_values(extension, importer_names())));
}

std::vector<ImportedFile> import_files(const fs::path& path, const ImportOptions& options) {
  if (path.extension() == ".m") {
    const std::string text = base::read_file(path);
    if (xrbench::is_xrbench_hardware(text, path.string())) {
      return accelerator_files(path, text, options);
    }
    if (maestro::is_maestro_hardware(text)) {
      ImportOptions others = options;
      others.dataflows.clear();
      refuse_options(path, others);
      return checked_chiplets(
          path, {maestro::maestro_chiplet(text, path.string(), path.filename().string(), options.dataflows)});
    }
    if (xrbench::is_xrbench_scenario(text, path.string())) {
      refuse_options(path, options);
      std::vector<ImportedFile> files = xrbench::xrbench_files(text, path.string(), path.filename().string());
      for (std::size_t i = 1; i < files.size(); ++i) {
        workload::parse_model(files[i].text, "the model made of " + path.string());
      }
      return files;
    }
  }
  if (!options.dataflows.empty()) {
    throw base::InputError(
        fmt::format("{}: holds no hardware of MAESTRO or XRBench; --dataflow is for that", path.string()));
  }
  return {{path.stem().string() + ".yaml", import_model(path, options)}};
}

}  // namespace inlay::importers
