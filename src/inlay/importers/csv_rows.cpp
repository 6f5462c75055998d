#include "inlay/importers/csv_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

namespace inlay::importers {
namespace {

constexpr std::int64_t kLargest = std::int64_t{1} << 30U;
constexpr std::size_t kMostLayers = 100'000;

std::string trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  const std::size_t end = text.find_last_not_of(" \t\r");
  return begin == std::string_view::npos ? "" : std::string(text.substr(begin, end - begin + 1));
}

/// Lines that have anything but blanks and commas.
std::vector<CsvRow> rows_of(std::string_view text) {
  std::vector<CsvRow> rows;
  for (int line = 1; !text.empty(); ++line) {
    const std::size_t length = std::min(text.find('\n'), text.size());
    std::string_view rest = text.substr(0, length);
    text.remove_prefix(std::min(length + 1, text.size()));
    if (rest.find_first_not_of(" \t\r,") == std::string_view::npos) {
      continue;
    }
    CsvRow row{line, {}};
    for (int column = 1;;) {
      const std::size_t end = rest.find(',');
      row.cells.push_back({trimmed(rest.substr(0, end)), column});
      if (end == std::string_view::npos) {
        break;
      }
      column += static_cast<int>(end) + 1;
      rest.remove_prefix(end + 1);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

std::string lowered(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

CsvTable::CsvTable(std::string_view text, std::string file) : rows_(rows_of(text)), file_(std::move(file)) {
  if (rows_.size() < 2) {
    throw base::InputError(fmt::format("{}: a header and at least one layer are expected", file_));
  }
  if (rows_.size() > kMostLayers) {
    throw base::InputError(fmt::format("{}: more than {} layers", file_, kMostLayers));
  }
}

void CsvTable::fail(const CsvRow& row, std::size_t cell, const std::string& message) const {
  const CsvCell& last = row.cells.back();
  const int behind = last.column + static_cast<int>(last.text.size());
  const int column = cell < row.cells.size() ? row.cells[cell].column : behind;
  throw base::InputError({file_, row.line, column}, "", message);
}

std::int64_t CsvTable::number(const CsvRow& row, std::size_t cell, const char* name) const {
  std::int64_t value = 0;
  const std::string text = row.text(cell);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 1 || value > kLargest) {
    fail(row, cell,
         fmt::format("{}: a whole number of 1 to {} is expected, '{}' is given", name, kLargest, text));
  }
  return value;
}

std::string CsvTable::name(const CsvRow& row) const {
  if (row.cells[0].text.empty()) {
    fail(row, 0, "the layer's name is missing");
  }
  return row.cells[0].text;
}

}  // namespace inlay::importers
