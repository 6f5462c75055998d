#pragma once

#include <cstdint>
#include <vector>

#include "inlay/search/cut_choice.hpp"
#include "inlay/search/label.hpp"
#include "inlay/search/path_trie.hpp"
#include "inlay/search/pruning.hpp"
#include "inlay/search/stop_clock.hpp"
#include "inlay/search/type_shares.hpp"
#include "inlay/search/window_partition.hpp"

namespace inlay::search {

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
  LayerRange range;
  int longest = 1;          // most stages
  std::vector<int> cuts;    // layers at which a stage may begin or end; both ends of the range included
  double tolerance = 1e-9;  // relative dominance
  Surroundings surroundings;
  /// [trie node] What a path's own chiplets leave to its neighbours; empty: `surroundings` alone decide.
  std::vector<Allowance> of_node = {};
};

struct PipelineFront {
  /// For every trie node, the pipelines that no other of the node beats in latency, energy and bytes and that
  /// may be part of a better schedule. Sorted by node, then latency.
  std::vector<PipelinePoint> points;
  std::int64_t evaluations = 0;
  bool complete = true;    // false: stopped; the points are valid, but others may be missing
  bool too_large = false;  // stopped because more labels are worth keeping than fit into memory
};

/// Dynamic programming over cuts along the trie, for every mini-batch size (DESIGN section 6). Mini-batch
/// sizes are spread over `threads` threads; the answer does not depend on how many.
PipelineFront search_pipelines(const PipelineQuestion& question, int threads, const StopClock& clock,
                               std::int64_t evaluations_left);

/// [share] No pipeline of use that takes no more chiplets is below it; empty where none is of use. A small
/// part of a search's work.
std::vector<Front> least_fronts(const PipelineQuestion& question, const TypeShares& shares, int threads,
                                const StopClock& clock);

/// Lower bounds on one model's share of a window over all mini-batch sizes, from layers alone: fast.
struct PipelineBound {
  double latency = 0.0;  // s
  double energy = 0.0;   // J
  double bytes = 0.0;
};
PipelineBound pipeline_bound(const schedule::Problem& problem, int model, const LayerRange& range);
/// The same for one mini-batch size (index into the cost table's sizes).
PipelineBound pipeline_bound(const schedule::Problem& problem, int model, const LayerRange& range,
                             int size_index);

}  // namespace inlay::search
