#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inlay/cost/cost_table.hpp"
#include "inlay/hardware/package.hpp"
#include "inlay/objective/objective.hpp"
#include "inlay/workload/scenario.hpp"

namespace inlay::report::text {

/// A layer, or several of the same shape, on every chiplet type.
struct LayerCostRow {
  std::string layer;  // the first of them
  std::string op;
  std::string shape;
  std::int64_t count = 1;
  std::int64_t macs = 0;               // of one of them, for the batch
  std::vector<cost::LayerCost> costs;  // [type], of one of them
  int preferred = 0;                   // type with the lowest objective; ties: the first
  double advantage = 1.0;  // objective of the best other type over the preferred one's; 1 if there is none
};

/// What a model's layers cost, all with the whole batch as one mini-batch.
struct ModelCostReport {
  std::string model;
  std::int64_t batch = 1;
  std::vector<hardware::ChipletType> types;
  std::vector<LayerCostRow> rows;
  std::vector<double> seconds;  // [type] sum over all layers; infinite if the type cannot run one of them
  std::vector<double> joules;   // [type]
};

/// Fills in which type the row prefers, and by how much.
void choose_type(LayerCostRow& row, const std::vector<hardware::ChipletType>& types,
                 const objective::Objective& objective);

/// `grouped`: layers of the same operator and shape are one row, which tells how many there are.
ModelCostReport layer_costs(const workload::ScenarioModel& entry, const cost::ModelCosts& costs,
                            const std::vector<hardware::ChipletType>& types,
                            const objective::Objective& objective, bool grouped);

std::string layer_costs_text(const ModelCostReport& report);
/// Engine, assumptions, and what the marks in the tables mean.
std::string cost_notes(const cost::CostTable& table, const objective::Objective& objective);

}  // namespace inlay::report::text
