// A pipeline of one model in one window, and the question that a search for pipelines answers.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "inlay/search/pipelines/cut_choice.hpp"
#include "inlay/search/pipelines/path_trie.hpp"
#include "inlay/search/pipelines/pruning.hpp"
#include "inlay/search/windows/window_partition.hpp"

namespace inlay::search::pipelines {

/// A complete pipeline of one model in one window, on any path of a trie node.
struct PipelinePoint {
  double latency = 0.0;  // s
  double energy = 0.0;   // J
  double bytes = 0.0;    // through memory
  std::int64_t mini_batch = 1;
  int node = 0;           // of the path trie
  std::vector<int> cuts;  // layers at which stages begin, and the end
};

/// What is asked of `search_pipelines`.
struct PipelineQuestion {
  const schedule::Problem& problem;
  const PathTrie& trie;
  int model = 0;
  windows::LayerRange range;
  int longest = 1;          // most stages
  std::vector<int> cuts;    // layers at which a stage may begin or end; both ends of the range included
  double tolerance = 1e-9;  // relative dominance
  PruningContext context;
  /// [trie node] What a path's own chiplets leave to its neighbours; empty: `context` alone decides.
  std::vector<PruningThreshold> of_node = {};
  int most_chiplets = std::numeric_limits<int>::max();  // that a pipeline may take
};

struct PipelineFront {
  /// For every trie node, the pipelines that no other of the node beats in latency, energy and bytes and that
  /// may be part of a better schedule. Sorted by node, then latency.
  std::vector<PipelinePoint> points;
  std::int64_t evaluations = 0;
  bool complete = true;    // false: stopped; the points are valid, but others may be missing
  bool too_large = false;  // stopped because more labels are worth keeping than fit into memory
};

}  // namespace inlay::search::pipelines
