// The shipped models on the shipped 2x2 packages: each optimum is proven.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "inlay/cost/cost_table.hpp"
#include "inlay/cost/engines.hpp"
#include "inlay/evaluate/root_bounds.hpp"
#include "inlay/hardware/package_file.hpp"
#include "inlay/search/search.hpp"
#include "inlay/workload/scenario_file.hpp"

namespace inlay::search {
namespace {

schedule::Problem problem_of(const std::vector<std::string>& models, std::int64_t batch,
                             const std::string& package) {
  schedule::Problem problem;
  std::string text = "name: test\nsource: test\nmodels:\n";
  for (const std::string& model : models) {
    text += "  - {model: " + model + ", batch: " + std::to_string(batch) + "}\n";
  }
  problem.scenario = workload::parse_scenario(text, "test.yaml");
  problem.package = hardware::load_package(package);
  problem.costs =
      cost::build_cost_table(problem.scenario, problem.package.types, *cost::make_engine("maestro"), 1);
  return problem;
}

const std::vector<std::vector<std::string>>& workloads() {
  static const std::vector<std::vector<std::string>> kWorkloads = {{"gpt2-small"},
                                                                   {"gpt2-medium"},
                                                                   {"gpt2-large"},
                                                                   {"resnet-18"},
                                                                   {"resnet-50"},
                                                                   {"gpt2-small", "resnet-50"},
                                                                   {"gpt2-large", "resnet-50"}};
  return kWorkloads;
}

class ShippedPackage : public ::testing::TestWithParam<const char*> {};

TEST_P(ShippedPackage, EveryOptimumIsProven) {
  for (const std::vector<std::string>& models : workloads()) {
    for (const std::int64_t batch : {1, 4}) {
      const schedule::Problem problem = problem_of(models, batch, GetParam());
      const Certificate certificate = solve(problem, Objective::kEdp, "exact", {}).certificate;
      EXPECT_TRUE(certificate.proven) << models.front() << " batch " << batch;
      EXPECT_EQ(certificate.stopped_by, "proof");
      const evaluate::RootBounds root = evaluate::root_bounds(problem);
      EXPECT_LE(root.latency * root.energy, certificate.value * (1 + 1e-9));  // it may be met
    }
  }
}

INSTANTIATE_TEST_SUITE_P(TwoByTwo, ShippedPackage,
                         ::testing::Values("simba-nvd-2x2", "simba-shi-2x2", "het-3ws-1os-2x2",
                                           "het-sides-2x2", "het-checkerboard-2x2"));

}  // namespace
}  // namespace inlay::search
