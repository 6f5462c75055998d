#include "inlay/cost/data_centric/window_coverage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"

namespace inlay::cost::data_centric {
namespace {

/// `count` intervals [begin, end), each `pitch` further than the one before.
struct Run {
  std::int64_t count = 0;
  std::int64_t pitch = 0;
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

/// Size of the union of runs, of which only what lies in [begin, end) counts. Runs whose begins and ends both
/// ascend, as neighbouring units' do, are swept once; others (units that come from idling beside units that
/// slide on) are sorted first.
class Union {
 public:
  Union(std::int64_t begin, std::int64_t end) : begin_(begin), end_(end) {}

  /// Returns the sizes of the intervals that were added, overlaps counted each time.
  std::int64_t add(const Run& run) {
    if (run.count == 0 || run.end <= run.begin) {
      return 0;
    }
    Run rest = run;
    std::int64_t added = 0;
    for (; rest.count > 0 && rest.begin < begin_; rest = next(rest)) {
      added += add_one(rest, 0);
    }
    // The last intervals that reach into the padding behind the input.
    std::int64_t behind = 0;
    while (behind < rest.count && rest.end + (rest.count - 1 - behind) * rest.pitch > end_) {
      ++behind;
    }
    if (rest.count > behind) {
      runs_.push_back({rest.count - behind, rest.pitch, rest.begin, rest.end});
      added += (rest.count - behind) * (rest.end - rest.begin);
    }
    for (std::int64_t i = rest.count - behind; i < rest.count; ++i) {
      added += add_one(rest, i);
    }
    return added;
  }

  std::int64_t size() {
    if (!ascending()) {
      expand();
    }
    std::int64_t covered = 0;
    std::int64_t frontier = runs_.empty() ? 0 : runs_[0].begin;
    for (const Run& run : runs_) {
      const std::int64_t length = run.end - run.begin;
      covered += std::max<std::int64_t>(0, run.end - std::max(run.begin, frontier)) +
                 (run.count - 1) * std::min(run.pitch, length);
      frontier = std::max(frontier, run.end + (run.count - 1) * run.pitch);
    }
    return covered;
  }

 private:
  static Run next(const Run& run) {
    return {run.count - 1, run.pitch, run.begin + run.pitch, run.end + run.pitch};
  }

  std::int64_t add_one(const Run& run, std::int64_t member) {
    const std::int64_t begin = std::max(begin_, run.begin + member * run.pitch);
    const std::int64_t end = std::min(end_, run.end + member * run.pitch);
    if (begin >= end) {
      return 0;
    }
    runs_.push_back({1, 0, begin, end});
    return end - begin;
  }

  bool ascending() const {
    for (std::size_t i = 1; i < runs_.size(); ++i) {
      const std::int64_t shift = (runs_[i - 1].count - 1) * runs_[i - 1].pitch;
      if (runs_[i].begin < runs_[i - 1].begin + shift || runs_[i].end < runs_[i - 1].end + shift) {
        return false;
      }
    }
    return true;
  }

  void expand() {
    std::vector<Run> single;
    for (const Run& run : runs_) {
      for (std::int64_t i = 0; i < run.count; ++i) {
        single.push_back({1, 0, run.begin + i * run.pitch, run.end + i * run.pitch});
      }
    }
    std::sort(single.begin(), single.end(), [](const Run& a, const Run& b) { return a.begin < b.begin; });
    runs_ = std::move(single);
  }

