#pragma once

#include "inlay/studies/monolith/report.hpp"

namespace inlay::studies::monolith {

/// For the terminal, at most 120 characters wide. The first study's figures are the main ones, those of other
/// engines stand beside them.
std::string comparison_text(const std::vector<ComparisonStudy>& studies);

}  // namespace inlay::studies::monolith
