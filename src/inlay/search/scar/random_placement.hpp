#pragma once

#include <vector>

#include "inlay/base/random.hpp"
#include "inlay/search/packing/window_packing.hpp"
#include "inlay/search/scar/segmentation.hpp"

namespace inlay::search::scar {

/// Where walks may go.
struct WalkGround {
  const schedule::Problem& problem;
  std::vector<int> place_of;  // [chiplet] index into the trie's places, or -1 where no stage may stand
  std::size_t places = 0;
  double seconds_per_byte = 0.0;  // of the shared memory; 0 where windows do not share it
};

/// Sampled leaves of the scheduling trees of one window, for packages that are too large to walk all of them.
/// Owns all that the walks need: nothing is allocated while walking.
class RandomPlacement {
 public:
  /// One candidate for each part; keeps references.
  RandomPlacement(const WalkGround& ground, const std::vector<ModelPart>& parts,
                  const std::vector<const Candidate*>& candidates, base::Random random);

  /// Places all models once, those of most stages first: each starts at a random free chiplet and goes on
  /// depth-first over free neighbours in random order, giving up after some steps. False if a model found no
  /// way.
  bool walk();
  /// Of the last successful walk.
  double latency() const { return latency_; }
  double energy() const { return energy_; }
  /// When the window may begin at the latest, s, so that its models are done within their limits.
  double latest_begin() const { return latest_begin_; }
  std::vector<schedule::Pipeline> pipelines() const;

 private:
  /// By the pipeline of a model.
  struct Asked {
    double seconds = 0.0;  // alone
    double bytes = 0.0;    // through memory
  };

  bool place(std::size_t model);
  bool extend(std::size_t model, std::size_t stage, int chiplet);
  void add_up(std::size_t model);
  /// Seconds after the window's begin, at least: docs/model.md "When a model is done", `shared`.
  double end_of(std::size_t model) const;
  const evaluate::StageFigures& figures(std::size_t model, std::size_t stage, int chiplet) const;

  const WalkGround& ground_;
  const std::vector<ModelPart>& parts_;
  std::vector<const Candidate*> candidates_;
  base::Random random_;
  bool constrained_;                     // pins or bans tell chiplets apart
  std::vector<std::size_t> order_;       // of models
  std::vector<std::vector<int>> paths_;  // [model]
  std::vector<Asked> asked_;             // [model]
  std::vector<char> taken_;              // [chiplet]
  std::vector<int> free_;                // chiplets to start from
  std::vector<int> open_;                // free neighbours that are left to try, stage after stage
  int steps_left_ = 0;
  double latency_ = 0.0;
  double energy_ = 0.0;
  double bytes_ = 0.0;
  double latest_begin_ = 0.0;
};

}  // namespace inlay::search::scar
