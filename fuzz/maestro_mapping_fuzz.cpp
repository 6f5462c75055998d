// Mapping files of MAESTRO: read, costed and imported. Whatever the bytes are, the answer is a result or an
// error of the user's.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "inlay/base/checked.hpp"
#include "inlay/cost/maestro/csv.hpp"
#include "inlay/importers/maestro/mapping_file.hpp"
#include "inlay/importers/maestro/network.hpp"
#include "inlay/workload/model_file.hpp"

namespace {

using namespace inlay;

/// Errors of the user's input; anything else that is thrown ends the program, and is found.
template <typename Action>
void answered(const Action& action) {
  try {
    action();
  } catch (const base::InputError&) {
  } catch (const base::InfeasibleError&) {
  } catch (const base::OverflowError&) {
  }
}

void cost_layers(const importers::maestro::MappingFile& mapping) {
  const cost::maestro::Hardware hardware{256, 64, 1, 70000, 1};
  cost::maestro::CsvWriter writer(hardware);
  for (const importers::maestro::MappingLayer& layer : mapping.layers) {
    if (layer.mapped.levels > 0) {
      answered(
          [&] { writer.row(mapping.network, layer.name, cost::maestro::analyse(layer.mapped, hardware)); });
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  answered([text] {
    const importers::maestro::MappingFile mapping = importers::maestro::read_maestro_mapping(text, "fuzz.m");
    answered([&mapping] {
      workload::parse_model(importers::maestro::network_yaml(mapping, "fuzz.m"), "fuzz.yaml");
    });
    cost_layers(mapping);
  });
  return 0;
}
