#pragma once

#include <string>
#include <vector>

#include "inlay/report/text/explanation.hpp"

// What other shardings of the same stages cost: `inlay explain --sharding`.

namespace inlay::report::text {

/// A layer that is divided in another way.
struct ShardingChange {
  std::string layer;
  std::string given;  // "K,N": rows first
  std::string other;
};

/// One part of a stage in both schedules: seconds or joules.
struct ReplanTerm {
  std::string term;
  bool time = true;  // s of one mini-batch; else J of the whole batch
  double given = 0.0;
  double other = 0.0;
};

/// A stage that is divided in another way.
struct ReplannedStage {
  int window = 0;
  std::string model;
  int stage = 0;
  std::string submesh;
  std::string first_layer;
  std::string last_layer;
  std::vector<ReplanTerm> terms;
  std::vector<ShardingChange> changes;
};

/// The stages whose shardings differ. Both schedules have the same cuts, submeshes and mini-batches.
std::vector<ReplannedStage> replanned_stages(const schedule::Problem& problem, const CostedSchedule& given,
                                             const CostedSchedule& other);

std::string replan_text(const std::vector<ReplannedStage>& stages);
std::string replan_json(const std::vector<ReplannedStage>& stages);

}  // namespace inlay::report::text
