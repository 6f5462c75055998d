#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "inlay/workload/model.hpp"

namespace inlay::workload {

/// A model of a scenario and how many samples of it run together.
struct ScenarioModel {
  std::string name;  // unique within the scenario
  Model model;
  std::int64_t batch = 1;
};

/// Models that run together.
struct Scenario {
  std::string name;
  std::string source;
  std::vector<ScenarioModel> models;
  std::string description;
};

}  // namespace inlay::workload
