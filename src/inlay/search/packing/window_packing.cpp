#include "inlay/search/packing/window_packing.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <map>

#include "inlay/search/packing/delay_set.hpp"

namespace inlay::search::packing {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

/// More than this many would not fit into half a gigabyte.
constexpr std::size_t kMostCombinations = 8'000'000;

/// Pipelines of the first few models on an occupied set of chiplets.
struct Combination {
  double latency = 0.0;
  double energy = 0.0;
  double bytes = 0.0;
  double lateness = -kNever;            // the window must begin before minus this
  DelaySet delays;                      // where pipelines delay each other
  const Combination* before = nullptr;  // of all of these models but the last one
  int point = 0;                        // of the last model
  int path = 0;                         // among those of the point's node
};

using Combinations = std::vector<Combination>;
using BySet = std::map<pipelines::ChipletSet, Combinations>;

/// What counts beside latency and energy.
struct Counts {
  bool bytes = false;
  bool lateness = false;
  bool delays = false;
  double most_to_come = 0.0;  // s that pipelines still to come ask of the memory at most
  /// Where pipelines delay each other and must be done by some time: whether those of one combination end no
  /// later than those of the other, model by model, whatever is still to come.
  std::function<bool(const Combination&, const Combination&)> in_time = {};
  bool more() const { return bytes || lateness; }
};

/// Keeps what no other beats. Sorted by latency, then energy: of equals the first stays.
void keep_best(Combinations& combinations, const Counts& counts) {
  std::stable_sort(combinations.begin(), combinations.end(), [](const Combination& a, const Combination& b) {
    return a.latency != b.latency ? a.latency < b.latency : a.energy < b.energy;
  });
  std::size_t count = 0;
  for (const Combination& combination : combinations) {
    const auto end = combinations.begin() + static_cast<std::ptrdiff_t>(count);
    // Where nothing else counts, energies descend: the last one kept has the least.
    const auto begin = counts.more() || count == 0 ? combinations.begin() : end - 1;
    const bool dominated = std::any_of(begin, end, [&](const Combination& other) {
      return other.energy <= combination.energy && (!counts.bytes || other.bytes <= combination.bytes) &&
             (!counts.lateness || other.lateness <= combination.lateness) &&
             (!counts.delays || other.delays.never_after(combination.delays, counts.most_to_come)) &&
             (!counts.in_time || counts.in_time(other, combination));
    });
    if (!dominated) {
      combinations[count] = combination;
      ++count;
    }
  }
  combinations.resize(count);
}

/// Drops what a combination on a part of the chiplets beats. Not where more counts: too rarely worth it.
void drop_beaten_by_parts(BySet& sets) {
  std::map<pipelines::ChipletSet, ParetoFront> fronts;
  for (const auto& [set, combinations] : sets) {
    for (const Combination& combination : combinations) {
      fronts[set].add({combination.latency, combination.energy});
    }
  }
  for (auto& [set, combinations] : sets) {
    for (const auto& [part, front] : fronts) {
      if (part >= set) {
        break;  // a part stands before
      }
      if (part.within(set)) {
        std::erase_if(combinations, [&front = front](const Combination& combination) {
          return front.energy_within(combination.latency) <= combination.energy;
        });
      }
    }
  }
  std::erase_if(sets, [](const auto& entry) { return entry.second.empty(); });
}

/// The best points of one model on each set of chiplets: a set may be occupied along paths of several nodes.
BySet points_by_set(const pipelines::PathTrie& trie, const WindowModel& model, const Counts& counts,
                    double seconds_per_byte) {
  BySet result;
  for (std::size_t index = 0; index < model.points.size(); ++index) {
    const pipelines::PipelinePoint& point = model.points[index];
    const auto& paths = trie.nodes[static_cast<std::size_t>(point.node)].paths;
    for (std::size_t path = 0; path < paths.size(); ++path) {
      result[paths[path].first].push_back({point.latency,
                                           point.energy,
                                           point.bytes,
                                           point.latency - model.latest_end,
                                           {},
                                           nullptr,
                                           static_cast<int>(index),
                                           static_cast<int>(path)});
      result[paths[path].first].back().delays.add(point.latency, point.bytes * seconds_per_byte, 0.0);
    }
  }
  for (auto& [set, points] : result) {
    keep_best(points, counts);
  }
  return result;
}

/// Where every pipeline is one stage, chiplets of one place are as good as each other: of each the chiplets
/// of its place that are to be taken before it. Empty if there are longer paths.
std::map<pipelines::ChipletSet, pipelines::ChipletSet> twins_before(const pipelines::PathTrie& trie) {
  std::map<pipelines::ChipletSet, pipelines::ChipletSet> before;
  if (!trie.single()) {
    return {};  // submeshes of one place may overlap
  }
  for (const pipelines::PathTrie::Node& node : trie.nodes) {
    if (node.depth > 1) {
      return {};
    }
    pipelines::ChipletSet seen;
    for (const auto& [set, path] : node.paths) {
      before[set] = seen;
      seen = seen | set;
    }
  }
  return before;
}

class Packing {
 public:
  Packing(const pipelines::PathTrie& trie, const std::vector<WindowModel>& models,
          const pipelines::PruningContext& context, const StopClock& clock)
      : trie_(trie),
        models_(models),
        surroundings_(context),
        clock_(clock),
        twins_before_(twins_before(trie)) {
    for (const WindowModel& model : models) {
      latest_end_ = std::min(latest_end_, model.latest_end);
    }
    counts_.bytes = context.seconds_per_byte > 0.0;
    counts_.delays = context.contended && counts_.bytes;
    // Nothing comes before the first window: there a limit only excludes. How late a pipeline ends that
    // shares the memory with others is known in the end only.
    counts_.lateness = latest_end_ < kNever && (!context.first_window || counts_.bytes);
  }

