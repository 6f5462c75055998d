#include "inlay/search/pipelines/path_trie.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "inlay/base/error.hpp"

namespace inlay::search::pipelines {
namespace {

class Builder {
 public:
  Builder(const hardware::Package& package, int longest, const std::vector<int>& kinds)
      : package_(package), longest_(longest), trie_(trie_of_places(package, kinds)) {}

  PathTrie build() {
    for (int chiplet = 0; chiplet < static_cast<int>(package_.chiplets.size()); ++chiplet) {
      if (may_stand(chiplet)) {
        extend(-1, chiplet, {});
      }
    }
    link_suffixes();
    return std::move(trie_);
  }

 private:
  bool may_stand(int chiplet) const { return trie_.place_of[static_cast<std::size_t>(chiplet)] >= 0; }

  /// Every path without its first chiplet is a path too, one shorter: so shorter ones first.
  void link_suffixes() {
    std::vector<int> order(trie_.nodes.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
      return trie_.nodes[static_cast<std::size_t>(a)].depth < trie_.nodes[static_cast<std::size_t>(b)].depth;
    });
    for (const int index : order) {
      PathTrie::Node& node = trie_.nodes[static_cast<std::size_t>(index)];
      if (node.parent >= 0) {
        node.suffix = child(trie_.nodes[static_cast<std::size_t>(node.parent)].suffix, node.place_class);
      }
    }
  }

  int child(int parent, int place) {
    std::vector<int>& siblings =
        parent < 0 ? trie_.roots : trie_.nodes[static_cast<std::size_t>(parent)].children;
    for (const int node : siblings) {
      if (trie_.nodes[static_cast<std::size_t>(node)].place_class == place) {
        return node;
      }
    }
    const int index = static_cast<int>(trie_.nodes.size());
    siblings.push_back(index);
    const int depth = parent < 0 ? 1 : trie_.nodes[static_cast<std::size_t>(parent)].depth + 1;
    trie_.nodes.push_back({parent, depth, place, -1, {}, {}, true, -1});
    return index;
  }

  void extend(int parent, int chiplet, ChipletSet set) {
    set.add(chiplet);
    path_.push_back(chiplet);
    const int node = child(parent, trie_.place_of[static_cast<std::size_t>(chiplet)]);
    auto& paths = trie_.nodes[static_cast<std::size_t>(node)].paths;
    if (std::none_of(paths.begin(), paths.end(), [&set](const auto& known) { return known.first == set; })) {
      paths.emplace_back(set, path_);
    }
    if (static_cast<int>(path_.size()) < longest_) {
      for (const int next : package_.neighbours[static_cast<std::size_t>(chiplet)]) {
        if (!set.contains(next) && may_stand(next)) {
          extend(node, next, set);
        }
      }
    }
    path_.pop_back();
  }

  const hardware::Package& package_;
  int longest_;
  PathTrie trie_;
  std::vector<int> path_;
};

/// Counts the simple paths of exactly `length` chiplets from each chiplet on, up to a budget.
class PathCount {
 public:
  PathCount(const hardware::Package& package, std::int64_t budget)
      : package_(package), left_(budget), taken_(package.chiplets.size(), 0) {}

  /// False if there are more than the budget allows.
  bool spend_on(int length) {
    for (int chiplet = 0; chiplet < static_cast<int>(taken_.size()); ++chiplet) {
      walk(chiplet, length);
    }
    return left_ >= 0;
  }

 private:
  void walk(int chiplet, int length) {
    char& here = taken_[static_cast<std::size_t>(chiplet)];
    if (here != 0 || left_ < 0) {
      return;
    }
    if (length == 1) {
      --left_;
      return;
    }
    here = 1;
    for (const int next : package_.neighbours[static_cast<std::size_t>(chiplet)]) {
      walk(next, length - 1);
    }
    here = 0;
  }

  const hardware::Package& package_;
  std::int64_t left_;
  std::vector<char> taken_;
};

}  // namespace

int affordable_length(const hardware::Package& package, std::int64_t most_paths) {
  const int chiplets = static_cast<int>(package.chiplets.size());
  int length = 1;  // the paths of single chiplets are always listed
  PathCount count(package, most_paths - chiplets);
  while (length < chiplets && count.spend_on(length + 1)) {
    ++length;
  }
  return length;
}

PathTrie trie_of_places(const hardware::Package& package, const std::vector<int>& kinds) {
  const auto kind_of = [&kinds](std::size_t chiplet) { return kinds.empty() ? 0 : kinds[chiplet]; };
  PathTrie trie;
  for (std::size_t chiplet = 0; chiplet < package.chiplets.size(); ++chiplet) {
    const evaluate::StagePlace place{package.chiplets[chiplet].type, package.memory_hops[chiplet]};
    std::size_t at = 0;
    while (at < trie.places.size() &&
           !(trie.places[at] == place &&
             kind_of(static_cast<std::size_t>(trie.chiplet_of_place[at])) == kind_of(chiplet))) {
      ++at;
    }
    if (kind_of(chiplet) < 0) {
      trie.place_of.push_back(-1);
      continue;
    }
    if (at == trie.places.size()) {
      trie.places.push_back(place);
      trie.chiplet_of_place.push_back(static_cast<int>(chiplet));
    }
    trie.place_of.push_back(static_cast<int>(at));
  }
  return trie;
}

PathTrie path_trie(const hardware::Package& package, int longest, const std::vector<int>& kinds) {
  if (package.chiplets.size() > ChipletSet::kMostChiplets) {
    throw base::InfeasibleError(
        fmt::format("packages of at most {} chiplets can be searched, this one has {}",
                    ChipletSet::kMostChiplets, package.chiplets.size()));
  }
  return Builder(package, longest, kinds).build();
}

}  // namespace inlay::search::pipelines
