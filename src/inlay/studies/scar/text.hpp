#pragma once

#include "inlay/studies/scar/report.hpp"

namespace inlay::studies::scar {

/// For the terminal, at most 120 characters wide.
std::string report_text(const Report& report);

}  // namespace inlay::studies::scar
