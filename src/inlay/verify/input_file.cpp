#include "inlay/verify/input_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "inlay/base/counted.hpp"
#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/base/yaml.hpp"
#include "inlay/dataflow/dataflow.hpp"
#include "inlay/hardware/chiplet_type.hpp"
#include "inlay/hardware/energy_table.hpp"
#include "inlay/hardware/package_file.hpp"
#include "inlay/hardware/reference.hpp"
#include "inlay/importers/importer.hpp"
#include "inlay/importers/load_model.hpp"
#include "inlay/importers/maestro/hardware_file.hpp"
#include "inlay/importers/maestro/mapping_file.hpp"
#include "inlay/importers/xrbench/accelerators.hpp"
#include "inlay/schedule/schedule_json.hpp"
#include "inlay/verify/verify.hpp"
#include "inlay/workload/model_file.hpp"
#include "inlay/workload/operators.hpp"
#include "inlay/workload/scenario_file.hpp"

namespace inlay::verify {
namespace {

namespace fs = std::filesystem;

std::string check_model(const fs::path& file) {
  const workload::Model model = importers::load_model(file);
  return fmt::format("'{}', {}", model.name, base::counted(model.layers.size(), "layer"));
}

std::string check_scenario(const fs::path& file) {
  const workload::Scenario scenario = workload::load_scenario(file, importers::load_model);
  return fmt::format("'{}', {}", scenario.name, base::counted(scenario.models.size(), "model"));
}

std::string check_package(const fs::path& file) {
  const hardware::Package package = hardware::load_package(file);
  return fmt::format("'{}', {}, {}", package.name, base::counted(package.chiplets.size(), "chiplet"),
                     base::counted(package.interfaces.size(), "memory interface"));
}

std::string check_chiplet(const fs::path& file) {
  const hardware::ChipletType type = hardware::load_chiplet_type(file);
  return fmt::format("'{}', {} PEs, dataflow {}", type.name, type.pes, type.dataflow.name);
}

std::string check_dataflow(const fs::path& file) {
  return fmt::format("'{}'", dataflow::load_dataflow(file).name);
}

std::string check_energy(const fs::path& file) {
  return fmt::format("'{}'", hardware::load_energy_table(file).name);
}

std::string check_operators(const fs::path& file) {
  return fmt::format("{} operators",
                     workload::parse_vector_operators(base::read_file(file), file.string()).size());
}

std::string check_schedule(const fs::path& file) {
  const schedule::ScheduleDocument document = schedule::read_document(base::read_file(file), file.string());
  std::vector<std::string> errors;
  for (const Finding& finding : verify(document).findings) {
    if (finding.severity == Severity::kError) {
      errors.push_back(fmt::format("{}: {}", finding.place, finding.message));
    }
  }
  if (!errors.empty()) {
    throw base::InfeasibleError(fmt::format("{}: {}", file.string(), fmt::join(errors, "; ")));
  }
  return fmt::format("of '{}' on '{}', valid", document.problem.scenario.name, document.problem.package.name);
}

std::string check_mapping(const fs::path& file) {
  const importers::maestro::MappingFile mapping = importers::maestro::load_maestro_mapping(file);
  return fmt::format("'{}', {}", mapping.network, base::counted(mapping.layers.size(), "layer"));
}

std::string check_maestro_hardware(const fs::path& file) {
  return fmt::format("with {} PEs", importers::maestro::load_maestro_hardware(file).hardware.pes);
}

std::string check_xrbench_hardware(const fs::path& file) {
  const auto accelerators = importers::xrbench::read_xrbench_hardware(base::read_file(file), file.string());
  return fmt::format("with {} accelerators", accelerators.size());
}

/// One kind of file. `keys`: those of its top level that tell it from other kinds.
struct Kind {
  InputKind kind;
  const char* name;
  const char* room;
  std::vector<std::string> keys;
  std::string (*check)(const fs::path& file);
};

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> kKinds = {
      {InputKind::kModel, "model", "models", {"layers", "blocks", "inputs", "outputs", "like"}, check_model},
      {InputKind::kScenario, "scenario", "scenarios", {"models"}, check_scenario},
      {InputKind::kPackage,
       "package",
       "packages",
       {"types", "mesh", "chiplets", "links", "interfaces", "network", "memory"},
       check_package},
      {InputKind::kChiplet,
       "chiplet",
       "chiplets",
       {"pes", "l1", "l2", "noc_bandwidth", "dataflow", "clock"},
       check_chiplet},
      {InputKind::kDataflow, "dataflow", "dataflows", {"convolution", "gemm", "stationary"}, check_dataflow},
      {InputKind::kEnergyTable,
       "energy",
       "energy",
       {"mac", "l1_access", "l2_access", "vector_operation"},
       check_energy},
      {InputKind::kOperators, "operators", "operators", {"operators"}, check_operators},
      {InputKind::kSchedule, "schedule", "", {}, check_schedule},
      {InputKind::kMapping, "mapping", "", {}, check_mapping},
      {InputKind::kMaestroHardware, "maestro-hardware", "", {}, check_maestro_hardware},
      {InputKind::kXrbenchHardware, "xrbench-hardware", "", {}, check_xrbench_hardware},
  };
  return kKinds;
}

/// Of MAESTRO's two kinds of files with the ending .m, the one without braces.
bool is_hardware(const std::string& content) {
  return content.find('{') == std::string::npos && content.find(':') != std::string::npos;
}

const Kind& facts(InputKind kind) {
  return kinds().at(static_cast<std::size_t>(kind));
}

}  // namespace

