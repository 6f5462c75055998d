#pragma once

#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "inlay/schedule/schedule.hpp"
#include "inlay/search/large/piece_pipelines.hpp"
#include "inlay/search/large/walk.hpp"

namespace inlay::search {

/// A window whose pipelines stand on pieces of a walk.
struct WindowPlan {
  Walk walk;
  double latency = 0.0;  // s, memory bandwidth included where it is shared
  double energy = 0.0;   // J
  double bytes = 0.0;
  std::vector<schedule::Pipeline> pipelines;
  /// [model of the window] its piece of the walk, and where the next piece begins
  struct Piece {
    int begin = 0;
    int end = 0;
  };
  std::vector<Piece> pieces;
};

/// How a window is to be packed.
struct PackingQuestion {
  const ChipletKinds& kinds;
  const WindowStages& window;
  double seconds_per_byte = 0.0;  // of the memory that windows share
  Worth worth;
  double per_byte = 0.0;       // price of a byte through memory, in the unit of a joule times its worth
  std::vector<double> levels;  // s, ascending: latencies of the window that are tried
};

/// The cheapest pipelines of every model on pieces of walks: those on pieces whose chiplets are alike are
/// worked out once.
class PieceTables {
 public:
  /// `cuts`: [model] where stages may begin. Keeps a reference to it.
  PieceTables(PackingQuestion question, const std::vector<std::vector<int>>& cuts);
  PieceTables(const PieceTables&) = delete;
  PieceTables& operator=(const PieceTables&) = delete;

  /// Works out what is not known yet of these walks' pieces. False if the clock expired.
  bool prepare(const std::vector<Walk>& walks, int threads, const StopClock& clock);
  /// The model's pipelines from a place of a walk on; the walk has been prepared.
  const PiecePipelines& at(std::size_t model, const Walk& walk, int begin) const;
  /// Those of at most so many stages.
  std::unique_ptr<PiecePipelines> make(std::size_t model, const Walk& walk, int begin, int most_stages) const;
  const PackingQuestion& question() const { return question_; }
  /// Pieces begin at every so manieth chiplet.
  int stride() const { return stride_; }
  std::int64_t evaluations() const { return evaluations_; }
  std::size_t size() const { return tables_.size(); }

 private:
  using Key = std::pair<std::size_t, std::vector<int>>;  // model and places
  std::vector<int> places(const Walk& walk, int begin, int most_stages) const;
  int longest() const;

  PackingQuestion question_;
  const std::vector<std::vector<int>>& cuts_;
  PieceQuestion asked_;
  int chiplets_;
  int stride_;
  std::map<Key, std::unique_ptr<PiecePipelines>> tables_;
  std::int64_t evaluations_ = 0;
};

/// The models of the window on disjoint pieces of a walk that has been prepared: for every level the cheapest
/// pipelines of every piece, put in a row by dynamic programming over sets of models (of many models: the
/// likeliest sets only), then the level of the best worth. Nothing if no level has room for all models, or if
/// there are more than 63.
std::optional<WindowPlan> pack_walk(const PieceTables& tables, const Walk& walk);

/// The same pieces with pipelines of other cuts, mini-batches and numbers of stages.
std::optional<WindowPlan> repack(const PackingQuestion& question, const WindowPlan& plan,
                                 const std::vector<std::vector<int>>& cuts, int threads,
                                 std::int64_t& evaluations);

/// What a window costs at a worth.
double cost_of(const Worth& worth, const WindowPlan& plan);

}  // namespace inlay::search
