#include "inlay/base/error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

namespace inlay::base {
namespace {

std::string located(const SourcePosition& position, const std::string& field, const std::string& message) {
  std::string text;
  if (!position.file.empty()) {
    text = position.file;
    if (position.line > 0) {
      text += fmt::format(":{}:{}", position.line, position.column);
    }
    text += ": ";
  }
  if (!field.empty()) {
    text += fmt::format("{}: ", field);
  }
  return text + message;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitution = diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitution});
    }
  }
  return row.back();
}

}  // namespace

InputError::InputError(const SourcePosition& position, const std::string& field, const std::string& message)
    : std::runtime_error(located(position, field, message)) {}

InputError::InputError(const std::string& message) : std::runtime_error(message) {}

std::string nearest_spelling(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  // Farther than a third of the word is a guess, not a spelling.
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string allowed_values(std::string_view word, const std::vector<std::string>& candidates) {
  std::string text = fmt::format("allowed: {}", fmt::join(candidates, ", "));
  const std::string nearest = nearest_spelling(word, candidates);
  if (!nearest.empty()) {
    text += fmt::format("; did you mean '{}'?", nearest);
  }
  return text;
}

}  // namespace inlay::base
