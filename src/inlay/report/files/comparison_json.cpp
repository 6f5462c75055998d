#include "inlay/report/files/comparison_json.hpp"

#include <nlohmann/json.hpp>

#include "inlay/base/version.hpp"

namespace inlay::report::files {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const search::Certificate& certificate) {
  return {{"strategy", certificate.strategy},
          {"value", certificate.value},
          {"lower_bound", certificate.lower_bound},
          {"gap", certificate.gap},
          {"proven", certificate.proven},
          {"space", certificate.space},
          {"binds", certificate.binds},
          {"stopped_by", certificate.stopped_by},
          {"seed", certificate.seed},
          {"evaluations", certificate.evaluations},
          {"seconds", certificate.seconds}};
}

Json to_json(const text::Comparison& comparison, const text::ComparisonRow& row, bool best) {
  Json json = {{"package", row.package}, {"strategy", row.strategy}, {"feasible", row.result.has_value()}};
  if (!row.result) {
    json["reason"] = row.infeasible;
    return json;
  }
  const text::ComparisonResult& result = *row.result;
  const text::ComparisonResult& reference = *comparison.rows[*text::reference_row(comparison)].result;
  json["best"] = best;
  json["metrics"] = {{"latency", result.latency},
                     {"throughput", result.throughput},
                     {"energy", result.energy},
                     {"energy_efficiency", result.energy_efficiency},
                     {"edp", result.edp}};
  json["ratios"] = {{"objective", text::improvement(comparison, row)},
                    {"throughput", result.throughput / reference.throughput},
                    {"energy_efficiency", result.energy_efficiency / reference.energy_efficiency}};
  json["bottleneck"] = result.bottleneck;
  json["certificate"] = to_json(result.certificate);
  if (!row.schedule_file.empty()) {
    json["schedule"] = row.schedule_file;
  }
  return json;
}

}  // namespace

std::string comparison_json(const text::Comparison& comparison) {
  Json json = {{"format", "inlay-comparison"},
               {"format_version", 1},
               {"program_version", base::version()},
               {"scenario", comparison.scenario},
               {"objective", objective::to_string(comparison.objective)},
               {"engine", comparison.engine},
               {"communication", comparison.communication},
               {"assumptions", comparison.assumptions}};
  const auto best = text::best_row(comparison);
  Json rows = Json::array();
  for (std::size_t i = 0; i < comparison.rows.size(); ++i) {
    rows.push_back(to_json(comparison, comparison.rows[i], best == i));
  }
  json["rows"] = std::move(rows);
  return json.dump(2) + "\n";
}

}  // namespace inlay::report::files
