#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "inlay/studies/scar/plan.hpp"

namespace inlay::studies::scar {

/// One search. Files are paths, or names of shipped ones.
struct Point {
  std::string setting;
  std::string scenario;
  std::string package;
  std::string strategy;
  std::string objective;
  StrategyOptions options;

  /// Names it in the journal: the same on every machine.
  std::string key() const;
};

/// What a search has found; `failure` says why there is nothing.
struct Outcome {
  double latency = 0.0;  // s
  double energy = 0.0;   // J
  double gap = 0.0;      // of the objective, as the search's certificate has it
  std::string stopped_by;
  std::string failure;

  bool found() const { return failure.empty(); }
  double edp() const { return latency * energy; }
  bool operator==(const Outcome&) const = default;
};

using Outcomes = std::map<std::string, Outcome>;  // by Point::key

/// The published strategy of a row, in our model.
Point row_point(const Setting& setting, const TableRow& row, const std::string& scenario,
                const std::string& objective);
/// The same package by the table's best strategy; a row of strategy `standalone` stays what it is.
Point best_point(const Plan& plan, const Setting& setting, const Table& table, const TableRow& row,
                 const std::string& scenario, const std::string& objective);
Point variant_point(const Setting& setting, const Ablation& ablation, const Variant& variant,
                    const std::string& scenario);
/// `best`: by strategy `exact` in the place of the published method.
Point example_point(const Setting& setting, const ExampleCase& one, bool best);

/// Every search that the study's tables ask for, each once: the quick ones first, those of one setting and
/// scenario together.
std::vector<Point> all_points(const Plan& plan);

/// "het-sides-3x3" of a path or a name.
std::string plain(const std::string& file);

}  // namespace inlay::studies::scar
