#pragma once

#include <vector>

#include "inlay/search/pipelines/path_trie.hpp"

namespace inlay::search::scar {

/// The chiplets that a run of the pipeline may use: all (`type` -1) or those of one type.
struct ChipletsInUse {
  pipelines::PathTrie trie;   // of the paths over these chiplets, or of their places alone
  std::vector<int> place_of;  // [chiplet] index into the trie's places; -1: not in use
  int count = 0;
  int longest = 1;  // chiplets that a path may have
};

/// Without paths: for sampled walks, on packages of any size.
ChipletsInUse chiplets_with_places(const schedule::Problem& problem, int type);
/// With all paths, as long as the package allows.
ChipletsInUse chiplets_with_paths(const schedule::Problem& problem, int type);

}  // namespace inlay::search::scar
