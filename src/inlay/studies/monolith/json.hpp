#pragma once

#include "inlay/studies/monolith/report.hpp"

namespace inlay::studies::monolith {

/// schemas/study.schema.json.
std::string comparison_json(const std::vector<ComparisonStudy>& studies);

}  // namespace inlay::studies::monolith
