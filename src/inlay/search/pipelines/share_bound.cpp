#include "inlay/search/pipelines/share_bound.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "inlay/search/constraints/constraint_effects.hpp"

namespace inlay::search::pipelines {
namespace {

/// [type] the place class of its chiplet that is nearest to the memory, or all of its place classes where
/// pins and bans tell them apart; none if no place is of the type.
std::vector<std::vector<int>> best_places(const schedule::Problem& problem,
                                          const std::vector<evaluate::StagePlace>& places) {
  const bool all = constraints::chiplets_differ(problem);
  std::vector<std::vector<int>> best(problem.package.types.size());
  for (int place = 0; place < static_cast<int>(places.size()); ++place) {
    const evaluate::StagePlace& here = places[static_cast<std::size_t>(place)];
    std::vector<int>& known = best[static_cast<std::size_t>(here.type)];
    if (all || known.empty()) {
      known.push_back(place);
    } else if (here.memory_hops < places[static_cast<std::size_t>(known.front())].memory_hops) {
      known.front() = place;
    }
  }
  return best;
}

}  // namespace

std::vector<Completion> share_bounds(const StageGrid& grid, const schedule::Problem& problem,
                                     const std::vector<evaluate::StagePlace>& places,
                                     const TypeShares& shares, const SupportingLines& lines) {
  const std::vector<std::vector<int>> best = best_places(problem, places);
  const auto cuts = static_cast<std::size_t>(grid.last_cut()) + 1;
  // [share][cut] from the cut to the end
  std::vector<Completion> from(shares.count() * cuts, completion_of(std::numeric_limits<double>::infinity()));
  for (std::size_t share = 0; share < shares.count(); ++share) {
    from[share * cuts + cuts - 1] = completion_of(0.0);
  }
  for (int x = grid.last_cut(); x > 0; --x) {
    for (std::size_t share = 0; share < shares.count(); ++share) {
      for (std::size_t type = 0; type < shares.types(); ++type) {
        if (shares.of(share, type) == 0) {
          continue;
        }
        const Completion rest = from[shares.without(share, type) * cuts + static_cast<std::size_t>(x)];
        if (std::isfinite(rest.steady)) {
          for (const int place : best[type]) {
            prepend_stages(grid, lines, place, x, rest, &from[share * cuts]);
          }
        }
      }
    }
  }
  std::vector<Completion> whole;
  for (std::size_t share = 0; share < shares.count(); ++share) {
    whole.push_back(from[share * cuts]);
  }
  return whole;
}

std::vector<ParetoFront> side_by_side_within(const TypeShares& shares,
                                             const std::vector<const std::vector<ParetoFront>*>& models) {
  std::vector<ParetoFront> all(shares.count(), ParetoFront{CostPoint{}});
  for (const std::vector<ParetoFront>* model : models) {
    std::vector<ParetoFront> next(shares.count());
    for (std::size_t share = 0; share < shares.count(); ++share) {
      for (std::size_t part = 0; part <= share; ++part) {
        if (!shares.within(part, share) || (*model)[part].empty()) {
          continue;
        }
        const ParetoFront& others = all[shares.left(share, shares.counts(part))];
        const ParetoFront together = side_by_side(others, (*model)[part]);
        for (const CostPoint& point : together.points()) {
          next[share].add(point);
        }
      }
      next[share] = next[share].thinned(128);
    }
    all = std::move(next);
  }
  return all;
}

}  // namespace inlay::search::pipelines
