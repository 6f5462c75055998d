#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "inlay/dataflow/dataflow.hpp"
#include "inlay/hardware/package.hpp"
#include "inlay/workload/scenario.hpp"

namespace inlay::report::files {

// What was understood of an input, as schedule files embed it (docs/formats-schedule.md); of a model
// report/model_views.hpp.

nlohmann::ordered_json input_json(const workload::Scenario& scenario);
nlohmann::ordered_json input_json(const hardware::Package& package);
nlohmann::ordered_json input_json(const hardware::ChipletType& type);
nlohmann::ordered_json input_json(const dataflow::Dataflow& dataflow);
/// With the points by which energies follow from sizes, each a list of [size, joules].
nlohmann::ordered_json input_json(const hardware::EnergyTable& table);

/// Name, description and options of a strategy. Throws base::InputError for an unknown one.
nlohmann::ordered_json strategy_json(const std::string& strategy);

}  // namespace inlay::report::files
