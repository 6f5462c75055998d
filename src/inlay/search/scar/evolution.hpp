#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "inlay/search/scar/random_placement.hpp"
#include "inlay/search/scar/window_front.hpp"

namespace inlay::search::scar {

/// What an evolution is told of one window.
struct EvolutionQuestion {
  const schedule::Problem& problem;
  const Objective& objective;
  const pipelines::PathTrie& trie;    // its places; no paths are needed
  const std::vector<double>& shares;  // [place]
  const WalkGround& ground;
  const WindowPlan& plan;
  const ScarKnobs& knobs;
  std::uint64_t seed = 1;
  int threads = 1;
};

struct Evolved {
  std::vector<packing::WindowPoint> front;  // of all placements that were met
  std::int64_t evaluations = 0;             // placements of the whole window
  bool complete = true;                     // false: stopped before the last generation
};

/// SCAR's evolutionary search over the segmentations of one window, for each of its provisions: an individual
/// has for each model the cuts of its segments, the mini-batch follows by the expected score; its fitness is
/// the best of some random placements. Parents are the better of two; a child takes each model from either
/// parent; a mutation moves, adds or removes a cut; the best individual stays. The answer does not depend on
/// `threads`.
Evolved evolve_window(const EvolutionQuestion& question, const StopClock& clock,
                      std::int64_t evaluations_left);

}  // namespace inlay::search::scar
