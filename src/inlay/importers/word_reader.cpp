#include "inlay/importers/word_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace inlay::importers {
namespace {

constexpr std::string_view kSeparators = " \t\r,->():;";

std::string shown(std::string_view text) {
  constexpr std::size_t kLongest = 40;
  return text.size() <= kLongest ? fmt::format("'{}'", text)
                                 : fmt::format("'{}...'", text.substr(0, kLongest));
}

}  // namespace

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

WordReader::WordReader(std::string_view text, std::string file, char comment) : file_(std::move(file)) {
  int number = 0;
  while (!text.empty()) {
    const std::size_t length = std::min(text.find('\n'), text.size());
    split_line(text.substr(0, length), ++number, comment);
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  end_.line = std::max(number, 1);
  end_.column = 1;
}

void WordReader::split_line(std::string_view line, int number, char comment) {
  std::size_t begin = 0;
  while ((begin = line.find_first_not_of(kSeparators, begin)) != std::string_view::npos) {
    const std::size_t end = std::min(line.find_first_of(kSeparators, begin), line.size());
    const std::string_view text = line.substr(begin, end - begin);
    if (text.starts_with("//") || (comment != '\0' && text.front() == comment)) {
      return;
    }
    Word word{std::string(text), number, static_cast<int>(begin) + 1, begin > 0 && line[begin - 1] == '-'};
    if (std::any_of(text.begin(), text.end(), [](char c) { return c <= ' ' || c > '~'; })) {
      word.text.clear();
      fail(word, "a character that is no printable ASCII; this seems not to be a text file of MAESTRO");
    }
    words_.push_back(std::move(word));
    begin = end;
  }
}

const Word& WordReader::take(std::string_view expected) {
  if (at_end()) {
    fail(end_, fmt::format("the file ends where {} is expected", expected));
  }
  return words_[next_++];
}

void WordReader::expect(std::string_view text, std::string_view where) {
  const Word& word = take(fmt::format("'{}'", text));
  if (word.text == text) {
    return;
  }
  const bool brace = word.text.find_first_of("{}") != std::string::npos && word.text.size() > 1;
  fail(word, fmt::format("expected '{}' {}, found {}{}", text, where, shown(word.text),
                         brace ? "; braces need blanks around them" : ""));
}

std::int64_t WordReader::number(std::string_view what, std::int64_t lowest, std::int64_t highest) {
  return number_in(take(what), what, lowest, highest);
}

std::int64_t WordReader::number_in(const Word& word, std::string_view what, std::int64_t lowest,
                                   std::int64_t highest) const {
  if (word.minus) {
    fail(word,
         fmt::format("{} may not be negative; MAESTRO would read '-{}' as {}", what, word.text, word.text));
  }
  if (!is_number(word.text)) {
    fail(word, fmt::format("expected {}, a whole number, found {}", what, shown(word.text)));
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(word.text.data(), word.text.data() + word.text.size(), value);
  if (error != std::errc() || value < lowest || value > highest) {
    fail(word, fmt::format("{} is {}; allowed: {} to {}", what, word.text, lowest, highest));
  }
  return value;
}

void WordReader::fail(const Word& word, const std::string& message) const {
  throw base::InputError(position(word), "", message);
}

}  // namespace inlay::importers
