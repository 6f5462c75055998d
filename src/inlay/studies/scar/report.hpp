#pragma once

#include <optional>
#include <string>
#include <vector>

#include "inlay/studies/scar/points.hpp"

namespace inlay::studies::scar {

/// A row of a table under one scenario.
struct TableCell {
  double published_latency = 0.0;  // as the table prints it
  double published_edp = 0.0;
  Outcome scar;  // the published strategy in our model
  Outcome best;
};

/// A table under one setting and objective: cells [row][scenario].
struct TableResult {
  const Table* table = nullptr;
  std::string setting;
  std::string objective;
  std::vector<std::vector<TableCell>> cells;
  std::vector<double>
      weights_energy;  // [scenario] J of reading every model's weights once, at the memory's J/bit
};

/// Kendall's tau-b between the published order of a table's rows and ours, for one scenario; nothing where
/// either order has no two different values or a row has no schedule.
struct Correlation {
  std::optional<double> scar_latency;
  std::optional<double> scar_edp;
  std::optional<double> best_latency;
  std::optional<double> best_edp;
};

struct ReductionResult {
  const Reduction* reduction = nullptr;
  std::string setting;
  std::optional<double> from_published;  // worked out from the published table
  std::optional<double> scar;            // of EDP; nothing where a row has no schedule
  std::optional<double> best;
  std::optional<double> scar_latency;  // of latency
};

/// Means over the scenarios of 1 - first variant / this variant.
struct VariantResult {
  std::string name;
  std::optional<double> latency;
  std::optional<double> energy;
  std::optional<double> edp;
};

struct AblationResult {
  const Ablation* ablation = nullptr;
  std::string setting;
  std::vector<VariantResult> variants;
};

struct ExampleResult {
  std::string setting;
  std::vector<Outcome> scar;  // [case]
  std::vector<Outcome> best;
  std::vector<std::optional<double>> scar_ratios;  // [ratio]
  std::vector<std::optional<double>> best_ratios;
};

/// The study carried out. Keeps pointers into the plan.
struct Report {
  const Plan* plan = nullptr;
  bool quick = false;
  std::vector<TableResult> tables;
  std::vector<ReductionResult> reductions;  // under the settings
  std::vector<AblationResult> ablations;
  std::vector<ExampleResult> examples;
  std::vector<ReductionResult> sensitivity;  // under the variations
};

Report make_report(const Plan& plan, const Outcomes& outcomes);

/// [scenario] of a table's result.
std::vector<Correlation> correlations(const TableResult& result);

/// The mean of 1 - value / other, over all of `others`. Each list holds one value per scenario.
double mean_reduction(const std::vector<double>& values, const std::vector<std::vector<double>>& others);

/// "engine maestro, paper communication, serial; ..." in full: what the setting's schedules assume.
std::vector<std::string> assumptions_of(const Setting& setting);

/// What no fitted setting is printed without.
constexpr const char* kFitLabel = "a fit, not a finding";

}  // namespace inlay::studies::scar
