#include <fmt/format.h>
#include <gtest/gtest.h>

#include <limits>

#include "full_document.hpp"
#include "inlay/base/error.hpp"
#include "same_document.hpp"
#include "support/documents.hpp"

namespace inlay::schedule {
namespace {

TEST(Document, RandomOnesComeBackWholeAndByteForByte) {
  int documents = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    base::Random random(seed);
    try {
      const ScheduleDocument document = testing::full_document(random);
      const std::string text = write_document(document);
      const ScheduleDocument again = read_document(text, "again.json");
      ASSERT_TRUE(testing::Same::of(document, again)) << "seed " << seed;
      ASSERT_EQ(write_document(again), text) << "seed " << seed;
      ++documents;
    } catch (const base::InfeasibleError&) {
      continue;
    }
  }
  EXPECT_GT(documents, 150);
}

TEST(Document, InfiniteRatiosAreNullAndOddNumbersSurvive) {
  ScheduleDocument document = testing::worked_example_document();
  document.statement.metrics.steady_throughput = std::numeric_limits<double>::infinity();
  document.statement.metrics.edp = 5e-324;
  document.statement.metrics.throughput = 1.7976931348623157e308;
  document.statement.metrics.latency = 0.1 + 0.2;
  document.statement.certificate->seed = std::numeric_limits<std::uint64_t>::max();
  const std::string text = write_document(document);
  EXPECT_NE(text.find("\"steady_throughput\": null"), std::string::npos);
  EXPECT_NE(text.find("\"latency\": 0.30000000000000004"), std::string::npos);
  const ScheduleDocument again = read_document(text, "odd.json");
  EXPECT_EQ(again.statement, document.statement);
  EXPECT_EQ(write_document(again), text);
}

TEST(Document, WhatIsNoNumberIsADefectOfTheWriter) {
  ScheduleDocument document = testing::worked_example_document();
  document.statement.metrics.latency = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(write_document(document), base::DefectError);
  document = testing::worked_example_document();
  document.schedule.windows[0].pipelines[0].model = 7;
  EXPECT_THROW(write_document(document), base::DefectError);
}

TEST(Document, NamesThatAreNoTextDoNotStopTheWriter) {
  ScheduleDocument document = testing::worked_example_document();
  document.problem.scenario.name = "bad \xff byte";
  const std::string text = write_document(document);
  EXPECT_EQ(write_document(read_document(text, "bytes.json")), text);
}

/// 436 layers of 14 shapes and 176 of 40 shapes, batch 64, two chiplet types: the sizes of GPT-2 large +
/// ResNet-50.
TEST(Document, OfLargeModelsStaysSmall) {
  base::Random random(1);
  Problem problem = testing::random_problem(random);
  testing::RandomProblemLimits limits;
  problem.package = testing::random_package(random, limits);
  while (problem.package.types.size() != 2 || problem.package.chiplets.size() < 2) {
    problem.package = testing::random_package(random, limits);
  }
  problem.scenario.models.clear();
  problem.costs.models.clear();
  const int layers[] = {436, 176};
  const int classes[] = {14, 40};
  for (std::size_t m = 0; m < 2; ++m) {
    problem.scenario.models.push_back({fmt::format("m{}", m), testing::random_model(random, layers[m]), 64});
    cost::ModelCosts costs = testing::random_costs(random, classes[m], 64, 2);
    for (int layer = classes[m]; layer < layers[m]; ++layer) {
      costs.class_of.push_back(layer % classes[m]);
    }
    problem.costs.models.push_back(costs);
  }
  testing::fill_in(random, problem);
  for (hardware::ChipletType& type : problem.package.types) {
    type.l2_bytes = 1'000'000'000;
  }
  const ScheduleDocument document = testing::document_of(problem, testing::random_schedule(random, problem));
  const std::string text = write_document(document);
  EXPECT_LT(text.size(), 2'000'000U);
  EXPECT_TRUE(testing::Same::of(document, read_document(text, "large.json")));
}

}  // namespace
}  // namespace inlay::schedule
