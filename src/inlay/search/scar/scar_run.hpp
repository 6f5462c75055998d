#pragma once

#include <string>
#include <vector>

#include "inlay/search/incumbent.hpp"
#include "inlay/search/scar/random_placement.hpp"
#include "inlay/search/scar/segmentation.hpp"
#include "inlay/search/scar/window_front.hpp"

namespace inlay::search::scar {

/// One run of SCAR's pipeline: over all chiplets, or over those of one type.
class ScarRun {
 public:
  /// `type`: -1 for all chiplets. Keeps references.
  ScarRun(const schedule::Problem& problem, const Objective& objective, const Options& options,
          const ScarKnobs& knobs, int type);

  /// Offers what it finds, complete schedules only. False if it was stopped before its end.
  bool run(Incumbent& incumbent, const StopClock& clock, std::int64_t& evaluations);
  /// What it has looked at, in words.
  std::string space() const;

 private:
  /// One way to give a window's chiplets to its models.
  struct Job {
    std::size_t window = 0;
    std::size_t provision = 0;
  };
  /// The candidates of one model's part, and its walks for each number of chiplets that it may be given.
  struct PartState {
    std::vector<Candidate> candidates;                         // all sizes, best score first
    std::vector<std::vector<pipelines::PipelinePoint>> walks;  // [chiplets]
  };

  void plan(const schedule::Problem& expectations, const PlannedChiplets& chiplets);
  bool segment();
  void walk_all();
  void walk_best(const std::vector<Candidate>& candidates, int chiplets,
                 std::vector<pipelines::PipelinePoint>& walks) const;
  bool place(Incumbent& incumbent);
  bool place_jobs(const std::vector<Job>& jobs, std::size_t first, std::size_t last);
  bool evolve(Incumbent& incumbent);
  void offer(Incumbent& incumbent) const;
  void require_schedules() const;
  std::int64_t evaluations_left() const;

  const schedule::Problem& problem_;
  const Objective& objective_;
  const Options& options_;
  const ScarKnobs& knobs_;
  const StopClock* clock_ = nullptr;
  std::int64_t* evaluations_ = nullptr;
  bool evolves_ = false;
  pipelines::PathTrie trie_;
  WalkGround ground_;
  std::vector<double> shares_;  // [place]
  windows::WindowPartition partition_;
  std::vector<WindowPlan> plans_;
  std::vector<std::vector<PartState>> parts_;              // [window][part]
  std::vector<std::vector<packing::WindowPoint>> fronts_;  // [window]
};

}  // namespace inlay::search::scar
