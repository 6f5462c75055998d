#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace inlay::testing {

/// What a document breaks of a schema in schemas/, a line for each place; empty if nothing.
std::string complaint(const std::string& schema_name, const nlohmann::json& document);

}  // namespace inlay::testing
