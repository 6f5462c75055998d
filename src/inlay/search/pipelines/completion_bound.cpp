#include "inlay/search/pipelines/completion_bound.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace inlay::search::pipelines {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

void lower(Completion& least, const Completion& other) {
  for (std::size_t line = 0; line < kLines; ++line) {
    least.sums[line] = std::min(least.sums[line], other.sums[line]);
  }
  least.steady = std::min(least.steady, other.steady);
  least.bytes = std::min(least.bytes, other.bytes);
}

/// [class] the classes that stand next to it somewhere in the package.
std::vector<std::vector<int>> next_places(const PathTrie& trie) {
  std::vector<std::vector<int>> next(trie.places.size());
  for (const PathTrie::Node& node : trie.nodes) {
    std::vector<int>& list = next[static_cast<std::size_t>(node.place_class)];
    for (const int child : node.children) {
      const int place = trie.nodes[static_cast<std::size_t>(child)].place_class;
      if (std::find(list.begin(), list.end(), place) == list.end()) {
        list.push_back(place);
      }
    }
  }
  return next;
}

}  // namespace

Completion completion_of(double value) {
  Completion completion;
  completion.sums.fill(value);
  completion.steady = value;
  completion.bytes = value;
  return completion;
}

void prepend_stages(const StageGrid& grid, const SupportingLines& lines, int place, int x,
                    const Completion& rest, Completion* from) {
  for (int y = 0; y < x; ++y) {
    const evaluate::StageFigures& stage = grid.optimistic(place, y, x);
    if (std::isinf(stage.first)) {
      continue;
    }
    Completion& least = from[y];
    for (std::size_t line = 0; line < kLines; ++line) {
      least.sums[line] = std::min(least.sums[line], rest.sums[line] + lines.time[line] * stage.first +
                                                        lines.energy[line] * stage.energy);
    }
    least.steady = std::min(least.steady, std::max(stage.steady, rest.steady));
    least.bytes = std::min(least.bytes, rest.bytes + static_cast<double>(stage.memory_bytes));
  }
}

CompletionBound::CompletionBound(const StageGrid& grid, const PathTrie& trie, const SupportingLines& lines,
                                 int longest)
    : places_(static_cast<int>(trie.places.size())),
      cuts_(grid.last_cut() + 1),
      after_(static_cast<std::size_t>(longest) * static_cast<std::size_t>(places_) *
                 static_cast<std::size_t>(cuts_),
             completion_of(kInfinite)),
      whole_(completion_of(kInfinite)) {
  const std::vector<std::vector<int>> next = next_places(trie);
  const auto places = static_cast<std::size_t>(places_);
  std::vector<std::vector<Completion>> from(
      places, std::vector<Completion>(static_cast<std::size_t>(cuts_), completion_of(kInfinite)));
  for (int place = 0; place < places_; ++place) {
    after_[index(0, place, grid.last_cut())] = completion_of(0.0);
  }
  for (int stages = 1; stages <= longest; ++stages) {
    for (int place = 0; place < places_; ++place) {
      begin_with(grid, lines, stages, place, from[static_cast<std::size_t>(place)]);
    }
    for (int place = 0; place < places_ && stages < longest; ++place) {
      for (int cut = 0; cut < cuts_; ++cut) {
        Completion& least = after_[index(stages, place, cut)];
        least = after_[index(stages - 1, place, cut)];
        for (const int then : next[static_cast<std::size_t>(place)]) {
          lower(least, from[static_cast<std::size_t>(then)][static_cast<std::size_t>(cut)]);
        }
      }
    }
  }
  for (const int root : trie.roots) {
    const int place = trie.nodes[static_cast<std::size_t>(root)].place_class;
    lower(whole_, from[static_cast<std::size_t>(place)][0]);
  }
}

/// [cut] completions whose next stage, of at most `stages`, stands on a chiplet of class `place`.
void CompletionBound::begin_with(const StageGrid& grid, const SupportingLines& lines, int stages, int place,
                                 std::vector<Completion>& from) const {
  for (int x = grid.last_cut(); x > 0; --x) {
    const Completion& rest = after_[index(stages - 1, place, x)];
    if (std::isinf(rest.steady)) {
      continue;  // no such end
    }
    prepend_stages(grid, lines, place, x, rest, from.data());
  }
}

}  // namespace inlay::search::pipelines
