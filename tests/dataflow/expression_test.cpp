#include "inlay/dataflow/expression.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>

namespace inlay::dataflow {
namespace {

const std::vector<std::string> kNames = {"S", "X", "StrideX"};
constexpr std::array<std::int64_t, 3> kValues = {7, 229, 2};

std::int64_t value(const std::string& text) {
  return evaluate_expression(text, kNames, kValues);
}

TEST(Expression, ComputesAsWritten) {
  EXPECT_EQ(value("8 + S - 1"), 14);
  EXPECT_EQ(value("8+S-1"), 14);
  EXPECT_EQ(value("Sz(S)"), 7);
  EXPECT_EQ(value("2 + 3 * 4"), 14);
  EXPECT_EQ(value("(2 + 3) * 4"), 20);
  EXPECT_EQ(value("20 - 5 - 3"), 12);
  EXPECT_EQ(value("20 / 5 / 3"), 1);
  EXPECT_EQ(value("-7 / 2"), -3);
  EXPECT_EQ(value("min((8 - 1) * StrideX + S, X)"), 21);
  EXPECT_EQ(value("max(-1, 0 - -3)"), 3);
  EXPECT_EQ(value("9223372036854775807"), 9223372036854775807);
}

TEST(Expression, SaysWhereItIsWrong) {
  const auto offset_of = [](const std::string& text) -> std::size_t {
    try {
      check_expression(text, kNames);
    } catch (const ExpressionError& error) {
      return error.offset();
    }
    return 999;
  };
  EXPECT_EQ(offset_of("8 + Q"), 4U);
  EXPECT_EQ(offset_of("8 + "), 4U);
  EXPECT_EQ(offset_of(""), 0U);
  EXPECT_EQ(offset_of("(8"), 2U);
  EXPECT_EQ(offset_of("8 8"), 2U);
  EXPECT_EQ(offset_of("8 * foo(1, 2)"), 4U);
  EXPECT_EQ(offset_of("min(1)"), 5U);
  EXPECT_EQ(offset_of("1 + 9223372036854775808"), 4U);
  EXPECT_EQ(offset_of("Sz(8)"), 3U);
  EXPECT_EQ(offset_of(std::string(1000, '(')), 64U);
  EXPECT_EQ(offset_of("8 + S / X"), 999U);
}

TEST(Expression, RefusesWhatHasNoValue) {
  EXPECT_THROW(value("1 / (S - 7)"), ExpressionError);
  EXPECT_THROW(value("9223372036854775807 + 1"), ExpressionError);
  EXPECT_THROW(value("9223372036854775807 * StrideX"), ExpressionError);
  EXPECT_THROW(value("(0 - 9223372036854775807 - 1) / (0 - 1)"), ExpressionError);
}

TEST(Expression, AgreesWithTheCompilerOnRandomOperands) {
  EXPECT_TRUE(rc::check([] {
    const auto a = *rc::gen::inRange<std::int64_t>(-1000, 1000);
    const auto b = *rc::gen::inRange<std::int64_t>(1, 1000);
    const auto c = *rc::gen::inRange<std::int64_t>(-1000, 1000);
    const std::array<std::int64_t, 3> values = {a, b, c};
    const std::vector<std::string> names = {"A", "B", "C"};
    const auto of = [&](const char* text) { return evaluate_expression(text, names, values); };
    RC_ASSERT(of("A / B * C - A") == a / b * c - a);
    RC_ASSERT(of("A - (B + C) * A / B") == a - (b + c) * a / b);
    RC_ASSERT(of("min(A, max(B, C))") == std::min(a, std::max(b, c)));
  }));
}

}  // namespace
}  // namespace inlay::dataflow
