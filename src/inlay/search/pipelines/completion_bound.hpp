#pragma once

#include <vector>

#include "inlay/search/pipelines/stage_grid.hpp"
#include "inlay/search/pipelines/supporting_lines.hpp"

namespace inlay::search::pipelines {

/// What the rest of a pipeline costs at least, each coordinate and each supporting line on its own. The time
/// of a line is the sum of `first` alone: whoever knows the stages so far adds the largest steady.
struct Completion {
  PerLine sums;
  double steady;  // s
  double bytes;
};

/// All coordinates the same.
Completion completion_of(double value);

/// Lowers from[y] to a stage from y to x on a place class with `rest` after it, for every y before x.
void prepend_stages(const StageGrid& grid, const SupportingLines& lines, int place, int x,
                    const Completion& rest, Completion* from);

/// Completions by what of a beginning matters to them: how many stages may follow, the place class of the
/// last chiplet so far, and the cut. Relaxed: chiplets of neighbouring place classes may follow each other,
/// and a chiplet may be used again.
class CompletionBound {
 public:
  CompletionBound(const StageGrid& grid, const PathTrie& trie, const SupportingLines& lines, int longest);

  /// At most `stages` more stages, after a chiplet of class `place`, from `cut` to the end.
  const Completion& after(int stages, int place, int cut) const { return after_[index(stages, place, cut)]; }
  /// Of whole pipelines.
  const Completion& whole() const { return whole_; }

 private:
  std::size_t index(int stages, int place, int cut) const {
    return (static_cast<std::size_t>(stages) * static_cast<std::size_t>(places_) +
            static_cast<std::size_t>(place)) *
               static_cast<std::size_t>(cuts_) +
           static_cast<std::size_t>(cut);
  }
  void begin_with(const StageGrid& grid, const SupportingLines& lines, int stages, int place,
                  std::vector<Completion>& from) const;

  int places_;
  int cuts_;
  std::vector<Completion> after_;
  Completion whole_;
};

}  // namespace inlay::search::pipelines