  PackedWindow run() {
    occupied_.reserve(models_.size() + 1);  // combinations point into it
    occupied_.emplace_back();
    occupied_.back()[pipelines::ChipletSet{}].emplace_back();
    for (std::size_t m = 0; m < models_.size() && result_.complete; ++m) {
      add_model(m);
    }
    if (result_.complete) {
      finish();
    }
    return std::move(result_);
  }

 private:
  /// Sets that a part of which does as well may be looked for in, in pairs.
  static constexpr std::size_t kMostSetsInPairs = 2048;

  void thin(BySet& sets) const {
    if (!counts_.more() && sets.size() <= kMostSetsInPairs) {
      drop_beaten_by_parts(sets);
    }
  }

  /// Given what the models from `first` on cost at least.
  pipelines::PruningThreshold with_remaining(std::size_t first) const {
    pipelines::PruningContext result = surroundings_;
    for (std::size_t m = first; m < models_.size(); ++m) {
      result.window = side_by_side(result.window, models_[m].lower);
      result.window_bytes += models_[m].bound.bytes;
    }
    return pipelines::PruningThreshold(result);
  }

  bool skips_a_twin(const pipelines::ChipletSet& before, const pipelines::ChipletSet& set) const {
    const auto twins = twins_before_.find(set);
    return twins != twins_before_.end() && !twins->second.within(before);
  }

  void add_model(std::size_t m) {
    const pipelines::PruningThreshold remaining = with_remaining(m + 1);
    remaining_bytes_ = 0.0;
    for (std::size_t later = m + 1; later < models_.size(); ++later) {
      remaining_bytes_ += models_[later].bound.bytes;
    }
    // One of the model's points meets those of all other models.
    counts_.most_to_come = most_asked(0) - most_asked_by(models_[m]);
    counts_.in_time = {};  // of the points of one model: their latency says it
    BySet sets = points_by_set(trie_, models_[m], counts_, surroundings_.seconds_per_byte);
    counts_.most_to_come = most_asked(m + 1);
    if (counts_.bytes && counts_.lateness) {
      counts_.in_time = [this, m](const Combination& one, const Combination& other) {
        return none_later(m, one, other);
      };
    }
    thin(sets);
    BySet after;
    std::size_t held = 0;
    for (const auto& [before, combinations] : occupied_.back()) {
      for (const auto& [set, points] : sets) {
        if (before.intersects(set) || skips_a_twin(before, set)) {
          continue;
        }
        Combinations& target = after[before | set];
        held -= target.size();
        join(combinations, points, remaining, target);
        held += target.size();
        result_.too_large = held > kMostCombinations;
        result_.complete = !result_.too_large && !clock_.expired();
        if (!result_.complete) {
          return;
        }
      }
    }
    for (auto& [set, combinations] : after) {
      keep_best(combinations, counts_);
    }
    thin(after);
    occupied_.push_back(std::move(after));
  }

