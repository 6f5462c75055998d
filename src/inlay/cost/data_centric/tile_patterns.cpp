#include "inlay/cost/data_centric/tile_patterns.hpp"

#include <algorithm>

#include "inlay/base/checked.hpp"

namespace inlay::cost::data_centric {
namespace {

using Units = std::vector<UnitTiles>;

/// Length of the tile number `index` when `length` indices are cut into pieces of `piece`.
std::int64_t piece_length(std::int64_t length, std::int64_t piece, std::int64_t index) {
  return std::clamp<std::int64_t>(length - index * piece, 0, piece);
}

/// Iterations of a loop: those of the unit with most work; the others wait.
std::int64_t iterations(const Units& units, std::int64_t chunk, bool before) {
  std::int64_t longest = 0;
  for (const UnitTiles& unit : units) {
    longest = std::max(longest, before ? unit.before_length : unit.length);
  }
  return base::ceil_divide(longest, chunk);
}

/// The borders of pieces of [begin, end].
void sort_unique(std::vector<std::int64_t>& points, std::int64_t begin, std::int64_t end) {
  std::erase_if(points, [begin, end](std::int64_t point) { return point < begin || point > end; });
  points.push_back(begin);
  points.push_back(end);
  std::sort(points.begin(), points.end());
  points.erase(std::unique(points.begin(), points.end()), points.end());
}

class Builder {
 public:
  Builder(std::span<const Loop> loops, const Transition& transition, const Distinction& distinction,
          std::vector<TilePattern>& patterns)
      : loops_(loops), transition_(transition), distinction_(distinction), patterns_(patterns) {}

  /// Whether the loops stand at their first index, and stood at their last in the step before.
  struct Ends {
    bool first = true;
    bool last_before = true;
  };

  void build(std::size_t loop, std::int64_t occurrences, Ends ends, Units units) {
    if (loop == loops_.size()) {
      patterns_.push_back({occurrences, ends.first, ends.last_before, std::move(units)});
    } else if (loop < transition_.outer) {
      still(loop, occurrences, ends, units);
    } else if (loop == transition_.outer && transition_.advances) {
      advancing(loop, occurrences, units);
    } else {
      const std::int64_t last = iterations(units, loops_[loop].chunk(), true) - 1;
      build(loop + 1, occurrences, ends, at(loop, units, 0, last));
    }
  }

 private:
  /// The loop stands at any index in both steps; indices are taken together where the steps are alike.
  void still(std::size_t loop, std::int64_t occurrences, Ends ends, const Units& units) {
    std::vector<std::int64_t> points = changes(loop, units);
    const std::int64_t last = iterations(units, loops_[loop].chunk(), false) - 1;
    if (distinction_.first_visit) {
      points.push_back(1);
    }
    if (distinction_.last_visit) {
      points.push_back(last);
    }
    sort_unique(points, 0, last + 1);
    for (std::size_t i = 0; i + 1 < points.size(); ++i) {
      const Ends here = {ends.first && (!distinction_.first_visit || points[i] == 0),
                         ends.last_before && (!distinction_.last_visit || points[i] == last)};
      build(loop + 1, occurrences * (points[i + 1] - points[i]), here, at(loop, units, points[i], points[i]));
    }
  }

  void advancing(std::size_t loop, std::int64_t occurrences, const Units& units) {
    std::vector<std::int64_t> points = changes(loop, units);  // of the step's own tiles,
    const std::size_t own = points.size();
    for (std::size_t i = 0; i < own; ++i) {
      points.push_back(points[i] + 1);  // and of those of the step before
    }
    const std::int64_t end = iterations(units, loops_[loop].chunk(), false);
    if (end < 2) {
      return;
    }
    sort_unique(points, 1, end);
    for (std::size_t i = 0; i + 1 < points.size(); ++i) {
      build(loop + 1, occurrences * (points[i + 1] - points[i]),
            {!distinction_.first_visit, !distinction_.last_visit}, at(loop, units, points[i], points[i] - 1));
    }
  }

  /// Indices of a loop at which the units' tiles are not like those at the index before.
  std::vector<std::int64_t> changes(std::size_t loop, const Units& units) const {
    const std::int64_t chunk = loops_[loop].chunk();
    const std::int64_t end = iterations(units, chunk, false);
    std::vector<std::int64_t> points;
    for (const UnitTiles& unit : units) {
      points.push_back(unit.length / chunk);
      points.push_back(base::ceil_divide(unit.length, chunk));
      const std::int64_t last_begin = unit.begin + (unit.count - 1) * unit.pitch;
      const std::int64_t lowest = std::max<std::int64_t>(0, distinction_.begin - unit.begin);
      const std::int64_t highest = std::max<std::int64_t>(0, distinction_.end - last_begin);
      const std::int64_t inside = std::min(end, base::ceil_divide(lowest, chunk));
      for (std::int64_t i = 0; i < inside; ++i) {
        points.push_back(i + 1);
      }
      for (std::int64_t i = std::max(inside, highest / chunk); i < end; ++i) {
        points.push_back(i);
        points.push_back(i + 1);
      }
    }
    return points;
  }

  /// Tiles at index `now`, and at index `before` in the step before.
  Units at(std::size_t loop, const Units& units, std::int64_t now, std::int64_t before) const {
    const std::int64_t chunk = loops_[loop].chunk();
    Units result;
    result.reserve(units.size() + 3);
    for (const UnitTiles& unit : units) {
      UnitTiles tiles = unit;
      tiles.begin += now * chunk;
      tiles.length = piece_length(unit.length, chunk, now);
      tiles.before_begin += before * chunk;
      tiles.before_length = piece_length(unit.before_length, chunk, before);
      deal(loops_[loop], tiles, result);
    }
    return result;
  }

  /// Deals a chunk to the units of the loop's level; units without work in both steps are left out.
  static void deal(const Loop& loop, const UnitTiles& chunk, Units& result) {
    if (loop.units == 1) {
      if (chunk.length > 0 || chunk.before_length > 0) {
        result.push_back(chunk);
      }
      return;
    }
    const std::int64_t end = base::ceil_divide(std::max(chunk.length, chunk.before_length), loop.tile);
    std::array<std::int64_t, 6> points = {0,
                                          end,
                                          chunk.length / loop.tile,
                                          base::ceil_divide(chunk.length, loop.tile),
                                          chunk.before_length / loop.tile,
                                          base::ceil_divide(chunk.before_length, loop.tile)};
    std::sort(points.begin(), points.end());
    for (std::int64_t member = 0; member < chunk.count; ++member) {
      for (std::size_t i = 0; i + 1 < points.size(); ++i) {
        if (points[i] < points[i + 1]) {
          const std::int64_t start = member * chunk.pitch + points[i] * loop.tile;
          result.push_back({points[i + 1] - points[i], loop.tile, chunk.begin + start,
                            piece_length(chunk.length, loop.tile, points[i]), chunk.before_begin + start,
                            piece_length(chunk.before_length, loop.tile, points[i])});
        }
      }
    }
  }

  std::span<const Loop> loops_;
  Transition transition_;
  Distinction distinction_;
  std::vector<TilePattern>& patterns_;
};

}  // namespace

std::vector<TilePattern> tile_patterns(std::span<const Loop> loops, std::int64_t extent,
                                       const Transition& transition, const Distinction& distinction) {
  std::vector<TilePattern> patterns;
  Builder(loops, transition, distinction, patterns).build(0, 1, {}, {{1, 0, 0, extent, 0, extent}});
  return patterns;
}

}  // namespace inlay::cost::data_centric
