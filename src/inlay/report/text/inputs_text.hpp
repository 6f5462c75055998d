#pragma once

#include <string>

#include "inlay/dataflow/dataflow.hpp"
#include "inlay/hardware/package.hpp"
#include "inlay/workload/scenario.hpp"

namespace inlay::report::text {

// What was understood of an input, for the terminal.

/// Totals and a table of the layers.
std::string model_text(const workload::Model& model);
std::string scenario_text(const workload::Scenario& scenario);
/// Figures, drawing and chiplet types.
std::string package_text(const hardware::Package& package);
std::string chiplet_text(const hardware::ChipletType& type);
/// Directives, outermost loop first.
std::string dataflow_text(const dataflow::Dataflow& dataflow);
std::string energy_text(const hardware::EnergyTable& table);

}  // namespace inlay::report::text
