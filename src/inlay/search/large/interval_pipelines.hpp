#pragma once

#include <cstdint>
#include <vector>

#include "inlay/search/large/window_bound.hpp"

namespace inlay::search::large {

/// Which pipelines are looked for.
struct IntervalQuestion {
  std::vector<double> levels;  // s, ascending: latencies within which the cheapest pipelines are sought
  double per_joule = 1.0;
  double per_byte = 0.0;
  double per_second = 0.0;  // of the sum of `first`: breaks ties towards pipelines that fit their level
};

/// A pipeline on an interval of an ordering.
struct IntervalPipeline {
  double latency = 0.0;  // s
  double energy = 0.0;   // J
  double bytes = 0.0;    // through memory
  std::int64_t mini_batch = 1;
  std::vector<int> cuts;  // layers at which stages begin, and the end
};

/// The cheapest pipelines of one model that begin at one place and go on along an interval of an ordering.
class IntervalPipelines {
 public:
  /// `cuts`: those of the stages' rows at which a stage may begin or end, both ends included.
  /// `places`: of the interval's chiplets, one for each stage there may be. Keeps references to all but the
  /// latter.
  IntervalPipelines(const IntervalQuestion& question, const ModelStages& stages, const std::vector<int>& cuts,
                    std::vector<int> places);

  int most_stages() const { return static_cast<int>(places_.size()); }
  /// Price of the cheapest pipeline of so many stages within a level; infinite if there is none.
  double price(int stages, std::size_t level) const { return best_[index(stages, level)].price; }
  /// That pipeline.
  IntervalPipeline pipeline(int stages, std::size_t level) const;
  std::int64_t evaluations() const { return evaluations_; }

 private:
  struct Best {
    double price;
    int size = -1;
    int step = 0;
  };
  struct Run;
  std::size_t index(int stages, std::size_t level) const {
    return static_cast<std::size_t>(stages - 1) * question_.levels.size() + level;
  }
  Run run(std::size_t size, int stages) const;

  const IntervalQuestion& question_;
  const ModelStages& stages_;
  const std::vector<int>& cuts_;
  std::vector<int> places_;
  std::vector<Best> best_;  // [stages - 1][level]
  std::int64_t evaluations_ = 0;
};

}  // namespace inlay::search::large
