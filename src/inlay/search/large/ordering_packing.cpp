#include "inlay/search/large/ordering_packing.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "inlay/search/parallel.hpp"

namespace inlay::search::large {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// Intervals begin at every chiplet of an ordering of so many; of longer ones at every second, third, ...
constexpr int kMostBegins = 64;
/// Pipelines of more stages are not looked for.
constexpr int kLongest = 64;
/// Models of a window: sets of them have a bit for each.
constexpr std::size_t kMostModels = 63;
/// Sets of models that are kept at each place of the ordering.
constexpr std::size_t kMostSets = 256;

/// A plan of pipelines, one for each model.
WindowPlan plan_of(const PackingQuestion& question, const ChipletOrdering& ordering,
                   std::vector<WindowPlan::Interval> intervals,
                   const std::vector<IntervalPipeline>& pipelines) {
  WindowPlan plan{ordering, 0.0, 0.0, 0.0, {}, std::move(intervals)};
  for (std::size_t m = 0; m < pipelines.size(); ++m) {
    const IntervalPipeline& one = pipelines[m];
    plan.latency = std::max(plan.latency, one.latency);
    plan.energy += one.energy;
    plan.bytes += one.bytes;
    schedule::Pipeline pipeline{question.window.models[m].model, one.mini_batch, {}};
    for (std::size_t k = 0; k + 1 < one.cuts.size(); ++k) {
      const auto chiplet = static_cast<std::size_t>(plan.intervals[m].begin) + k;
      pipeline.stages.push_back({one.cuts[k], one.cuts[k + 1], ordering.chiplets[chiplet]});
    }
    plan.pipelines.push_back(std::move(pipeline));
  }
  plan.latency = std::max(plan.latency, plan.bytes * question.seconds_per_byte);
  return plan;
}

/// The models of a window in a row along an ordering.
class OrderingPacking {
 public:
  OrderingPacking(const IntervalTables& tables, const ChipletOrdering& ordering)
      : question_(tables.question()),
        ordering_(ordering),
        chiplets_(static_cast<int>(ordering.chiplets.size())),
        stride_(tables.stride()) {
    for (std::size_t m = 0; m < question_.window.models.size(); ++m) {
      pipelines_.emplace_back();
      for (int begin = 0; begin < chiplets_; begin += stride_) {
        pipelines_.back().push_back(&tables.at(m, ordering, begin));
      }
    }
  }

  std::optional<WindowPlan> best() {
    double least = kInfinite;
    std::vector<Interval> chosen;
    std::size_t level_of_best = 0;
    for (std::size_t level = 0; level < question_.levels.size(); ++level) {
      const double price = pack(level);
      const double cost =
          price +
          (question_.gradient.second > 0.0 ? question_.gradient.second * question_.levels[level] : 0.0);
      if (cost < least) {
        least = cost;
        chosen = intervals();
        level_of_best = level;
      }
    }
    if (!(least < kInfinite)) {
      return std::nullopt;
    }
    std::vector<WindowPlan::Interval> intervals(pipelines_.size());
    std::vector<IntervalPipeline> found(pipelines_.size());
    for (const Interval& interval : chosen) {
      const auto at = static_cast<std::size_t>(interval.begin);
      found[interval.model] = pipelines_[interval.model][at]->pipeline(interval.stages, level_of_best);
      const int begin = interval.begin * stride_;
      int end = chiplets_;
      for (const Interval& other : chosen) {
        if (other.begin > interval.begin) {
          end = std::min(end, other.begin * stride_);
        }
      }
      intervals[interval.model] = {begin, end};
    }
    return plan_of(question_, ordering_, std::move(intervals), found);
  }

 private:
  struct Interval {
    std::size_t model = 0;
    int begin = 0;  // in strides
    int stages = 0;
  };
  /// The cheapest way to put a set of models before some place of the ordering.
  struct Packed {
    std::uint64_t set = 0;
    double price = 0.0;
    int before = -1;       // index of the way that it continues,
    int place_before = 0;  // at that place
    Interval last;         // stages 0: a chiplet is left out
  };

  double pack(std::size_t level) {
    const auto places = static_cast<std::size_t>((chiplets_ + stride_ - 1) / stride_);
    const auto models = static_cast<std::uint64_t>(pipelines_.size());
    const std::uint64_t all = (std::uint64_t{1} << models) - 1;
    packed_.assign(places + 1, {});
    packed_[0].push_back({});
    for (std::size_t place = 0; place < places; ++place) {
      keep_likeliest(packed_[place], level);
      for (std::size_t at = 0; at < packed_[place].size(); ++at) {
        const Packed here = packed_[place][at];
        if (here.set == all) {
          continue;
        }
        add(place + 1, {here.set, here.price, static_cast<int>(at), static_cast<int>(place), {}});
        for (std::uint64_t m = 0; m < models; ++m) {
          if ((here.set >> m & 1U) == 0) {
            extend(here, at, place, m, level);
          }
        }
      }
    }
    best_place_ = 0;
    best_at_ = -1;
    double least = kInfinite;
    for (std::size_t place = 0; place <= places; ++place) {
      for (std::size_t at = 0; at < packed_[place].size(); ++at) {
        if (packed_[place][at].set == all && packed_[place][at].price < least) {
          least = packed_[place][at].price;
          best_place_ = place;
          best_at_ = static_cast<int>(at);
        }
      }
    }
    return least;
  }

