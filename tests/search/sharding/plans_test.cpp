// Plans of shardings against plain enumeration of all of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "inlay/search/sharding/plan_row.hpp"
#include "support/submesh_problems.hpp"

namespace inlay::search::sharding {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// Prices the shardings of a stage from its replay, as PlanOptions says what a plan counts.
class Pricing {
 public:
  Pricing(const schedule::Problem& problem, std::int64_t mini_batch, const hardware::Submesh& submesh,
          const PlanGoal& goal, double loads)
      : problem_(problem), mini_batch_(mini_batch), submesh_(submesh), loads_(loads) {
    const cost::ModelCosts& costs = problem.costs.models[0];
    double seconds = 0.0;
    double joules = 0.0;
    for (int layer = 0; layer < static_cast<int>(costs.class_of.size()); ++layer) {
      double fastest = kInfinite;
      double thriftiest = kInfinite;
      for (int type = 0; type < costs.types; ++type) {
        const cost::LayerCost& cost = costs.at(layer, costs.index_of(mini_batch), type);
        if (cost.mappable) {
          fastest = std::min(fastest, static_cast<double>(cost.cycles) /
                                          problem.package.types[static_cast<std::size_t>(type)].clock);
          thriftiest = std::min(thriftiest, cost.energy.total());
        }
      }
      seconds += fastest < kInfinite ? fastest : 0.0;
      joules += thriftiest < kInfinite ? thriftiest : 0.0;
    }
    time_ = seconds > 0.0 ? goal.time / seconds : goal.time;
    energy_ = joules > 0.0 ? goal.energy / joules : goal.energy;
  }

  double price(int first, int last, const std::vector<schedule::Sharding>& shardings) const {
    const hardware::Package& package = problem_.package;
    const evaluate::ShardedStage stage =
        evaluate::replay_stage(problem_, 0, mini_batch_, {first, last, submesh_, shardings});
    if (!stage.mappable) {
      return kInfinite;
    }
    const double way = std::min(hardware::interface_bandwidth(package), package.network.bandwidth);
    const double per_byte =
        package.memory.weight_loads == hardware::WeightLoads::kUntimed
            ? 0.0
            : std::max(1.0 / hardware::total_memory_bandwidth(package), 1.0 / (submesh_.members() * way));
    const auto weights = static_cast<double>(stage.weights_read);
    return time_ * (stage.compute + stage.exchanges.seconds + loads_ * weights * per_byte) +
           energy_ * (stage.layers.total() + stage.exchanges.network_energy + stage.exchanges.l2_energy +
                      loads_ * weights * 8.0 * package.memory.energy_per_bit);
  }

 private:
  const schedule::Problem& problem_;
  std::int64_t mini_batch_;
  hardware::Submesh submesh_;
  double loads_;
  double time_ = 1.0;
  double energy_ = 1.0;
};

/// The least price of all shardings of layers [first, last).
double least_price(const schedule::Problem& problem, std::int64_t mini_batch,
                   const hardware::Submesh& submesh, const Pricing& pricing, int first, int last,
                   long& plans) {
  const workload::Model& model = problem.scenario.models[0].model;
  const schedule::Grid grid{submesh.rows, submesh.columns};
  std::vector<std::vector<schedule::Sharding>> choices;
  for (int layer = first; layer < last; ++layer) {
    std::vector<schedule::Sharding>& allowed = choices.emplace_back();
    for (const schedule::Sharding& sharding :
         schedule::shardings_on(workload::divisions(model, layer), grid, mini_batch)) {
      if (schedule::may_divide(problem.constraints, 0, layer, sharding, grid)) {
        allowed.push_back(sharding);
      }
    }
    if (allowed.empty()) {
      return kInfinite;
    }
  }
  std::vector<std::size_t> chosen(choices.size(), 0);
  double best = kInfinite;
  for (std::size_t digit = 0; digit < chosen.size();) {
    std::vector<schedule::Sharding> shardings;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      shardings.push_back(choices[i][chosen[i]]);
    }
    best = std::min(best, pricing.price(first, last, shardings));
    ++plans;
    for (digit = 0; digit < chosen.size() && ++chosen[digit] == choices[digit].size(); ++digit) {
      chosen[digit] = 0;
    }
  }
  return best;
}

TEST(Plans, EqualEnumerationOfAllShardings) {
  base::Random random(11);
  long plans = 0;
  int compared = 0;
  int constrained = 0;
  int impossible = 0;
  for (int trial = 0; trial < 2'000; ++trial) {
    const bool square = trial % 4 == 0;
    schedule::Problem problem =
        testing::random_submesh_problem(random, {2, 2, 1, square ? 2 : 4, 3, trial % 3 == 0});
    for (int demands = trial % 5 - 2; demands > 0; --demands) {
      problem.constraints.shardings.push_back(testing::random_sharding_demand(random, problem));
    }
    std::vector<hardware::Submesh> submeshes = hardware::submeshes(problem.package, square ? 4 : 2);
    const hardware::Submesh& submesh = submeshes.back();
    const std::vector<std::int64_t>& sizes = problem.costs.models[0].mini_batches;
    const std::int64_t mini_batch = sizes[static_cast<std::size_t>(trial) % sizes.size()];
    const PlanGoal goals[] = {{1.0, 1.0}, {1.0, 0.01}, {0.01, 1.0}};
    const PlanGoal& goal = goals[trial % 3];
    const double loads = trial % 2 == 0 ? 1.0 : 0.25;
    const workload::Model& model = problem.scenario.models[0].model;
    const int layers = static_cast<int>(model.layers.size());
    const int first = static_cast<int>(random.between(std::max(0, layers - 4), layers - 1));
    const PlanOptions options(problem, 0, 0, layers, mini_batch,
                              evaluate::members_of(problem.package, submesh), goal);
    PlanRow row(options, model, first, loads, std::numeric_limits<std::int64_t>::max());
    const Pricing pricing(problem, mini_batch, submesh, goal, loads);
    for (int last = first + 1; last <= layers; ++last) {
      const double best = least_price(problem, mini_batch, submesh, pricing, first, last, plans);
      ASSERT_EQ(row.has(last), best < kInfinite) << "trial " << trial;
      if (best < kInfinite) {
        const double found = pricing.price(first, last, row.shardings(last));
        ASSERT_NEAR(found, best, 1e-9 * best) << "trial " << trial << ", layers " << first << " to " << last;
        ++compared;
        constrained += problem.constraints.empty() ? 0 : 1;
      } else {
        impossible += problem.constraints.empty() ? 0 : 1;
      }
    }
  }
  EXPECT_GT(compared, 2'000);
  EXPECT_GT(constrained, 500);
  EXPECT_GT(impossible, 50);
  EXPECT_GT(plans, 50'000);
}

}  // namespace
}  // namespace inlay::search::sharding
