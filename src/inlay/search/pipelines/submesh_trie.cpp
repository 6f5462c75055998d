#include "inlay/search/pipelines/submesh_trie.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

#include "inlay/search/constraints/constraint_effects.hpp"

namespace inlay::search::pipelines {
namespace {

using hardware::Crossing;
using hardware::Submesh;
using schedule::SubmeshFamily;

/// What matters of a submesh and of the way to the next one.
using PlaceKey = std::tuple<evaluate::GridTypes, double, double, double, std::vector<int>, bool, Crossing>;

/// Lists paths length by length, so that a limit on their number is a limit on their length.
class Builder {
 public:
  Builder(const schedule::Problem& problem, const std::vector<int>& kinds)
      : package_(problem.package), family_(problem.submeshes), kinds_(kinds) {
    trie_.submeshes = schedule::submeshes(problem);
    std::erase_if(trie_.submeshes, [&](const Submesh& submesh) {
      return std::any_of(submesh.chiplets.begin(), submesh.chiplets.end(),
                         [&](int chiplet) { return kind_of(chiplet) < 0; });
    });
    for (std::size_t from = 0; from < trie_.submeshes.size(); ++from) {
      sets_.emplace_back();
      for (const int chiplet : trie_.submeshes[from].chiplets) {
        sets_.back().add(chiplet);
      }
      access_.push_back(hardware::memory_access(package_, trie_.submeshes[from]));
    }
    next_.resize(trie_.submeshes.size());
    for (std::size_t from = 0; from < trie_.submeshes.size(); ++from) {
      for (std::size_t to = 0; to < trie_.submeshes.size(); ++to) {
        if (may_follow(from, to)) {
          next_[from].push_back(static_cast<int>(to));
        }
      }
    }
  }

  PathTrie build(std::int64_t most_paths, int& longest) {
    std::vector<Path> level;
    for (int submesh = 0; submesh < static_cast<int>(trie_.submeshes.size()); ++submesh) {
      level.push_back({-1, sets_[static_cast<std::size_t>(submesh)], {submesh}});
    }
    std::int64_t paths = static_cast<std::int64_t>(level.size());
    int length = 1;
    add(level);
    while (length < longest) {
      std::vector<Path> longer = extended(level, most_paths - paths);
      if (longer.empty()) {
        break;
      }
      paths += static_cast<std::int64_t>(longer.size());
      level = std::move(longer);
      ++length;
      add(level);
    }
    longest = length;
    link_suffixes();
    relax();
    trie_.plans = std::make_shared<sharding::PlanTables>();
    return std::move(trie_);
  }

 private:
  struct Path {
    int node;  // of all but the last submesh
    ChipletSet set;
    std::vector<int> submeshes;
  };

  int kind_of(int chiplet) const { return kinds_.empty() ? 0 : kinds_[static_cast<std::size_t>(chiplet)]; }

  bool may_follow(std::size_t from, std::size_t to) const {
    const Submesh& one = trie_.submeshes[from];
    const Submesh& other = trie_.submeshes[to];
    const bool alike = one.rows == other.rows && one.columns == other.columns;
    return (family_ == SubmeshFamily::kRectangles || alike) && !sets_[from].intersects(sets_[to]) &&
           hardware::touch(package_, one, other);
  }

  /// Nothing where there would be more than `most`.
  std::vector<Path> extended(const std::vector<Path>& level, std::int64_t most) {
    std::vector<Path> longer;
    for (const Path& path : level) {
      const int last = path.submeshes.back();
      for (const int next : next_[static_cast<std::size_t>(last)]) {
        if (path.set.intersects(sets_[static_cast<std::size_t>(next)])) {
          continue;
        }
        Path extended = path;
        extended.node = child(path.node, place_of(last, &next));
        list(extended.node, path);
        extended.set = extended.set | sets_[static_cast<std::size_t>(next)];
        extended.submeshes.push_back(next);
        longer.push_back(std::move(extended));
        if (static_cast<std::int64_t>(longer.size()) > most) {
          return {};
        }
      }
    }
    return longer;
  }