std::string to_string(InputKind kind) {
  return facts(kind).name;
}

std::string data_room(InputKind kind) {
  return facts(kind).room;
}

std::vector<std::string> input_kind_names() {
  std::vector<std::string> names;
  for (const Kind& kind : kinds()) {
    names.emplace_back(kind.name);
  }
  return names;
}

InputKind input_kind_named(const std::string& name) {
  for (const Kind& kind : kinds()) {
    if (kind.name == name) {
      return kind.kind;
    }
  }
  throw base::InputError(
      fmt::format("'{}' is no kind of file; {}", name, base::allowed_values(name, input_kind_names())));
}

InputKind recognise(const fs::path& file) {
  if (file.extension() != ".m" && importers::can_import(file)) {
    return InputKind::kModel;
  }
  const std::string content = base::read_file(file);
  const std::size_t start = content.find_first_not_of(" \t\r\n");
  if (start != std::string::npos && content[start] == '{' && file.extension() == ".json") {
    return InputKind::kSchedule;
  }
  if (file.extension() == ".m") {
    if (importers::xrbench::is_xrbench_hardware(content, file.string())) {
      return InputKind::kXrbenchHardware;
    }
    return is_hardware(content) ? InputKind::kMaestroHardware : InputKind::kMapping;
  }
  const base::YamlNode root = base::YamlNode::parse(content, file.string());
  base::YamlMap map = root.map();
  const auto entries = map.entries();
  const Kind* best = nullptr;
  std::ptrdiff_t most = 0;
  for (const Kind& kind : kinds()) {
    const auto known = std::count_if(entries.begin(), entries.end(), [&kind](const auto& entry) {
      return std::find(kind.keys.begin(), kind.keys.end(), entry.first) != kind.keys.end();
    });
    if (known > most) {
      best = &kind;
      most = known;
    }
  }
  if (best == nullptr) {
    root.fail(fmt::format("not recognised as any of {}; '--as KIND' says what it is meant to be",
                          fmt::join(input_kind_names(), ", ")));
  }
  return best->kind;
}

std::string check_input(const fs::path& file, InputKind kind) {
  return fmt::format("{} {}", to_string(kind), facts(kind).check(file));
}

NamedInput find_input(const std::string& name, const std::vector<InputKind>& kinds_wanted) {
  std::error_code error;
  const fs::path given(name);
  if (fs::exists(given, error) || !base::may_be_shipped(name)) {
    const InputKind kind = recognise(given);
    if (std::find(kinds_wanted.begin(), kinds_wanted.end(), kind) == kinds_wanted.end()) {
      std::vector<std::string> wanted;
      for (const InputKind allowed : kinds_wanted) {
        wanted.push_back(to_string(allowed));
      }
      throw base::InputError(
          fmt::format("{}: is a {}; expected: {}", name, to_string(kind), fmt::join(wanted, ", ")));
    }
    return {kind, given};
  }
  std::vector<std::string> all;
  for (const InputKind kind : kinds_wanted) {
    const std::string room = data_room(kind);
    if (room.empty()) {
      continue;
    }
    const std::vector<std::string> names = hardware::shipped_names(room);
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      return {kind, base::data_folder() / room / (name + ".yaml")};
    }
    all.insert(all.end(), names.begin(), names.end());
  }
  throw base::InputError(fmt::format("'{}' is neither a file nor one that Inlay ships; {}", name,
                                     base::allowed_values(name, all)));
}

}  // namespace inlay::verify
