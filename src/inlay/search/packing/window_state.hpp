#pragma once

#include <vector>

#include "inlay/search/packing/window_packing.hpp"
#include "inlay/search/pipelines/type_shares.hpp"

namespace inlay::search::packing {

/// One window of a partition while it is searched: its models with the pipelines and bounds known so far.
struct WindowState {
  std::vector<WindowModel> models;
  std::vector<windows::LayerRange> ranges;  // of `models`
  ParetoFront lower{CostPoint{}};           // no way to run the window is below it
};

/// Seconds that the package's memory takes for a byte where windows share it; 0 where they do not.
double shared_seconds_per_byte(const schedule::Problem& problem);

/// All windows with bounds from layers alone.
std::vector<WindowState> window_states(const schedule::Problem& problem,
                                       const windows::WindowPartition& partition,
                                       const pipelines::TypeShares& shares, double seconds_per_byte);

/// Says what a model costs at least on every share.
void bound_model(WindowModel& model, std::vector<ParetoFront> lower_within);
/// The same from all its promising pipelines.
void bound_by_points(WindowModel& model, const schedule::Problem& problem, const pipelines::PathTrie& trie,
                     const pipelines::TypeShares& shares);

/// Makes `lower` of what is known of the models.
void derive_lower(WindowState& window, const pipelines::TypeShares& shares, double seconds_per_byte);

/// The models of a window but one: as far as they can stand beside chiplets that a path has taken, for every
/// trie node, the least of all its paths.
std::vector<ParetoFront> beside_paths(const schedule::Problem& problem, const pipelines::PathTrie& trie,
                                      const pipelines::TypeShares& shares, const WindowState& window,
                                      std::size_t but);

/// The models of a window but one, on what a single chiplet for that one leaves.
ParetoFront beside(const pipelines::TypeShares& shares, const WindowState& window, std::size_t but);

}  // namespace inlay::search::packing
