#include "inlay/studies/monolith/report.hpp"

#include <algorithm>

#include "inlay/base/error.hpp"

namespace inlay::studies::monolith {

ComparisonStudy evaluate_comparison(ComparisonPlan plan, std::vector<ConditionResult> conditions) {
  ComparisonStudy study;
  study.plan = std::move(plan);
  study.conditions = std::move(conditions);
  for (const ConditionResult& condition : study.conditions) {
    for (Point& point : points(condition)) {
      study.points.push_back(std::move(point));
    }
  }
  const std::optional<Point> best = headline(study.points, headline_workloads(study.plan));
  if (!best) {
    throw base::InfeasibleError(
        "no heterogeneous package can run the paper's workloads: there is no headline");
  }
  study.headline = *best;
  return study;
}

std::string heading(const ComparisonStudy& study) {
  return study.plan.engine == "maestro"
             ? "Engine maestro: MAESTRO's rules, output stationarity not modelled (B1)"
             : "Engine " + study.plan.engine;
}

const Point& same_place(const ComparisonStudy& study, const Point& headline) {
  Condition condition = headline.condition;
  condition.engine = study.plan.engine;
  const auto found = std::find_if(study.points.begin(), study.points.end(), [&](const Point& point) {
    return point.condition == condition && point.outcome.package == headline.outcome.package;
  });
  if (found == study.points.end()) {
    throw base::DefectError("a study's headline has no counterpart under engine " + study.plan.engine);
  }
  return *found;
}

std::vector<Point> headline_candidates(const ComparisonStudy& study) {
  const std::vector<std::string> workloads = headline_workloads(study.plan);
  std::vector<Point> candidates;
  for (const Point& point : study.points) {
    if (point.outcome.organisation == Organisation::kHeterogeneous &&
        std::find(workloads.begin(), workloads.end(), point.condition.workload) != workloads.end()) {
      candidates.push_back(point);
    }
  }
  return candidates;
}

}  // namespace inlay::studies::monolith
