#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "inlay/workload/model.hpp"

namespace inlay::workload {

/// A model of a scenario, how many samples of it run together, and when they come and are due. Searches and
/// costs take the whole batch as there from the beginning, whatever its rate and probability.
struct ScenarioModel {
  std::string name;  // unique within the scenario
  Model model;
  std::int64_t batch = 1;
  std::optional<double> rate = {};         // samples per second that come in
  std::optional<double> deadline = {};     // s from the beginning until the whole batch is done
  std::optional<double> probability = {};  // that a sample is there at all
  std::vector<int> depends_on = {};        // models of the scenario whose results this one needs
};

/// Models that run together.
struct Scenario {
  std::string name;
  std::string source;
  std::vector<ScenarioModel> models;
  std::string description;
};

/// Samples of all models together.
double samples_of(const Scenario& scenario);

/// Models that wait for each other, each for the next one and the last for the first; empty if there are
/// none.
std::vector<int> dependency_cycle(const Scenario& scenario);

}  // namespace inlay::workload
