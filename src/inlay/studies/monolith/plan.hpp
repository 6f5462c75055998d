#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inlay/base/yaml.hpp"
#include "inlay/dataflow/dataflow.hpp"
#include "inlay/hardware/package.hpp"
#include "inlay/schedule/problem.hpp"
#include "inlay/workload/model.hpp"

namespace inlay::studies::monolith {

/// Models that run together, all with the same batch.
struct PlannedWorkload {
  std::string name;
  bool headline = false;  // a combination that the paper's headline speaks of
  std::vector<workload::Model> models;
};

/// The dataflows that machines may be built with; the best is taken for each machine and condition.
struct PlannedDataflows {
  std::vector<dataflow::Dataflow> monolith;
  std::vector<dataflow::Dataflow> weight;  // of a package's weight-stationary chiplets
  std::vector<dataflow::Dataflow> output;  // of its output-stationary chiplets
  std::vector<std::string> published;      // output-stationary ones of `monolith` that are MAESTRO's mappings
};

/// A comparison of packages with their monoliths under one cost engine, as its file states it
/// (docs/studies/2312.09401.md).
struct ComparisonPlan {
  std::string name;
  std::string title;
  std::string source;
  double published_throughput_ratio = 0.0;
  double published_energy_efficiency_ratio = 0.0;
  std::string engine;
  schedule::Communication communication = schedule::Communication::kShared;
  int splits = 0;    // most boundaries between windows
  double gap = 0.0;  // a search ends when it is proven this close to the best
  std::vector<PlannedWorkload> workloads;
  std::vector<std::int64_t> batches;
  std::vector<hardware::Package> packages;
  std::vector<std::int64_t> noc_bandwidths;  // B/cycle inside each chiplet
  std::vector<hardware::Overlap> overlaps;
  PlannedDataflows dataflows;
};

/// Reads a file: the same comparison under each of its engines. The first one's figures are the study's own,
/// the others' stand beside them. `quick` keeps only what the section `quick` names. Throws base::InputError
/// with file, line, column and field, also if two packages differ in what their monolith would be.
std::vector<ComparisonPlan> read_comparison_plans(const base::YamlNode& root, bool quick);

/// Names of the workloads that the headline may be taken from.
std::vector<std::string> headline_workloads(const ComparisonPlan& plan);

}  // namespace inlay::studies::monolith