  /// Gives every path the node that its last stage ends in.
  void add(const std::vector<Path>& level) {
    for (const Path& path : level) {
      list(child(path.node, place_of(path.submeshes.back(), nullptr)), path);
    }
  }

  /// Bounds on what else fits beside a beginning of a pipeline come from the sets of its node, too: a node
  /// without any would look as if nothing fitted beside it.
  void list(int node, const Path& path) {
    auto& paths = trie_.nodes[static_cast<std::size_t>(node)].paths;
    const auto same = [&path](const auto& known) { return known.first == path.set; };
    if (std::none_of(paths.begin(), paths.end(), same)) {
      paths.emplace_back(path.set, path.submeshes);
    }
  }

  /// The place class of a submesh that passes its results to another one; nullptr: to nobody.
  int place_of(int submesh, const int* next) {
    const auto at = static_cast<std::size_t>(submesh);
    const Submesh& here = trie_.submeshes[at];
    SubmeshPlace place;
    place.members = evaluate::members_of(package_, here);
    place.access = access_[at];
    place.ends = next == nullptr;
    if (next != nullptr) {
      const auto [known, added] = crossings_.try_emplace({submesh, *next});
      if (added) {
        known->second = hardware::crossing(package_, here, trie_.submeshes[static_cast<std::size_t>(*next)]);
      }
      place.exit = known->second;
    }
    std::vector<int> kinds;
    for (const int chiplet : here.chiplets) {
      kinds.push_back(kind_of(chiplet));
    }
    const PlaceKey key{place.members,
                       place.access.seconds_per_byte,
                       place.access.latency,
                       place.access.hops,
                       kinds,
                       place.ends,
                       place.exit};
    const auto [known, added] = places_.try_emplace(key, static_cast<int>(trie_.places.size()));
    if (added) {
      add_place(place, here);
    }
    return known->second;
  }

  void add_place(SubmeshPlace place, const Submesh& example) {
    const auto lead = static_cast<std::size_t>(example.lead());
    trie_.places.push_back({package_.chiplets[lead].type, package_.memory_hops[lead]});
    trie_.chiplet_of_place.push_back(example.lead());
    place.example = example;
    trie_.details.push_back(std::move(place));
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
    PathTrie::Node node;
    node.parent = parent;
    node.depth = parent < 0 ? 1 : trie_.nodes[static_cast<std::size_t>(parent)].depth + 1;
    node.place_class = place;
    node.ends = trie_.details[static_cast<std::size_t>(place)].ends;
    trie_.nodes.push_back(std::move(node));
    return index;
  }

  /// Nodes come after their parents, so those of a suffix, which is one shorter, come with the level before.
  void link_suffixes() {
    std::vector<int> order(trie_.nodes.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      order[i] = static_cast<int>(i);
    }
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
      return trie_.nodes[static_cast<std::size_t>(a)].depth < trie_.nodes[static_cast<std::size_t>(b)].depth;
    });
    for (const int index : order) {
      PathTrie::Node& node = trie_.nodes[static_cast<std::size_t>(index)];
      if (node.parent >= 0) {
        const int parent_suffix = trie_.nodes[static_cast<std::size_t>(node.parent)].suffix;
        const std::vector<int>& siblings =
            parent_suffix < 0 ? trie_.roots : trie_.nodes[static_cast<std::size_t>(parent_suffix)].children;
        for (const int other : siblings) {
          if (trie_.nodes[static_cast<std::size_t>(other)].place_class == node.place_class) {
            trie_.nodes[static_cast<std::size_t>(index)].suffix = other;
          }
        }
      }
    }
    for (PathTrie::Node& node : trie_.nodes) {
      const std::vector<int>& siblings =
          node.parent < 0 ? trie_.roots : trie_.nodes[static_cast<std::size_t>(node.parent)].children;
      const SubmeshPlace& here = trie_.details[static_cast<std::size_t>(node.place_class)];
      for (const int other : siblings) {
        const auto place = static_cast<std::size_t>(trie_.nodes[static_cast<std::size_t>(other)].place_class);
        const SubmeshPlace& there = trie_.details[place];
        if (there.ends && there.members == here.members && there.access == here.access &&
            trie_.kinds_alike(kinds_, there.example, here.example)) {
          node.ending = other;
        }
      }
    }
  }