  /// Adds to `target` what may be part of a better schedule.
  void join(const Combinations& combinations, const Combinations& points,
            const pipelines::PruningThreshold& remaining, Combinations& target) const {
    const auto add = [&](std::size_t i, const Combination& point) {
      Combination next{std::max(combinations[i].latency, point.latency),
                       combinations[i].energy + point.energy,
                       combinations[i].bytes + point.bytes,
                       std::max(combinations[i].lateness, point.lateness),
                       {},
                       &combinations[i],
                       point.point,
                       point.path};
      double latency = next.latency;
      if (counts_.delays) {
        next.delays = combinations[i].delays;
        next.delays.add(point.latency, point.bytes * surroundings_.seconds_per_byte,
                        combinations[i].bytes * surroundings_.seconds_per_byte);
        latency = next.delays.end(remaining_bytes_ * surroundings_.seconds_per_byte);
      }
      if (next.lateness <= -surroundings_.earliest_begin &&
          !remaining.can_prune(latency, next.energy, next.bytes)) {
        target.push_back(next);
      }
    };
    if (!counts_.more()) {
      join_staircases(combinations, points, add);
      return;
    }
    // The pairs are many more than what remains of them.
    constexpr std::size_t kWorthThinning = 4096;
    std::size_t thin_at = std::max(kWorthThinning, 2 * target.size());
    for (std::size_t i = 0; i < combinations.size(); ++i) {
      for (const Combination& point : points) {
        add(i, point);
      }
      if (target.size() > thin_at) {
        keep_best(target, counts_);
        thin_at = std::max(kWorthThinning, 2 * target.size());
      }
    }
  }

  /// Of two staircases, latencies ascending and energies descending, only as many pairs as there are steps
  /// are promising: with each step of one, the latest step of the other that is no slower.
  template <typename Add>
  static void join_staircases(const Combinations& one, const Combinations& other, const Add& add) {
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < one.size() && j < other.size()) {
      const double slower = std::max(one[i].latency, other[j].latency);
      while (i + 1 < one.size() && one[i + 1].latency <= slower) {
        ++i;
      }
      while (j + 1 < other.size() && other[j + 1].latency <= slower) {
        ++j;
      }
      add(i, other[j]);
      const double next_one =
          i + 1 < one.size() ? one[i + 1].latency : std::numeric_limits<double>::infinity();
      const double next_other =
          j + 1 < other.size() ? other[j + 1].latency : std::numeric_limits<double>::infinity();
      (next_one <= next_other ? i : j) += 1;
    }
  }

  void finish() {
    Combinations all;
    for (const auto& [set, combinations] : occupied_.back()) {
      for (Combination combination : combinations) {
        if (counts_.bytes) {
          settle(combination);
        }
        if (combination.lateness <= -surroundings_.earliest_begin) {
          all.push_back(combination);
        }
      }
    }
    Counts at_the_end;
    at_the_end.lateness = latest_end_ < kNever && !surroundings_.first_window;
    keep_best(all, at_the_end);
    for (const Combination& combination : all) {
      result_.points.push_back({combination.latency, combination.energy, pipelines_of(combination),
                                combination.bytes, -combination.lateness});
    }
  }

  /// Seconds that pipelines of a model ask of the memory at most.
  double most_asked_by(const WindowModel& model) const {
    double most = 0.0;
    for (const pipelines::PipelinePoint& point : model.points) {
      most = std::max(most, point.bytes * surroundings_.seconds_per_byte);
    }
    return most;
  }
  /// Likewise, of the models from `first` on.
  double most_asked(std::size_t first) const {
    double most = 0.0;
    for (std::size_t m = first; m < models_.size(); ++m) {
      most += most_asked_by(models_[m]);
    }
    return most;
  }

