// inlay list: what there is to choose from.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/cost/engine.hpp"
#include "inlay/cost/engines.hpp"
#include "inlay/hardware/reference.hpp"
#include "inlay/report/text/model_views.hpp"
#include "inlay/report/text/scenario_views.hpp"
#include "inlay/search/search.hpp"
#include "inlay/studies/studies.hpp"
#include "inlay/workload/model_file.hpp"
#include "inlay/workload/scenario_file.hpp"

namespace inlay::app {
namespace {

struct Options {
  std::string what;
  bool json = false;
};

struct Shelf {
  const char* name;
  std::function<std::vector<std::string>()> names;
  std::function<std::string(const std::string&)> description = nullptr;
};

const std::vector<Shelf>& shelves() {
  const auto data = [](const char* room) { return [room] { return hardware::shipped_names(room); }; };
  static const std::vector<Shelf> kShelves = {
      {"models", data("models")},        {"scenarios", data("scenarios")},
      {"packages", data("packages")},    {"chiplets", data("chiplets")},
      {"dataflows", data("dataflows")},  {"strategies", search::strategy_names, search::strategy_description},
      {"engines", cost::engine_names},   {"objectives", objective::names},
      {"studies", studies::study_names}, {"energy", data("energy")},
  };
  return kShelves;
}

/// Models are listed with what was understood of them.
int list_models(bool json) {
  std::vector<report::text::NamedModel> models;
  for (const std::string& name : hardware::shipped_names("models")) {
    models.push_back({name, workload::load_model(base::data_folder() / "models" / (name + ".yaml"))});
  }
  fmt::print("{}",
             json ? report::text::models_json(models).dump(2) + "\n" : report::text::models_text(models));
  return 0;
}

/// Scenarios are listed with their models.
int list_scenarios(bool json) {
  std::vector<workload::Scenario> scenarios;
  for (const std::string& name : hardware::shipped_names("scenarios")) {
    scenarios.push_back(workload::load_scenario(base::data_folder() / "scenarios" / (name + ".yaml")));
  }
  fmt::print("{}", json ? report::text::scenarios_json(scenarios).dump(2) + "\n"
                        : report::text::scenarios_text(scenarios));
  return 0;
}

int run(const Options& options) {
  if (options.what == "models") {
    return list_models(options.json);
  }
  if (options.what == "scenarios") {
    return list_scenarios(options.json);
  }
  std::vector<std::string> allowed;
  for (const Shelf& shelf : shelves()) {
    allowed.emplace_back(shelf.name);
    if (shelf.name != options.what) {
      continue;
    }
    const std::vector<std::string> names = shelf.names();
    if (options.json) {
      fmt::print("{}\n", nlohmann::json(names).dump());
    } else if (shelf.description) {
      for (const std::string& name : names) {
        fmt::print("{:<12} {}\n", name, shelf.description(name));
      }
    } else {
      fmt::print("{}\n", fmt::join(names, "\n"));
    }
    return 0;
  }
  throw base::InputError(
      fmt::format("'{}' cannot be listed; {}", options.what, base::allowed_values(options.what, allowed)));
}

}  // namespace

void add_list(CLI::App& program, Action& chosen) {
  auto options = std::make_shared<Options>();
  Command command(program, "list", "Lists what Inlay ships and knows", "inlay list packages");
  command.positional(
      "WHAT", options->what,
      "models, scenarios, packages, chiplets, dataflows, energy (tables), strategies, engines, objectives or "
      "studies");
  command.flag("--json", options->json, "print JSON alone");
  command.finish(chosen, [options] { return run(*options); });
}

}  // namespace inlay::app