  /// For each kind of submesh a place as near to the memory and to the next stage as any of its places.
  void relax() {
    const std::size_t count = trie_.places.size();
    std::map<std::pair<evaluate::GridTypes, std::vector<int>>, std::size_t> known;
    for (std::size_t i = 0; i < count; ++i) {
      const SubmeshPlace here = trie_.details[i];
      std::vector<int> kinds;
      for (const int chiplet : here.example.chiplets) {
        kinds.push_back(kind_of(chiplet));
      }
      const auto [place, added] = known.try_emplace({here.members, kinds}, trie_.places.size());
      if (added) {
        trie_.relaxed.push_back(static_cast<int>(trie_.places.size()));
        add_place(here, here.example);
        trie_.details.back().relaxed = true;
        continue;
      }
      SubmeshPlace& best = trie_.details[place->second];
      best.access.seconds_per_byte = std::min(best.access.seconds_per_byte, here.access.seconds_per_byte);
      best.access.latency = std::min(best.access.latency, here.access.latency);
      best.access.hops = std::min(best.access.hops, here.access.hops);
      if (!here.ends) {
        best.exit = best.ends ? here.exit : least(here.exit, best.exit);
        best.ends = false;
      }
    }
  }

  /// No crossing of the two is cheaper in any respect. Parts are brought to their least common multiple, so
  /// that they stay small however many places there are.
  static Crossing least(const Crossing& a, const Crossing& b) {
    const std::int64_t parts = std::lcm(a.parts, b.parts);
    const std::int64_t of_a = parts / a.parts;
    const std::int64_t of_b = parts / b.parts;
    return {parts, std::min(a.load * of_a, b.load * of_b), std::min(a.hop_parts * of_a, b.hop_parts * of_b),
            std::min(a.longest, b.longest)};
  }

  const hardware::Package& package_;
  SubmeshFamily family_;
  const std::vector<int>& kinds_;
  PathTrie trie_;
  std::vector<ChipletSet> sets_;                // [submesh]
  std::vector<hardware::MemoryAccess> access_;  // [submesh]
  std::vector<std::vector<int>> next_;          // [submesh] those that may follow
  std::map<std::pair<int, int>, Crossing> crossings_;
  std::map<PlaceKey, int> places_;
};

}  // namespace

PathTrie submesh_trie(const schedule::Problem& problem, std::int64_t most_paths,
                      const std::vector<int>& kinds, int& longest) {
  if (problem.submeshes == SubmeshFamily::kSingle) {
    return path_trie(problem.package, longest, kinds);
  }
  return Builder(problem, kinds).build(most_paths, longest);
}

PathTrie trie_of(const schedule::Problem& problem, int longest, const sharding::PlanGoal& plan_goal) {
  PathTrie trie = submesh_trie(problem, kMostPaths, constraints::chiplet_kinds(problem), longest);
  trie.plan_goal = plan_goal;
  return trie;
}

int affordable_stages(const schedule::Problem& problem) {
  if (problem.submeshes == SubmeshFamily::kSingle) {
    return affordable_length(problem.package, kMostPaths);
  }
  int longest = static_cast<int>(problem.package.chiplets.size());
  submesh_trie(problem, kMostPaths, {}, longest);
  return longest;
}

}  // namespace inlay::search::pipelines
