#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inlay/hardware/package.hpp"

namespace inlay::studies::monolith {

/// How the same silicon is cut up.
enum class Organisation { kMonolith, kHomogeneous, kHeterogeneous };

std::string to_string(Organisation organisation);

/// All that machines are compared under.
struct Condition {
  std::string engine;  // that costs the layers
  std::string workload;
  std::int64_t batch = 1;                // of every model of the workload
  std::int64_t noc_bytes_per_cycle = 0;  // inside every chiplet; a monolith has that of all chiplets together
  hardware::Overlap overlap = hardware::Overlap::kSerial;
  bool operator==(const Condition&) const = default;
};

/// What a search has found for one machine under one condition.
struct Outcome {
  std::string package;  // "monolith" or the name of the package
  Organisation organisation = Organisation::kMonolith;
  std::vector<std::string> dataflows;  // of its chiplet types, in the package's order
  bool output_stationary = false;      // all of them are
  bool published_mapping = false;      // and taken from MAESTRO's files, rather than tiled by Inlay
  std::string strategy;
  std::int64_t samples = 0;
  double latency = 0.0;          // s
  double energy = 0.0;           // J
  double repeated_writes = 0.0;  // J of `energy` for writing outputs to L2 more than once (B1 of `maestro`)
  double gap = 0.0;              // of the objective, as the search's certificate has it

  double edp() const { return latency * energy; }
  double throughput() const { return static_cast<double>(samples) / latency; }
  double energy_efficiency() const { return static_cast<double>(samples) / energy; }
};

/// All outcomes under one condition.
struct ConditionResult {
  Condition condition;
  std::vector<Outcome> outcomes;
  std::vector<std::string> left_out;  // machines that cannot run the workload, and why
};

}  // namespace inlay::studies::monolith
