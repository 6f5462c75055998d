#pragma once

#include "inlay/schedule/problem.hpp"
#include "inlay/search/pipelines/path_trie.hpp"

namespace inlay::search::pipelines {

/// Paths of disjoint submeshes of the problem's family, each of which touches the next: as many stages as
/// `most_paths` allow and at most `longest`; `kinds` as for path_trie(). The longest is in `longest`
/// afterwards.
PathTrie submesh_trie(const schedule::Problem& problem, std::int64_t most_paths,
                      const std::vector<int>& kinds, int& longest);

/// The paths of a problem's family within its constraints, of at most `longest` stages and kMostPaths paths.
PathTrie trie_of(const schedule::Problem& problem, int longest, const sharding::PlanGoal& plan_goal);
/// The most stages of a path that are listed.
int affordable_stages(const schedule::Problem& problem);

}  // namespace inlay::search::pipelines
