#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "inlay/evaluate/schedule_cost.hpp"
#include "inlay/schedule/problem.hpp"
#include "inlay/search/search.hpp"

namespace inlay::report::text {

/// What one package and strategy reach.
struct ComparisonResult {
  double latency = 0.0;            // s
  double throughput = 0.0;         // samples/s
  double energy = 0.0;             // J
  double energy_efficiency = 0.0;  // samples/J
  double edp = 0.0;                // J s
  std::string bottleneck;
  double memory_share = 0.0;  // the largest of a window with several pipelines
  search::Certificate certificate;
};

struct ComparisonRow {
  std::string package;
  std::string strategy;
  std::optional<ComparisonResult> result;
  std::string infeasible;     // why there is no result
  std::string schedule_file;  // beside the comparison; empty if none is written
};

/// One scenario on several packages and by several strategies.
struct Comparison {
  std::string scenario;
  objective::Objective objective = objective::Objective::kEdp;
  std::string engine;
  std::string communication;
  std::vector<std::string> assumptions;
  std::vector<ComparisonRow> rows;
};

ComparisonResult comparison_result(const schedule::Problem& problem, const schedule::Schedule& schedule,
                                   const evaluate::ScheduleCost& cost,
                                   const search::Certificate& certificate);

/// Row with the lowest objective value, ties: the first; none if all are infeasible.
std::optional<std::size_t> best_row(const Comparison& comparison);

/// Row that ratios refer to: the first one with a result.
std::optional<std::size_t> reference_row(const Comparison& comparison);

/// How many times better in the objective than the reference row: its value divided by this one's.
double improvement(const Comparison& comparison, const ComparisonRow& row);

/// A table for the terminal, the best row marked; the reasons of infeasible rows stand below, and whether the
/// communication favours packages over monoliths.
std::string comparison_text(const Comparison& comparison);
/// comparison.csv: SI units, one line per row.
std::string comparison_csv(const Comparison& comparison);

}  // namespace inlay::report::text
