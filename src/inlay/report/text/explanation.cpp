#include "inlay/report/text/explanation.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "inlay/base/checked.hpp"
#include "inlay/base/quantity.hpp"
#include "inlay/base/version.hpp"
#include "inlay/evaluate/sharded_stage.hpp"
#include "inlay/report/figures/schedule_summary.hpp"
#include "inlay/report/text/text_table.hpp"

namespace inlay::report::text {
namespace {

enum Term : std::size_t { kCompute, kMemory, kNetwork, kShared, kTerms };
using Terms = std::array<double, kTerms>;

/// Where a stage's time goes: `whole` is its first or its steady time, transfers are what computing does not
/// hide.
void add_stage(const figures::StageRow& row, double whole, double times, Terms& terms) {
  const double compute = std::min(row.time.compute, whole);
  const double network = std::min(row.time.network, whole - compute);
  terms[kCompute] += times * compute;
  terms[kNetwork] += times * network;
  terms[kMemory] += times * (whole - compute - network);
}

/// The latency along the slowest pipeline of each window: first of every stage, then steady of the one that
/// paces.
Terms latency_terms(const CostedSchedule& costed, const std::vector<figures::StageRow>& rows) {
  Terms terms{};
  std::size_t row = 0;
  for (std::size_t w = 0; w < costed.schedule.windows.size(); ++w) {
    const evaluate::WindowCost& window = costed.cost.windows[w];
    if (window.memory_bound) {
      terms[kShared] += window.latency;
    }
    for (std::size_t p = 0; p < window.pipelines.size(); ++p) {
      const evaluate::PipelineCost& pipeline = window.pipelines[p];
      const bool slowest = !window.memory_bound && static_cast<int>(p) == window.bottleneck;
      for (std::size_t s = 0; s < pipeline.stages.size(); ++s, ++row) {
        if (!slowest) {
          continue;
        }
        // What other pipelines delay it by.
        terms[kShared] += s == 0 ? window.latency - pipeline.latency : 0.0;
        add_stage(rows[row], rows[row].first, 1.0, terms);
        if (static_cast<int>(s) == pipeline.bottleneck) {
          add_stage(rows[row], rows[row].steady, static_cast<double>(pipeline.mini_batches - 1), terms);
        }
      }
    }
  }
  return terms;
}

std::vector<TermDifference> latency_differences(const Terms& given, const Terms& best) {
  constexpr std::array kNames = {"computing", "waiting for memory", "waiting for the network-on-package",
                                 "memory bandwidth of the package"};
  std::vector<TermDifference> result;
  for (std::size_t term = 0; term < kNames.size(); ++term) {
    result.push_back({kNames[term], given[term], best[term]});
  }
  return result;
}

std::vector<TermDifference> energy_differences(const evaluate::EnergyBreakdown& given,
                                               const evaluate::EnergyBreakdown& best) {
  return {{"MAC", given.mac, best.mac},
          {"L1", given.l1, best.l1},
          {"L2", given.l2 + given.l2_traffic, best.l2 + best.l2_traffic},
          {"NoC", given.noc, best.noc},
          {"vector unit", given.vector, best.vector},
          {"network-on-package", given.network, best.network},
          {"memory", given.memory, best.memory},
          {"static", given.static_power, best.static_power}};
}

/// Where a layer of a model stands in a schedule.
struct Home {
  hardware::Submesh submesh;
  schedule::Sharding sharding;  // of a submesh of several chiplets
  std::int64_t mini_batch = 1;
};

std::vector<std::vector<Home>> homes(const schedule::Problem& problem, const schedule::Schedule& schedule) {
  std::vector<std::vector<Home>> result;
  for (const workload::ScenarioModel& entry : problem.scenario.models) {
    result.emplace_back(entry.model.layers.size());
  }
  for (const schedule::Window& window : schedule.windows) {
    for (const schedule::Pipeline& pipeline : window.pipelines) {
      for (const schedule::Stage& stage : pipeline.stages) {
        for (int layer = stage.first; layer < stage.last; ++layer) {
          result[static_cast<std::size_t>(pipeline.model)][static_cast<std::size_t>(layer)] = {
              stage.submesh, stage.shardings.empty() ? schedule::Sharding{} : stage.sharding_of(layer),
              pipeline.mini_batch};
        }
      }
    }
  }
  return result;
}

/// Seconds and joules that a layer computes for the whole batch.
std::pair<double, double> work_of(const schedule::Problem& problem, std::size_t model, int layer,
                                  const Home& home) {
  const cost::ModelCosts& costs = problem.costs.models[model];
  const auto n =
      static_cast<double>(base::ceil_divide(problem.scenario.models[model].batch, home.mini_batch));
  if (!home.submesh.single()) {
    const workload::Model& graph = problem.scenario.models[model].model;
    const evaluate::ShardedLayerCost cost = evaluate::sharded_layer_cost(
        problem, static_cast<int>(model), layer, workload::divisions(graph, layer), home.sharding,
        home.mini_batch, evaluate::members_of(problem.package, home.submesh));
    return {n * cost.seconds, n * cost.energy.total()};
  }
  const int type = problem.package.chiplets[static_cast<std::size_t>(home.submesh.lead())].type;
  const cost::LayerCost& cost = costs.at(layer, costs.index_of(home.mini_batch), type);
  return {n * static_cast<double>(cost.cycles) / problem.package.types[static_cast<std::size_t>(type)].clock,
          n * cost.energy.total()};
}

std::string chiplet_text(const schedule::Problem& problem, const hardware::Submesh& submesh) {
  const hardware::Chiplet& chiplet = problem.package.chiplets[static_cast<std::size_t>(submesh.lead())];
  return fmt::format("{} {}", hardware::to_string(problem.package, submesh),
                     problem.package.types[static_cast<std::size_t>(chiplet.type)].name);
}

StageDifference stage_difference(const schedule::Problem& problem, const schedule::Pipeline& pipeline,
                                 const schedule::Stage& stage, const std::vector<Home>& best) {
  const auto model = static_cast<std::size_t>(pipeline.model);
  const workload::ScenarioModel& entry = problem.scenario.models[model];
  StageDifference result;
  result.model = entry.name;
  result.chiplet = chiplet_text(problem, stage.submesh);
  result.first_layer = entry.model.layers[static_cast<std::size_t>(stage.first)].name;
  result.last_layer = entry.model.layers[static_cast<std::size_t>(stage.last - 1)].name;
  std::vector<std::string> chiplets;
  for (int layer = stage.first; layer < stage.last; ++layer) {
    const auto [seconds, joules] =
        work_of(problem, model, layer,
                {stage.submesh, stage.shardings.empty() ? schedule::Sharding{} : stage.sharding_of(layer),
                 pipeline.mini_batch});
    const Home& home = best[static_cast<std::size_t>(layer)];
    const auto [better_seconds, better_joules] = work_of(problem, model, layer, home);
    result.given_compute += seconds;
    result.given_energy += joules;
    result.best_compute += better_seconds;
    result.best_energy += better_joules;
    const std::string text = chiplet_text(problem, home.submesh);
    if (std::find(chiplets.begin(), chiplets.end(), text) == chiplets.end()) {
      chiplets.push_back(text);
    }
  }
  result.best_chiplets = fmt::format("{}", fmt::join(chiplets, ", "));
  return result;
}

std::vector<StageDifference> stage_differences(const schedule::Problem& problem, const CostedSchedule& given,
                                               const CostedSchedule& best) {
  const auto better = homes(problem, best.schedule);
  std::vector<StageDifference> result;
  for (std::size_t w = 0; w < given.schedule.windows.size(); ++w) {
    const evaluate::WindowCost& window = given.cost.windows[w];
    for (std::size_t p = 0; p < window.pipelines.size(); ++p) {
      const schedule::Pipeline& pipeline = given.schedule.windows[w].pipelines[p];
      for (std::size_t s = 0; s < pipeline.stages.size(); ++s) {
        StageDifference one = stage_difference(problem, pipeline, pipeline.stages[s],
                                               better[static_cast<std::size_t>(pipeline.model)]);
        one.window = static_cast<int>(w);
        one.stage = static_cast<int>(s);
        one.paces =
            static_cast<int>(p) == window.bottleneck && static_cast<int>(s) == window.pipelines[p].bottleneck;
        result.push_back(std::move(one));
      }
    }
  }
  return result;
}

/// A term and how much of the objective its difference is worth, relative to the better schedule.
struct Weighed {
  TermDifference term;
  bool time = false;
  double worth = 0.0;
};

Weighed dominating(const objective::Objective& objective, const Explanation& explanation, double latency,
                   double energy) {
  Weighed result;
  const auto weigh = [&](const std::vector<TermDifference>& terms, bool time, double whole) {
    for (const TermDifference& term : terms) {
      const double worth = (term.given - term.best) / whole;
      if (worth > result.worth) {
        result = {term, time, worth};
      }
    }
  };
  if (objective.counts_latency()) {
    weigh(explanation.latency, true, latency);
  }
  if (objective.counts_energy()) {
    weigh(explanation.energy, false, energy);
  }
  return result;
}

std::string amount(bool time, double value) {
  return time ? base::format_time(value) : base::format_energy(value);
}

/// The stage whose layers lose most, in the coordinate of the dominating term.
std::string worst_stage(const std::vector<StageDifference>& stages, bool time) {
  const auto loss = [&](const StageDifference& stage) {
    return time ? stage.given_compute - stage.best_compute : stage.given_energy - stage.best_energy;
  };
  const auto worst =
      std::max_element(stages.begin(), stages.end(),
                       [&](const StageDifference& a, const StageDifference& b) { return loss(a) < loss(b); });
  if (worst == stages.end() || loss(*worst) <= 0.0) {
    return "";
  }
  return fmt::format("; most of it in {} .. {} of {} on {} ({} more than on {})", worst->first_layer,
                     worst->last_layer, worst->model, worst->chiplet, amount(time, loss(*worst)),
                     worst->best_chiplets);
}

std::string verdict_of(const objective::Objective& objective, const Explanation& explanation,
                       const CostedSchedule& best) {
  const Weighed first = dominating(objective, explanation, best.cost.latency, best.cost.energy.total());
  if (first.worth <= 1e-9) {
    return "";
  }
  const bool of_layers = first.term.term == "computing" || first.term.term == "MAC" ||
                         first.term.term == "L1" || first.term.term == "L2";
  return fmt::format("{}: {} here, {} in the better one ({:+.1f}% of its {}){}", first.term.term,
                     amount(first.time, first.term.given), amount(first.time, first.term.best),
                     100.0 * first.worth, first.time ? "latency" : "energy",
                     of_layers ? worst_stage(explanation.stages, first.time) : "");
}

/// Thousandths of the unit with their sign. What is within rounding of `given` and `best` is no difference.
std::string difference(double given, double best) {
  const bool same = std::abs(given - best) <= 1e-12 * std::max(std::abs(given), std::abs(best));
  return same ? "0" : fmt::format("{:+.3g}", (given - best) * 1e3);
}

void add_terms(const std::vector<TermDifference>& terms, bool time, TextTable& table) {
  double given = 0.0;
  double best = 0.0;
  for (const TermDifference& term : terms) {
    given += term.given;
    best += term.best;
    if (term.given != 0.0 || term.best != 0.0) {
      table.add({time ? "latency" : "energy", amount(time, term.given), amount(time, term.best),
                 difference(term.given, term.best), term.term});
    }
  }
  table.add({time ? "latency" : "energy", amount(time, given), amount(time, best),
             fmt::format("{:+.3g}", (given - best) * 1e3), "in total"});
}

nlohmann::ordered_json terms_json(const std::vector<TermDifference>& terms) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const TermDifference& term : terms) {
    list.push_back({{"term", term.term}, {"given", term.given}, {"best", term.best}});
  }
  return list;
}

}  // namespace

