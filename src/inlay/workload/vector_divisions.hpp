#pragma once

#include <vector>

#include "inlay/workload/division.hpp"

namespace inlay::workload {

/// Adds the ways to divide an operator without MACs beyond its samples: along every axis whose elements do
/// not depend on each other. An operator that the shipped table does not know is divided by samples only.
void divide_vector_operator(const Model& model, const Layer& layer, std::vector<Division>& found);

}  // namespace inlay::workload
