#include "inlay/studies/scar/json.hpp"

#include <nlohmann/json.hpp>

#include "inlay/base/version.hpp"
#include "inlay/cost/engine.hpp"
#include "inlay/cost/engines.hpp"

namespace inlay::studies::scar {
namespace {

using Json = nlohmann::ordered_json;

Json or_null(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json to_json(const Outcome& outcome) {
  if (!outcome.found()) {
    return {{"failure", outcome.failure}};
  }
  return {{"latency", outcome.latency},
          {"energy", outcome.energy},
          {"edp", outcome.edp()},
          {"gap", outcome.gap},
          {"stopped_by", outcome.stopped_by}};
}

Json to_json(const Setting& setting) {
  return {{"name", setting.name},
          {"about", setting.about},
          {"fit", setting.fit ? Json(kFitLabel) : Json(nullptr)},
          {"engine", setting.engine},
          {"engine_version", cost::make_engine(setting.engine)->version()},
          {"communication", schedule::to_string(setting.communication)},
          {"overlap", schedule::to_string(setting.overlap)},
          {"assumptions", assumptions_of(setting)}};
}

Json to_json(const TableResult& result) {
  const Table& table = *result.table;
  const std::vector<Correlation> all = correlations(result);
  Json scenarios = Json::array();
  for (std::size_t s = 0; s < table.scenarios.size(); ++s) {
    Json rows = Json::array();
    for (std::size_t r = 0; r < table.rows.size(); ++r) {
      const TableCell& cell = result.cells[r][s];
      rows.push_back({{"name", table.rows[r].name},
                      {"package", plain(table.rows[r].package)},
                      {"strategy", table.rows[r].strategy},
                      {"published",
                       {{"latency", cell.published_latency},
                        {"edp", cell.published_edp},
                        {"implied_energy", cell.published_edp / cell.published_latency}}},
                      {"scar", to_json(cell.scar)},
                      {"best", to_json(cell.best)}});
    }
    scenarios.push_back({{"scenario", table.scenarios[s]},
                         {"weights_energy", result.weights_energy[s]},
                         {"rows", std::move(rows)},
                         {"rank_correlation",
                          {{"scar_latency", or_null(all[s].scar_latency)},
                           {"scar_edp", or_null(all[s].scar_edp)},
                           {"best_latency", or_null(all[s].best_latency)},
                           {"best_edp", or_null(all[s].best_edp)}}}});
  }
  return {{"table", table.name},
          {"title", table.title},
          {"setting", result.setting},
          {"objective", result.objective},
          {"published_relative_to", table.relative_to.empty() ? Json(nullptr) : Json(table.relative_to)},
          {"best_strategy", table.best},
          {"scenarios", std::move(scenarios)}};
}

Json to_json(const ReductionResult& result) {
  const Reduction& reduction = *result.reduction;
  return {{"name", reduction.name},
          {"setting", result.setting},
          {"row", reduction.row},
          {"against", reduction.against},
          {"published", or_null(reduction.published)},
          {"from_published_table", or_null(result.from_published)},
          {"scar", or_null(result.scar)},
          {"scar_latency", or_null(result.scar_latency)},
          {"best", or_null(result.best)}};
}

Json to_json(const AblationResult& result) {
  const Ablation& ablation = *result.ablation;
  Json variants = Json::array();
  for (const VariantResult& variant : result.variants) {
    const bool published = variant.name == ablation.published_variant;
    variants.push_back({{"name", variant.name},
                        {"latency", or_null(variant.latency)},
                        {"energy", or_null(variant.energy)},
                        {"edp", or_null(variant.edp)},
                        {"published_latency", published ? Json(ablation.published_latency) : Json(nullptr)},
                        {"published_energy", published ? Json(ablation.published_energy) : Json(nullptr)}});
  }
  return {{"ablation", ablation.name},
          {"title", ablation.title},
          {"setting", result.setting},
          {"scenarios", ablation.scenarios},
          {"variants", std::move(variants)}};
}

Json to_json(const Example& example, const ExampleResult& result) {
  Json cases = Json::array();
  for (std::size_t c = 0; c < example.cases.size(); ++c) {
    cases.push_back({{"name", example.cases[c].name},
                     {"scar", to_json(result.scar[c])},
                     {"exact", to_json(result.best[c])}});
  }
  Json ratios = Json::array();
  for (std::size_t r = 0; r < example.ratios.size(); ++r) {
    ratios.push_back({{"of", example.ratios[r].of},
                      {"against", example.ratios[r].against},
                      {"published", example.ratios[r].published},
                      {"scar", or_null(result.scar_ratios[r])},
                      {"exact", or_null(result.best_ratios[r])}});
  }
  return {{"setting", result.setting}, {"cases", std::move(cases)}, {"ratios", std::move(ratios)}};
}

template <typename Things>
Json list_of(const Things& things) {
  Json list = Json::array();
  for (const auto& thing : things) {
    list.push_back(to_json(thing));
  }
  return list;
}

}  // namespace

std::string report_json(const Report& report) {
  const Plan& plan = *report.plan;
  Json examples = Json::array();
  for (const ExampleResult& result : report.examples) {
    examples.push_back(to_json(plan.example, result));
  }
  const Json json = {{"format", "inlay-study-scar"},
                     {"format_version", 1},
                     {"program_version", base::version()},
                     {"study", plan.name},
                     {"title", plan.title},
                     {"source", plan.source},
                     {"quick", report.quick},
                     {"search",
                      {{"seed", plan.seed},
                       {"exact_evaluations", plan.exact_evaluations},
                       {"exact_gap", plan.exact_gap},
                       {"exact_splits", plan.exact_splits}}},
                     {"settings", list_of(plan.settings)},
                     {"variations", list_of(plan.variations)},
                     {"tables", list_of(report.tables)},
                     {"reductions", list_of(report.reductions)},
                     {"ablations", list_of(report.ablations)},
                     {"examples", std::move(examples)},
                     {"sensitivity", list_of(report.sensitivity)}};
  return json.dump(1) + '\n';
}

}  // namespace inlay::studies::scar
