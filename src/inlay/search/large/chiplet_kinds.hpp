#pragma once

#include <vector>

#include "inlay/evaluate/stage_figures.hpp"
#include "inlay/hardware/package.hpp"

namespace inlay::search::large {

/// What of a package's chiplets matters to stages.
struct ChipletKinds {
  /// Chiplets that a bound takes for alike.
  struct Kind {
    int place = 0;            // the place that stands for all of them: the nearest to the memory
    int count = 0;            // how many there are
    std::vector<int> beside;  // kinds that some chiplet of this kind is linked with
  };
  std::vector<evaluate::StagePlace> places;  // all (chiplet type, hops to memory) that occur
  std::vector<int> place_of;                 // [chiplet]
  std::vector<Kind> kinds;
};

/// A kind for every place, or, where those are more than `most_kinds`, for every chiplet type.
ChipletKinds chiplet_kinds(const hardware::Package& package, int most_kinds);

}  // namespace inlay::search::large
