#pragma once

#include <string>
#include <utility>
#include <vector>

namespace inlay::report::text {

/// Lines of the terminal are made for this many characters.
constexpr std::size_t kLineWidth = 120;

enum class Align { kLeft, kRight };

struct Column {
  std::string title;
  Align align = Align::kLeft;
};

/// A table of plain text, columns two blanks apart. Cells are ASCII.
class TextTable {
 public:
  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}
  /// Throws base::DefectError unless there is a cell for every column.
  void add(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }
  /// With a rule under the titles. The last column is wrapped at kLineWidth where it is aligned left.
  std::string text() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// Words and their values, values in one column and wrapped.
std::string text_of_pairs(const std::vector<std::pair<std::string, std::string>>& pairs);

/// Lines of at most `width` characters, broken at blanks; a longer word stands alone. At least one line.
std::vector<std::string> wrapped(const std::string& text, std::size_t width);

}  // namespace inlay::report::text
