// SCAR's pipeline part by part, each against a plain witness, and as a whole against enumeration.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/schedule/check.hpp"
#include "inlay/search/pipelines/cut_choice.hpp"
#include "inlay/search/scar/provisioning.hpp"
#include "inlay/search/scar/segmentation.hpp"
#include "search/enumeration.hpp"
#include "support/problems.hpp"

namespace inlay::search {
namespace {

int sum(const scar::Provision& provision) {
  return std::accumulate(provision.begin(), provision.end(), 0);
}

TEST(Provisioning, ByRuleIsTheRoundedShare) {
  const std::vector<int> many = {9, 9, 9};
  EXPECT_EQ(scar::provision_by_rule({6.0, 2.0, 1.0}, many, 9), (scar::Provision{6, 2, 1}));
  EXPECT_EQ(scar::provision_by_rule({1.0, 1.0, 1.0}, many, 9), (scar::Provision{3, 3, 3}));
  EXPECT_EQ(scar::provision_by_rule({0.0, 0.0, 0.0}, many, 9), (scar::Provision{3, 3, 3}));
  // 4.45, 4.45, 0.09: the small one is given one at least.
  EXPECT_EQ(scar::provision_by_rule({50.0, 50.0, 1.0}, many, 9), (scar::Provision{4, 4, 1}));
  // 8.8 rounds to 9; with one for each of the others it must give two back.
  EXPECT_EQ(scar::provision_by_rule({98.0, 1.0, 1.0}, many, 9), (scar::Provision{7, 1, 1}));
  EXPECT_EQ(scar::provision_by_rule({98.0, 1.0, 1.0}, {2, 9, 9}, 9), (scar::Provision{2, 1, 1}));
}

TEST(Provisioning, ByRuleNeverGivesMoreThanThereAre) {
  EXPECT_TRUE(rc::check("sum, least and most", [] {
    base::Random random(*rc::gen::arbitrary<std::uint64_t>());
    const auto models = static_cast<std::size_t>(random.between(1, 8));
    const int chiplets = static_cast<int>(random.between(static_cast<std::int64_t>(models), 40));
    std::vector<double> weights;
    std::vector<int> most;
    for (std::size_t m = 0; m < models; ++m) {
      weights.push_back(random.fraction() * static_cast<double>(random.between(0, 3)));
      most.push_back(static_cast<int>(random.between(1, chiplets)));
    }
    const scar::Provision given = scar::provision_by_rule(weights, most, chiplets);
    RC_ASSERT(sum(given) <= chiplets);
    for (std::size_t m = 0; m < models; ++m) {
      RC_ASSERT((given[m] >= 1 && given[m] <= most[m]));
    }
  }));
}

TEST(Provisioning, ExhaustiveIsAllCompositions) {
  // 9 chiplets to 4 models: C(8, 3) ways, each once.
  std::vector<scar::Provision> all = scar::all_provisions({9, 9, 9, 9}, 9, 1000);
  EXPECT_EQ(all.size(), 56U);
  std::sort(all.begin(), all.end());
  EXPECT_EQ(std::unique(all.begin(), all.end()), all.end());
  EXPECT_TRUE(
      std::all_of(all.begin(), all.end(), [](const scar::Provision& given) { return sum(given) == 9; }));
  EXPECT_EQ(scar::all_provisions({2, 1}, 9, 1000), (std::vector<scar::Provision>{{2, 1}}));
  EXPECT_EQ(scar::all_provisions({2, 9}, 4, 1000), (std::vector<scar::Provision>{{1, 3}, {2, 2}}));
  EXPECT_TRUE(scar::all_provisions({9, 9, 9, 9}, 9, 55).empty());
}

TEST(Segmentation, CountsAreSumsOfBinomials) {
  EXPECT_EQ(scar::count_segmentations(1, 9, 1000), 1);
  EXPECT_EQ(scar::count_segmentations(5, 5, 1000), 16);
  EXPECT_EQ(scar::count_segmentations(10, 3, 1000), 1 + 9 + 36);
  EXPECT_EQ(scar::count_segmentations(1000, 16, 1000), 1001);
}

TEST(Windows, UniformOnesHaveEquallyManyLayers) {
  base::Random random(1);
  for (int i = 0; i < 20; ++i) {
    const schedule::Problem problem = testing::random_problem(random);
    const windows::WindowPartition partition = windows::uniform(problem, 2);
    for (std::size_t m = 0; m < problem.scenario.models.size(); ++m) {
      const int layers = static_cast<int>(problem.scenario.models[m].model.layers.size());
      int next = 0;
      for (const auto& window : partition.windows) {
        EXPECT_EQ(window[m].first, next);
        next = window[m].last;
        EXPECT_LE(std::abs(3 * (window[m].last - window[m].first) - layers), 2);
      }
      EXPECT_EQ(next, layers);
    }
  }
}

TEST(Windows, LayersLongerThanASpanAreCounted) {
  // Expected cycles of the worked example's layers over both chiplets, batch 4: 8000, 11000, 9000; horizon
  // 28000.
  const schedule::Problem problem = testing::worked_example();
  EXPECT_EQ(windows::first_fit(problem, 0).overruns, 0);
  EXPECT_EQ(windows::first_fit(problem, 1).overruns, 0);
  EXPECT_EQ(windows::first_fit(problem, 2).overruns, 1);  // span 9333
  EXPECT_EQ(windows::first_fit(problem, 4).overruns, 3);  // span 5600
}

TEST(Segmentation, KeepsTheBestOfAll) {
  // All 16 segmentations of 5 layers, scored from figures by hand, against the top three of each number of
  // segments.
  EXPECT_TRUE(rc::check("top", [] {
    base::Random random(*rc::gen::arbitrary<std::uint64_t>());
    schedule::Problem problem = testing::random_problem(random, {2, 2, 1, 5, 4});
    const int layers = static_cast<int>(problem.scenario.models[0].model.layers.size());
    const int chiplets = static_cast<int>(problem.package.chiplets.size());
    const pipelines::PathTrie trie = pipelines::path_trie(problem.package, chiplets, {});
    const std::vector<double> shares(trie.places.size(), 1.0 / static_cast<double>(trie.places.size()));
    scar::ModelPart part{0,  {0, layers}, std::min(layers, chiplets), 1.0, pipelines::all_cuts({0, layers}),
                         {}, {}};
    const Objective objective = Objective::kEdp;
    const StopClock clock{StopRule{}};
    const int size = static_cast<int>(problem.costs.models[0].mini_batches.size()) - 1;  // n = 1
    const scar::Segmentations found =
        scar::score_segmentations({problem, objective, trie, shares, part, size, 3}, clock);
    const int whole = static_cast<int>(problem.costs.models[0].mini_batches.size()) - 1;
    const pipelines::StageRequest asked = scar::grid_request(problem, trie, part, whole);
    pipelines::StageGrid grid(asked);
    std::vector<std::vector<double>> scores(static_cast<std::size_t>(part.most) + 1);
    for (unsigned mask = 0; mask < (1U << static_cast<unsigned>(layers - 1)); ++mask) {
      std::vector<int> cuts = {0};
      for (int cut = 1; cut < layers; ++cut) {
        if ((mask >> static_cast<unsigned>(cut - 1) & 1U) != 0) {
          cuts.push_back(cut);
        }
      }
      cuts.push_back(layers);
      if (static_cast<int>(cuts.size()) - 1 > part.most) {
        continue;
      }
      const auto figures = scar::figures_on_places(grid, trie.places.size(), cuts);
      double latency = 0.0;
      double energy = 0.0;
      for (std::size_t k = 0; k + 1 < cuts.size(); ++k) {
        const scar::ExpectedStage stage = scar::expected_stage(&figures[k * trie.places.size()], shares);
        latency += stage.first;
        energy += stage.energy;
      }
      if (std::isfinite(latency)) {
        scores[cuts.size() - 1].push_back(latency * energy);
      }
    }
    std::vector<double> wanted;
    for (std::vector<double>& of_count : scores) {
      std::sort(of_count.begin(), of_count.end());
      of_count.resize(std::min<std::size_t>(of_count.size(), 3));
      wanted.insert(wanted.end(), of_count.begin(), of_count.end());
    }
    RC_ASSERT(found.candidates.size() == wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      RC_ASSERT(std::abs(found.candidates[i].score - wanted[i]) <= 1e-12 * wanted[i]);
    }
  }));
}

Options thorough(const std::string& splits) {
  Options options;
  options.settings.set("scar.splits", splits);
  options.settings.set("scar.provisioning", "exhaustive");
  options.settings.set("scar.top", "1000");
  return options;
}

// With every segmentation of every model kept and all provisions, the pipeline is an enumeration of its
// windows.
TEST(Scar, KeepingEverythingEqualsEnumerationOfItsWindows) {
  int solved = 0;
  EXPECT_TRUE(rc::check("scar equals enumeration", [&] {
    base::Random random(*rc::gen::arbitrary<std::uint64_t>());
    const schedule::Problem problem = testing::random_problem(random, {2, 2, 2, 5, 4});
    testing::Enumeration enumeration(problem, static_cast<int>(problem.package.chiplets.size()));
    for (const int splits : {0, 2}) {
      const std::vector<windows::WindowPartition> windows = {windows::first_fit(problem, splits)};
      for (const Objective objective : {Objective::kLatency, Objective::kEnergy, Objective::kEdp}) {
        const double best = enumeration.optimum(windows, objective);
        try {
          const Answer answer = solve(problem, objective, "scar", thorough(std::to_string(splits)));
          RC_ASSERT(std::abs(answer.certificate.value - best) <= 1e-9 * best);
          ++solved;
        } catch (const base::InfeasibleError&) {
          RC_ASSERT(std::isinf(best));
        }
      }
    }
  }));
  EXPECT_GT(solved, 40);
}

TEST(Scar, NeverBeatsTheProvenOptimumOfItsWindowsAndMoreKnobsNeverHurt) {
  base::Random random(5);
  for (int i = 0; i < 30; ++i) {
    const schedule::Problem problem = testing::random_problem(random);
    try {
      const double least = solve(problem, Objective::kEdp, "exact", {}).certificate.value;
      const double by_rule = solve(problem, Objective::kEdp, "scar", {}).certificate.value;
      const double all = solve(problem, Objective::kEdp, "scar", thorough("4")).certificate.value;
      EXPECT_GE(by_rule, least * (1.0 - 1e-8));
      EXPECT_GE(all, least * (1.0 - 1e-8));
      EXPECT_LE(all, by_rule * (1.0 + 1e-12));
    } catch (const base::InfeasibleError&) {
      continue;
    }
  }
}

int most_stages(const schedule::Schedule& schedule) {
  std::size_t most = 0;
  for (const schedule::Window& window : schedule.windows) {
    for (const schedule::Pipeline& pipeline : window.pipelines) {
      most = std::max(most, pipeline.stages.size());
    }
  }
  return static_cast<int>(most);
}

TEST(Scar, KnobsDoWhatTheySay) {
  base::Random random(6);
  int longer = 0;
  for (int i = 0; i < 40; ++i) {
    const schedule::Problem problem = testing::random_problem(random, {2, 3, 2, 8, 6});
    Options options;
    options.settings.set("scar.splits", "0");
    options.settings.set("scar.mini_batch", "whole");
    try {
      const schedule::Schedule whole = solve(problem, Objective::kLatency, "scar", options).schedule;
      for (const schedule::Pipeline& pipeline : whole.windows[0].pipelines) {
        EXPECT_EQ(pipeline.mini_batch,
                  problem.scenario.models[static_cast<std::size_t>(pipeline.model)].batch);
      }
      options.settings.set("scar.mini_batch", "best");
      longer += most_stages(solve(problem, Objective::kLatency, "scar", options).schedule) > 1 ? 1 : 0;
      options.settings.set("scar.cap", "1");
      EXPECT_EQ(most_stages(solve(problem, Objective::kLatency, "scar", options).schedule), 1);
      options.settings.set("scar.packing", "uniform");
      options.settings.set("scar.splits", "1");
      const schedule::Schedule halves = solve(problem, Objective::kLatency, "scar", options).schedule;
      EXPECT_LE(halves.windows.size(), 2U);
    } catch (const base::InfeasibleError&) {
      continue;
    }
  }
  EXPECT_GT(longer, 3);
}

Options evolution(std::uint64_t seed) {
  Options options;
  options.seed = seed;
  options.settings.set("scar.search", "evolutionary");
  options.settings.set("scar.splits", "1");
  options.settings.set("scar.walks", "50");
  return options;
}

TEST(ScarEvolution, IsTheSameForTheSameSeedAndAnyNumberOfThreads) {
  base::Random random(7);
  bool seeds_differ = false;
  int answers = 0;
  for (int i = 0; i < 12; ++i) {
    const schedule::Problem problem = testing::random_problem(random, {3, 4, 3, 8, 6});
    for (const std::uint64_t seed : {1, 2}) {
      Options options = evolution(seed);
      try {
        const Answer one = solve(problem, Objective::kEdp, "scar", options);
        EXPECT_TRUE(schedule::check(problem, one.schedule).empty());
        ++answers;
        for (const int threads : {2, 4}) {
          options.threads = threads;
          EXPECT_EQ(solve(problem, Objective::kEdp, "scar", options).schedule, one.schedule);
        }
        seeds_differ =
            seeds_differ || solve(problem, Objective::kEdp, "scar", evolution(3)).schedule != one.schedule;
      } catch (const base::InfeasibleError&) {
        continue;
      }
    }
  }
  EXPECT_TRUE(seeds_differ);
  EXPECT_GT(answers, 5);
}

TEST(ScarEvolution, MoreGenerationsOfTheSameSeedAreNeverWorse) {
  base::Random random(8);
  for (int i = 0; i < 12; ++i) {
    const schedule::Problem problem = testing::random_problem(random, {3, 4, 3, 8, 6});
    try {
      Options options = evolution(4);
      options.settings.set("scar.generations", "0");
      const double first = solve(problem, Objective::kEdp, "scar", options).certificate.value;
      options.settings.set("scar.generations", "8");
      EXPECT_LE(solve(problem, Objective::kEdp, "scar", options).certificate.value, first * (1.0 + 1e-12));
    } catch (const base::InfeasibleError&) {
      continue;
    }
  }
}

TEST(Simba, StandsOnChipletsOfOneType) {
  base::Random random(9);
  int answers = 0;
  for (int i = 0; i < 30; ++i) {
    const schedule::Problem problem = testing::random_problem(random);
    try {
      const Answer answer = solve(problem, Objective::kEdp, "simba", {});
      ++answers;
      const int type = problem.package
                           .chiplets[static_cast<std::size_t>(
                               answer.schedule.windows[0].pipelines[0].stages[0].submesh.lead())]
                           .type;
      for (const schedule::Window& window : answer.schedule.windows) {
        for (const schedule::Pipeline& pipeline : window.pipelines) {
          for (const schedule::Stage& stage : pipeline.stages) {
            EXPECT_EQ(problem.package.chiplets[static_cast<std::size_t>(stage.submesh.lead())].type, type);
          }
        }
      }
    } catch (const base::InfeasibleError&) {
      continue;
    }
  }
  EXPECT_GT(answers, 5);
}

TEST(Simba, EqualsScarOnAPackageOfOneType) {
  base::Random random(10);
  int answers = 0;
  for (int i = 0; i < 30; ++i) {
    schedule::Problem problem = testing::random_problem(random);
    for (hardware::Chiplet& chiplet : problem.package.chiplets) {
      chiplet.type = 0;
    }
    try {
      const Answer scar = solve(problem, Objective::kEdp, "scar", {});
      EXPECT_EQ(solve(problem, Objective::kEdp, "simba", {}).schedule, scar.schedule);
      ++answers;
    } catch (const base::InfeasibleError&) {
      continue;
    }
  }
  EXPECT_GT(answers, 5);
}

TEST(Layerwise, RunsALayerOfEachModelInEachWindow) {
  base::Random random(11);
  int answers = 0;
  for (int i = 0; i < 30; ++i) {
    const schedule::Problem problem = testing::random_problem(random);
    try {
      const Answer answer = solve(problem, Objective::kEdp, "layerwise", {});
      ++answers;
      for (std::size_t w = 0; w < answer.schedule.windows.size(); ++w) {
        for (const schedule::Pipeline& pipeline : answer.schedule.windows[w].pipelines) {
          ASSERT_EQ(pipeline.stages.size(), 1U);
          EXPECT_EQ(pipeline.stages[0].first, static_cast<int>(w));
          EXPECT_EQ(pipeline.stages[0].last, static_cast<int>(w) + 1);
        }
      }
    } catch (const base::InfeasibleError&) {
      continue;
    }
  }
  EXPECT_GT(answers, 5);
}

// One model alone: each layer may take any chiplet, so the sum over layers of the best single stages is the
// answer.
TEST(Layerwise, OfOneModelIsBestLayerByLayer) {
  const schedule::Problem problem = testing::worked_example();
  const Answer answer = solve(problem, Objective::kLatency, "layerwise", {});
  double total = 0.0;
  for (int layer = 0; layer < 3; ++layer) {
    double best = std::numeric_limits<double>::infinity();
    for (const int chiplet : {0, 1}) {
      for (const std::int64_t size : {1, 2, 4}) {
        schedule::Schedule schedule = answer.schedule;
        schedule.windows[static_cast<std::size_t>(layer)].pipelines[0] = {
            0, size, {{layer, layer + 1, chiplet}}};
        best = std::min(
            best,
            evaluate::evaluate_reference(problem, schedule).windows[static_cast<std::size_t>(layer)].latency);
      }
    }
    total += best;
  }
  EXPECT_NEAR(answer.certificate.value, total, 1e-12 * total);
}

}  // namespace
}  // namespace inlay::search
