#pragma once

#include <vector>

#include "inlay/search/window_packing.hpp"

namespace inlay::search {

/// One window of a partition while it is searched: its models with the pipelines and bounds known so far.
struct WindowState {
  std::vector<PackedModel> models;
  std::vector<LayerRange> ranges;  // of `models`
  Front lower{Corner{}};           // no way to run the window is below it
};

/// Seconds that the package's memory takes for a byte where windows share it; 0 where they do not.
double shared_seconds_per_byte(const schedule::Problem& problem);

/// All windows with bounds from layers alone.
std::vector<WindowState> window_states(const schedule::Problem& problem, const WindowPartition& partition,
                                       const TypeShares& shares, double seconds_per_byte);

/// Says what a model costs at least on every share.
void bound_model(PackedModel& model, std::vector<Front> lower_within);
/// The same from all its pipelines of use.
void bound_by_points(PackedModel& model, const schedule::Problem& problem, const PathTrie& trie,
                     const TypeShares& shares);

/// Makes `lower` of what is known of the models.
void derive_lower(WindowState& window, const TypeShares& shares, double seconds_per_byte);

/// The models of a window but one: as far as they can stand beside chiplets that a path has taken, for every
/// trie node, the least of all its paths.
std::vector<Front> beside_paths(const schedule::Problem& problem, const PathTrie& trie,
                                const TypeShares& shares, const WindowState& window, std::size_t but);

/// The models of a window but one, on what a single chiplet for that one leaves.
Front beside(const TypeShares& shares, const WindowState& window, std::size_t but);

}  // namespace inlay::search
