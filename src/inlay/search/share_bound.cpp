#include "inlay/search/share_bound.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace inlay::search {
namespace {

/// [type] the place class of its chiplet that is nearest to the memory; -1 if no place is of the type.
std::vector<int> nearest_places(const schedule::Problem& problem,
                                const std::vector<evaluate::StagePlace>& places) {
  std::vector<int> nearest(problem.package.types.size(), -1);
  for (int place = 0; place < static_cast<int>(places.size()); ++place) {
    const evaluate::StagePlace& here = places[static_cast<std::size_t>(place)];
    int& best = nearest[static_cast<std::size_t>(here.type)];
    if (best < 0 || here.memory_hops < places[static_cast<std::size_t>(best)].memory_hops) {
      best = place;
    }
  }
  return nearest;
}

}  // namespace

std::vector<Completion> share_bounds(const StageGrid& grid, const schedule::Problem& problem,
                                     const std::vector<evaluate::StagePlace>& places,
                                     const TypeShares& shares, const Lines& lines) {
  const std::vector<int> nearest = nearest_places(problem, places);
  const auto cuts = static_cast<std::size_t>(grid.last_cut()) + 1;
  // [share][cut] from the cut to the end
  std::vector<Completion> from(shares.count() * cuts, completion_of(std::numeric_limits<double>::infinity()));
  for (std::size_t share = 0; share < shares.count(); ++share) {
    from[share * cuts + cuts - 1] = completion_of(0.0);
  }
  for (int x = grid.last_cut(); x > 0; --x) {
    for (std::size_t share = 0; share < shares.count(); ++share) {
      for (std::size_t type = 0; type < shares.types(); ++type) {
        if (shares.of(share, type) == 0 || nearest[type] < 0) {
          continue;
        }
        const Completion rest = from[shares.without(share, type) * cuts + static_cast<std::size_t>(x)];
        if (std::isfinite(rest.steady)) {
          prepend_stages(grid, lines, nearest[type], x, rest, &from[share * cuts]);
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

std::vector<Front> side_by_side_within(const TypeShares& shares,
                                       const std::vector<const std::vector<Front>*>& models) {
  std::vector<Front> all(shares.count(), Front{Corner{}});
  for (const std::vector<Front>* model : models) {
    std::vector<Front> next(shares.count());
    for (std::size_t share = 0; share < shares.count(); ++share) {
      for (std::size_t part = 0; part <= share; ++part) {
        if (!shares.within(part, share) || (*model)[part].empty()) {
          continue;
        }
        const Front& others = all[shares.left(share, shares.counts(part))];
        const Front together = side_by_side(others, (*model)[part]);
        for (const Corner& point : together.points()) {
          next[share].add(point);
        }
      }
      next[share] = next[share].thinned(128);
    }
    all = std::move(next);
  }
  return all;
}

}  // namespace inlay::search
