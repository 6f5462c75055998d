#include "inlay/report/text/replan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "inlay/base/quantity.hpp"
#include "inlay/base/version.hpp"
#include "inlay/report/text/text_table.hpp"

namespace inlay::report::text {
namespace {

constexpr std::size_t kMostChanges = 10;

std::vector<ReplanTerm> terms_of(const evaluate::StageCost& given, const evaluate::StageCost& other) {
  const auto layers = [](const evaluate::StageCost& cost) {
    return cost.energy.mac + cost.energy.l1 + cost.energy.l2 + cost.energy.noc + cost.energy.vector;
  };
  return {
      {"compute", true, given.compute, other.compute},
      {"exchange", true, given.exchange, other.exchange},
      {"weights", true, given.weights, other.weights},
      {"in, out and spills", true, given.in + given.out + given.spill, other.in + other.out + other.spill},
      {"first mini-batch", true, given.first, other.first},
      {"each later one", true, given.steady, other.steady},
      {"layers", false, layers(given), layers(other)},
      {"L2 traffic", false, given.energy.l2_traffic, other.energy.l2_traffic},
      {"network-on-package", false, given.energy.network, other.energy.network},
      {"memory", false, given.energy.memory, other.energy.memory},
      {"in total", false, given.energy.total(), other.energy.total()}};
}

std::vector<ShardingChange> changes_of(const workload::Model& model, const schedule::Stage& given,
                                       const schedule::Stage& other) {
  std::vector<ShardingChange> changes;
  for (int layer = given.first; layer < given.last && !given.submesh.single(); ++layer) {
    if (given.sharding_of(layer) != other.sharding_of(layer)) {
      changes.push_back({model.layers[static_cast<std::size_t>(layer)].name,
                         to_string(given.sharding_of(layer)), to_string(other.sharding_of(layer))});
    }
  }
  return changes;
}

std::string amount(const ReplanTerm& term, double value) {
  return term.time ? base::format_time(value) : base::format_energy(value);
}

std::string difference(const ReplanTerm& term) {
  const double change = term.other - term.given;
  const bool same = std::abs(change) <= 1e-12 * std::max(std::abs(term.given), std::abs(term.other));
  return same ? "0" : fmt::format("{:+.3g}", change * 1e3);
}

std::string changes_text(const std::vector<ShardingChange>& changes) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < std::min(changes.size(), kMostChanges); ++i) {
    words.push_back(fmt::format("{} {} -> {}", changes[i].layer, changes[i].given, changes[i].other));
  }
  if (changes.size() > kMostChanges) {
    words.push_back(fmt::format("and {} more", changes.size() - kMostChanges));
  }
  return fmt::format("{}", fmt::join(words, "; "));
}

}  // namespace

std::vector<ReplannedStage> replanned_stages(const schedule::Problem& problem, const CostedSchedule& given,
                                             const CostedSchedule& other) {
  std::vector<ReplannedStage> result;
  for (std::size_t w = 0; w < given.schedule.windows.size(); ++w) {
    const std::vector<schedule::Pipeline>& pipelines = given.schedule.windows[w].pipelines;
    for (std::size_t p = 0; p < pipelines.size(); ++p) {
      const workload::ScenarioModel& entry =
          problem.scenario.models[static_cast<std::size_t>(pipelines[p].model)];
      for (std::size_t s = 0; s < pipelines[p].stages.size(); ++s) {
        const schedule::Stage& stage = pipelines[p].stages[s];
        ReplannedStage one;
        one.changes = changes_of(entry.model, stage, other.schedule.windows[w].pipelines[p].stages[s]);
        if (one.changes.empty()) {
          continue;
        }
        one.window = static_cast<int>(w);
        one.model = entry.name;
        one.stage = static_cast<int>(s);
        one.submesh = hardware::to_string(problem.package, stage.submesh);
        one.first_layer = entry.model.layers[static_cast<std::size_t>(stage.first)].name;
        one.last_layer = entry.model.layers[static_cast<std::size_t>(stage.last) - 1].name;
        one.terms = terms_of(given.cost.windows[w].pipelines[p].stages[s],
                             other.cost.windows[w].pipelines[p].stages[s]);
        result.push_back(std::move(one));
      }
    }
  }
  return result;
}

std::string replan_text(const std::vector<ReplannedStage>& stages) {
  if (stages.empty()) {
    return "the schedule already is divided so\n";
  }
  std::string text;
  for (const ReplannedStage& stage : stages) {
    TextTable table({{"of", Align::kLeft},
                     {"here", Align::kRight},
                     {"re-planned", Align::kRight},
                     {"difference, ms or mJ", Align::kRight},
                     {"term", Align::kLeft}});
    for (const ReplanTerm& term : stage.terms) {
      if (term.given != 0.0 || term.other != 0.0) {
        table.add({term.time ? "time" : "energy", amount(term, term.given), amount(term, term.other),
                   difference(term), term.term});
      }
    }
    text += "\n";
    text += text_of_pairs({{"stage", fmt::format("window {}, {}, {} .. {} on {}", stage.window, stage.model,
                                                 stage.first_layer, stage.last_layer, stage.submesh)},
                           {"changes", changes_text(stage.changes)}}) +
            "\n" + table.text();
  }
  return text + "\nTime is of one mini-batch, energy of the whole batch. Shardings are rows,columns.\n";
}

std::string replan_json(const std::vector<ReplannedStage>& stages) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const ReplannedStage& stage : stages) {
    nlohmann::ordered_json terms = nlohmann::ordered_json::array();
    for (const ReplanTerm& term : stage.terms) {
      terms.push_back({{"term", term.term},
                       {"unit", term.time ? "s" : "J"},
                       {"given", term.given},
                       {"replanned", term.other}});
    }
    nlohmann::ordered_json changes = nlohmann::ordered_json::array();
    for (const ShardingChange& change : stage.changes) {
      changes.push_back({{"layer", change.layer}, {"given", change.given}, {"replanned", change.other}});
    }
    list.push_back({{"window", stage.window},
                    {"model", stage.model},
                    {"stage", stage.stage},
                    {"chiplets", stage.submesh},
                    {"first_layer", stage.first_layer},
                    {"last_layer", stage.last_layer},
                    {"terms", std::move(terms)},
                    {"shardings", std::move(changes)}});
  }
  const nlohmann::ordered_json json = {{"format", "inlay-replan"},
                                       {"format_version", 1},
                                       {"program_version", base::version()},
                                       {"stages", std::move(list)}};
  return json.dump(2) + "\n";
}

}  // namespace inlay::report::text
