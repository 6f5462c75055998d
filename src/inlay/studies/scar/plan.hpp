#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "inlay/base/yaml.hpp"
#include "inlay/dataflow/dataflow.hpp"
#include "inlay/hardware/package.hpp"
#include "inlay/schedule/problem.hpp"

namespace inlay::studies::scar {

/// Options of a strategy by name, as Settings::set takes them.
using StrategyOptions = std::vector<std::pair<std::string, std::string>>;

/// What a setting changes of the packages' chiplet types of this name.
struct TypeChange {
  std::string type;
  std::optional<dataflow::Dataflow> dataflow;
  std::optional<std::int64_t> noc_bytes_per_cycle;
};

/// What layers cost and how transfers are counted.
struct Setting {
  std::string name;
  std::string about;
  bool fit = false;  // fitted to published figures: no finding
  std::string engine;
  schedule::Communication communication = schedule::Communication::kPaper;
  hardware::Overlap overlap = hardware::Overlap::kSerial;
  std::vector<TypeChange> types;
  std::optional<std::int64_t> noc_bytes_per_cycle;  // of all types
  std::optional<double> memory_bandwidth;           // B/s
  hardware::WeightLoads weight_loads = hardware::WeightLoads::kTimed;
  std::int64_t offchip = 0;                        // B/cycle inside the engine maestro; 0: nothing is charged
  std::map<std::string, std::int64_t> offchip_of;  // the same for single models, by name
};

/// Latency and EDP by scenario, as a table prints them: absolute (s, J s) or relative to one of its rows.
struct PublishedFigures {
  std::vector<double> latency;
  std::vector<double> edp;
};

struct TableRow {
  std::string name;
  std::string package;
  std::string strategy;
  std::map<std::string, PublishedFigures> published;  // by objective
};

struct Table {
  std::string name;
  std::string title;
  std::string relative_to;  // a row, or empty for absolute figures
  std::vector<std::string> scenarios;
  std::vector<std::string> objectives;
  std::string best;  // the strategy of the third column
  StrategyOptions best_options;
  std::vector<TableRow> rows;

  const TableRow& row(const std::string& name) const;
};

/// The mean of 1 - EDP of a row / EDP of another, over the scenarios and the others.
struct Reduction {
  std::string name;
  std::string table;
  std::string row;
  std::vector<std::string> against;
  std::optional<double> published;
};

struct Variant {
  std::string name;
  std::string package;
  StrategyOptions options;
};

/// Variants of the published method; the first is what the others are held against.
struct Ablation {
  std::string name;
  std::string title;
  std::vector<std::string> scenarios;
  std::string objective;
  std::vector<Variant> variants;
  std::string published_variant;   // empty: the paper gives no figures
  double published_latency = 0.0;  // how much more it takes than the first, as a share of its own
  double published_energy = 0.0;
};

struct ExampleCase {
  std::string name;
  std::string scenario;
  std::string package;
  std::string strategy;
  int splits = 0;
};

/// EDP of a case over the lowest EDP of others.
struct ExampleRatio {
  std::string of;
  std::vector<std::string> against;
  double published = 0.0;
};

struct Example {
  std::string title;
  std::vector<ExampleCase> cases;
  std::vector<ExampleRatio> ratios;
};

/// All that the study's file says.
struct Plan {
  std::string name;
  std::string title;
  std::string source;
  std::vector<Setting> settings;
  std::uint64_t seed = 1;
  std::int64_t exact_evaluations = 0;
  double exact_gap = 0.0;
  int exact_splits = 0;
  std::vector<Table> tables;
  std::vector<Reduction> reductions;
  std::vector<Ablation> ablations;
  Example example;
  std::vector<Setting> variations;  // one of the settings with one thing changed

  const Table* table(const std::string& name) const;
};

/// Reads a plan; `quick` keeps only what its section `quick` names. Throws base::InputError with file, line,
/// column and field.
Plan read_plan(const base::YamlNode& root, bool quick);

}  // namespace inlay::studies::scar
