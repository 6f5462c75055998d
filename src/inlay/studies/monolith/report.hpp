#pragma once

#include <optional>
#include <string>
#include <vector>

#include "inlay/studies/monolith/plan.hpp"
#include "inlay/studies/monolith/points.hpp"

namespace inlay::studies::monolith {

/// A comparison that has been carried out under one engine.
struct ComparisonStudy {
  ComparisonPlan plan;
  bool quick = false;
  std::string plan_hash;  // of the study's file
  std::string engine_version;
  std::vector<std::string> assumptions;  // of the engine
  std::vector<ConditionResult> conditions;
  std::vector<Point> points;
  Point headline;
};

/// Derives points and headline. Throws base::InfeasibleError if no point qualifies for the headline.
ComparisonStudy evaluate_comparison(ComparisonPlan plan, std::vector<ConditionResult> conditions);

/// What every output of the study is headed with.
std::string heading(const ComparisonStudy& study);

/// The points that the headline is taken from.
std::vector<Point> headline_candidates(const ComparisonStudy& study);

/// Where the study's own headline stands under another engine: the same package under the same condition.
/// Throws base::DefectError if it is not among that engine's points.
const Point& same_place(const ComparisonStudy& study, const Point& headline);

constexpr const char* kHeadlineRule =
    "the largest product of both ratios against (i), of heterogeneous packages on the paper's models "
    "together";
constexpr const char* kBaselineRule =
    "one schedule for both ratios: the one with the lowest EDP, which every search minimised";

}  // namespace inlay::studies::monolith
