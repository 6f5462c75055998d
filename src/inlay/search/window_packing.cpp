#include "inlay/search/window_packing.hpp"

#include <algorithm>
#include <bit>
#include <map>

namespace inlay::search {
namespace {

// Beyond this the combinations of one window would take gigabytes.
constexpr std::ptrdiff_t kMostCombinations = 8'000'000;

/// A pipeline of one model on one set of chiplets.
struct Option {
  ChipletSet set = 0;
  double latency = 0.0;
  double energy = 0.0;
  double bytes = 0.0;
  int point = 0;
  int path = 0;  // among the paths of the point's node
};

/// Pipelines of the first few models on an occupied set of chiplets.
struct Combination {
  ChipletSet set = 0;
  double latency = 0.0;
  double energy = 0.0;
  double bytes = 0.0;
  int parent = -1;  // combination of the models before
  int point = 0;
  int path = 0;
};

/// Keeps what no other beats. Sorted by latency, then energy: of equals the first stays.
template <typename Item>
void keep_best(std::vector<Item>& items, bool bytes_count) {
  std::stable_sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
    return a.latency != b.latency ? a.latency < b.latency : a.energy < b.energy;
  });
  std::size_t count = 0;
  for (const Item& item : items) {
    // Without bytes the last one kept has the least energy of all.
    const std::size_t begin = bytes_count || count == 0 ? 0 : count - 1;
    bool beaten = false;
    for (std::size_t i = count; i > begin && !beaten; --i) {
      beaten = items[i - 1].energy <= item.energy && (!bytes_count || items[i - 1].bytes <= item.bytes);
    }
    if (!beaten) {
      items[count++] = item;
    }
  }
  items.resize(count);
}

/// Keeps at most `beam` items: for every number of chiplets the same share, those with the least bound.
template <typename Item>
void thin(std::vector<Item>& items, std::size_t beam, const Surroundings& surroundings) {
  if (beam == 0 || items.size() <= beam) {
    return;
  }
  std::map<int, std::vector<std::pair<double, std::size_t>>> by_size;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Item& item = items[i];
    by_size[std::popcount(item.set)].emplace_back(surroundings.bound(item.latency, item.energy, item.bytes),
                                                  i);
  }
  const std::size_t share = std::max<std::size_t>(1, beam / by_size.size());
  std::vector<Item> kept;
  for (auto& [size, ranked] : by_size) {
    std::sort(ranked.begin(), ranked.end());
    for (std::size_t i = 0; i < std::min(share, ranked.size()); ++i) {
      kept.push_back(items[ranked[i].second]);
    }
  }
  items = std::move(kept);
}

/// The pipelines that a model may have on each set, without those that another on the same set beats.
std::vector<Option> options_of(const PathTrie& trie, const PackedModel& model, const Surroundings& around,
                               std::size_t beam) {
  std::map<ChipletSet, std::vector<Option>> by_set;
  for (std::size_t index = 0; index < model.points.size(); ++index) {
    const PipelinePoint& point = model.points[index];
    const auto& paths = trie.nodes[static_cast<std::size_t>(point.node)].paths;
    for (std::size_t path = 0; path < paths.size(); ++path) {
      by_set[paths[path].first].push_back({paths[path].first, point.latency, point.energy, point.bytes,
                                           static_cast<int>(index), static_cast<int>(path)});
    }
  }
  std::vector<Option> options;
  for (auto& [set, of_set] : by_set) {
    keep_best(of_set, around.seconds_per_byte > 0.0);
    options.insert(options.end(), of_set.begin(), of_set.end());
  }
  thin(options, beam, around);
  return options;
}

/// What the models from `first` on cost at least.
Surroundings with_remaining(const Surroundings& outside, const std::vector<PackedModel>& models,
                            std::size_t first) {
  Surroundings result = outside;
  for (std::size_t m = first; m < models.size(); ++m) {
    result.window_latency = std::max(result.window_latency, models[m].bound.latency);
    result.window_energy += models[m].bound.energy;
    result.window_bytes += models[m].bound.bytes;
  }
  return result;
}

class Packing {
 public:
  Packing(const PathTrie& trie, const std::vector<PackedModel>& models, const Surroundings& outside,
          const PackingLimits& limits, const StopClock& clock)
      : trie_(trie), models_(models), outside_(outside), limits_(limits), clock_(clock) {}

