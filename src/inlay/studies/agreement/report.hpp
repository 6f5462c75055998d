#pragma once

#include <string>
#include <vector>

#include "inlay/studies/agreement/compare.hpp"

namespace inlay::studies::agreement {

/// Errors of several conditions together.
struct Group {
  std::string name;
  std::size_t conditions = 0;
  std::size_t schedules = 0;
  double mean_error = 0.0;        // of |estimate / replay - 1|
  double bias = 0.0;              // mean of estimate / replay - 1
  double worst_error = 0.0;       // the one farthest from zero, with its sign
  double rank_correlation = 0.0;  // mean over conditions
  double least_rank_correlation = 0.0;
  double mean_regret = 0.0;
  double worst_regret = 0.0;
  double mean_end_error = 0.0;   // of |estimate / replay - 1| of models' ends
  double worst_end_error = 0.0;  // with its sign
};

struct Report {
  Plan plan;
  bool quick = false;
  std::vector<ConditionResult> results;
  std::vector<Group> groups;  // by overlap and bandwidth, by package, by the memory's share; all
};

Report make_report(Plan plan, bool quick, std::vector<ConditionResult> results);
std::string report_text(const Report& report);
/// schemas/study-agreement.schema.json.
std::string report_json(const Report& report);

}  // namespace inlay::studies::agreement
