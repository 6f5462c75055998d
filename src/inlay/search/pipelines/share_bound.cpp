#include "inlay/search/pipelines/share_bound.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "inlay/search/constraints/constraint_effects.hpp"

namespace inlay::search::pipelines {
namespace {

/// A place class with the chiplets of each type that a stage there takes.
struct CountedPlace {
  int place = 0;
  std::vector<int> taken;
};

/// The place classes that bound all others: of each type of chiplet the nearest to the memory, or all where
/// pins and bans tell them apart; on submeshes, the relaxed place of each kind.
std::vector<CountedPlace> bounding_places(const schedule::Problem& problem, const PathTrie& trie) {
  std::vector<int> chosen = trie.relaxed;
  if (trie.single()) {
    const bool all = constraints::chiplets_differ(problem);
    std::map<int, int> nearest;  // [type]
    for (int place = 0; place < static_cast<int>(trie.places.size()); ++place) {
      const evaluate::StagePlace& here = trie.places[static_cast<std::size_t>(place)];
      const auto [known, added] = nearest.try_emplace(here.type, place);
      if (all) {
        chosen.push_back(place);
      } else if (!added &&
                 here.memory_hops < trie.places[static_cast<std::size_t>(known->second)].memory_hops) {
        known->second = place;
      }
    }
    for (const auto& [type, place] : nearest) {
      if (!all) {
        chosen.push_back(place);
      }
    }
  }
  std::vector<CountedPlace> places;
  for (const int place : chosen) {
    places.push_back({place, std::vector<int>(problem.package.types.size(), 0)});
    trie.count_types(place, places.back().taken);
  }
  return places;
}

}  // namespace

std::vector<Completion> share_bounds(const StageGrid& grid, const schedule::Problem& problem,
                                     const PathTrie& trie, const TypeShares& shares,
                                     const SupportingLines& lines) {
  const std::vector<CountedPlace> places = bounding_places(problem, trie);
  const auto cuts = static_cast<std::size_t>(grid.last_cut()) + 1;
  // [share][cut] from the cut to the end
  std::vector<Completion> from(shares.count() * cuts, completion_of(std::numeric_limits<double>::infinity()));
  for (std::size_t share = 0; share < shares.count(); ++share) {
    from[share * cuts + cuts - 1] = completion_of(0.0);
  }
  for (int x = grid.last_cut(); x > 0; --x) {
    for (std::size_t share = 0; share < shares.count(); ++share) {
      for (const CountedPlace& one : places) {
        if (!shares.holds(share, one.taken)) {
          continue;
        }
        const Completion rest = from[shares.left(share, one.taken) * cuts + static_cast<std::size_t>(x)];
        if (std::isfinite(rest.steady)) {
          prepend_stages(grid, lines, one.place, x, rest, &from[share * cuts]);
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
