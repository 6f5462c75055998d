#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "inlay/evaluate/sharded_layer.hpp"
#include "inlay/evaluate/stage_figures.hpp"
#include "inlay/hardware/submesh.hpp"
#include "inlay/search/pipelines/chiplet_set.hpp"
#include "inlay/search/sharding/plan_table.hpp"

namespace inlay::search::pipelines {

/// A place class of submeshes.
struct SubmeshPlace {
  evaluate::GridTypes members;
  hardware::MemoryAccess access;
  hardware::Crossing exit;  // to the next stage's submesh
  bool ends = true;         // there is no next stage
  bool relaxed = false;     // stands for several places, as a lower bound
  hardware::Submesh example;
};

/// Paths of neighbouring chiplets, folded by what of them matters to a pipeline: the sequence of places
/// (chiplet type, hops to memory, and what pins and bans say of the chiplet). A node stands for all paths
/// that share such a sequence.
struct PathTrie {
  struct Node {
    int parent = -1;      // a lower index; -1: the path's first chiplet
    int depth = 1;        // chiplets in the path
    int place_class = 0;  // index into `places`
    int suffix = -1;      // the same paths without their first chiplet; -1: nothing is left of them
    std::vector<int> children;
    /// Every set of chiplets that such a path can occupy, with one path for each: a set is listed once.
    std::vector<std::pair<ChipletSet, std::vector<int>>> paths;
    bool ends = true;  // complete pipelines may end here; else `ending` is where those of the same path end
    int ending = -1;   // -1: here
  };
  std::vector<evaluate::StagePlace> places;  // of the same type and hops where constraints tell them apart
  std::vector<int> chiplet_of_place;         // one of each place
  std::vector<int> place_of;                 // [chiplet] index into `places`; -1 where no stage may stand
  std::vector<Node> nodes;
  std::vector<int> roots;

  // Of stages on submeshes of several chiplets; empty where all are single (submesh_trie.hpp).
  std::vector<SubmeshPlace> details;         // [place]
  std::vector<hardware::Submesh> submeshes;  // that paths are made of
  std::vector<int> relaxed;                  // places that are lower bounds of all of their kind

  /// Plans of shardings that the searches over this trie have made; the problem must outlive it.
  std::shared_ptr<sharding::PlanTables> plans;
  sharding::PlanGoal plan_goal;  // that they are best for

  bool single() const { return submeshes.empty(); }
  /// An element of a path.
  hardware::Submesh submesh(int number) const {
    return single() ? hardware::Submesh(number) : submeshes[static_cast<std::size_t>(number)];
  }
  hardware::Submesh example(int place) const {
    return single() ? hardware::Submesh(chiplet_of_place[static_cast<std::size_t>(place)])
                    : details[static_cast<std::size_t>(place)].example;
  }
  /// [type] chiplets of a place.
  void count_types(int place, std::vector<int>& taken) const {
    if (single()) {
      ++taken[static_cast<std::size_t>(places[static_cast<std::size_t>(place)].type)];
      return;
    }
    for (const int type : details[static_cast<std::size_t>(place)].members.types) {
      ++taken[static_cast<std::size_t>(type)];
    }
  }
  int members(int place) const {
    return single() ? 1 : static_cast<int>(details[static_cast<std::size_t>(place)].members.types.size());
  }
  /// The node where complete pipelines of the same path end.
  int ending_of(int node) const {
    const Node& here = nodes[static_cast<std::size_t>(node)];
    return here.ends || here.ending < 0 ? node : here.ending;
  }
  /// Whether pins and bans say the same of the members of two submeshes.
  static bool kinds_alike(const std::vector<int>& kinds, const hardware::Submesh& a,
                          const hardware::Submesh& b) {
    for (std::size_t i = 0; i < a.chiplets.size() && !kinds.empty(); ++i) {
      if (kinds[static_cast<std::size_t>(a.chiplets[i])] != kinds[static_cast<std::size_t>(b.chiplets[i])]) {
        return false;
      }
    }
    return true;
  }
};

/// The most paths that a search lists. All paths of a 4x4 mesh are 28,512; those of a 6x6 mesh are too many
/// to list.
inline constexpr std::int64_t kMostPaths = 50'000;

/// How many chiplets paths may have, at most all of the package's, so that there are no more than
/// `most_paths`.
int affordable_length(const hardware::Package& package, std::int64_t most_paths);

/// The places of a package without any paths. `kinds`: [chiplet] chiplets of different kinds never share a
/// place; negative: no stage may stand there; empty: all are of one kind.
PathTrie trie_of_places(const hardware::Package& package, const std::vector<int>& kinds);

/// All simple paths of at most `longest` chiplets on which stages may stand; `kinds` as above: those of a
/// problem (constraint_effects.hpp), so that its pins and bans are not taken for those of another chiplet.
/// Throws base::InfeasibleError for a package of more chiplets than a set can hold.
PathTrie path_trie(const hardware::Package& package, int longest, const std::vector<int>& kinds);

}  // namespace inlay::search::pipelines
