#pragma once

#include "inlay/studies/comparison_report.hpp"

namespace inlay::studies {

/// For the terminal, at most 120 characters wide. The first study's figures are the main ones, those of other
/// engines stand beside them.
std::string comparison_text(const std::vector<ComparisonStudy>& studies);

}  // namespace inlay::studies