  void extend(const Packed& here, std::size_t at, std::size_t place, std::uint64_t m, std::size_t level) {
    const IntervalPipelines& pipelines = *pipelines_[m][place];
    double cheapest = kInfinite;
    for (int stages = 1; stages <= pipelines.most_stages(); ++stages) {
      const double price = pipelines.price(stages, level);
      if (price >= cheapest) {
        continue;  // fewer chiplets do as well
      }
      cheapest = price;
      const auto next = place + static_cast<std::size_t>((stages + stride_ - 1) / stride_);
      add(next, {here.set | (std::uint64_t{1} << m),
                 here.price + price,
                 static_cast<int>(at),
                 static_cast<int>(place),
                 {m, static_cast<int>(place), stages}});
    }
  }

  void add(std::size_t place, const Packed& packed) {
    std::vector<Packed>& there = packed_[std::min(place, packed_.size() - 1)];
    const auto found = std::find_if(there.begin(), there.end(),
                                    [&](const Packed& other) { return other.set == packed.set; });
    if (found == there.end()) {
      there.push_back(packed);
    } else if (packed.price < found->price) {
      *found = packed;
    }
  }

  /// Of many sets those that leave the least to be done: the fewest chiplets and the least price.
  void keep_likeliest(std::vector<Packed>& there, std::size_t level) {
    if (there.size() <= kMostSets) {
      return;
    }
    std::vector<double> need;
    std::vector<double> price;
    for (const auto& of_model : pipelines_) {
      int fewest = kLongest;
      double least = kInfinite;
      for (const IntervalPipelines* pipelines : of_model) {
        for (int stages = 1; stages <= pipelines->most_stages(); ++stages) {
          if (std::isfinite(pipelines->price(stages, level))) {
            fewest = std::min(fewest, stages);
            least = std::min(least, pipelines->price(stages, level));
          }
        }
      }
      need.push_back(fewest);
      price.push_back(std::isfinite(least) ? least : 0.0);
    }
    double whole = 0.0;
    for (const double part : price) {
      whole += part;
    }
    const auto rank = [&](const Packed& packed) {
      double done = 0.0;
      double excess = packed.price;
      for (std::size_t m = 0; m < need.size(); ++m) {
        if ((packed.set >> m & 1U) != 0) {
          done += need[m];
          excess -= price[m];
        }
      }
      return (whole > 0.0 ? excess / whole * chiplets_ : 0.0) - done;
    };
    std::vector<std::pair<double, Packed>> ranked;
    for (const Packed& packed : there) {
      ranked.emplace_back(rank(packed), packed);
    }
    std::stable_sort(ranked.begin(), ranked.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    there.clear();
    for (std::size_t i = 0; i < kMostSets; ++i) {
      there.push_back(ranked[i].second);
    }
  }

  /// Of the best way that `pack` has found last.
  std::vector<Interval> intervals() const {
    std::vector<Interval> result;
    auto place = best_place_;
    int at = best_at_;
    while (at >= 0) {
      const Packed& packed = packed_[place][static_cast<std::size_t>(at)];
      if (packed.last.stages > 0) {
        result.push_back(packed.last);
      }
      place = static_cast<std::size_t>(packed.place_before);
      at = packed.before;
    }
    return result;
  }

  const PackingQuestion& question_;
  const ChipletOrdering& ordering_;
  int chiplets_;
  int stride_;
  std::vector<std::vector<const IntervalPipelines*>> pipelines_;  // [model][begin in strides]
  std::vector<std::vector<Packed>> packed_;                       // [place in strides]
  std::size_t best_place_ = 0;
  int best_at_ = -1;
};

}  // namespace

double cost_of(const ObjectiveGradient& gradient, const WindowPlan& plan) {
  return gradient.second * plan.latency + gradient.joule * plan.energy;
}

IntervalTables::IntervalTables(PackingQuestion question, const std::vector<std::vector<int>>& cuts)
    : question_(std::move(question)),
      cuts_(cuts),
      asked_{question_.levels, question_.gradient.joule, question_.per_byte,
             question_.gradient.second / static_cast<double>(question_.window.models.size())},
      chiplets_(static_cast<int>(question_.kinds.place_of.size())),
      stride_((chiplets_ + kMostBegins - 1) / kMostBegins) {}

/// Stages that are looked for at most.
int IntervalTables::longest() const {
  const auto models = static_cast<int>(question_.window.models.size());
  const int fair = models == 1 ? chiplets_ : std::max(16, 3 * chiplets_ / models);
  return std::min({kLongest, fair, chiplets_ + 1 - models});
}

/// Of the chiplets from `begin` on, up to the next lost link.
std::vector<int> IntervalTables::places(const ChipletOrdering& ordering, int begin, int most_stages) const {
  std::vector<int> places;
  for (int at = begin; at < chiplets_ && at < begin + most_stages; ++at) {
    if (at > begin && ordering.linked[static_cast<std::size_t>(at - 1)] == 0) {
      break;
    }
    const int chiplet = ordering.chiplets[static_cast<std::size_t>(at)];
    places.push_back(question_.kinds.place_of[static_cast<std::size_t>(chiplet)]);
  }
  return places;
}

std::unique_ptr<IntervalPipelines> IntervalTables::make(std::size_t model, const ChipletOrdering& ordering,
                                                        int begin, int most_stages) const {
  const int stages = std::min(most_stages, static_cast<int>(cuts_[model].size()) - 1);
  return std::make_unique<IntervalPipelines>(asked_, question_.window.models[model], cuts_[model],
                                             places(ordering, begin, stages));
}

const IntervalPipelines& IntervalTables::at(std::size_t model, const ChipletOrdering& ordering,
                                            int begin) const {
  const int stages = std::min(longest(), static_cast<int>(cuts_[model].size()) - 1);
  return *tables_.at({model, places(ordering, begin, stages)});
}

bool IntervalTables::prepare(const std::vector<ChipletOrdering>& orderings, int threads,
                             const StopClock& clock) {
  std::vector<std::pair<std::size_t, const std::vector<int>*>> missing;
  for (const ChipletOrdering& ordering : orderings) {
    for (std::size_t model = 0; model < cuts_.size(); ++model) {
      const int stages = std::min(longest(), static_cast<int>(cuts_[model].size()) - 1);
      for (int begin = 0; begin < chiplets_; begin += stride_) {
        const auto [known, fresh] = tables_.try_emplace({model, places(ordering, begin, stages)}, nullptr);
        if (fresh) {
          missing.emplace_back(model, &known->first.second);
        }
      }
    }
  }
  std::vector<std::unique_ptr<IntervalPipelines>> made(missing.size());
  for_each_index(threads, missing.size(), [&](std::size_t i) {
    if (!clock.expired()) {
      const auto& [model, places] = missing[i];
      made[i] =
          std::make_unique<IntervalPipelines>(asked_, question_.window.models[model], cuts_[model], *places);
    }
  });
  const bool whole = std::all_of(made.begin(), made.end(), [](const auto& one) { return one != nullptr; });
  for (std::size_t i = 0; i < missing.size(); ++i) {
    const auto& [model, places] = missing[i];
    if (made[i] == nullptr) {
      tables_.erase({model, *places});
    } else {
      evaluations_ += made[i]->evaluations();
      tables_[{model, *places}] = std::move(made[i]);
    }
  }
  return whole;
}

std::optional<WindowPlan> pack_ordering(const IntervalTables& tables, const ChipletOrdering& ordering) {
  if (tables.question().window.models.size() > std::min(kMostModels, ordering.chiplets.size())) {
    return std::nullopt;
  }
  return OrderingPacking(tables, ordering).best();
}

std::optional<WindowPlan> repack(const PackingQuestion& question, const WindowPlan& plan,
                                 const std::vector<std::vector<int>>& cuts, int threads,
                                 std::int64_t& evaluations) {
  const IntervalTables tables(question, cuts);
  std::vector<std::unique_ptr<IntervalPipelines>> models(plan.intervals.size());
  for_each_index(threads, models.size(), [&](std::size_t m) {
    const WindowPlan::Interval& interval = plan.intervals[m];
    models[m] =
        tables.make(m, plan.ordering, interval.begin, std::min(kLongest, interval.end - interval.begin));
  });
  double least = kInfinite;
  std::vector<int> stages_of_best;
  std::size_t level_of_best = 0;
  for (std::size_t level = 0; level < question.levels.size(); ++level) {
    double cost = question.gradient.second > 0.0 ? question.gradient.second * question.levels[level] : 0.0;
    std::vector<int> cheapest;
    for (const auto& model : models) {
      cheapest.push_back(1);
      for (int stages = 2; stages <= model->most_stages(); ++stages) {
        if (model->price(stages, level) < model->price(cheapest.back(), level)) {
          cheapest.back() = stages;
        }
      }
      cost += model->price(cheapest.back(), level);
    }
    if (cost < least) {
      least = cost;
      stages_of_best = std::move(cheapest);
      level_of_best = level;
    }
  }
  std::vector<IntervalPipeline> found;
  for (std::size_t m = 0; m < models.size(); ++m) {
    evaluations += models[m]->evaluations();
    if (!stages_of_best.empty()) {
      found.push_back(models[m]->pipeline(stages_of_best[m], level_of_best));
    }
  }
  if (found.empty()) {
    return std::nullopt;
  }
  return plan_of(question, plan.ordering, plan.intervals, found);
}

}  // namespace inlay::search::large