  PackedWindow run() {
    levels_.push_back({Combination{}});
    for (std::size_t m = 0; m < models_.size(); ++m) {
      add_model(m);
    }
    std::vector<Combination> all = levels_.back();
    for (Combination& combination : all) {
      combination.latency = std::max(combination.latency, combination.bytes * outside_.seconds_per_byte);
    }
    keep_best(all, false);
    for (const Combination& combination : all) {
      result_.points.push_back(point_of(combination));
    }
    return std::move(result_);
  }

 private:
  void add_model(std::size_t m) {
    const Surroundings remaining = with_remaining(outside_, models_, m + 1);
    const bool bytes_count = remaining.seconds_per_byte > 0.0;
    const std::vector<Option> options = options_of(trie_, models_[m], remaining, limits_.beam);
    const std::vector<Combination>& before = levels_.back();
    std::map<ChipletSet, std::vector<Combination>> after;
    std::ptrdiff_t kept = 0;
    for (std::size_t parent = 0; parent < before.size(); ++parent) {
      if ((parent % 64 == 0 && clock_.expired()) || kept > kMostCombinations) {
        result_.complete = false;
        break;
      }
      for (const Option& option : options) {
        if ((before[parent].set & option.set) == 0) {
          const Combination next = joined(before[parent], static_cast<int>(parent), option);
          if (!remaining.hopeless(next.latency, next.energy, next.bytes)) {
            kept += add(after[next.set], next, bytes_count);
          }
        }
      }
    }
    std::vector<Combination> level;
    for (auto& [set, combinations] : after) {
      keep_best(combinations, bytes_count);
      level.insert(level.end(), combinations.begin(), combinations.end());
    }
    thin(level, limits_.beam, remaining);
    levels_.push_back(std::move(level));
  }

  static Combination joined(const Combination& before, int parent, const Option& option) {
    return {before.set | option.set,
            std::max(before.latency, option.latency),
            before.energy + option.energy,
            before.bytes + option.bytes,
            parent,
            option.point,
            option.path};
  }

  /// Adds one and now and then drops the beaten ones, so that a set never holds many more than its front.
  static std::ptrdiff_t add(std::vector<Combination>& combinations, const Combination& next,
                            bool bytes_count) {
    const std::size_t before = combinations.size();
    if (before == combinations.capacity() && before >= 256) {
      keep_best(combinations, bytes_count);
      combinations.reserve(2 * combinations.size() + 256);
    }
    combinations.push_back(next);
    return static_cast<std::ptrdiff_t>(combinations.size()) - static_cast<std::ptrdiff_t>(before);
  }

  WindowPoint point_of(const Combination& last) const {
    WindowPoint result{last.latency, last.energy, {}};
    const Combination* at = &last;
    for (std::size_t m = models_.size(); m > 0; --m) {
      const PackedModel& model = models_[m - 1];
      const PipelinePoint& point = model.points[static_cast<std::size_t>(at->point)];
      const auto& path =
          trie_.nodes[static_cast<std::size_t>(point.node)].paths[static_cast<std::size_t>(at->path)].second;
      schedule::Pipeline pipeline{model.model, point.mini_batch, {}};
      for (std::size_t k = 0; k < path.size(); ++k) {
        pipeline.stages.push_back({point.cuts[k], point.cuts[k + 1], path[k]});
      }
      result.pipelines.push_back(std::move(pipeline));
      at = &levels_[m - 1][static_cast<std::size_t>(at->parent)];
    }
    std::sort(result.pipelines.begin(), result.pipelines.end(),
              [](const schedule::Pipeline& a, const schedule::Pipeline& b) { return a.model < b.model; });
    return result;
  }

  const PathTrie& trie_;
  const std::vector<PackedModel>& models_;
  const Surroundings& outside_;
  const PackingLimits& limits_;
  const StopClock& clock_;
  std::vector<std::vector<Combination>> levels_;  // [models placed]
  PackedWindow result_;
};

}  // namespace

PackedWindow pack_window(const PathTrie& trie, const std::vector<PackedModel>& models,
                         const Surroundings& surroundings, const PackingLimits& limits,
                         const StopClock& clock) {
  return Packing(trie, models, surroundings, limits, clock).run();
}

}  // namespace inlay::search
