#include "inlay/report/files/replay_json.hpp"

#include <nlohmann/json.hpp>

#include "inlay/base/version.hpp"
#include "inlay/report/figures/agreement.hpp"

namespace inlay::report::files {
namespace {

using Json = nlohmann::ordered_json;

}  // namespace

std::string replay_json(const schedule::Problem& problem, const evaluate::ScheduleCost& cost,
                        const simulate::Replay& replay) {
  Json times = Json::array();
  for (const figures::AgreementRow& row : figures::agreement(problem, cost, replay)) {
    times.push_back(
        {{"what", row.what}, {"estimate", row.estimate}, {"replay", row.replay}, {"error", row.error()}});
  }
  Json models = Json::array();
  for (std::size_t i = 0; i < replay.model_done.size(); ++i) {
    models.push_back({{"name", problem.scenario.models[i].name}, {"done", replay.model_done[i]}});
  }
  Json chiplets = Json::array();
  for (std::size_t i = 0; i < replay.computing.size(); ++i) {
    chiplets.push_back({{"name", problem.package.chiplets[i].name}, {"computing", replay.computing[i]}});
  }
  Json resources = Json::array();
  for (const simulate::ResourceReplay& resource : replay.resources) {
    resources.push_back({{"name", resource.name},
                         {"bandwidth", resource.bandwidth},
                         {"bytes", resource.bytes},
                         {"utilisation", resource.utilisation}});
  }
  const Json json = {{"format", "inlay-replay"},           {"format_version", 1},
                     {"program_version", base::version()}, {"scenario", problem.scenario.name},
                     {"package", problem.package.name},    {"latency", replay.latency},
                     {"latencies", replay.latencies},      {"times", std::move(times)},
                     {"models", std::move(models)},        {"chiplets", std::move(chiplets)},
                     {"resources", std::move(resources)}};
  return json.dump(2) + "\n";
}

}  // namespace inlay::report::files
