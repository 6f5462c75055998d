#include "inlay/report/text/csv.hpp"

#include <fmt/format.h>

namespace inlay::report::text {
namespace {

std::string quoted(const std::string& cell) {
  const bool blank_at_an_end = !cell.empty() && (cell.front() == ' ' || cell.back() == ' ');
  if (!blank_at_an_end && cell.find_first_of(",\"\r\n") == std::string::npos) {
    return cell;
  }
  std::string text(1, '"');
  for (const char c : cell) {
    text.append(c == '"' ? 2U : 1U, c);
  }
  text.push_back('"');
  return text;
}

}  // namespace

std::string csv_text(const std::vector<std::vector<std::string>>& rows) {
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) {
        text.push_back(',');
      }
      text += quoted(row[i]);
    }
    text.push_back('\n');
  }
  return text;
}

std::string csv_number(double value) {
  return fmt::format("{}", value);
}

}  // namespace inlay::report::text
