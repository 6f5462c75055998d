#pragma once

#include <string>
#include <vector>

namespace inlay::report::text {

/// Rows as comma-separated values (RFC 4180, but with plain line feeds); the first row is the header.
std::string csv_text(const std::vector<std::vector<std::string>>& rows);

/// Shortest text that reads back as the same number.
std::string csv_number(double value);

}  // namespace inlay::report::text
