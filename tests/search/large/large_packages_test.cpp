// What keeps a search on a large package within its time and its memory.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>

#include "inlay/base/error.hpp"
#include "inlay/base/random.hpp"
#include "inlay/schedule/check.hpp"
#include "inlay/search/exact/space_search.hpp"
#include "inlay/search/packing/window_packing.hpp"
#include "inlay/search/pipelines/pipeline_search.hpp"
#include "inlay/search/search.hpp"
#include "support/problems.hpp"

namespace inlay::search {
namespace {

hardware::Package mesh(int side) {
  hardware::Package package = testing::worked_example().package;
  package.chiplets.clear();
  package.links.clear();
  for (int at = 0; at < side * side; ++at) {
    package.chiplets.push_back({"c" + std::to_string(at), 0, at / side, at % side});
    if (at % side + 1 < side) {
      package.links.emplace_back(at, at + 1);
    }
    if (at / side + 1 < side) {
      package.links.emplace_back(at, at + side);
    }
  }
  std::sort(package.links.begin(), package.links.end());
  hardware::derive_routes(package);
  return package;
}

// 653 and 28,512 directed simple paths of 3x3 and 4x4 meshes, as others have counted them.
TEST(AffordableLength, IsTheLongestWithNoMorePathsThanAllowed) {
  EXPECT_EQ(pipelines::affordable_length(mesh(3), 653), 9);
  EXPECT_EQ(pipelines::affordable_length(mesh(3), 652), 8);
  EXPECT_EQ(pipelines::affordable_length(mesh(4), 28'512), 16);
  EXPECT_EQ(pipelines::affordable_length(mesh(4), 28'511), 15);
  EXPECT_EQ(pipelines::affordable_length(mesh(1), 50'000), 1);
  // 36 chiplets, and twice 60 links.
  EXPECT_EQ(pipelines::affordable_length(mesh(6), 36 + 120), 2);
}

TEST(LargePackages, HaveAProofForTheSpaceThatIsNamed) {
  schedule::Problem problem = testing::worked_example();
  problem.package = mesh(6);
  const Answer answer = solve(problem, Objective::kEdp, "exact", {});
  EXPECT_TRUE(answer.certificate.proven);
  EXPECT_NE(answer.certificate.space.find("paths of at most"), std::string::npos);
}

TEST(LargePackages, OfUpTo256ChipletsAreSearched) {
  schedule::Problem problem = testing::worked_example();
  problem.package = mesh(16);
  for (const char* strategy : {"exact", "sequential", "standalone", "layerwise", "scar"}) {
    const Answer answer = solve(problem, Objective::kEdp, strategy, {});
    EXPECT_TRUE(schedule::check(problem, answer.schedule).empty()) << strategy;
  }
  problem.package = mesh(17);
  try {
    solve(problem, Objective::kEdp, "exact", {});
    FAIL();
  } catch (const base::InfeasibleError& error) {
    EXPECT_STREQ(error.what(), "packages of at most 256 chiplets can be searched, this one has 289");
  }
}

// Chiplets of the last word are as good as those of the first.
TEST(ChipletSets, KeepEveryChipletApart) {
  pipelines::ChipletSet even;
  pipelines::ChipletSet odd;
  for (int chiplet = 0; chiplet < 256; ++chiplet) {
    (chiplet % 2 == 0 ? even : odd).add(chiplet);
  }
  EXPECT_FALSE(even.intersects(odd));
  for (int chiplet = 0; chiplet < 256; ++chiplet) {
    EXPECT_EQ(even.contains(chiplet), chiplet % 2 == 0);
    pipelines::ChipletSet one;
    one.add(chiplet);
    EXPECT_EQ(one.within(even), chiplet % 2 == 0);
    EXPECT_EQ(one.intersects(odd), chiplet % 2 == 1);
    EXPECT_TRUE(one < (even | odd));
    EXPECT_TRUE((even | odd) == (odd | even | one));
  }
}

/// A model that may run on any single chiplet or pair of neighbours, in many ways of which none is the best.
packing::WindowModel many_ways(base::Random& random, int model, const pipelines::PathTrie& trie, int count) {
  packing::WindowModel packed{model, {}, {0.0, 0.0, 0.0}};
  for (int i = 0; i < count; ++i) {
    pipelines::PipelinePoint point;
    point.latency = 1.0 + random.fraction();
    point.energy = 1.0 + random.fraction();
    point.bytes = 6.0 - point.latency - point.energy;
    do {
      point.node = static_cast<int>(random.between(0, static_cast<std::int64_t>(trie.nodes.size()) - 1));
    } while (trie.nodes[static_cast<std::size_t>(point.node)].depth > 2);
    for (int cut = 0; cut <= trie.nodes[static_cast<std::size_t>(point.node)].depth; ++cut) {
      point.cuts.push_back(cut);
    }
    packed.points.push_back(point);
  }
  return packed;
}

pipelines::PruningContext nothing_to_beat(double seconds_per_byte) {
  pipelines::PruningContext context;
  context.incumbent = std::numeric_limits<double>::infinity();
  context.seconds_per_byte = seconds_per_byte;
  return context;
}

using ParetoFront = std::vector<std::pair<double, double>>;

/// Latency and energy of every pair of points on disjoint chiplets that no other pair beats.
ParetoFront front_of_all_pairs(const pipelines::PathTrie& trie, const packing::WindowModel& a,
                               const packing::WindowModel& b, double seconds_per_byte) {
  ParetoFront all;
  const auto paths_of = [&](const pipelines::PipelinePoint& point) -> const auto& {
    return trie.nodes[static_cast<std::size_t>(point.node)].paths;
  };
  for (const pipelines::PipelinePoint& one : a.points) {
    for (const pipelines::PipelinePoint& other : b.points) {
      const bool disjoint = std::any_of(paths_of(one).begin(), paths_of(one).end(), [&](const auto& path) {
        return std::any_of(paths_of(other).begin(), paths_of(other).end(),
                           [&](const auto& second) { return !path.first.intersects(second.first); });
      });
      if (disjoint) {
        all.emplace_back(std::max({one.latency, other.latency, (one.bytes + other.bytes) * seconds_per_byte}),
                         one.energy + other.energy);
      }
    }
  }
  std::sort(all.begin(), all.end());
  ParetoFront front;
  for (const auto& point : all) {
    if (front.empty() || point.second < front.back().second) {
      front.push_back(point);
    }
  }
  return front;
}

TEST(WindowPacking, FindsTheFrontOfAllPairsOfManyWays) {
  base::Random random(11);
  const pipelines::PathTrie trie = pipelines::path_trie(mesh(2), 4, {});
  for (const double seconds_per_byte : {0.0, 0.2, 0.35}) {
    const std::vector<packing::WindowModel> models = {many_ways(random, 1, trie, 400),
                                                      many_ways(random, 0, trie, 400)};
    const StopClock clock{StopRule{}};
    const packing::PackedWindow packed =
        packing::pack_window(trie, models, nothing_to_beat(seconds_per_byte), clock);
    EXPECT_TRUE(packed.complete);
    const ParetoFront front = front_of_all_pairs(trie, models[0], models[1], seconds_per_byte);
    ASSERT_EQ(packed.points.size(), front.size());
    for (std::size_t i = 0; i < front.size(); ++i) {
      EXPECT_DOUBLE_EQ(packed.points[i].latency, front[i].first);
      EXPECT_DOUBLE_EQ(packed.points[i].energy, front[i].second);
      ASSERT_EQ(packed.points[i].pipelines.size(), 2U);
      EXPECT_EQ(packed.points[i].pipelines[0].model, 0);
      for (const schedule::Stage& one : packed.points[i].pipelines[0].stages) {
        for (const schedule::Stage& other : packed.points[i].pipelines[1].stages) {
          EXPECT_NE(one.submesh.lead(), other.submesh.lead());
        }
      }
    }
  }
}

TEST(WindowPacking, LooksAtTheClock) {
  base::Random random(12);
  const pipelines::PathTrie trie = pipelines::path_trie(mesh(2), 4, {});
  const std::vector<packing::WindowModel> models = {many_ways(random, 0, trie, 10),
                                                    many_ways(random, 1, trie, 10)};
  const std::atomic<bool> interrupted{true};
  StopRule rule;
  rule.interrupted = &interrupted;
  const packing::PackedWindow packed =
      packing::pack_window(trie, models, nothing_to_beat(0.0), StopClock(rule));
  EXPECT_FALSE(packed.complete);
  EXPECT_FALSE(packed.too_large);
  EXPECT_TRUE(packed.points.empty());
}

TEST(PipelineSearch, LooksAtTheClockBeforeItBegins) {
  const schedule::Problem problem = testing::worked_example();
  const pipelines::PathTrie trie = pipelines::path_trie(problem.package, 2, {});
  const windows::LayerRange range{0, 3};
  const pipelines::PipelineQuestion question{
      problem, trie, 0, range, 2, pipelines::all_cuts(range), 1e-9, nothing_to_beat(0.0)};
  std::atomic<bool> interrupted{true};
  StopRule rule;
  rule.interrupted = &interrupted;
  const pipelines::PipelineFront none = pipelines::search_pipelines(question, 1, StopClock(rule), 1'000'000);
  EXPECT_FALSE(none.complete);
  EXPECT_EQ(none.evaluations, 0);
  EXPECT_TRUE(none.points.empty());
  interrupted = false;
  const pipelines::PipelineFront front = pipelines::search_pipelines(question, 1, StopClock(rule), 1'000'000);
  EXPECT_TRUE(front.complete);
  EXPECT_FALSE(front.points.empty());
}

}  // namespace
}  // namespace inlay::search
