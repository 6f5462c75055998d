#include "inlay/search/stage_grid.hpp"

#include <algorithm>
#include <limits>

namespace inlay::search {

using evaluate::Segment;
using evaluate::StageFigures;

namespace {
constexpr double kInfinite = std::numeric_limits<double>::infinity();
}

StageGrid::StageGrid(const PipelineQuestion& question, std::int64_t mini_batch, std::int64_t mini_batches)
    : question_(question),
      constants_(question.problem),
      mini_batches_(mini_batches),
      cuts_(static_cast<int>(question.cuts.size())),
      tables_(question.problem.package.types.size()),
      cells_(question.trie.places.size()),
      settled_(question.trie.places.size()) {
  const std::vector<int>& cuts = question.cuts;
  for (std::size_t place = 0; place < question.trie.places.size(); ++place) {
    const int type = question.trie.places[place].type;
    auto& table = tables_[static_cast<std::size_t>(type)];
    if (!table) {
      table = std::make_unique<evaluate::SegmentTable>(question.problem, question.model, question.range.first,
                                                       question.range.last, mini_batch, type);
    }
    cells_[place].resize(index(0, cuts_));
    settled_[place].resize(index(0, cuts_));
    for (int y = 0; y + 1 < cuts_; ++y) {
      for (int x = y + 1; x < cuts_; ++x) {
        const Segment& segment =
            table->optimistic(cuts[static_cast<std::size_t>(y)], cuts[static_cast<std::size_t>(x)]);
        cells_[place][index(y, x)] = figures_of(static_cast<int>(place), segment, x);
        settled_[place][index(y, x)] = segment.exact ? 1 : 0;
      }
    }
  }
  derive_rest();
}

StageFigures StageGrid::figures_of(int place, const Segment& segment, int x) const {
  const evaluate::StagePlace& where = question_.trie.places[static_cast<std::size_t>(place)];
  const hardware::ChipletType& type = question_.problem.package.types[static_cast<std::size_t>(where.type)];
  // Stages stand on neighbouring chiplets; the last one has no next.
  const int next_hops = x == cuts_ - 1 ? 0 : 1;
  StageFigures figures = evaluate::stage_figures(constants_, segment, where.memory_hops, next_hops,
                                                 type.energy.l2_access, mini_batches_);
  if (!segment.feasible) {
    figures.first = kInfinite;
    figures.steady = kInfinite;
    figures.energy = kInfinite;
  }
  return figures;
}

void StageGrid::settle(int place, int y, int x) {
  const int type = question_.trie.places[static_cast<std::size_t>(place)].type;
  const Segment& segment = tables_[static_cast<std::size_t>(type)]->exact(
      question_.cuts[static_cast<std::size_t>(y)], question_.cuts[static_cast<std::size_t>(x)]);
  cells_[static_cast<std::size_t>(place)][index(y, x)] = figures_of(place, segment, x);
  settled_[static_cast<std::size_t>(place)][index(y, x)] = 1;
}

void StageGrid::derive_rest() {
  const auto count = static_cast<std::size_t>(cuts_);
  rest_first_.assign(count, kInfinite);
  rest_steady_.assign(count, kInfinite);
  rest_energy_.assign(count, kInfinite);
  rest_bytes_.assign(count, kInfinite);
  rest_first_.back() = rest_steady_.back() = rest_energy_.back() = rest_bytes_.back() = 0.0;
  for (int x = cuts_ - 1; x > 0; --x) {
    const auto to = static_cast<std::size_t>(x);
    for (std::size_t place = 0; place < cells_.size(); ++place) {
      const StageFigures* column = &cells_[place][index(0, x)];
      for (std::size_t from = 0; from < to; ++from) {
        const StageFigures& stage = column[from];
        rest_first_[from] = std::min(rest_first_[from], stage.first + rest_first_[to]);
        rest_steady_[from] = std::min(rest_steady_[from], std::max(stage.steady, rest_steady_[to]));
        rest_energy_[from] = std::min(rest_energy_[from], stage.energy + rest_energy_[to]);
        rest_bytes_[from] =
            std::min(rest_bytes_[from], static_cast<double>(stage.memory_bytes) + rest_bytes_[to]);
      }
    }
  }
}

}  // namespace inlay::search
