#pragma once

#include "inlay/report/comparison.hpp"

namespace inlay::report {

/// comparison.json, schemas/comparison.schema.json.
std::string comparison_json(const Comparison& comparison);

}  // namespace inlay::report
