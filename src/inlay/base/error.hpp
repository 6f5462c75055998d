#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace inlay::base {

/// Where in a user's file something stands. Lines and columns count from 1; 0 means unknown.
struct SourcePosition {
  std::string file;
  int line = 0;
  int column = 0;
};

/// The user's input is wrong; the program ends with exit code 2.
class InputError : public std::runtime_error {
 public:
  /// `field` is the path of keys inside the file, such as `chiplets[2].type`; it may be empty.
  InputError(const SourcePosition& position, const std::string& field, const std::string& message);
  explicit InputError(const std::string& message);
};

/// The problem is well formed but has no answer; the message names the limit that forbids it. Exit code 1.
class InfeasibleError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The program contradicts itself: a defect of ours, never of the user. Exit code 3.
class DefectError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// The candidate with the smallest edit distance to `word`, or an empty string if none is near.
std::string nearest_spelling(std::string_view word, const std::vector<std::string>& candidates);

/// "allowed: a, b, c; did you mean 'b'?" for a word that is none of the candidates.
std::string allowed_values(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace inlay::base
