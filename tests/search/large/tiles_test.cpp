// `large` over tiles: which submeshes are tiles, what stages on them cost, and its answers against proven
// optima of the same family.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/fast.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/schedule/check.hpp"
#include "inlay/search/large/partition_plan.hpp"
#include "inlay/search/pipelines/pipeline_bound.hpp"
#include "inlay/search/search.hpp"
#include "inlay/search/sharding/fill_shardings.hpp"
#include "support/submesh_problems.hpp"

namespace inlay::search {
namespace {

hardware::Package mesh(int rows, int columns) {
  base::Random random(5);
  testing::RandomProblemLimits limits;
  limits.rows = rows;
  limits.columns = columns;
  hardware::Package package;
  do {
    package = testing::random_package(random, limits);
  } while (static_cast<int>(package.chiplets.size()) != rows * columns);
  return package;
}

std::set<std::pair<int, int>> shapes_of(const std::vector<hardware::Submesh>& submeshes) {
  std::set<std::pair<int, int>> shapes;
  for (const hardware::Submesh& submesh : submeshes) {
    shapes.emplace(submesh.rows, submesh.columns);
  }
  return shapes;
}

TEST(Tiles, HaveSidesThatAreOneTwoOrDivideTheDrawing) {
  const hardware::Package package = mesh(4, 5);
  std::set<std::pair<int, int>> expected;
  for (const int rows : {1, 2, 4}) {
    for (const int columns : {1, 2, 5}) {
      expected.emplace(rows, columns);
    }
  }
  EXPECT_EQ(shapes_of(hardware::tiles(package, 20)), expected);
  expected.erase({4, 5});
  EXPECT_EQ(shapes_of(hardware::tiles(package, 19)), expected);
}

TEST(Tiles, IncludeGroupsOfAnyShape) {
  hardware::Package package = mesh(4, 5);
  const std::vector<hardware::Submesh> all = hardware::submeshes(package, 20);
  const auto odd =
      std::find_if(all.begin(), all.end(), [](const auto& one) { return one.rows == 3 && one.columns == 3; });
  ASSERT_NE(odd, all.end());
  package.groups.push_back({"g", odd->rows, odd->columns, odd->chiplets});
  const std::vector<hardware::Submesh> tiles = hardware::tiles(package, 20);
  EXPECT_EQ(std::count(tiles.begin(), tiles.end(), *odd), 1);
  EXPECT_EQ(std::count_if(tiles.begin(), tiles.end(), [](const auto& one) { return one.rows == 3; }), 1);
}

schedule::Problem tiled_problem(base::Random& random, const testing::SubmeshLimits& limits) {
  schedule::Problem problem = testing::random_submesh_problem(random, limits);
  problem.submeshes = schedule::SubmeshFamily::kTiles;
  problem.repeated = false;  // `large` leaves these to `exact`
  return problem;
}

bool has_one_shape_each(const schedule::Schedule& schedule) {
  for (const schedule::Window& window : schedule.windows) {
    for (const schedule::Pipeline& pipeline : window.pipelines) {
      for (const schedule::Stage& stage : pipeline.stages) {
        const hardware::Submesh& first = pipeline.stages.front().submesh;
        if (stage.submesh.rows != first.rows || stage.submesh.columns != first.columns) {
          return false;
        }
      }
    }
  }
  return true;
}

// A row's figures are those of the evaluator for a stage that ends its pipeline, on a tile of each kind.
TEST(TileRows, EqualTheEvaluatorForStagesThatEndTheirPipeline) {
  base::Random random(31);
  int compared = 0;
  int infeasible = 0;
  for (int trial = 0; trial < 150; ++trial) {
    schedule::Problem problem = tiled_problem(random, {2, 3, 1, 5, 4});
    problem.communication = schedule::Communication::kPaper;
    for (hardware::ChipletType& type : problem.package.types) {
      type.l2_bytes /= trial % 3 == 0 ? 8 : 1;
    }
    const int layers = static_cast<int>(problem.scenario.models[0].model.layers.size());
    const auto& sizes = problem.costs.models[0].mini_batches;
    const int size = static_cast<int>(random.between(0, static_cast<std::int64_t>(sizes.size()) - 1));
    const large::Tiles tiles(problem, 6);
    const sharding::PlanGoal goal{1.0, 1.0};
    sharding::PlanTables plans;
    const StopClock clock{StopRule()};
    evaluate::FastEvaluator evaluator(problem);
    for (const large::TileShape& shape : tiles.shapes()) {
      const large::StageRows rows =
          large::tile_rows({problem, 0, {0, layers}, {0, layers}, size, 1e9, clock}, {&shape}, goal).front();
      for (std::size_t kind = 0; kind < shape.kinds.size(); ++kind) {
        const evaluate::StageFigures figures = *rows.row(0, static_cast<int>(kind));
        if (!std::isfinite(figures.first)) {
          ++infeasible;
          continue;
        }
        schedule::Schedule schedule;
        schedule.windows.push_back({{{0, rows.mini_batch(), {{0, layers, shape.kinds[kind].example}}}}});
        sharding::fill_shardings(problem, goal, plans, schedule);
        ASSERT_EQ(schedule::check(problem, schedule), std::vector<std::string>{});
        const evaluate::FastCost cost = evaluator.evaluate(schedule);
        ASSERT_TRUE(cost.feasible);
        const double latency = figures.first + static_cast<double>(rows.mini_batches() - 1) * figures.steady;
        EXPECT_NEAR(latency, cost.latency, 1e-9 * cost.latency);
        EXPECT_NEAR(figures.energy + problem.package.static_power * cost.latency, cost.energy,
                    1e-9 * cost.energy);
        EXPECT_EQ(figures.memory_bytes, cost.memory_bytes);
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 300);
  EXPECT_GT(infeasible, 20);
}

void take_plans(const schedule::Problem& problem, const sharding::PlanGoal& goal,
                schedule::Schedule& schedule) {
  for (schedule::Window& window : schedule.windows) {
    for (schedule::Pipeline& pipeline : window.pipelines) {
      for (schedule::Stage& stage : pipeline.stages) {
        stage.shardings.clear();
      }
      if (pipeline.stages.empty()) {
        return;
      }
    }
  }
  sharding::PlanTables plans;
  sharding::fill_shardings(problem, goal, plans, schedule);
}

/// Around every point of the front. The number of rounds that raised it.
int raise(large::ShapeBound& bound, large::WholeStages& stages) {
  const StopClock clock{StopRule()};
  int rounds = 0;
  for (std::size_t i = 0; i < bound.front().points().size(); ++i) {
    while (i < bound.front().points().size() &&
           bound.refine(CostPoint(bound.front().points()[i]), stages, 1, clock)) {
      ++rounds;
    }
  }
  return rounds;
}

// A window's front lies below every schedule of it: random pipelines of stages on one shape for each model.
TEST(ShapeBounds, AreNeverAboveARandomScheduleOfOneShapeForEachModel) {
  base::Random random(33);
  int compared = 0;
  int refined = 0;
  double tightest = 1e9;
  for (int trial = 0; trial < 400; ++trial) {
    const schedule::Problem problem = tiled_problem(random, {2, 3, 2, 4, 4});
    const large::Tiles tiles(problem, 6);
    const std::vector<large::ShapeCosts> shapes = large::shape_costs(problem, tiles, 1);
    std::vector<windows::LayerRange> whole;
    for (const workload::ScenarioModel& model : problem.scenario.models) {
      whole.push_back({0, static_cast<int>(model.model.layers.size())});
    }
    large::WholeStages stages(problem, tiles, {1.0, 1.0});
    large::ShapeBound bound(problem, shapes, whole);
    if (trial % 2 == 0) {
      refined += raise(bound, stages);
    }
    const ParetoFront& front = bound.front();
    for (int k = 0; k < 20; ++k) {
      schedule::Schedule schedule{{schedule::Window{}}};
      std::vector<bool> taken(problem.package.chiplets.size(), false);
      for (std::size_t m = 0; m < whole.size(); ++m) {
        schedule.windows[0].pipelines.push_back(
            testing::random_divided_pipeline(random, problem, static_cast<int>(m), 0, whole[m].last, taken));
      }
      if (trial % 2 == 0) {  // what whole stages take is known under their plans
        take_plans(problem, {1.0, 1.0}, schedule);
      }
      if (!has_one_shape_each(schedule) || !schedule::check(problem, schedule).empty()) {
        continue;
      }
      try {
        const evaluate::ScheduleCost cost = evaluate::evaluate_reference(problem, schedule);
        const double dynamic = cost.energy.total() - problem.package.static_power * cost.latency;
        EXPECT_LE(front.energy_within(cost.latency * (1.0 + 1e-9)), dynamic * (1.0 + 1e-9)) << trial;
        tightest = std::min(tightest, cost.latency / front.least_latency());
        ++compared;
      } catch (const base::InfeasibleError&) {
        continue;
      }
    }
  }
  EXPECT_GT(compared, 1000);
  EXPECT_GT(refined, 500);
  EXPECT_LT(tightest, 1.02);  // it is not far below all of them
}

// By hand: one layer on two chiplets.
TEST(ShapeBounds, CountChipletsOfAllModelsTogether) {
  base::Random random(34);
  schedule::Problem problem;
  do {
    problem = tiled_problem(random, {1, 2, 2, 1, 1});
  } while (problem.scenario.models.size() != 2 || problem.package.chiplets.size() != 2 ||
           problem.scenario.models[0].model.layers.size() != 1 ||
           problem.scenario.models[1].model.layers.size() != 1 || problem.package.types.size() != 1);
  const large::Tiles tiles(problem, 6);
  const std::vector<large::ShapeCosts> shapes = large::shape_costs(problem, tiles, 1);
  ASSERT_EQ(shapes.size(), 2U);
  ASSERT_EQ(shapes[1].members, 2);
  // Two models on two chiplets have one each.
  double slower = 0.0;
  double energy = 0.0;
  for (int model = 0; model < 2; ++model) {
    const pipelines::CompulsoryMoves moves = pipelines::compulsory_moves(problem, model, {0, 1}, 0);
    const cost::LeastCost& least = shapes[0].least[static_cast<std::size_t>(model)][0];
    const bool serial = problem.overlap == hardware::Overlap::kSerial;
    slower = std::max(
        slower, moves.sample + (serial ? least.seconds + moves.load : std::max(least.seconds, moves.load)));
    energy += least.joules + moves.energy;
  }
  const ParetoFront front = large::ShapeBound(problem, shapes, {{0, 1}, {0, 1}}).front();
  ASSERT_EQ(front.points().size(), 1U);
  EXPECT_DOUBLE_EQ(front.least_latency(), slower);
  EXPECT_DOUBLE_EQ(front.least_energy(), energy);
}

struct Tally {
  int compared = 0;
  int optimal = 0;
  int divided = 0;  // some stage stands on several chiplets
  double above = 0.0;
};

bool divides(const schedule::Schedule& schedule) {
  for (const schedule::Window& window : schedule.windows) {
    for (const schedule::Pipeline& pipeline : window.pipelines) {
      for (const schedule::Stage& stage : pipeline.stages) {
        if (!stage.submesh.single()) {
          return true;
        }
      }
    }
  }
  return false;
}

void compare_with_optimum(const schedule::Problem& problem, const Objective& objective, Tally& tally) {
  Options options;
  options.settings.set("exact.splits", "1");
  options.settings.set("large.splits", "1");
  options.settings.set("large.changes", "16");
  try {
    const Certificate exact = solve(problem, objective, "exact", options).certificate;
    const Answer large = solve(problem, objective, "large", options);
    EXPECT_EQ(schedule::check(problem, large.schedule), std::vector<std::string>{});
    EXPECT_LE(large.certificate.lower_bound, exact.value * (1.0 + 1e-8));
    if (large.certificate.space.find("layerwise") == std::string::npos) {
      EXPECT_GE(large.certificate.value, exact.lower_bound * (1.0 - 1e-8));
    }
    ++tally.compared;
    tally.optimal += large.certificate.value <= exact.value * (1.0 + 1e-8) ? 1 : 0;
    tally.above += large.certificate.value / exact.value - 1.0;
    tally.divided += divides(large.schedule) ? 1 : 0;
  } catch (const base::InfeasibleError&) {
    return;
  }
}

TEST(LargeOnTiles, IsNotBelowTheOptimumNorItsBoundAbove) {
  base::Random random(32);
  const Objective objectives[] = {Objective::kLatency, Objective::kEnergy, Objective::kEdp};
  Tally tally;
  for (int trial = 0; trial < 150 && !::testing::Test::HasFailure(); ++trial) {
    const schedule::Problem problem = tiled_problem(random, {2, 3, 2, 4, 4});
    SCOPED_TRACE(trial);
    compare_with_optimum(problem, objectives[trial % 3], tally);
  }
  std::printf("%d compared, %d optimal, %d divide, mean %.1f%% above the optimum\n", tally.compared,
              tally.optimal, tally.divided, 100.0 * tally.above / tally.compared);
  EXPECT_GT(tally.compared, 100);
  EXPECT_GT(tally.optimal, tally.compared / 2);
  EXPECT_GT(tally.divided, tally.compared / 3);
}

}  // namespace
}  // namespace inlay::search
