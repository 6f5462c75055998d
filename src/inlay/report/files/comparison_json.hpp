#pragma once

#include "inlay/report/text/comparison.hpp"

namespace inlay::report::files {

/// comparison.json, schemas/comparison.schema.json.
std::string comparison_json(const text::Comparison& comparison);

}  // namespace inlay::report::files
