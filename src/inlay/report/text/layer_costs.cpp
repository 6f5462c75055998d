#include "inlay/report/text/layer_costs.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "inlay/base/checked.hpp"
#include "inlay/base/quantity.hpp"
#include "inlay/report/figures/figures.hpp"
#include "inlay/report/text/text_table.hpp"
#include "inlay/workload/description.hpp"

namespace inlay::report::text {
namespace {

double seconds_of(const cost::LayerCost& cost, const hardware::ChipletType& type) {
  return static_cast<double>(cost.cycles) / type.clock;
}

/// What a layer's type is preferred by, in words.
std::string what_counts(const objective::Objective& objective) {
  switch (objective) {
    case objective::Objective::kEnergy:
      return "energy";
    case objective::Objective::kEdp:
      return "time x energy";
    case objective::Objective::kFormula:
      return objective::to_string(objective);
    default:
      return "time";
  }
}

}  // namespace

void choose_type(LayerCostRow& row, const std::vector<hardware::ChipletType>& types,
                 const objective::Objective& objective) {
  std::vector<double> products;
  for (std::size_t i = 0; i < types.size(); ++i) {
    products.push_back(row.costs[i].mappable
                           ? objective.value(seconds_of(row.costs[i], types[i]), row.costs[i].energy.total())
                           : std::numeric_limits<double>::infinity());
    if (products[i] < products[static_cast<std::size_t>(row.preferred)]) {
      row.preferred = static_cast<int>(i);
    }
  }
  const double best = products[static_cast<std::size_t>(row.preferred)];
  double next = 0.0;
  bool found = false;
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (static_cast<int>(i) != row.preferred && (!found || products[i] < next)) {
      next = products[i];
      found = true;
    }
  }
  row.advantage = found && best > 0.0 && std::isfinite(best) ? next / best : 1.0;
}

ModelCostReport layer_costs(const workload::ScenarioModel& entry, const cost::ModelCosts& costs,
                            const std::vector<hardware::ChipletType>& types,
                            const objective::Objective& objective, bool grouped) {
  ModelCostReport report{entry.name, entry.batch, types, {}, {}, {}};
  report.seconds.assign(types.size(), 0.0);
  report.joules.assign(types.size(), 0.0);
  const int size = costs.index_of(entry.batch);
  std::map<std::pair<int, std::string>, std::size_t> row_of;
  for (std::size_t i = 0; i < entry.model.layers.size(); ++i) {
    const workload::Layer& layer = entry.model.layers[i];
    for (std::size_t t = 0; t < types.size(); ++t) {
      const cost::LayerCost& cost = costs.at(static_cast<int>(i), size, static_cast<int>(t));
      report.seconds[t] +=
          cost.mappable ? seconds_of(cost, types[t]) : std::numeric_limits<double>::infinity();
      report.joules[t] += cost.mappable ? cost.energy.total() : std::numeric_limits<double>::infinity();
    }
    const auto key = std::pair(grouped ? costs.class_of[i] : static_cast<int>(i), layer.op);
    if (const auto known = row_of.find(key); known != row_of.end()) {
      ++report.rows[known->second].count;
      continue;
    }
    row_of[key] = report.rows.size();
    LayerCostRow row;
    row.layer = layer.name;
    row.op = layer.op;
    row.shape = workload::describe(layer.shape);
    row.macs = base::checked_multiply(workload::macs(layer.shape), entry.batch);
    for (std::size_t t = 0; t < types.size(); ++t) {
      row.costs.push_back(costs.at(static_cast<int>(i), size, static_cast<int>(t)));
    }
    choose_type(row, types, objective);
    report.rows.push_back(std::move(row));
  }
  return report;
}

std::string layer_costs_text(const ModelCostReport& report) {
  TextTable table({{"layer", Align::kLeft},
                   {"count", Align::kRight},
                   {"MACs", Align::kRight},
                   {"chiplet", Align::kLeft},
                   {"cycles", Align::kRight},
                   {"bound by", Align::kLeft},
                   {"PEs used", Align::kRight},
                   {"energy", Align::kRight},
                   {"MAC", Align::kRight},
                   {"L1", Align::kRight},
                   {"L2", Align::kRight},
                   {"NoC", Align::kRight},
                   {"vector", Align::kRight},
                   {"preferred", Align::kRight}});
  for (const LayerCostRow& row : report.rows) {
    for (std::size_t t = 0; t < report.types.size(); ++t) {
      const cost::LayerCost& cost = row.costs[t];
      if (!cost.mappable) {
        table.add({t == 0 ? row.layer : "", t == 0 ? std::to_string(row.count) : "",
                   t == 0 ? base::format_count(static_cast<double>(row.macs)) : "",
                   report.types[t].name + " (x)", "-", "-", "-", "-", "-", "-", "-", "-", "-", ""});
        continue;
      }
      const double total = cost.energy.total();
      const auto part = [total](double joules) {
        return joules > 0.0 ? fmt::format("{:.0f}%", 100.0 * joules / total) : std::string("-");
      };
      const bool first = t == 0;
      table.add({first ? row.layer : "", first ? std::to_string(row.count) : "",
                 first ? base::format_count(static_cast<double>(row.macs)) : "",
                 report.types[t].name + (cost.substituted ? " (s)" : ""), std::to_string(cost.cycles),
                 cost::to_string(cost.bound_by), figures::format_share(cost.utilisation),
                 base::format_energy(total), part(cost.energy.mac), part(cost.energy.l1),
                 part(cost.energy.l2), part(cost.energy.noc), part(cost.energy.vector),
                 report.types.size() > 1 && row.preferred == static_cast<int>(t)
                     ? fmt::format("{:.2f}x", row.advantage)
                     : ""});
    }
  }
  std::string text = fmt::format("{}, batch {}\n\n{}\n", report.model, report.batch, table.text());
  TextTable totals(
      {{"total", Align::kLeft}, {"time", Align::kRight}, {"energy", Align::kRight}, {"energy table"}});
  for (std::size_t t = 0; t < report.types.size(); ++t) {
    const bool runs = std::isfinite(report.seconds[t]);
    totals.add({report.types[t].name, runs ? base::format_time(report.seconds[t]) : "cannot run all layers",
                runs ? base::format_energy(report.joules[t]) : "-", report.types[t].energy.name});
  }
  return text + totals.text();
}

std::string cost_notes(const cost::CostTable& table, const objective::Objective& objective) {
  std::vector<std::pair<std::string, std::string>> pairs = {
      {"preferred", fmt::format("the type with the lowest {}; how many times the next best has of it",
                                what_counts(objective))},
      {"bound by", "what most of the time is spent on; - where the engine does not say"},
      {"(s)", "the engine cannot map this layer; an equivalent one was costed"},
      {"engine", fmt::format("{} {}", table.engine, table.engine_version)}};
  for (const std::string& refusal : table.refusals) {
    pairs.emplace_back("(x) cannot run", refusal);
  }
  for (const std::string& assumption : table.assumptions) {
    pairs.emplace_back("assumption", assumption);
  }
  return text_of_pairs(pairs);
}

}  // namespace inlay::report::text
