#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "inlay/workload/scenario.hpp"

namespace inlay::report::text {

/// For each scenario its models with their batches, and where it comes from.
std::string scenarios_text(const std::vector<workload::Scenario>& scenarios);

/// The same as a list of objects, with all that a scenario says of when samples come and are due; seconds.
nlohmann::ordered_json scenarios_json(const std::vector<workload::Scenario>& scenarios);

}  // namespace inlay::report::text
