// RC_ASSERT takes its expression apart, so `a || b` reads b whatever a is: `(a || b)` does not.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace {

namespace fs = std::filesystem;

/// The text between the parenthesis before `begin` and the one that closes it.
std::string argument_at(const std::string& text, std::size_t begin) {
  int depth = 1;
  std::size_t end = begin;
  for (; end < text.size() && depth > 0; ++end) {
    depth += text[end] == '(' ? 1 : text[end] == ')' ? -1 : 0;
  }
  return text.substr(begin, end - begin - 1);
}

/// Whether `&&` or `||` stands outside of all parentheses, where RC_ASSERT makes it an operator that always
/// reads both.
bool reads_both(const std::string& expression) {
  int depth = 0;
  for (std::size_t i = 0; i + 1 < expression.size(); ++i) {
    const char c = expression[i];
    depth += c == '(' || c == '[' || c == '{' ? 1 : c == ')' || c == ']' || c == '}' ? -1 : 0;
    if (depth == 0 && (c == '|' || c == '&') && expression[i + 1] == c) {
      return true;
    }
  }
  return false;
}

TEST(Assertions, PropertiesWithTwoPartsAreParenthesised) {
  int seen = 0;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(SOURCE_DIR) / "tests")) {
    if (!entry.is_regular_file() || entry.path().filename() == "assertions_test.cpp") {
      continue;
    }
    std::ifstream file(entry.path());
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    for (const std::string macro : {"RC_ASSERT(", "RC_PRE(", "RC_ASSERT_FALSE("}) {
      for (std::size_t at = text.find(macro); at != std::string::npos; at = text.find(macro, at + 1)) {
        const std::string expression = argument_at(text, at + macro.size());
        const auto line = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n') + 1;
        EXPECT_FALSE(reads_both(expression)) << entry.path().string() << ":" << line << ": " << expression;
        ++seen;
      }
    }
  }
  EXPECT_GT(seen, 50);
}

TEST(Assertions, RuleItselfForbids) {
  EXPECT_TRUE(reads_both("i == 0 || points[i - 1] < point"));
  EXPECT_TRUE(reads_both("f(a || b) && c"));
  EXPECT_FALSE(reads_both("(i == 0 || points[i - 1] < point)"));
  EXPECT_FALSE(reads_both("any_of([](auto x) { return x || y; })"));
}

}  // namespace
