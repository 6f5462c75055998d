#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "inlay/evaluate/stage_figures.hpp"
#include "inlay/hardware/package.hpp"
#include "inlay/search/pipelines/chiplet_set.hpp"

namespace inlay::search::pipelines {

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
  };
  std::vector<evaluate::StagePlace> places;  // of the same type and hops where constraints tell them apart
  std::vector<int> chiplet_of_place;         // one of each place
  std::vector<int> place_of;                 // [chiplet] index into `places`; -1 where no stage may stand
  std::vector<Node> nodes;
  std::vector<int> roots;
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
/// problem (constraint_effects.hpp), lest its pins and bans are taken for those of another chiplet. Throws
/// base::InfeasibleError for a package of more chiplets than a set can hold.
PathTrie path_trie(const hardware::Package& package, int longest, const std::vector<int>& kinds);

}  // namespace inlay::search::pipelines
