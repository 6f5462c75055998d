// What all strategies' certificates have in common.
#include "inlay/search/certificate.hpp"

#include <gtest/gtest.h>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/reference.hpp"
#include "support/problems.hpp"

namespace inlay::search {
namespace {

Certificate with_bound(double value, double bound, double accepted_gap) {
  Certificate certificate;
  set_bound(certificate, value, bound, accepted_gap, "time limit");
  return certificate;
}

TEST(Certificate, GapIsTheBoundsDistanceInUnitsOfTheValue) {
  const Certificate certificate = with_bound(10.0, 9.0, 0.05);
  EXPECT_EQ(certificate.value, 10.0);
  EXPECT_EQ(certificate.lower_bound, 9.0);
  EXPECT_DOUBLE_EQ(certificate.gap, 0.1);
  EXPECT_FALSE(certificate.proven);
  EXPECT_EQ(certificate.stopped_by, "time limit");
  EXPECT_EQ(with_bound(10.0, 9.0, 0.2).stopped_by, "gap");
  EXPECT_FALSE(with_bound(10.0, 9.0, 0.2).proven);
}

TEST(Certificate, RoundingIsNoGap) {
  const Certificate certificate = with_bound(10.0, 10.0 * (1.0 + 1e-12), 0.0);
  EXPECT_EQ(certificate.lower_bound, 10.0);
  EXPECT_TRUE(certificate.proven);
  EXPECT_EQ(certificate.stopped_by, "proof");
  EXPECT_FALSE(with_bound(10.0, 10.0 * (1.0 - 1e-8), 0.0).proven);
  EXPECT_THROW(with_bound(10.0, 10.0 * (1.0 + 1e-8), 0.0), base::DefectError);
}

TEST(Certificate, OfAFormulaThatIsZeroIsProven) {
  EXPECT_TRUE(with_bound(0.0, 0.0, 0.0).proven);
  EXPECT_EQ(with_bound(0.0, 0.0, 0.0).gap, 0.0);
}

TEST(Certificate, ValueIsTheReferenceEvaluators) {
  const schedule::Problem problem = testing::worked_example();
  base::Random random(3);
  const schedule::Schedule schedule = testing::random_schedule(random, problem);
  const double latency = evaluate::evaluate_reference(problem, schedule).latency;
  EXPECT_EQ(checked_value(problem, Objective::kLatency, schedule, latency * (1.0 + 1e-12)), latency);
  EXPECT_THROW(checked_value(problem, Objective::kLatency, schedule, latency * 1.001), base::DefectError);
  EXPECT_THROW(checked_value(problem, Objective::kLatency, schedule, latency * 0.999), base::DefectError);
  EXPECT_THROW(checked_value(problem, objective::from_text("latency - 1e9"), schedule, latency - 1e9),
               base::InputError);
}

}  // namespace
}  // namespace inlay::search
