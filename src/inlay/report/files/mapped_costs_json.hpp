#pragma once

#include <string>

#include "inlay/report/figures/mapped_report.hpp"

namespace inlay::report::files {

/// schemas/mapped-costs.schema.json.
std::string mapped_costs_json(const figures::MappedReport& report);

}  // namespace inlay::report::files
