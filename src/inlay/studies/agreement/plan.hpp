#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "inlay/base/yaml.hpp"
#include "inlay/hardware/package.hpp"

namespace inlay::studies::agreement {

/// One problem whose schedules are replayed.
struct Condition {
  std::string scenario;
  std::string package;
  hardware::Overlap overlap = hardware::Overlap::kSerial;
  double memory = 1.0;  // times the package's memory bandwidth
};
/// "scar-4, het-sides-3x3, serial, memory x0.25"
std::string to_string(const Condition& condition);

struct Plan {
  std::string name;
  std::string title;
  std::vector<Condition> conditions;
  std::vector<std::string> strategies;
  std::vector<std::pair<std::string, std::string>> options;  // of the strategies: "large.partitions", "0"
  std::vector<std::string> objectives;
  std::string submeshes;         // family, as `--submeshes`
  std::int64_t evaluations = 0;  // of each search
  std::size_t variants = 0;      // of the schedules that one change makes of a found one, the best are kept
  double jitter = 0.0;           // of computing times, a share
  int runs = 1;                  // replays of each schedule
};

/// Reads data/studies/agreement.yaml; `quick`: only the subset that it names. Throws base::InputError.
Plan read_plan(const base::YamlNode& root, bool quick);

}  // namespace inlay::studies::agreement
