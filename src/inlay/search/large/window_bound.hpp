#pragma once

#include <map>
#include <memory>
#include <vector>

#include "inlay/search/front.hpp"
#include "inlay/search/large/priced_pipelines.hpp"
#include "inlay/search/objective.hpp"
#include "inlay/search/stop_clock.hpp"

namespace inlay::search {

/// The stages of one model's layers in a window, for every mini-batch size that some chiplets can run.
struct ModelStages {
  int model = 0;
  LayerRange range;
  std::vector<SizeStagesOfRange> sizes;
};

/// A window with the stages of all its models.
struct WindowStages {
  std::vector<ModelStages> models;
  double least_latency = 0.0;  // s; no way to run the window is below it
  double least_energy = 0.0;   // J, likewise
  double least_bytes = 0.0;    // through memory, likewise
};

/// What a second and a joule are worth: the objective's slopes at some schedule.
struct Worth {
  double second = 0.0;
  double joule = 0.0;
};

/// A lower bound of a window's energy within every latency: all its models beside each other on as many
/// chiplets of each kind as there are and as many bytes as the memory moves, both charged by prices. Any
/// prices give a valid bound; more rounds seek better ones.
class WindowBound {
 public:
  /// Speaks of latencies up to `latest` (s; may be infinite); beyond it, of the least energy. Keeps
  /// references.
  WindowBound(const schedule::Problem& problem, const ChipletKinds& kinds, const WindowStages& window,
              const Objective& objective, double likely, double latest, const Worth& worth);

  /// One more set of prices, better for schedules of this worth. `missing`: the energy (J) by which the bound
  /// of the whole schedule is below the best one known. False, and nothing learnt, if the clock expired.
  bool refine(const Worth& worth, double missing, int threads, const StopClock& clock);
  const Front& front() const { return front_; }
  /// Whether more rounds promise little: the prices asked last were as good as others near them.
  bool settled() const { return settled_; }
  /// J; what a byte through memory has been charged last.
  double price_of_byte() const { return price_of_byte_; }
  std::int64_t evaluations() const { return evaluations_; }

 private:
  double critical_time(const Worth& worth) const;
  /// Prices that suit latencies of a span, and how better ones are sought.
  struct Priced {
    Prices prices;  // that are tried next
    Prices best_prices;
    double best = -1.0;             // J, the bound that those have given; negative before the first round
    std::vector<double> direction;  // in which better ones are thought to lie
    double stride = 0.5;            // how far, as a share of Polyak's step
    int rounds = 0;
  };
  Priced& priced_for(double time);
  std::vector<double> excess(double critical, const std::vector<PipelineUse>& cheapest) const;
  void move_prices(Priced& priced, double critical, double bound, double missing,
                   const std::vector<PipelineUse>& cheapest) const;
  void remake_front();

  const schedule::Problem& problem_;
  const ChipletKinds& kinds_;
  const WindowStages& window_;
  bool energy_counts_;
  double seconds_per_byte_;
  std::vector<double> times_;                        // s
  std::vector<double> least_;                        // [time] energy of the window within it
  std::vector<std::vector<PricedPipelines>> sizes_;  // [model][size]
  std::map<int, Priced> priced_;                     // by span of latencies
  double price_of_byte_ = 0.0;
  bool settled_ = false;
  Front front_;
  std::int64_t evaluations_ = 0;
};

}  // namespace inlay::search
