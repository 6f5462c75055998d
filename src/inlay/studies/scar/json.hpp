#pragma once

#include "inlay/studies/scar/report.hpp"

namespace inlay::studies::scar {

/// schemas/study-scar.schema.json.
std::string report_json(const Report& report);

}  // namespace inlay::studies::scar
