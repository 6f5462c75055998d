#include "inlay/studies/monolith/journal.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "inlay/schedule/problem.hpp"

namespace inlay::studies::monolith {
namespace {

using Json = nlohmann::ordered_json;

std::string key_of(const Condition& condition) {
  const auto& [engine, workload, batch, noc, overlap] = condition;
  return fmt::format("{}; {}; {}; {} B/cycle; {}", engine, workload, batch, noc,
                     schedule::to_string(overlap));
}

// The structured bindings below end the compilation when a field is added that is not kept.

Json to_json(const Outcome& outcome) {
  const auto& [package, organisation, dataflows, output_stationary, published_mapping, strategy, samples,
               latency, energy, repeated_writes, gap] = outcome;
  return {package,
          static_cast<int>(organisation),
          dataflows,
          output_stationary,
          published_mapping,
          strategy,
          samples,
          latency,
          energy,
          repeated_writes,
          gap};
}

Outcome outcome_of(const Json& json) {
  Outcome outcome;
  auto& [package, organisation, dataflows, output_stationary, published_mapping, strategy, samples, latency,
         energy, repeated_writes, gap] = outcome;
  json.at(0).get_to(package);
  organisation = static_cast<Organisation>(json.at(1).get<int>());
  json.at(2).get_to(dataflows);
  json.at(3).get_to(output_stationary);
  json.at(4).get_to(published_mapping);
  json.at(5).get_to(strategy);
  json.at(6).get_to(samples);
  json.at(7).get_to(latency);
  json.at(8).get_to(energy);
  json.at(9).get_to(repeated_writes);
  json.at(10).get_to(gap);
  return outcome;
}

}  // namespace

std::optional<ConditionResult> recall(const Journal& journal, const Condition& condition) {
  const auto text = journal.find(key_of(condition));
  if (!text) {
    return std::nullopt;
  }
  const Json json = Json::parse(*text);
  ConditionResult result{condition, {}, json.at("left_out").get<std::vector<std::string>>()};
  for (const Json& outcome : json.at("outcomes")) {
    result.outcomes.push_back(outcome_of(outcome));
  }
  return result;
}

void keep(Journal& journal, const ConditionResult& result) {
  Json outcomes = Json::array();
  for (const Outcome& outcome : result.outcomes) {
    outcomes.push_back(to_json(outcome));
  }
  journal.add(key_of(result.condition),
              Json{{"left_out", result.left_out}, {"outcomes", std::move(outcomes)}}.dump());
}

}  // namespace inlay::studies::monolith
