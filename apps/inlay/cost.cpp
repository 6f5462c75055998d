// inlay cost: what layers cost on chiplet types.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>

#include "command.hpp"
#include "cost_cache.hpp"
#include "cost_mapping.hpp"
#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/cost/cost_table.hpp"
#include "inlay/cost/default_engine.hpp"
#include "inlay/cost/engine.hpp"
#include "inlay/cost/engines.hpp"
#include "inlay/cost/whole_batch_table.hpp"
#include "inlay/hardware/chiplet_type.hpp"
#include "inlay/hardware/energy_table.hpp"
#include "inlay/hardware/package_file.hpp"
#include "inlay/importers/load_model.hpp"
#include "inlay/importers/maestro/hardware_file.hpp"
#include "inlay/importers/maestro/mapped_network.hpp"
#include "inlay/importers/maestro/mapping_file.hpp"
#include "inlay/report/files/layer_costs_csv.hpp"
#include "inlay/report/files/layer_costs_json.hpp"
#include "inlay/report/files/output_folder.hpp"
#include "inlay/report/text/csv.hpp"
#include "inlay/report/text/layer_costs.hpp"
#include "inlay/report/text/maestro_costs.hpp"
#include "inlay/verify/input_file.hpp"
#include "inlay/workload/scenario_file.hpp"
#include "interrupt.hpp"
#include "progress_line.hpp"
#include "sizes.hpp"