  std::int64_t begin_;
  std::int64_t end_;
  std::vector<Run> runs_;
};

/// Number of a place when those that a stride leaves out between windows are not counted.
std::int64_t without_gaps(std::int64_t place, std::int64_t stride, std::int64_t taps) {
  return place / stride * taps + std::min(place % stride, taps);
}

/// Windows without holes are intervals once the gaps between them, which hold nothing, are closed.
Coverage cover_intervals(std::span<const UnitTiles> outputs, std::int64_t taps, const Window& window) {
  const bool gaps = taps < window.stride;
  const std::int64_t stride = gaps ? taps : window.stride;
  const std::int64_t begin = gaps ? without_gaps(window.begin, window.stride, taps) : window.begin;
  const std::int64_t end = gaps ? without_gaps(window.end, window.stride, taps) : window.end;
  Coverage coverage;
  Union touched(begin, end);
  Union fresh(begin, end);
  std::int64_t new_copies = 0;
  for (const UnitTiles& unit : outputs) {
    if (unit.length == 0) {
      continue;
    }
    Run run{unit.count, unit.pitch * stride, unit.begin * stride,
            (unit.begin + unit.length - 1) * stride + taps};
    coverage.copies += touched.add(run);
    if (unit.before_length > 0) {
      // Output tiles are equal or disjoint, so a window's new part lies at one end of it.
      const std::int64_t before_begin = unit.before_begin * stride;
      const std::int64_t before_end = (unit.before_begin + unit.before_length - 1) * stride + taps;
      if (unit.stays()) {
        run.end = run.begin;
      } else if (before_begin > run.begin) {
        run.end = std::min(run.end, before_begin);
      } else {
        run.begin = std::max(run.begin, before_end);
      }
    }
    new_copies += fresh.add(run);
  }
  coverage.touched = touched.size();
  coverage.kept = coverage.touched - fresh.size();
  coverage.copies_kept = coverage.copies - new_copies;
  return coverage;
}

/// A unit's own outputs and taps, in the step and in the one before.
struct Single {
  UnitTiles outputs;
  UnitTiles taps;
};

std::vector<UnitTiles> expanded(std::span<const UnitTiles> groups) {
  std::vector<UnitTiles> singles;
  for (const UnitTiles& group : groups) {
    for (std::int64_t i = 0; i < group.count; ++i) {
      singles.push_back({1, 0, group.begin + i * group.pitch, group.length,
                         group.before_begin + i * group.pitch, group.before_length});
    }
  }
  return singles;
}

constexpr std::int64_t kMostPlaces = std::int64_t{1} << 24;

/// Any windows, place by place.
class PlaceByPlace {
 public:
  PlaceByPlace(std::span<const UnitTiles> outputs, std::span<const UnitTiles> taps, const Window& window)
      : outputs_(expanded(outputs)), taps_(expanded(taps)), window_(window) {
    std::int64_t last_output = 0;
    std::int64_t last_tap = 0;
    for (const UnitTiles& unit : outputs_) {
      last_output = std::max({last_output, unit.begin + unit.length, unit.before_begin + unit.before_length});
    }
    for (const UnitTiles& unit : taps_) {
      last_tap = std::max({last_tap, unit.begin + unit.length, unit.before_begin + unit.before_length});
    }
    const std::int64_t last = base::checked_add(base::checked_multiply(last_output, window.stride),
                                                base::checked_multiply(last_tap, window.dilation));
    if (last > kMostPlaces) {
      throw base::InfeasibleError(fmt::format(
          "a dilated filter, or one that is cut into tiles, meets {} rows or columns; this engine "
          "counts at most {}",
          last, kMostPlaces));
    }
    places_.resize(static_cast<std::size_t>(last + 1));
  }

  Coverage count() {
    for (const UnitTiles& outputs : outputs_) {
      for (const UnitTiles& taps : taps_) {
        add({outputs, taps});
      }
    }
    for (const Place& place : places_) {
      coverage_.touched += place.touched ? 1 : 0;
      coverage_.kept += place.touched && !place.fresh ? 1 : 0;
    }
    return coverage_;
  }

 private:
  struct Place {
    bool touched = false;
    bool fresh = false;
    std::int64_t held_by = 0;  // last unit that held it in the step before
    std::int64_t read_by = 0;  // last unit that reads it
  };

  template <typename Visit>
  void visit(std::int64_t begin, std::int64_t length, std::int64_t tap, std::int64_t taps, Visit visit) {
    for (std::int64_t o = begin; o < begin + length; ++o) {
      for (std::int64_t t = tap; t < tap + taps; ++t) {
        const std::int64_t place = o * window_.stride + t * window_.dilation;
        if (place >= window_.begin && place < window_.end) {
          visit(places_[static_cast<std::size_t>(place)]);
        }
      }
    }
  }

  void add(const Single& unit) {
    ++unit_;
    visit(unit.outputs.before_begin, unit.outputs.before_length, unit.taps.before_begin,
          unit.taps.before_length, [this](Place& place) { place.held_by = unit_; });
    visit(unit.outputs.begin, unit.outputs.length, unit.taps.begin, unit.taps.length, [this](Place& place) {
      if (place.read_by == unit_) {
        return;
      }
      place.read_by = unit_;
      place.touched = true;
      ++coverage_.copies;
      if (place.held_by == unit_) {
        ++coverage_.copies_kept;
      } else {
        place.fresh = true;
      }
    });
  }

  std::vector<UnitTiles> outputs_;
  std::vector<UnitTiles> taps_;
  Window window_;
  std::vector<Place> places_;
  Coverage coverage_;
  std::int64_t unit_ = 0;
};

}  // namespace

Coverage cover(std::span<const UnitTiles> outputs, std::span<const UnitTiles> taps, const Window& window) {
  const bool whole_filter = taps.size() == 1 && taps[0].count == 1 && taps[0].stays();
  if (whole_filter && (window.dilation == 1 || taps[0].length == 1)) {
    Window shifted = window;  // by the taps that stand before the filter's part
    shifted.begin -= std::min(shifted.begin, taps[0].begin * window.dilation);
    shifted.end -= taps[0].begin * window.dilation;
    return cover_intervals(outputs, taps[0].length, shifted);
  }
  return PlaceByPlace(outputs, taps, window).count();
}

}  // namespace inlay::cost::data_centric
