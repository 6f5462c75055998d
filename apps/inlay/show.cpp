// inlay show: what was understood of an input.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "command.hpp"
#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/hardware/chiplet_type.hpp"
#include "inlay/hardware/energy_table.hpp"
#include "inlay/hardware/package_file.hpp"
#include "inlay/importers/load_model.hpp"
#include "inlay/report/files/inputs_json.hpp"
#include "inlay/report/text/inputs_text.hpp"
#include "inlay/report/text/model_views.hpp"
#include "inlay/report/text/schedule_text.hpp"
#include "inlay/report/text/strategy_text.hpp"
#include "inlay/schedule/schedule_json.hpp"
#include "inlay/search/search.hpp"
#include "inlay/verify/input_file.hpp"
#include "inlay/verify/verify.hpp"
#include "inlay/workload/scenario_file.hpp"
#include "sizes.hpp"

namespace inlay::app {
namespace {

using verify::InputKind;

struct Options {
  std::string name;
  std::string kind;
  std::vector<std::string> parameters;
  bool dot = false;
  bool json = false;
};

const std::vector<InputKind> kShown = {InputKind::kModel,    InputKind::kScenario, InputKind::kPackage,
                                       InputKind::kChiplet,  InputKind::kDataflow, InputKind::kEnergyTable,
                                       InputKind::kSchedule, InputKind::kMapping};

verify::NamedInput find(const Options& options) {
  if (options.name.starts_with("monolithic")) {
    return {InputKind::kPackage, options.name};
  }
  if (options.kind.empty()) {
    return verify::find_input(options.name, kShown);
  }
  return verify::find_input(options.name, {verify::input_kind_named(options.kind)});
}

std::string text_of_schedule(const std::string& file, bool json) {
  const std::string content = base::read_file(file);
  const schedule::ScheduleDocument document = schedule::read_document(content, file);
  if (json) {
    return content;
  }
  const verify::Verdict verdict = verify::verify(document);
  if (!verdict.valid || !verdict.cost) {
    throw base::InfeasibleError(fmt::format("{}: is not valid; 'inlay verify' says why", file));
  }
  return report::text::schedule_text(document, *verdict.cost);
}

/// A model, or the network of another program's file.
std::string text_of_model(const std::string& file, const Options& options) {
  const workload::Model model = importers::load_model(file, read_sizes("--set", options.parameters, 0));
  if (options.json) {
    return report::text::model_json(model).dump(2) + "\n";
  }
  return options.dot ? report::text::model_dot(model) : report::text::model_text(model);
}

template <typename Input>
std::string text_or_json(const Input& input, std::string (*text)(const Input&), bool json) {
  return json ? report::files::input_json(input).dump(2) + "\n" : text(input);
}

std::string text_of_scenario(const std::string& file, const Options& options) {
  return text_or_json(
      workload::load_scenario(file, importers::load_model, workload::parse_settings(options.parameters)),
      report::text::scenario_text, options.json);
}

std::string text_of(const verify::NamedInput& input, bool json) {
  const std::string file = input.file.string();
  switch (input.kind) {
    case InputKind::kPackage:
      return text_or_json(hardware::load_package(file), report::text::package_text, json);
    case InputKind::kChiplet:
      return text_or_json(hardware::load_chiplet_type(file), report::text::chiplet_text, json);
    case InputKind::kDataflow:
      return text_or_json(dataflow::load_dataflow(file), report::text::dataflow_text, json);
    case InputKind::kEnergyTable:
      return text_or_json(hardware::load_energy_table(file), report::text::energy_text, json);
    case InputKind::kSchedule:
      return text_of_schedule(file, json);
    default:
      throw base::InputError(fmt::format("'show' has nothing to say of files of kind '{}'; 'check' has",
                                         verify::to_string(input.kind)));
  }
}

bool names_strategy(const Options& options) {
  const std::vector<std::string> names = search::strategy_names();
  return options.kind.empty() && std::find(names.begin(), names.end(), options.name) != names.end();
}

/// --dot and --set are about models.
void refuse_options(const Options& options, const std::string& kind) {
  if (options.dot || !options.parameters.empty()) {
    throw base::InputError(fmt::format(
        "{}; '{}' is a {}",
        options.dot ? "--dot draws the graph of a model" : "--set is for the parameters of a model",
        options.name, kind));
  }
}

std::string shown(const Options& options) {
  if (names_strategy(options)) {
    refuse_options(options, "strategy");
    return options.json ? report::files::strategy_json(options.name).dump(2) + "\n"
                        : report::text::strategy_text(options.name);
  }
  const verify::NamedInput input = find(options);
  if (input.kind == InputKind::kModel || input.kind == InputKind::kMapping) {
    return text_of_model(input.file.string(), options);
  }
  if (input.kind == InputKind::kScenario && !options.dot) {
    return text_of_scenario(input.file.string(), options);
  }
  refuse_options(options, verify::to_string(input.kind));
  return text_of(input, options.json);
}

int run(const Options& options) {
  fmt::print("{}", shown(options));
  return 0;
}

}  // namespace

void add_show(CLI::App& program, Action& chosen) {
  auto options = std::make_shared<Options>();
  Command command(
      program, "show",
      "Shows what was understood of a model, scenario, package, chiplet, dataflow, schedule or strategy",
      "inlay show het-sides-2x2");
  command.positional(
      "NAME-or-FILE", options->name,
      "a file, the bare name of a shipped one (models first, then scenarios, packages, ...), or a strategy");
  command.option("--as", options->kind, "KIND", "model, scenario, package, chiplet, dataflow or energy");
  command.options("--set,--dim", options->parameters, "NAME=SIZE",
                  "a parameter of a model, or a symbolic dimension of an .onnx file; in a scenario also "
                  "MODEL.NAME=SIZE");
  command.flag("--dot", options->dot, "print a model's graph in Graphviz' language");
  command.flag("--json", options->json, "print JSON alone");
  command.finish(chosen, [options] { return run(*options); });
}

}  // namespace inlay::app
