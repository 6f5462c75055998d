#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "inlay/base/error.hpp"

namespace inlay::importers {

/// A word of one of MAESTRO's files, and where it stands.
struct Word {
  std::string text;
  int line = 0;
  int column = 0;
  bool minus = false;  // a '-' stands right before it; MAESTRO takes it for a blank
};

/// Reads MAESTRO's files word by word (docs/maestro.md section 1): blanks and , - > ( ) : ; separate, a word
/// that begins with // ends a line.
class WordReader {
 public:
  /// `comment`: what else begins a comment, such as '#'; '\0': nothing. `file` is named in errors.
  /// Throws base::InputError for a character that is no printable ASCII, outside of comments.
  WordReader(std::string_view text, std::string file, char comment = '\0');

  bool at_end() const { return next_ == words_.size(); }
  /// Whether the next word is `text`.
  bool sees(std::string_view text) const { return !at_end() && words_[next_].text == text; }
  /// Where the next word stands, or the end of the file.
  const Word& peek() const { return at_end() ? end_ : words_[next_]; }
  /// The next word. `expected` says what must stand here; throws base::InputError at the end of the file.
  const Word& take(std::string_view expected);
  /// Takes the word `text`, or throws base::InputError saying that it was expected `where`.
  void expect(std::string_view text, std::string_view where);
  /// Takes a word of digits. Throws base::InputError unless it is `lowest` to `highest`.
  std::int64_t number(std::string_view what, std::int64_t lowest, std::int64_t highest);
  /// As number, of a word already taken.
  std::int64_t number_in(const Word& word, std::string_view what, std::int64_t lowest,
                         std::int64_t highest) const;

  base::SourcePosition position(const Word& word) const { return {file_, word.line, word.column}; }
  [[noreturn]] void fail(const Word& word, const std::string& message) const;

 private:
  void split_line(std::string_view line, int number, char comment);

  std::string file_;
  std::vector<Word> words_;
  std::size_t next_ = 0;
  Word end_;  // where the file ends
};

bool is_number(std::string_view text);

}  // namespace inlay::importers
