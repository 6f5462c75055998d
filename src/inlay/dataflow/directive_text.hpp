#pragma once

#include <string>
#include <vector>

#include "inlay/dataflow/dataflow.hpp"
#include "inlay/dataflow/expression.hpp"

namespace inlay::dataflow {

/// Reads "TemporalMap(size, offset) dimension", "SpatialMap(size, offset) dimension" or "Cluster(size)". A
/// size may be "auto", "auto(size)", "even" or "even(size)", after which the offset may be left out.
/// `dimensions`: what may be mapped; `names`: what sizes may use. Throws ExpressionError.
Directive parse_directive(const std::string& text, const std::vector<std::string>& dimensions,
                          const std::vector<std::string>& names);

}  // namespace inlay::dataflow
