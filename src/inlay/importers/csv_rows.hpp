#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "inlay/base/error.hpp"

namespace inlay::importers {

struct CsvCell {
  std::string text;  // without blanks around it
  int column = 1;
};

struct CsvRow {
  int line = 1;
  std::vector<CsvCell> cells;

  /// The cell's text; "" where the row has no such cell.
  std::string text(std::size_t cell) const { return cell < cells.size() ? cells[cell].text : ""; }
};

/// In small letters: simulators pass over the header, so that it is written in many ways.
std::string lowered(std::string text);

/// A topology's table: a header and rows, without lines of blanks and commas alone.
class CsvTable {
 public:
  /// Throws base::InputError without a header and a row, and for more than 100,000 rows.
  CsvTable(std::string_view text, std::string file);

  const CsvRow& header() const { return rows_.front(); }
  const std::vector<CsvRow>& rows() const { return rows_; }
  const std::string& file() const { return file_; }

  /// Throws base::InputError at the cell.
  [[noreturn]] void fail(const CsvRow& row, std::size_t cell, const std::string& message) const;
  /// A whole number of 1 to 2^30. Throws base::InputError.
  std::int64_t number(const CsvRow& row, std::size_t cell, const char* name) const;
  /// The first cell, which must not be empty.
  std::string name(const CsvRow& row) const;

 private:
  std::vector<CsvRow> rows_;
  std::string file_;
};

}  // namespace inlay::importers
