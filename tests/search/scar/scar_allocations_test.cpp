// The inner loop of the evolutionary search allocates nothing: counted, not claimed.
#include <gtest/gtest.h>

#include "inlay/search/pipelines/cut_choice.hpp"
#include "inlay/search/scar/random_placement.hpp"
#include "support/counted_allocations.hpp"
#include "support/problems.hpp"

namespace inlay::search {
namespace {

TEST(RandomPlacement, WalksWithoutAllocating) {
  base::Random random(21);
  int placed = 0;
  for (int i = 0; i < 20; ++i) {
    const schedule::Problem problem = testing::random_problem(random, {3, 4, 3, 8, 4});
    const int chiplets = static_cast<int>(problem.package.chiplets.size());
    const pipelines::PathTrie trie = pipelines::path_trie(problem.package, 1, {});
    scar::WalkGround ground{problem, std::vector<int>(static_cast<std::size_t>(chiplets), -1),
                            trie.places.size(), 0.0};
    for (const pipelines::PathTrie::Node& node : trie.nodes) {
      for (const auto& [set, path] : node.paths) {
        ground.place_of[static_cast<std::size_t>(path.front())] = node.place_class;
      }
    }
    std::vector<scar::ModelPart> parts;
    std::vector<scar::Candidate> candidates;
    for (std::size_t m = 0; m < problem.scenario.models.size(); ++m) {
      const int layers = static_cast<int>(problem.scenario.models[m].model.layers.size());
      parts.push_back({static_cast<int>(m), {0, layers}, 2, 1.0, pipelines::all_cuts({0, layers}), {}, {}});
      const pipelines::StageRequest asked = scar::grid_request(problem, trie, parts.back(), 0);
      pipelines::StageGrid grid(asked);
      const std::vector<int> cuts = layers > 1 ? std::vector<int>{0, 1, layers} : std::vector<int>{0, layers};
      candidates.push_back({1, problem.scenario.models[m].batch, 0.0, cuts,
                            scar::figures_on_places(grid, trie.places.size(), cuts)});
    }
    std::vector<const scar::Candidate*> chosen;
    for (const scar::Candidate& candidate : candidates) {
      chosen.push_back(&candidate);
    }
    scar::RandomPlacement placement(ground, parts, chosen, base::Random(5));
    const long before = testing::allocations;
    for (int walk = 0; walk < 1000; ++walk) {
      placed += placement.walk() ? 1 : 0;
    }
    EXPECT_EQ(testing::allocations, before);
  }
  EXPECT_GT(placed, 1000);
}

}  // namespace
}  // namespace inlay::search
