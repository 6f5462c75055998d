#include "inlay/search/scar/chiplets_in_use.hpp"

#include <algorithm>

#include "inlay/search/constraint_effects.hpp"

namespace inlay::search {
namespace {

/// All paths of a 4x4 mesh are 28,512; those of a 6x6 mesh could not even be listed.
constexpr std::int64_t kMostPaths = 50'000;

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

void forget_paths_of_others(const std::vector<int>& place_of, PathTrie& trie) {
  for (PathTrie::Node& node : trie.nodes) {
    std::erase_if(node.paths, [&](const auto& path) {
      return std::any_of(path.second.begin(), path.second.end(),
                         [&](int chiplet) { return place_of[static_cast<std::size_t>(chiplet)] < 0; });
    });
  }
}

}  // namespace

ChipletsInUse chiplets_with_places(const schedule::Problem& problem, int type) {
  ChipletsInUse result;
  result.trie = trie_of_places(problem.package, chiplet_kinds(problem));
  assign_places(problem.package, type, result);
  result.longest = result.count;
  return result;
}

ChipletsInUse chiplets_with_paths(const schedule::Problem& problem, int type) {
  const hardware::Package& package = problem.package;
  ChipletsInUse result;
  const int affordable = affordable_length(package, kMostPaths);
  result.trie = path_trie(package, affordable, chiplet_kinds(problem));
  assign_places(package, type, result);
  forget_paths_of_others(result.place_of, result.trie);
  result.longest = std::min(result.count, affordable);
  return result;
}

}  // namespace inlay::search