  /// Of combinations of the first `last` + 1 models: no pipeline of `one` asks the memory for more, and none
  /// that must be done by some time takes longer.
  bool none_later(std::size_t last, const Combination& one, const Combination& other) const {
    const Combination* a = &one;
    const Combination* b = &other;
    for (std::size_t m = last + 1; m-- > 0; a = a->before, b = b->before) {
      const pipelines::PipelinePoint& mine = point_of(m, *a);
      const pipelines::PipelinePoint& theirs = point_of(m, *b);
      const bool limited = models_[m].latest_end < kNever;
      if (mine.bytes > theirs.bytes || (limited && mine.latency > theirs.latency)) {
        return false;
      }
    }
    return true;
  }

  const pipelines::PipelinePoint& point_of(std::size_t model, const Combination& combination) const {
    return models_[model].points[static_cast<std::size_t>(combination.point)];
  }

  /// Latency and lateness of a whole window whose pipelines share the memory.
  void settle(Combination& last) {
    loads_.resize(models_.size());
    const Combination* combination = &last;
    for (std::size_t m = models_.size(); m-- > 0; combination = combination->before) {
      const pipelines::PipelinePoint& point = point_of(m, *combination);
      loads_[m] = {point.latency, point.bytes * surroundings_.seconds_per_byte, {}};
    }
    if (counts_.delays) {
      evaluate::contend(loads_, window_);
      last.latency = window_.latency;
    } else {
      last.latency = std::max(last.latency, last.bytes * surroundings_.seconds_per_byte);
    }
    if (latest_end_ < kNever) {
      const std::vector<double> ends =
          counts_.delays ? evaluate::contended_ends(loads_) : evaluate::shared_ends(loads_);
      last.lateness = -kNever;
      for (std::size_t m = 0; m < models_.size(); ++m) {
        last.lateness = std::max(last.lateness, ends[m] - models_[m].latest_end);
      }
    }
  }

  std::vector<schedule::Pipeline> pipelines_of(const Combination& last) const {
    std::vector<schedule::Pipeline> pipelines;
    const Combination* combination = &last;
    for (std::size_t m = models_.size(); m-- > 0;) {
      pipelines.push_back(pipeline_of(models_[m], *combination));
      combination = combination->before;
    }
    std::sort(pipelines.begin(), pipelines.end(),
              [](const schedule::Pipeline& a, const schedule::Pipeline& b) { return a.model < b.model; });
    return pipelines;
  }

  schedule::Pipeline pipeline_of(const WindowModel& model, const Combination& combination) const {
    const pipelines::PipelinePoint& point = model.points[static_cast<std::size_t>(combination.point)];
    const auto& paths = trie_.nodes[static_cast<std::size_t>(point.node)].paths;
    const std::vector<int>& path = paths[static_cast<std::size_t>(combination.path)].second;
    schedule::Pipeline pipeline{model.model, point.mini_batch, {}};
    for (std::size_t k = 0; k < path.size(); ++k) {
      pipeline.stages.push_back({point.cuts[k], point.cuts[k + 1], trie_.submesh(path[k])});
    }
    return pipeline;
  }

  const pipelines::PathTrie& trie_;
  const std::vector<WindowModel>& models_;
  const pipelines::PruningContext& surroundings_;
  const StopClock& clock_;
  std::map<pipelines::ChipletSet, pipelines::ChipletSet> twins_before_;
  double latest_end_ = kNever;  // of the models that must be done by some time, the first
  Counts counts_;
  std::vector<BySet> occupied_;                // [how many models stand there already]
  double remaining_bytes_ = 0.0;               // that models not yet placed move at least
  std::vector<evaluate::PipelineLoad> loads_;  // [model] of a window
  evaluate::WindowContention window_;
  PackedWindow result_;
};

}  // namespace

PackedWindow pack_window(const pipelines::PathTrie& trie, const std::vector<WindowModel>& models,
                         const pipelines::PruningContext& context, const StopClock& clock) {
  return Packing(trie, models, context, clock).run();
}

}  // namespace inlay::search::packing
