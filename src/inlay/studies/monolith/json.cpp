#include "inlay/studies/monolith/json.hpp"

#include <nlohmann/json.hpp>

#include "inlay/base/version.hpp"

namespace inlay::studies::monolith {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const Ratios& ratios) {
  return {{"throughput_ratio", ratios.throughput},
          {"energy_efficiency_ratio", ratios.energy_efficiency},
          {"edp_ratio", ratios.edp()}};
}

Json to_json(const RatiosAgainst& against) {
  return {{"best_output_stationary_monolith", to_json(against.output_stationary_monolith)},
          {"best_monolith", to_json(against.monolith)},
          {"best_homogeneous", to_json(against.homogeneous)},
          {"best_published_mapping_monolith", to_json(against.published_monolith)}};
}

Json to_json(const Outcome& outcome) {
  return {{"package", outcome.package},
          {"organisation", to_string(outcome.organisation)},
          {"dataflows", outcome.dataflows},
          {"strategy", outcome.strategy},
          {"latency", outcome.latency},
          {"energy", outcome.energy},
          {"repeated_write_energy", outcome.repeated_writes},
          {"throughput", outcome.throughput()},
          {"energy_efficiency", outcome.energy_efficiency()},
          {"gap", outcome.gap}};
}

Json to_json(const Condition& condition) {
  return {{"engine", condition.engine},
          {"workload", condition.workload},
          {"batch", condition.batch},
          {"noc_bytes_per_cycle", condition.noc_bytes_per_cycle},
          {"overlap", schedule::to_string(condition.overlap)}};
}

Json to_json(const std::vector<Step>& steps) {
  Json list = Json::array();
  for (const Step& step : steps) {
    Json json = {{"step", step.name}};
    json.update(to_json(step.gain));
    list.push_back(std::move(json));
  }
  return list;
}

Json to_json(const Spread& spread) {
  return {{"lowest", spread.lowest}, {"median", spread.median}, {"highest", spread.highest}};
}

Json to_json(const Point& point) {
  Json json = to_json(point.condition);
  json.update(to_json(point.outcome));
  const Ratios& first = point.against.output_stationary_monolith;
  json["throughput_ratio"] = first.throughput;
  json["energy_efficiency_ratio"] = first.energy_efficiency;
  json["against"] = to_json(point.against);
  json["against_individually_best"] = to_json(point.against_individually_best);
  json["without_repeated_writes"] = to_json(point.without_repeated_writes);
  json["heterogeneity_gain"] = to_json(point.against.homogeneous);
  return json;
}

/// A point with its baselines in full and where its gain comes from.
Json headline_json(const ComparisonStudy& study) {
  const Point& point = study.headline;
  Json json = to_json(point);
  json["rule"] = kHeadlineRule;
  json["published"] = {{"throughput_ratio", study.plan.published_throughput_ratio},
                       {"energy_efficiency_ratio", study.plan.published_energy_efficiency_ratio}};
  json["baselines"] = {{"best_output_stationary_monolith", to_json(point.output_stationary_monolith)},
                       {"best_monolith", to_json(point.monolith)},
                       {"best_homogeneous", to_json(point.homogeneous)},
                       {"best_published_mapping_monolith", to_json(point.published_monolith)}};
  json["steps"] = to_json(point.steps);
  json["standalone_chiplets"] = point.standalone ? to_json(*point.standalone) : Json(nullptr);
  return json;
}

/// Over all points that the headline could have been.
Json range_json(const ComparisonStudy& study) {
  const std::vector<Point> candidates = headline_candidates(study);
  std::vector<double> throughput;
  std::vector<double> efficiency;
  std::vector<double> heterogeneity;
  for (const Point& point : candidates) {
    throughput.push_back(point.against.output_stationary_monolith.throughput);
    efficiency.push_back(point.against.output_stationary_monolith.energy_efficiency);
    heterogeneity.push_back(point.against.homogeneous.edp());
  }
  return {{"points", candidates.size()},
          {"throughput_ratio", to_json(spread(throughput))},
          {"energy_efficiency_ratio", to_json(spread(efficiency))},
          {"heterogeneity_gain_edp_ratio", to_json(spread(heterogeneity))},
          {"geometric_mean_of_steps", to_json(mean_steps(candidates))}};
}

/// Every monolith, so that a reader may choose another baseline.
Json condition_json(const ConditionResult& result) {
  Json json = to_json(result.condition);
  Json monoliths = Json::array();
  for (const Outcome& outcome : result.outcomes) {
    if (outcome.organisation == Organisation::kMonolith) {
      monoliths.push_back(to_json(outcome));
    }
  }
  json["monoliths"] = std::move(monoliths);
  json["left_out"] = result.left_out;
  return json;
}

Json plan_json(const ComparisonStudy& study) {
  Json overlaps = Json::array();
  for (const hardware::Overlap overlap : study.plan.overlaps) {
    overlaps.push_back(schedule::to_string(overlap));
  }
  return {{"objective", "edp"},
          {"splits", study.plan.splits},
          {"gap", study.plan.gap},
          {"batches", study.plan.batches},
          {"noc_bytes_per_cycle", study.plan.noc_bandwidths},
          {"overlaps", std::move(overlaps)},
          {"quick", study.quick},
          {"hash", study.plan_hash}};
}

template <typename Value, typename Convert>
Json list(const std::vector<Value>& values, const Convert& convert) {
  Json json = Json::array();
  for (const Value& value : values) {
    json.push_back(convert(value));
  }
  return json;
}

/// What one engine says of the whole comparison.
Json results_json(const ComparisonStudy& study) {
  return {
      {"engine", study.plan.engine},
      {"engine_version", study.engine_version},
      {"heading", heading(study)},
      {"assumptions", study.assumptions},
      {"headline", headline_json(study)},
      {"range", range_json(study)},
      {"points", list(study.points, [](const Point& point) { return to_json(point); })},
      {"conditions", list(study.conditions, condition_json)},
  };
}

}  // namespace

std::string comparison_json(const std::vector<ComparisonStudy>& studies) {
  const ComparisonStudy& study = studies.front();
  Json json = {
      {"format", "inlay-study"},
      {"format_version", 1},
      {"program_version", base::version()},
      {"study", study.plan.name},
      {"title", study.plan.title},
      {"source", study.plan.source},
      {"communication", schedule::to_string(study.plan.communication)},
      {"baseline_rule", kBaselineRule},
      {"plan", plan_json(study)},
  };
  json.update(results_json(study));
  json["beside"] = Json::array();
  for (std::size_t i = 1; i < studies.size(); ++i) {
    json["beside"].push_back(results_json(studies[i]));
    json["beside"].back()["at_the_headline"] = to_json(same_place(studies[i], study.headline));
  }
  return json.dump(1) + "\n";
}

}  // namespace inlay::studies::monolith
