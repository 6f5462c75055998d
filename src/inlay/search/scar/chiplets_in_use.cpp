#include "inlay/search/scar/chiplets_in_use.hpp"

#include <algorithm>

#include "inlay/search/constraints/constraint_effects.hpp"

namespace inlay::search::scar {
namespace {

/// The places of the chiplets of the type.
void assign_places(const hardware::Package& package, int type, ChipletsInUse& result) {
  result.place_of = result.trie.place_of;
  for (std::size_t chiplet = 0; chiplet < package.chiplets.size(); ++chiplet) {
    int& place = result.place_of[chiplet];
    if (type >= 0 && package.chiplets[chiplet].type != type) {
      place = -1;
    }
    result.count += place >= 0 ? 1 : 0;
  }
}

void forget_paths_of_others(const std::vector<int>& place_of, pipelines::PathTrie& trie) {
  for (pipelines::PathTrie::Node& node : trie.nodes) {
    std::erase_if(node.paths, [&](const auto& path) {
      return std::any_of(path.second.begin(), path.second.end(),
                         [&](int chiplet) { return place_of[static_cast<std::size_t>(chiplet)] < 0; });
    });
  }
}

}  // namespace

ChipletsInUse chiplets_with_places(const schedule::Problem& problem, int type) {
  ChipletsInUse result;
  result.trie = pipelines::trie_of_places(problem.package, constraints::chiplet_kinds(problem));
  assign_places(problem.package, type, result);
  result.longest = result.count;
  return result;
}

ChipletsInUse chiplets_with_paths(const schedule::Problem& problem, int type) {
  const hardware::Package& package = problem.package;
  ChipletsInUse result;
  const int affordable = pipelines::affordable_length(package, pipelines::kMostPaths);
  result.trie = pipelines::path_trie(package, affordable, constraints::chiplet_kinds(problem));
  assign_places(package, type, result);
  forget_paths_of_others(result.place_of, result.trie);
  result.longest = std::min(result.count, affordable);
  return result;
}

}  // namespace inlay::search::scar
