#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "inlay/base/error.hpp"
#include "inlay/cost/maestro/model.hpp"

namespace inlay::importers::maestro {

/// A layer of a MAESTRO mapping file with its dataflow.
struct MappingLayer {
  std::string name;        // as written
  std::string short_name;  // as MAESTRO prints it: what stands behind the last separator
  std::string type;        // CONV, DSCONV, NGCONV, TRCONV or GEMM
  base::SourcePosition position;
  cost::maestro::MappedLayer mapped;  // no levels: the layer has no Dataflow
};

/// A network and how MAESTRO is to map each of its layers.
struct MappingFile {
  std::string file;
  std::string network;
  std::vector<MappingLayer> layers;
};

/// Reads a mapping file (.m, docs/maestro.md section 1). Throws base::InputError with file, line, column,
/// what was expected and the nearest spelling; also for what MAESTRO refuses or crashes on whatever the
/// hardware.
MappingFile read_maestro_mapping(std::string_view text, const std::string& file);
MappingFile load_maestro_mapping(const std::filesystem::path& path);

}  // namespace inlay::importers::maestro
