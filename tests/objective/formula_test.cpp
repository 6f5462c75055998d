// A user's formula: what it computes, what is said of a bad one, and that a claimed proof holds.
#include "inlay/objective/formula.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <optional>
#include <string>

#include "inlay/base/error.hpp"
#include "inlay/base/random.hpp"
#include "inlay/objective/formula_shape.hpp"

namespace inlay::objective {
namespace {

using ::testing::HasSubstr;

std::string refusal(const std::string& text) {
  try {
    const Formula formula(text);
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "";
}

TEST(Formula, ComputesWhatItsNamesSay) {
  EXPECT_DOUBLE_EQ(Formula("latency^2 * energy").value(3.0, 5.0, 7.0), 45.0);
  EXPECT_DOUBLE_EQ(Formula("edp").value(3.0, 5.0, 7.0), 15.0);
  EXPECT_DOUBLE_EQ(Formula("1 / throughput").value(3.0, 5.0, 7.0), 3.0 / 7.0);
  EXPECT_DOUBLE_EQ(Formula("samples / efficiency").value(3.0, 5.0, 7.0), 5.0);
  EXPECT_DOUBLE_EQ(Formula("2 + 3 * 4 ^ 0.5 - -1").value(3.0, 5.0, 7.0), 9.0);
  EXPECT_DOUBLE_EQ(Formula("-latency ^ 2 + 20").value(3.0, 5.0, 7.0), 11.0);
  EXPECT_DOUBLE_EQ(Formula("latency < 2 ? 1 : energy").value(3.0, 5.0, 7.0), 5.0);
  EXPECT_TRUE(std::isinf(Formula("latency").value(INFINITY, 5.0, 7.0)));
}

TEST(Formula, BadOnesAreRefusedWithColumnAndNames) {
  EXPECT_THAT(refusal("latency * enrgy"), HasSubstr("column 11: 'enrgy' is no name here"));
  EXPECT_THAT(refusal("latency * enrgy"), HasSubstr("did you mean 'energy'?"));
  EXPECT_THAT(refusal("speed"), HasSubstr("latency, energy, edp, throughput, efficiency, samples"));
  EXPECT_THAT(refusal("latency * (energy"), HasSubstr("column"));
  EXPECT_THAT(refusal("latency, energy"), HasSubstr("is 2 formulas"));
  EXPECT_THAT(refusal("latency = 2"), HasSubstr("column 9: '=' is no operator"));
  EXPECT_EQ(refusal("latency == 2 ? energy : 3"), "");
  EXPECT_EQ(refusal("latency <= 2 ? energy : 3"), "");
  EXPECT_THAT(refusal("energy / (2 - 2)"), HasSubstr("has no finite value"));
  EXPECT_EQ(refusal("1 / (latency - 1)"), "");
  EXPECT_FALSE(refusal("").empty());
  EXPECT_FALSE(refusal("latency, energy; 3 4").empty());
  EXPECT_THAT(refusal(std::string(5000, '(')), HasSubstr("at most 1000 characters"));
}

TEST(Formula, WithoutAValueThereSaysSo) {
  const Formula formula("log(latency - 10)");
  EXPECT_THROW(formula.value(3.0, 5.0, 7.0), base::InputError);
}

TEST(FormulaShape, ProvesWhatRises) {
  for (const char* text : {"latency",
                           "energy",
                           "edp",
                           "latency^2 * energy",
                           "energy * latency + 3 * energy",
                           "latency / throughput",
                           "1 / efficiency",
                           "sqrt(latency) * (1 + energy)^0.5",
                           "max(latency, 2 * energy)",
                           "exp(latency)",
                           "7",
                           "latency - 2",
                           "-(0 - energy)",
                           "latency - throughput",
                           "2^latency",
                           "samples * latency",
                           "-throughput",
                           "min(latency, energy) + sum(latency, energy, 3)",
                           "0.5^throughput",
                           "ln(energy)"}) {
    EXPECT_TRUE(Formula(text).non_decreasing()) << text;
  }
}

TEST(FormulaShape, ClaimsNothingElse) {
  for (const char* text :
       {"throughput", "-latency", "1 / latency", "latency - energy", "(latency - 1) * energy",
        "(latency - 2)^2", "abs(latency - 1)", "latency * throughput", "0.5^latency", "latency^energy",
        "sin(latency)", "latency < 2 ? 1 : 3", "energy^-1", "-2 * latency", "sqrt(throughput)"}) {
    EXPECT_FALSE(Formula(text).non_decreasing()) << text;
  }
}

/// A random formula of the names, nested at most `depth` deep, without any care for what it means.
std::string random_formula(base::Random& random, int depth) {
  const char* names[] = {"latency", "energy", "edp", "throughput", "efficiency", "samples", "2", "0.5", "3"};
  const auto inner = [&] { return random_formula(random, depth - 1); };
  if (depth == 0) {
    return names[random.between(0, 8)];
  }
  switch (random.between(0, 8)) {
    case 0:
      return inner() + " + " + inner();
    case 1:
      return inner() + " - " + inner();
    case 2:
      return inner() + "*" + inner();
    case 3:
      return inner() + "/" + inner();
    case 4:
      return "(" + inner() + ")^" + names[random.between(6, 8)];
    case 5:
      return "(-" + inner() + ")";
    case 6:
      return "max(" + inner() + "," + inner() + ")";
    case 7:
      return "sqrt(" + inner() + ")";
    default:
      return "(" + inner() + ")";
  }
}

/// Nothing if it is refused: some of them divide by zero.
std::optional<Formula> formula_of(const std::string& text) {
  try {
    return Formula(text);
  } catch (const base::InputError&) {
    return std::nullopt;
  }
}

double plain_value(const Formula& formula, double latency, double energy) {
  try {
    return formula.value(latency, energy, 12.0);
  } catch (const base::InputError&) {
    return std::nan("");
  }
}

bool same(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || a == b || std::abs(a - b) <= 1e-12 * std::abs(a);
}

// What is computed is the parenthesised text; `+ 0 * (1 > 0)` keeps the shape from being read, so that
// muparser reads the user's own.
TEST(FormulaShape, IsReadAsMuparserReadsIt) {
  int compared = 0;
  EXPECT_TRUE(rc::check("the same value", [&] {
    base::Random random(*rc::gen::arbitrary<std::uint64_t>());
    const std::string text = random_formula(random, 4);
    const std::optional<Formula> read = formula_of(text);
    const std::optional<Formula> plainly = formula_of(text + " + 0 * (1 > 0)");
    RC_ASSERT(read.has_value() == plainly.has_value());
    if (!read) {
      return;
    }
    const Formula& understood = *read;
    const Formula& plain = *plainly;
    RC_ASSERT(shape_of(text).has_value());
    RC_ASSERT(!shape_of(plain.text()).has_value());
    const double latency = 0.01 + random.fraction();
    const double energy = 0.01 + random.fraction();
    RC_ASSERT(same(plain_value(understood, latency, energy), plain_value(plain, latency, energy)));
    ++compared;
  }));
  EXPECT_GT(compared, 10);
}

TEST(FormulaShape, AProofHolds) {
  int proven = 0;
  EXPECT_TRUE(rc::check("no proven formula falls", [&] {
    base::Random random(*rc::gen::arbitrary<std::uint64_t>());
    for (int i = 0; i < 20; ++i) {
      const std::optional<Formula> read = formula_of(random_formula(random, 3));
      if (!read) {
        continue;
      }
      const Formula& formula = *read;
      if (!formula.non_decreasing()) {
        continue;
      }
      ++proven;
      const double latency = 3.0 * random.fraction() + 1e-3;
      const double energy = 3.0 * random.fraction() + 1e-3;
      const double before = plain_value(formula, latency, energy);
      const double after = plain_value(formula, latency + random.fraction(), energy + random.fraction());
      const bool compared = !std::isnan(before) && !std::isnan(after);
      RC_ASSERT((!compared || after >= before || after >= before - 1e-12 * std::abs(before)));
    }
  }));
  EXPECT_GT(proven, 50);
}

}  // namespace
}  // namespace inlay::objective
