#include "inlay/importers/importer.hpp"

#include <fmt/format.h>

#include <array>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/importers/maestro_network.hpp"
#include "inlay/workload/model_file.hpp"

namespace inlay::importers {
namespace {

namespace fs = std::filesystem;

std::string import_maestro(const fs::path& path) {
  return network_yaml(load_maestro_mapping(path), path.filename().string());
}

struct Importer {
  const char* extension;
  std::string (*import)(const fs::path& path);
};

/// Every importer; a new one is one line here.
constexpr std::array kImporters = {
    Importer{".m", import_maestro},
};

}  // namespace

std::vector<std::string> importer_names() {
  std::vector<std::string> names;
  for (const Importer& importer : kImporters) {
    names.emplace_back(importer.extension);
  }
  return names;
}

std::string import_model(const fs::path& path) {
  const std::string extension = path.extension().string();
  for (const Importer& importer : kImporters) {
    if (extension != importer.extension) {
      continue;
    }
    try {
      const std::string text = importer.import(path);
      workload::parse_model(text, "the model made of " + path.string());
      return text;
    } catch (const base::OverflowError& error) {
      throw base::InputError({path.string(), 0, 0}, "", error.what());
    }
  }
  throw base::InputError(fmt::format("{}: files that end in '{}' cannot be imported; {}", path.string(),
                                     extension, base::allowed_values(extension, importer_names())));
}

}  // namespace inlay::importers
