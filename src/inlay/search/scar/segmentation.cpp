#include "inlay/search/scar/segmentation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "inlay/base/checked.hpp"

namespace inlay::search::scar {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// A segmentation that is among the best so far.
struct Kept {
  double score;
  std::vector<int> cuts;  // indices, both ends included
};

class Scoring {
 public:
  Scoring(const SegmentationQuestion& question, const StopClock& clock)
      : question_(question),
        clock_(clock),
        asked_(grid_request(question.problem, question.trie, question.part, question.size)),
        mini_batch_(asked_.mini_batch),
        mini_batches_(asked_.mini_batches),
        refills_(static_cast<double>(mini_batches_ - 1)),
        grid_(asked_),
        end_(grid_.last_cut()),
        most_(std::min(question.part.most, end_)),
        kept_(static_cast<std::size_t>(most_) + 1),
        worst_(static_cast<std::size_t>(most_) + 2, kInfinite) {}

  Segmentations run() {
    expect_stages();
    worst_.back() = 0.0;  // of more segments than there may be
    path_.push_back(0);
    extend(0, 0, 0.0, 0.0, 0.0);
    if (result_.complete) {
      collect();
    }
    return std::move(result_);
  }

 private:
  std::size_t index(int from, int to) const {
    return static_cast<std::size_t>(from) * static_cast<std::size_t>(end_ + 1) + static_cast<std::size_t>(to);
  }

  void expect_stages() {
    expected_.resize(index(end_, end_) + 1);
    for (int from = 0; from < end_ && result_.complete; ++from) {
      result_.complete = !clock_.expired();
      for (int to = from + 1; to <= end_; ++to) {
        // Segments that no segmentation of so few uses need no figures.
        if (most_ > 2 || from == 0 || to == end_) {
          const std::vector<evaluate::StageFigures> figures =
              figures_on_places(grid_, question_.trie.places.size(), {from, to});
          expected_[index(from, to)] = expected_stage(figures.data(), question_.shares);
        }
      }
    }
  }

  double score(double first, double steady, double energy) const {
    return question_.objective.partial_value(mini_batches_ > 1 ? first + refills_ * steady : first, energy);
  }

  /// Cuts [cut, end) further, `stages` segments standing before. What cannot become one of the best is left:
  /// more segments only add.
  void extend(int cut, std::size_t stages, double first, double steady, double energy) {
    offer(stages + 1, cut, first, steady, energy);
    if (static_cast<int>(stages) + 2 > most_ || !result_.complete) {
      return;
    }
    for (int next = cut + 1; next < end_; ++next) {
      const ExpectedStage& stage = expected_[index(cut, next)];
      const double longer = first + stage.first;
      const double slowest = std::max(steady, stage.steady);
      const double joules = energy + stage.energy;
      if (!(score(longer, slowest, joules) < worst_[stages + 2])) {
        continue;
      }
      path_.push_back(next);
      extend(next, stages + 1, longer, slowest, joules);
      path_.pop_back();
    }
  }

  /// The segmentation whose last segment begins at `cut`.
  void offer(std::size_t stages, int cut, double first, double steady, double energy) {
    ++result_.evaluations;
    if (result_.evaluations % 4096 == 0 && clock_.expired()) {
      result_.complete = false;
    }
    const ExpectedStage& last = expected_[index(cut, end_)];
    const double value = score(first + last.first, std::max(steady, last.steady), energy + last.energy);
    std::vector<Kept>& kept = kept_[stages];
    const auto top = static_cast<std::size_t>(question_.top);
    if (!std::isfinite(value) || (kept.size() == top && value >= kept.back().score)) {
      return;
    }
    const auto at = std::upper_bound(kept.begin(), kept.end(), value,
                                     [](double wanted, const Kept& other) { return wanted < other.score; });
    const auto inserted = kept.insert(at, {value, path_});
    inserted->cuts.push_back(end_);
    if (kept.size() > top) {
      kept.pop_back();
    }
    if (kept.size() == top) {
      tighten();
    }
  }

  /// worst_[s]: no segmentation of s or more segments that scores this much is wanted.
  void tighten() {
    for (std::size_t stages = kept_.size(); stages-- > 1;) {
      const std::vector<Kept>& kept = kept_[stages];
      const bool full = kept.size() == static_cast<std::size_t>(question_.top);
      worst_[stages] = std::max(worst_[stages + 1], full ? kept.back().score : kInfinite);
    }
  }

  void collect() {
    for (const std::vector<Kept>& kept : kept_) {
      for (const Kept& one : kept) {
        Candidate candidate{mini_batch_, mini_batches_, one.score, {}, {}};
        for (const int cut : one.cuts) {
          candidate.cuts.push_back(question_.part.cuts[static_cast<std::size_t>(cut)]);
        }
        candidate.figures = figures_on_places(grid_, question_.trie.places.size(), one.cuts);
        result_.candidates.push_back(std::move(candidate));
      }
    }
  }

  const SegmentationQuestion& question_;
  const StopClock& clock_;
  pipelines::StageRequest asked_;
  std::int64_t mini_batch_;
  std::int64_t mini_batches_;
  double refills_;  // n - 1
  pipelines::StageGrid grid_;
  int end_;
  int most_;  // segments
  std::vector<ExpectedStage> expected_;
  std::vector<int> path_;
  std::vector<std::vector<Kept>> kept_;  // [segments] sorted by score, ties by the order of enumeration
  std::vector<double> worst_;
  Segmentations result_;
};

}  // namespace

ExpectedStage expected_stage(const evaluate::StageFigures* figures, const std::vector<double>& shares) {
  ExpectedStage sum{0.0, 0.0, 0.0};
  double share = 0.0;
  for (std::size_t place = 0; place < shares.size(); ++place) {
    if (shares[place] > 0.0 && std::isfinite(figures[place].first)) {
      sum.first += shares[place] * figures[place].first;
      sum.steady += shares[place] * figures[place].steady;
      sum.energy += shares[place] * figures[place].energy;
      share += shares[place];
    }
  }
  return share > 0.0 ? ExpectedStage{sum.first / share, sum.steady / share, sum.energy / share}
                     : ExpectedStage{};
}

pipelines::StageRequest grid_request(const schedule::Problem& problem, const pipelines::PathTrie& trie,
                                     const ModelPart& part, int size) {
  const auto model = static_cast<std::size_t>(part.model);
  const std::int64_t mini_batch = problem.costs.models[model].mini_batches[static_cast<std::size_t>(size)];
  return {problem,
          trie,
          part.model,
          part.range,
          part.cuts,
          mini_batch,
          base::ceil_divide(problem.scenario.models[model].batch, mini_batch)};
}

std::vector<evaluate::StageFigures> figures_on_places(pipelines::StageGrid& grid, std::size_t places,
                                                      const std::vector<int>& cuts) {
  std::vector<evaluate::StageFigures> figures;
  figures.reserve((cuts.size() - 1) * places);
  for (std::size_t stage = 0; stage + 1 < cuts.size(); ++stage) {
    for (std::size_t place = 0; place < places; ++place) {
      const int at = static_cast<int>(place);
      figures.push_back(grid.exact(at, cuts[stage], cuts[stage + 1]));
    }
  }
  return figures;
}

Segmentations score_segmentations(const SegmentationQuestion& question, const StopClock& clock) {
  return Scoring(question, clock).run();
}

}  // namespace inlay::search::scar
