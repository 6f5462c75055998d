#include "inlay/importers/load_model.hpp"

#include "inlay/importers/importer.hpp"

namespace inlay::importers {

workload::Model load_model(const std::string& path, const workload::ModelParameters& parameters,
                           const workload::WantedBits& bits) {
  if (!can_import(path)) {
    return workload::load_model(path, parameters, bits);
  }
  ImportOptions options;
  options.dimensions = parameters;
  return workload::parse_model(import_model(path, options), "the model made of " + path, {}, bits);
}

}  // namespace inlay::importers
