#include "inlay/report/text/text_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "inlay/base/error.hpp"

namespace inlay::report::text {
namespace {

constexpr std::size_t kBetween = 2;
/// A last column is not wrapped to less than this: lines then are too long, but can be read.
constexpr std::size_t kNarrowest = 24;

std::string padded(const std::string& cell, std::size_t width, Align align) {
  return align == Align::kLeft ? fmt::format("{:<{}}", cell, width) : fmt::format("{:>{}}", cell, width);
}

std::string without_trailing_blanks(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
  std::vector<std::string> lines(1);
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    std::string& line = lines.back();
    if (line.empty()) {
      line = word;
    } else if (line.size() + 1 + word.size() <= width) {
      line += " " + word;
    } else {
      lines.push_back(word);
    }
  }
  return lines;
}

void TextTable::add(std::vector<std::string> cells) {
  if (cells.size() != columns_.size()) {
    throw base::DefectError(
        fmt::format("a table row has {} cells for {} columns", cells.size(), columns_.size()));
  }
  rows_.push_back(std::move(cells));
}

std::string TextTable::text() const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    widths.push_back(columns_[i].title.size());
    for (const auto& row : rows_) {
      widths[i] = std::max(widths[i], row[i].size());
    }
  }
  std::size_t before_last = 0;
  for (std::size_t i = 0; i + 1 < widths.size(); ++i) {
    before_last += widths[i] + kBetween;
  }
  if (columns_.back().align == Align::kLeft) {
    const std::size_t left = before_last < kLineWidth ? kLineWidth - before_last : 0;
    widths.back() = std::min(widths.back(), std::max(left, kNarrowest));
  }

  std::string text;
  std::string rule;
  std::string titles;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const std::string gap(i == 0 ? 0 : kBetween, ' ');
    titles += gap + padded(columns_[i].title, widths[i], columns_[i].align);
    rule += gap + std::string(widths[i], '-');
  }
  text += without_trailing_blanks(titles) + "\n" + rule + "\n";
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i + 1 < row.size(); ++i) {
      line += padded(row[i], widths[i], columns_[i].align) + std::string(kBetween, ' ');
    }
    const bool fits = row.back().size() <= widths.back();
    const auto parts = fits ? std::vector<std::string>{row.back()} : wrapped(row.back(), widths.back());
    for (const std::string& part : parts) {
      text += without_trailing_blanks(line + padded(part, widths.back(), columns_.back().align)) + "\n";
      line = std::string(before_last, ' ');
    }
  }
  return text;
}

std::string text_of_pairs(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::size_t width = 0;
  for (const auto& [word, value] : pairs) {
    width = std::max(width, word.size());
  }
  std::string text;
  for (const auto& [word, value] : pairs) {
    std::string head = fmt::format("{:<{}}", word, width + kBetween);
    for (const std::string& line : wrapped(value, kLineWidth - width - kBetween)) {
      text += without_trailing_blanks(head + line) + "\n";
      head = std::string(width + kBetween, ' ');
    }
  }
  return text;
}

}  // namespace inlay::report::text
