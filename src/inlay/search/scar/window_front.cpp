#include "inlay/search/scar/window_front.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

namespace inlay::search::scar {
namespace {

/// A sum over the first windows: the last one's point, and the sum that it was added to.
struct Sum {
  double latency = 0.0;
  double energy = 0.0;
  std::size_t before = 0;
  std::size_t point = 0;
};

template <typename Value>
void sort_by_latency(std::vector<Value>& values) {
  std::stable_sort(values.begin(), values.end(), [](const Value& a, const Value& b) {
    return a.latency != b.latency ? a.latency < b.latency : a.energy < b.energy;
  });
}

/// Keeps what no other beats in latency and energy.
template <typename Value>
void keep_unbeaten(std::vector<Value>& values) {
  sort_by_latency(values);
  double least = std::numeric_limits<double>::infinity();
  std::erase_if(values, [&](const Value& value) {
    const bool beaten = value.energy >= least;
    least = std::min(least, value.energy);
    return beaten;
  });
}

/// The same where some must begin in time.
void keep_unbeaten_in_time(std::vector<packing::WindowPoint>& points) {
  sort_by_latency(points);
  std::vector<packing::WindowPoint> kept;
  for (packing::WindowPoint& point : points) {
    const bool beaten = std::any_of(kept.begin(), kept.end(), [&point](const packing::WindowPoint& other) {
      return other.energy <= point.energy && other.latest_begin >= point.latest_begin;
    });
    if (!beaten) {
      kept.push_back(std::move(point));
    }
  }
  points = std::move(kept);
}

}  // namespace

void merge_front(std::vector<packing::WindowPoint>& front, std::vector<packing::WindowPoint> more) {
  std::move(more.begin(), more.end(), std::back_inserter(front));
  const bool limited = std::any_of(front.begin(), front.end(), [](const packing::WindowPoint& point) {
    return std::isfinite(point.latest_begin);
  });
  if (limited) {
    keep_unbeaten_in_time(front);
  } else {
    keep_unbeaten(front);
  }
}

std::optional<BestTotal> best_total(const std::vector<std::vector<packing::WindowPoint>>& fronts,
                                    const Objective& objective, double static_power) {
  std::vector<std::vector<Sum>> sums = {{Sum{}}};
  for (const std::vector<packing::WindowPoint>& front : fronts) {
    std::vector<Sum> next;
    for (std::size_t before = 0; before < sums.back().size(); ++before) {
      for (std::size_t point = 0; point < front.size(); ++point) {
        if (sums.back()[before].latency > front[point].latest_begin) {
          continue;
        }
        next.push_back({sums.back()[before].latency + front[point].latency,
                        sums.back()[before].energy + front[point].energy, before, point});
      }
    }
    keep_unbeaten(next);
    sums.push_back(std::move(next));
  }
  if (sums.back().empty()) {
    return std::nullopt;
  }
  const auto value = [&](const Sum& sum) {
    return objective.value(sum.latency, sum.energy + static_power * sum.latency);
  };
  const auto best = std::min_element(sums.back().begin(), sums.back().end(),
                                     [&](const Sum& a, const Sum& b) { return value(a) < value(b); });
  BestTotal total{{}, best->latency, best->energy + static_power * best->latency};
  total.schedule.windows.resize(fronts.size());
  Sum sum = *best;
  for (std::size_t w = fronts.size(); w-- > 0;) {
    total.schedule.windows[w].pipelines = fronts[w][sum.point].pipelines;
    sum = sums[w][sum.before];
  }
  return total;
}

}  // namespace inlay::search::scar