namespace inlay::app {
namespace {

struct Options {
  std::string workload;
  std::vector<std::string> chiplets;
  std::vector<std::string> packages;
  std::vector<std::string> energies;
  std::vector<std::string> parameters;
  std::string engine = cost::kDefaultEngine;
  std::string objective = "edp";
  std::string hardware;
  std::string mapping;
  std::string layer;
  std::vector<std::string> levels;
  std::int64_t batch = 0;
  bool all = false;
  std::string csv;
  bool json = false;
  bool no_cache = false;
};

/// A model is taken as a scenario of its own.
workload::Scenario load_workload(const Options& options) {
  const auto input =
      verify::find_input(options.workload, {verify::InputKind::kModel, verify::InputKind::kScenario});
  workload::Scenario scenario;
  if (input.kind == verify::InputKind::kScenario) {
    scenario = workload::load_scenario(input.file.string(), importers::load_model,
                                       workload::parse_settings(options.parameters));
  } else {
    workload::Model model =
        importers::load_model(input.file.string(), read_sizes("--set", options.parameters, 0));
    scenario.name = model.name;
    scenario.models.push_back({model.name, std::move(model), 1});
  }
  if (options.batch > 0) {
    for (workload::ScenarioModel& entry : scenario.models) {
      entry.batch = options.batch;
    }
  }
  return scenario;
}

bool is_mapping_file(const std::string& name) {
  return std::filesystem::path(name).extension() == ".m";
}

/// The options of a mapping file and those of a model exclude each other.
void check_options(const Options& options) {
  objective::from_text(options.objective);
  if (!is_mapping_file(options.workload)) {
    if (!options.hardware.empty()) {
      throw base::InputError("--hardware belongs to a mapping file of MAESTRO (.m); models take --chiplet");
    }
    if (options.chiplets.empty() && options.packages.empty()) {
      throw base::InputError("--chiplet or --package is required; see 'inlay cost --help'");
    }
    return;
  }
  if (options.hardware.empty()) {
    throw base::InputError("a mapping file needs --hardware HW.m; see 'inlay cost --help'");
  }
  if (options.engine.starts_with("table")) {
    throw base::InputError("a mapping file is costed by an engine that computes; see 'inlay list engines'");
  }
  if (options.engine == "maestro" && !options.energies.empty()) {
    throw base::InputError("--energy: a mapping file has MAESTRO's own energies with engine maestro");
  }
  if (!options.chiplets.empty() || !options.packages.empty() || !options.parameters.empty() ||
      options.batch > 0 || options.all) {
    throw base::InputError("--chiplet, --package, --set, --batch and --all do not apply to a mapping file");
  }
}

/// Models and mapping files under engines of ours.
int print(const Options& options, const workload::Scenario& scenario, const cost::CostTable& table,
          const std::vector<hardware::ChipletType>& types) {
  const objective::Objective objective = objective::from_text(options.objective);
  std::vector<report::text::ModelCostReport> reports;
  for (std::size_t i = 0; i < scenario.models.size(); ++i) {
    reports.push_back(
        report::text::layer_costs(scenario.models[i], table.models[i], types, objective, !options.all));
  }
  if (!options.csv.empty()) {
    base::write_file(options.csv, report::text::csv_text(
                                      report::files::layer_costs_rows(scenario, table, types, objective)));
  }
  if (options.json) {
    fmt::print("{}", report::files::layer_costs_json(reports, table, objective));
    return 0;
  }
  for (const report::text::ModelCostReport& one : reports) {
    fmt::print("{}\n", report::text::layer_costs_text(one));
  }
  fmt::print("{}", report::text::cost_notes(table, objective));
  return 0;
}

/// Every type with every energy table that the user names; with several, both stand in the name.
std::vector<hardware::ChipletType> with_energies(const std::vector<hardware::ChipletType>& types,
                                                 const std::vector<std::string>& energies) {
  std::vector<hardware::ChipletType> result;
  for (const hardware::ChipletType& type : types) {
    for (const std::string& energy : energies) {
      result.push_back(hardware::with_energy(type, hardware::load_energy_table(energy)));
      if (energies.size() > 1) {
        result.back().name += "@" + result.back().energy.name;
      }
    }
  }
  return energies.empty() ? types : result;
}

int run_own_mapping(const Options& options) {
  const auto engine = cost::make_engine(options.engine, cost::tuning_for(options.objective));
  const auto network =
      importers::maestro::mapped_network(importers::maestro::load_maestro_mapping(options.workload));
  const auto hardware = importers::maestro::load_maestro_hardware(options.hardware);
  if (options.energies.size() > 1) {
    throw base::InputError("--energy: one table is expected for a mapping file");
  }
  const hardware::ChipletType type = importers::maestro::chiplet_of(
      hardware, hardware::load_energy_table(options.energies.empty() ? "maestro" : options.energies.front()));
  Options each = options;
  each.all = true;  // layers of one shape may have different dataflows
  return print(each, network.scenario, importers::maestro::mapped_costs(network, type, *engine), {type});
}

int run_mapping(const Options& options) {
  if (options.engine != "maestro") {
    return run_own_mapping(options);
  }
  const report::text::MaestroCosts costs =
      report::text::maestro_costs(importers::maestro::load_maestro_mapping(options.workload),
                                  importers::maestro::load_maestro_hardware(options.hardware));
  if (!options.csv.empty()) {
    base::write_file(options.csv, report::text::maestro_csv(costs));
  }
  fmt::print("{}", options.json ? report::text::maestro_json(costs) : report::text::maestro_text(costs));
  return 0;
}

std::vector<hardware::ChipletType> load_types(const Options& options) {
  std::vector<hardware::ChipletType> types;
  for (const std::string& chiplet : options.chiplets) {
    types.push_back(hardware::load_chiplet_type(chiplet));
  }
  for (const std::string& package : options.packages) {
    const auto of_package = hardware::load_package(package).types;
    types.insert(types.end(), of_package.begin(), of_package.end());
  }
  types = with_energies(types, options.energies);
  for (std::size_t i = 0; i < types.size(); ++i) {
    for (std::size_t other = 0; other < i; ++other) {
      if (types[i].name == types[other].name) {
        throw base::InputError(
            fmt::format("two chiplet types are called '{}'; cost them in two commands", types[i].name));
      }
    }
  }
  return types;
}

cost::CostTable costs_of(const Options& options, const workload::Scenario& scenario,
                         const std::vector<hardware::ChipletType>& types, const cost::CostEngine& engine) {
  cost::CostWatch watch;
  watch.interrupted = &catch_interrupt();
  watch.progress = [](std::size_t done, std::size_t of) {
    show_progress(fmt::format("{} of {} layer costs", done, of));
  };
  // The CSV has what a schedule may ask for, the table on the terminal and JSON the whole batch.
  const auto build = options.csv.empty() ? cost::whole_batch_table : cost::build_cost_table;
  cost::CostTable table = build(scenario, types, engine, 0, cost_cache(options.no_cache), watch);
  end_progress();
  return table;
}

/// A layer with a given tiling: one chiplet type, and at most one layer of a model.
int run_fixed_mapping(const Options& options) {
  if (options.chiplets.size() > 1 || !options.packages.empty() || options.energies.size() > 1 ||
      !options.hardware.empty() || options.all || !options.csv.empty()) {
    throw base::InputError(
        "--mapping takes one --chiplet and at most one --energy; --package, --hardware, --all and --csv do "
        "not apply");
  }
  if (options.workload.empty() != options.layer.empty()) {
    throw base::InputError("--mapping takes a model and --layer, or neither; see 'inlay cost --help'");
  }
  FixedMappingOptions fixed{options.mapping,
                            options.layer,
                            options.levels,
                            options.engine,
                            options.objective,
                            options.batch,
                            options.json,
                            "",
                            ""};
  if (!options.chiplets.empty()) {
    fixed.chiplet = options.chiplets.front();
  }
  if (!options.energies.empty()) {
    fixed.energy = options.energies.front();
  }
  if (options.workload.empty()) {
    return cost_mapping(fixed, nullptr);
  }
  const workload::Scenario scenario = load_workload(options);
  if (scenario.models.size() != 1) {
    throw base::InputError("--mapping takes a layer of one model, not of a scenario");
  }
  return cost_mapping(fixed, &scenario.models.front());
}

int run(const Options& options) {
  if (!options.mapping.empty()) {
    return run_fixed_mapping(options);
  }
  if (options.workload.empty()) {
    throw base::InputError("a model, a scenario or --mapping is required; see 'inlay cost --help'");
  }
  if (!options.layer.empty() || !options.levels.empty()) {
    throw base::InputError("--layer and --level belong to --mapping");
  }
  check_options(options);
  if (!options.csv.empty()) {
    report::files::refuse_foreign_file(options.csv);
  }
  if (is_mapping_file(options.workload)) {
    return run_mapping(options);
  }
  const auto engine = cost::make_engine(options.engine, cost::tuning_for(options.objective));
  const workload::Scenario scenario = load_workload(options);
  const std::vector<hardware::ChipletType> types = load_types(options);
  return print(options, scenario, costs_of(options, scenario, types, *engine), types);
}

}  // namespace

void add_cost(CLI::App& program, Action& chosen) {
  auto options = std::make_shared<Options>();
  Command command(program, "cost",
                  "Shows what each layer costs on each chiplet type, and which type it prefers",
                  "inlay cost resnet-50 --chiplet nvdla-ws-4096 --chiplet shidiannao-os-4096");
  command.optional_positional(
      "MODEL-or-SCENARIO-or-MAPPING.m", options->workload,
      "a file, or the bare name of a shipped one (models first); or a mapping file of MAESTRO");
  command.options("--chiplet", options->chiplets, "CHIPLET", "a chiplet type: a file or a shipped name");
  command.options("--package", options->packages, "PACKAGE",
                  "all chiplet types of a package: a file, a shipped name, or monolithic:PACKAGE");
  command.options("--energy", options->energies, "TABLE",
                  "an energy table in the place of the chiplets' own; several stand side by side");
  command.option("--objective", options->objective, "NAME",
                 "what types are preferred and free tile sizes tuned by: latency, energy, edp (the default), "
                 "throughput, "
                 "or a formula, for which tiles have the least EDP");
  command.option("--hardware", options->hardware, "FILE",
                 "for a mapping file: MAESTRO's hardware file (key: value)");
  command.option(
      "--mapping", options->mapping, "FILE",
      "cost one layer with the tiling that this file gives (our own YAML, Timeloop's or ZigZag's)");
  command.option("--layer", options->layer, "NAME", "for --mapping: the layer of the model that it maps");
  command.options("--level", options->levels, "NAME=LEVEL",
                  "for --mapping: what a level of a foreign file is: memory, l2, accumulator or l1");
  command.option("--engine", options->engine, "NAME",
                 "cost engine ('inlay list engines'), or table:FILE.csv");
  command.options("--set,--dim", options->parameters, "NAME=SIZE",
                  "a parameter of a model, or a symbolic dimension of an .onnx file; in a scenario also "
                  "MODEL.NAME=SIZE");
  command.option("--batch", options->batch, 1, 1'000'000,
                 "samples that run together; the scenario's own if not given");
  command.flag("--all", options->all, "a row for every layer, not one for all layers of the same shape");
  command.option("--csv", options->csv, "FILE",
                 "write every layer and mini-batch as CSV, which --engine table:FILE reads");
  command.flag("--no-cache", options->no_cache, kNoCacheHelp);
  command.flag("--json", options->json, "print JSON alone");
  command.finish(chosen, [options] { return run(*options); });
}

}  // namespace inlay::app
