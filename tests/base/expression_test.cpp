#include "inlay/base/expression.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <limits>
#include <stdexcept>
#include <string>

namespace inlay::base {
namespace {

using ::testing::HasSubstr;

const Names kNames = {{"width", 768}, {"heads", 12}, {"S", 3}, {"Y'", 7}, {"zero", 0}};

std::string message_of(const std::string& text) {
  try {
    evaluate_expression(text, kNames);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "no error";
}

TEST(Expression, FollowsPrecedenceAndNames) {
  EXPECT_EQ(evaluate_expression("42", kNames), 42);
  EXPECT_EQ(evaluate_expression("4 * width", kNames), 3072);
  EXPECT_EQ(evaluate_expression("8 + S - 1", kNames), 10);
  EXPECT_EQ(evaluate_expression("2 + 3 * 4", kNames), 14);
  EXPECT_EQ(evaluate_expression("(2+3)*4", kNames), 20);
  EXPECT_EQ(evaluate_expression("20 - 3 - 4", kNames), 13);
  EXPECT_EQ(evaluate_expression("width / heads / 2", kNames), 32);
  EXPECT_EQ(evaluate_expression("17 % 5", kNames), 2);
  EXPECT_EQ(evaluate_expression("(Y' - 1) * 2 + S", kNames), 15);
  EXPECT_EQ(evaluate_expression("-S - -2", kNames), -1);
  EXPECT_EQ(evaluate_expression("9223372036854775807", kNames), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(evaluate_expression("(-9223372036854775807 - 1) % -1", kNames), 0);
}

TEST(Expression, SmallestAndLargest) {
  EXPECT_EQ(evaluate_expression("min(heads, width)", kNames), 12);
  EXPECT_EQ(evaluate_expression("max(heads, 2 * width, 7)", kNames), 1536);
  EXPECT_EQ(evaluate_expression("1 + min( max(3, 5) , (4) ) * 2", kNames), 9);
  EXPECT_EQ(evaluate_expression("min(-3)", kNames), -3);
  EXPECT_EQ(evaluate_expression("min + 1", {{"min", 4}}), 5) << "a name like any other where no '(' follows";
  EXPECT_THAT(message_of("2 * min(1, 2"), HasSubstr("column 8: this '(' is not closed"));
  EXPECT_THAT(message_of("min()"), HasSubstr("column 5: a number, a name or '(' is expected, not ')'"));
  EXPECT_THAT(message_of("max(1,)"), HasSubstr("column 7: a number, a name or '(' is expected, not ')'"));
  EXPECT_THAT(message_of("width(1, 2)"), HasSubstr("column 6: '(' is not expected here"));
  EXPECT_THAT(message_of("1, 2"), HasSubstr("column 2: ',' is not expected here"));
}

TEST(Expression, SaysWhereAndWhy) {
  EXPECT_THAT(message_of(""), HasSubstr("column 1: a number, a name or '(' is expected, the text ends"));
  EXPECT_THAT(message_of("4 * widht"), HasSubstr("column 5: 'widht' is unknown; allowed: "));
  EXPECT_THAT(message_of("4 * widht"), HasSubstr("did you mean 'width'?"));
  EXPECT_THAT(message_of("4 width"), HasSubstr("column 3: 'w' is not expected here"));
  EXPECT_THAT(message_of("2 * (S + 1"), HasSubstr("column 5: this '(' is not closed"));
  EXPECT_THAT(message_of("S)"), HasSubstr("column 2: ')' is not expected here"));
  EXPECT_THAT(message_of("1 + * 2"), HasSubstr("column 5: a number, a name or '(' is expected, not '*'"));
  EXPECT_THAT(message_of("1.5"), HasSubstr("column 2: '.' is not expected here"));
  EXPECT_THAT(message_of("7 / zero"), HasSubstr("column 3: division by zero"));
  EXPECT_THAT(message_of("7 % zero"), HasSubstr("column 3: division by zero"));
  EXPECT_THAT(message_of("7 / 2"), HasSubstr("column 3: 7 / 2 leaves a remainder of 1"));
}

TEST(Expression, RefusesWhatDoesNotFit) {
  EXPECT_THAT(message_of("9223372036854775808"), HasSubstr("column 1: the number does not fit into 64 bits"));
  EXPECT_THAT(message_of("9223372036854775807 + 1"), HasSubstr("column 21: the value does not fit"));
  EXPECT_THAT(message_of("4294967296 * 4294967296"), HasSubstr("column 12: the value does not fit"));
  EXPECT_THAT(message_of("(-9223372036854775807 - 1) / -1"), HasSubstr("column 28: the value does not fit"));
  EXPECT_THAT(message_of(std::string(100000, '(')), HasSubstr("nested deeper than 64 levels"));
  EXPECT_THAT(message_of(std::string(100000, '-')), HasSubstr("nested deeper than 64 levels"));
  std::string deep;
  for (int i = 0; i < 100000; ++i) {
    deep += "min(";
  }
  EXPECT_THAT(message_of(deep), HasSubstr("nested deeper than 64 levels"));
}

TEST(Expression, AsksTheLookup) {
  const NameLookup lookup = [](std::string_view name) -> std::int64_t {
    if (name == "K") {
      return 64;
    }
    throw std::invalid_argument("no dimension '" + std::string(name) + "'");
  };
  EXPECT_EQ(evaluate_expression("K * 2", lookup), 128);
  EXPECT_THROW(evaluate_expression("C", lookup), std::invalid_argument);
}

/// A random expression, fully parenthesised, with its value computed beside it.
struct Sample {
  std::string text;
  std::int64_t value = 0;
};

Sample random_expression(int depth) {
  if (depth == 0) {
    const auto number = *rc::gen::inRange<std::int64_t>(0, 1000);
    return {std::to_string(number), number};
  }
  const Sample a = random_expression(depth - 1);
  const Sample b = random_expression(*rc::gen::inRange(0, depth));
  switch (*rc::gen::inRange(0, 4)) {
    case 0:
      return {"(" + a.text + " + " + b.text + ")", a.value + b.value};
    case 1:
      return {"(" + a.text + "-" + b.text + ")", a.value - b.value};
    case 2:
      return {"(-" + a.text + ")", -a.value};
    default:
      return {"(" + a.text + " * (" + b.text + " % 7))", a.value * (b.value % 7)};
  }
}

TEST(Expression, RandomExpressionsHaveTheirValue) {
  EXPECT_TRUE(rc::check([] {
    const Sample sample = random_expression(*rc::gen::inRange(0, 6));
    RC_ASSERT(evaluate_expression(sample.text, Names{}) == sample.value);
  }));
}

}  // namespace
}  // namespace inlay::base