Explanation explain(const schedule::Problem& problem, const objective::Objective& objective,
                    const CostedSchedule& given, const CostedSchedule& best) {
  Explanation result;
  result.latency =
      latency_differences(latency_terms(given, figures::stage_rows(problem, given.schedule, given.cost)),
                          latency_terms(best, figures::stage_rows(problem, best.schedule, best.cost)));
  result.energy = energy_differences(given.cost.energy, best.cost.energy);
  result.stages = stage_differences(problem, given, best);
  result.verdict = verdict_of(objective, result, best);
  return result;
}

std::string explanation_text(const Explanation& explanation) {
  TextTable terms({{"of", Align::kLeft},
                   {"here", Align::kRight},
                   {"better", Align::kRight},
                   {"difference, ms or mJ", Align::kRight},
                   {"term", Align::kLeft}});
  add_terms(explanation.latency, true, terms);
  add_terms(explanation.energy, false, terms);
  TextTable stages({{"window", Align::kRight},
                    {"model", Align::kLeft},
                    {"layers", Align::kLeft},
                    {"here on", Align::kLeft},
                    {"compute", Align::kRight},
                    {"better", Align::kRight},
                    {"energy", Align::kRight},
                    {"better", Align::kRight},
                    {"there on", Align::kLeft}});
  for (const StageDifference& stage : explanation.stages) {
    stages.add({std::to_string(stage.window), stage.model,
                fmt::format("{} .. {}", stage.first_layer, stage.last_layer),
                stage.chiplet + (stage.paces ? " *" : ""), base::format_time(stage.given_compute),
                base::format_time(stage.best_compute), base::format_energy(stage.given_energy),
                base::format_energy(stage.best_energy), stage.best_chiplets});
  }
  const std::string why =
      explanation.verdict.empty() ? "no term is larger than in the best schedule found" : explanation.verdict;
  return text_of_pairs({{"why", why}}) + "\n" + terms.text() + "\n" + stages.text() +
         "\n* sets the pace of its window. Compute and energy are of the layers alone, for the whole "
         "batch.\n";
}

std::string explanation_json(const Explanation& explanation) {
  nlohmann::ordered_json stages = nlohmann::ordered_json::array();
  for (const StageDifference& stage : explanation.stages) {
    stages.push_back({{"window", stage.window},
                      {"model", stage.model},
                      {"stage", stage.stage},
                      {"chiplet", stage.chiplet},
                      {"first_layer", stage.first_layer},
                      {"last_layer", stage.last_layer},
                      {"paces", stage.paces},
                      {"compute", {{"given", stage.given_compute}, {"best", stage.best_compute}}},
                      {"energy", {{"given", stage.given_energy}, {"best", stage.best_energy}}},
                      {"best_chiplets", stage.best_chiplets}});
  }
  const nlohmann::ordered_json json = {{"format", "inlay-explanation"},
                                       {"format_version", 1},
                                       {"program_version", base::version()},
                                       {"why", explanation.verdict},
                                       {"latency", terms_json(explanation.latency)},
                                       {"energy", terms_json(explanation.energy)},
                                       {"stages", std::move(stages)}};
  return json.dump(2) + "\n";
}

}  // namespace inlay::report::text
