#pragma once

#include <string>

#include "inlay/report/figures/mapped_report.hpp"

namespace inlay::report::text {

std::string mapped_costs_text(const figures::MappedReport& report);

}  // namespace inlay::report::text
