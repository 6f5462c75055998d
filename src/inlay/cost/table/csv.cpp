#include "inlay/cost/table/csv.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace inlay::cost::table {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

class CsvReader {
 public:
  CsvReader(std::string_view text, const std::string& file) : text_(text), file_(file) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text_.starts_with(kByteOrderMark)) {
      text_.remove_prefix(kByteOrderMark.size());
    }
  }

  std::vector<CsvRow> rows() {
    std::vector<CsvRow> rows;
    while (place_ < text_.size()) {
      CsvRow row = read_row();
      if (row.size() > 1 || !row.front().text.empty()) {
        rows.push_back(std::move(row));
      }
    }
    return rows;
  }

 private:
  bool at_row_end() const {
    return place_ >= text_.size() || text_[place_] == '\n' || text_.substr(place_, 2) == "\r\n";
  }

  CsvRow read_row() {
    CsvRow row;
    while (true) {
      row.push_back(read_cell());
      if (at_row_end()) {
        break;
      }
      ++place_;  // the comma
    }
    place_ = std::min(text_.size(), text_.find('\n', place_));
    place_ += place_ < text_.size() ? 1 : 0;
    ++line_;
    line_start_ = place_;
    return row;
  }

  CsvCell read_cell() {
    while (!at_row_end() && is_blank(text_[place_])) {
      ++place_;
    }
    CsvCell cell{"", line_, column()};
    if (!at_row_end() && text_[place_] == '"') {
      read_quoted(cell);
      while (!at_row_end() && is_blank(text_[place_])) {
        ++place_;
      }
      if (!at_row_end() && text_[place_] != ',') {
        fail("a comma or the end of the line is expected after a closing quote");
      }
      return cell;
    }
    while (!at_row_end() && text_[place_] != ',') {
      take(cell);
    }
    while (!cell.text.empty() && is_blank(cell.text.back())) {
      cell.text.pop_back();
    }
    return cell;
  }

  void read_quoted(CsvCell& cell) {
    ++place_;
    while (true) {
      if (place_ >= text_.size() || text_[place_] == '\n') {
        fail(fmt::format("the quote of column {} is not closed on its line", cell.column));
      }
      if (text_[place_] == '"') {
        ++place_;
        if (place_ >= text_.size() || text_[place_] != '"') {
          return;
        }
      }
      take(cell);
    }
  }

  void take(CsvCell& cell) {
    const char c = text_[place_];
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F) {
      fail(fmt::format("a control character (code {}) in a table", static_cast<int>(c)));
    }
    cell.text.push_back(c);
    ++place_;
  }

  int column() const { return static_cast<int>(place_ - line_start_) + 1; }

  [[noreturn]] void fail(const std::string& message) const {
    throw base::InputError({file_, line_, column()}, "", message);
  }

  std::string_view text_;
  const std::string& file_;
  std::size_t place_ = 0;
  std::size_t line_start_ = 0;
  int line_ = 1;
};

}  // namespace

std::vector<CsvRow> read_csv(std::string_view text, const std::string& file) {
  return CsvReader(text, file).rows();
}

const CsvCell* CsvRecord::find(std::string_view name) const {
  for (std::size_t i = 0; i < names_.size() && i < row_.size(); ++i) {
    if (names_[i] == name) {
      return &row_[i];
    }
  }
  return nullptr;
}

void CsvRecord::fail(std::string_view name, const std::string& message) const {
  const CsvCell* cell = find(name);
  throw base::InputError({file_, row_.front().line, cell != nullptr ? cell->column : 1}, std::string(name),
                         message);
}

const std::string& CsvRecord::text(std::string_view name) const {
  const CsvCell* cell = find(name);
  if (cell == nullptr) {
    fail(name, "the row has no such cell");
  }
  return cell->text;
}

const std::string& CsvRecord::name(std::string_view name) const {
  const std::string& value = text(name);
  if (value.empty()) {
    fail(name, "is empty; a name or a pattern such as 'h.*.attn' is expected");
  }
  return value;
}

std::int64_t CsvRecord::integer(std::string_view name, std::int64_t lowest) const {
  const std::string& value = text(name);
  std::int64_t result = 0;
  const char* end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, result);
  if (error != std::errc{} || stop != end || result < lowest) {
    fail(name, fmt::format("'{}' is no whole number from {} to 2^63 - 1", value, lowest));
  }
  return result;
}

double CsvRecord::number(std::string_view name) const {
  const std::string& value = text(name);
  double result = 0.0;
  const char* end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, result);
  if (error != std::errc{} || stop != end || !std::isfinite(result) || std::signbit(result)) {
    fail(name, fmt::format("'{}' is no number from 0 up, such as 12.5 or 3e-6", value));
  }
  return result;
}

bool CsvRecord::yes_or_no(std::string_view name) const {
  const std::string& value = text(name);
  if (value != "yes" && value != "no") {
    fail(name, fmt::format("'{}' is neither yes nor no", value));
  }
  return value == "yes";
}

}  // namespace inlay::cost::table
