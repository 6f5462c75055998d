#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "inlay/base/error.hpp"

/// Reading comma-separated values (RFC 4180) with the place of every cell.
namespace inlay::cost::table {

struct CsvCell {
  std::string text;  // without quotes and, outside of quotes, without blanks around it
  int line = 1;
  int column = 1;  // of its first character in the file, counted in bytes
};

using CsvRow = std::vector<CsvCell>;

/// All rows but blank lines. Line ends may be LF or CRLF; a byte order mark is skipped. Throws
/// base::InputError for quotes that are not closed or do not stand around a whole cell, and for control
/// characters.
std::vector<CsvRow> read_csv(std::string_view text, const std::string& file);

/// Cells of one row by the names in the header.
class CsvRecord {
 public:
  CsvRecord(const std::vector<std::string>& names, const CsvRow& row, const std::string& file)
      : names_(names), row_(row), file_(file) {}

  bool has(std::string_view name) const { return find(name) != nullptr; }
  int line() const { return row_.front().line; }
  /// The cell of a column that the header has.
  const std::string& text(std::string_view name) const;
  /// As `text`, but not empty.
  const std::string& name(std::string_view name) const;
  /// Throw base::InputError with what was expected.
  std::int64_t integer(std::string_view name, std::int64_t lowest) const;
  double number(std::string_view name) const;  // finite and not below 0
  bool yes_or_no(std::string_view name) const;
  [[noreturn]] void fail(std::string_view name, const std::string& message) const;

 private:
  const CsvCell* find(std::string_view name) const;

  const std::vector<std::string>& names_;
  const CsvRow& row_;
  const std::string& file_;
};

}  // namespace inlay::cost::table
