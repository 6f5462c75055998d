#include "inlay/search/scar/chiplets_in_use.hpp"

#include <algorithm>

namespace inlay::search {
namespace {

/// All paths of a 4x4 mesh are 28,512; those of a 6x6 mesh could not even be listed.
constexpr std::int64_t kMostPaths = 50'000;

/// Gives each chiplet of the type its place, adding those that the trie does not have yet.
void assign_places(const hardware::Package& package, int type, ChipletsInUse& result) {
  std::vector<evaluate::StagePlace>& places = result.trie.places;
  for (std::size_t chiplet = 0; chiplet < package.chiplets.size(); ++chiplet) {
    const evaluate::StagePlace place{package.chiplets[chiplet].type, package.memory_hops[chiplet]};
    if (type >= 0 && place.type != type) {
      result.place_of.push_back(-1);
      continue;
    }
    auto found = std::find(places.begin(), places.end(), place);
    if (found == places.end()) {
      found = places.insert(places.end(), place);
    }
    result.place_of.push_back(static_cast<int>(found - places.begin()));
    ++result.count;
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

ChipletsInUse chiplets_with_places(const hardware::Package& package, int type) {
  ChipletsInUse result;
  assign_places(package, type, result);
  result.longest = result.count;
  return result;
}

ChipletsInUse chiplets_with_paths(const hardware::Package& package, int type) {
  ChipletsInUse result;
  const int affordable = affordable_length(package, kMostPaths);
  result.trie = path_trie(package, affordable);
  assign_places(package, type, result);
  forget_paths_of_others(result.place_of, result.trie);
  result.longest = std::min(result.count, affordable);
  return result;
}

}  // namespace inlay::search
