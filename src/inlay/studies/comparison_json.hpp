#pragma once

#include "inlay/studies/comparison_report.hpp"

namespace inlay::studies {

/// schemas/study.schema.json.
std::string comparison_json(const std::vector<ComparisonStudy>& studies);

}  // namespace inlay::studies
