#include "inlay/importers/importer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/base/yaml.hpp"
#include "inlay/hardware/chiplet_type.hpp"
#include "inlay/importers/maestro_network.hpp"
#include "inlay/importers/onnx/onnx_model.hpp"
#include "inlay/importers/scale_sim_topology.hpp"
#include "inlay/importers/xrbench_accelerators.hpp"
#include "inlay/workload/model_file.hpp"

namespace inlay::importers {
namespace {

namespace fs = std::filesystem;

void refuse_options(const fs::path& path, const ImportOptions& options) {
  if (!options.empty()) {
    throw base::InputError(fmt::format(
        "{}: options on dimensions, weights, bits and unknown operators are for .onnx files, dataflows for "
        "accelerators of XRBench",
        path.string()));
  }
}

std::string import_maestro(const fs::path& path, const ImportOptions& options) {
  refuse_options(path, options);
  return network_yaml(load_maestro_mapping(path), path.filename().string());
}

std::string import_scale_sim(const fs::path& path, const ImportOptions& options) {
  refuse_options(path, options);
  return scale_sim_yaml(base::read_file(path), path.string(), path.filename().string());
}

std::vector<ImportedFile> accelerator_files(const fs::path& path, const std::string& text,
                                            const ImportOptions& options) {
  ImportOptions others = options;
  others.dataflows.clear();
  refuse_options(path, others);
  std::vector<ImportedFile> files =
      xrbench_chiplets(text, path.string(), path.filename().string(), options.dataflows);
  for (const ImportedFile& file : files) {
    hardware::read_chiplet_type(base::YamlNode::parse(file.text, "the chiplet made of " + path.string()));
  }
  return files;
}

struct Importer {
  const char* extension;
  std::string (*import)(const fs::path& path, const ImportOptions& options);
};

/// Every importer; a new one is one line here.
constexpr std::array kImporters = {
    Importer{".m", import_maestro},
    Importer{".onnx", import_onnx},
    Importer{".csv", import_scale_sim},
};

}  // namespace

std::vector<std::string> importer_names() {
  std::vector<std::string> names;
  for (const Importer& importer : kImporters) {
    names.emplace_back(importer.extension);
  }
  return names;
}

bool can_import(const fs::path& path) {
  const std::string extension = path.extension().string();
  return std::any_of(kImporters.begin(), kImporters.end(),
                     [&](const Importer& importer) { return extension == importer.extension; });
}

std::string import_model(const fs::path& path, const ImportOptions& options) {
  const std::string extension = path.extension().string();
  for (const Importer& importer : kImporters) {
    if (extension != importer.extension) {
      continue;
    }
    try {
      const std::string text = importer.import(path, options);
      workload::parse_model(text, "the model made of " + path.string());
      return text;
    } catch (const base::OverflowError& error) {
      throw base::InputError({path.string(), 0, 0}, "", error.what());
    }
  }
  throw base::InputError(fmt::format("{}: files that end in '{}' cannot be imported; {}", path.string(),
                                     extension, base::allowed_values(extension, importer_names())));
}

std::vector<ImportedFile> import_files(const fs::path& path, const ImportOptions& options) {
  if (path.extension() == ".m") {
    const std::string text = base::read_file(path);
    if (is_xrbench_hardware(text, path.string())) {
      return accelerator_files(path, text, options);
    }
    if (is_xrbench_scenario(text, path.string())) {
      refuse_options(path, options);
      std::vector<ImportedFile> files = xrbench_files(text, path.string(), path.filename().string());
      for (std::size_t i = 1; i < files.size(); ++i) {
        workload::parse_model(files[i].text, "the model made of " + path.string());
      }
      return files;
    }
  }
  if (!options.dataflows.empty()) {
    throw base::InputError(
        fmt::format("{}: holds no accelerators of XRBench; --dataflow is for these", path.string()));
  }
  return {{path.stem().string() + ".yaml", import_model(path, options)}};
}

}  // namespace inlay::importers
