#pragma once

#include <map>
#include <memory>
#include <vector>

#include "inlay/search/answer.hpp"
#include "inlay/search/large/lagrangian_subproblem.hpp"
#include "inlay/search/pareto_front.hpp"
#include "inlay/search/stop_clock.hpp"

namespace inlay::search::large {

/// The stages of one model's layers in a window, for every mini-batch size that some chiplets can run.
struct ModelStages {
  int model = 0;
  windows::LayerRange range;
  std::vector<int> layers;  // at which stages may begin, and the end
  std::vector<MinibatchStagesOfRange> sizes = {};
};

/// A window with the stages of all its models.
struct WindowStages {
  std::vector<ModelStages> models;              // on single chiplets
  std::vector<std::vector<ModelStages>> tiles;  // [shape of tiles][model]
  double least_latency = 0.0;                   // s; no way to run the window is below it
  double least_energy = 0.0;                    // J, likewise
  double least_bytes = 0.0;                     // through memory, likewise
};

/// What a second and a joule are worth: the objective's slopes at some schedule.
struct ObjectiveGradient {
  double second = 0.0;
  double joule = 0.0;
};

/// A lower bound of a window's energy within every latency: all its models beside each other on as many
/// chiplets of each kind as there are and as many bytes as the memory moves, both charged by multipliers. Any
/// multipliers give a valid bound; more rounds seek better ones.
class WindowBound {
 public:
  /// Speaks of latencies up to `latest` (s; may be infinite); beyond it, of the least energy. Keeps
  /// references.
  WindowBound(const schedule::Problem& problem, const ChipletKinds& kinds, const WindowStages& window,
              const Objective& objective, double likely, double latest, const ObjectiveGradient& gradient);

  /// One more set of multipliers, better for schedules of this worth. `missing`: the energy (J) by which the
  /// bound of the whole schedule is below the best one known. False, and nothing learnt, if the clock
  /// expired.
  bool refine(const ObjectiveGradient& gradient, double missing, int threads, const StopClock& clock);
  const ParetoFront& front() const { return front_; }
  /// Whether more rounds promise little: the multipliers asked last were as good as others near them.
  bool settled() const { return settled_; }
  /// J; what a byte through memory has been charged last.
  double multiplier_of_byte() const { return multiplier_of_byte_; }
  std::int64_t evaluations() const { return evaluations_; }

 private:
  double critical_time(const ObjectiveGradient& gradient) const;
  /// Multipliers that suit latencies of a span, and how better ones are sought.
  struct DualState {
    Multipliers multipliers;  // that are tried next
    Multipliers best_multipliers;
    double best = -1.0;             // J, the bound that those have given; negative before the first round
    std::vector<double> direction;  // in which better ones are thought to lie
    double stride = 0.5;            // how far, as a share of Polyak's step
    int rounds = 0;
  };
  DualState& dual_for(double time);
  std::vector<double> excess(double critical, const std::vector<PipelineUse>& cheapest) const;
  void move_multipliers(DualState& dual, double critical, double bound, double missing,
                        const std::vector<PipelineUse>& cheapest) const;
  void remake_front();

  const schedule::Problem& problem_;
  const ChipletKinds& kinds_;
  const WindowStages& window_;
  bool energy_counts_;
  double seconds_per_byte_;
  std::vector<double> times_;                             // s
  std::vector<double> least_;                             // [time] energy of the window within it
  std::vector<std::vector<LagrangianSubproblem>> sizes_;  // [model][size]
  std::map<int, DualState> duals_;                        // by span of latencies
  double multiplier_of_byte_ = 0.0;
  bool settled_ = false;
  ParetoFront front_;
  std::int64_t evaluations_ = 0;
};

}  // namespace inlay::search::large
