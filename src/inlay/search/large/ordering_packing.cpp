#include "inlay/search/large/ordering_packing.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>

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

/// A pipeline that a model of the window gets.
struct FoundPipeline {
  IntervalPipeline pipeline;
  int members = 1;  // chiplets of a stage
};

hardware::Submesh submesh_of(const Tiles& tiles, const ChipletOrdering& ordering, int begin, int members) {
  const auto first = ordering.chiplets.begin() + begin;
  return members == 1 ? hardware::Submesh(*first)
                      : tiles.of(std::vector<int>(first, first + members))->submesh;
}

/// A plan of pipelines, one for each model.
WindowPlan plan_of(const PackingQuestion& question, const ChipletOrdering& ordering,
                   std::vector<WindowPlan::Interval> intervals, const std::vector<FoundPipeline>& pipelines) {
  WindowPlan plan{ordering, 0.0, 0.0, 0.0, {}, std::move(intervals)};
  for (std::size_t m = 0; m < pipelines.size(); ++m) {
    const auto& [one, members] = pipelines[m];
    plan.latency = std::max(plan.latency, one.latency);
    plan.energy += one.energy;
    plan.bytes += one.bytes;
    schedule::Pipeline pipeline{question.window.models[m].model, one.mini_batch, {}};
    int begin = plan.intervals[m].begin;
    for (std::size_t k = 0; k + 1 < one.cuts.size(); ++k) {
      pipeline.stages.push_back(
          {one.cuts[k], one.cuts[k + 1], submesh_of(question.tiles, ordering, begin, members)});
      begin += members;
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
      choices_.emplace_back();
      for (int begin = 0; begin < chiplets_; begin += stride_) {
        choices_.back().push_back(tables.at(m, ordering, begin));
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
    std::vector<WindowPlan::Interval> intervals(choices_.size());
    std::vector<FoundPipeline> found(choices_.size());
    for (const Interval& interval : chosen) {
      const auto at = static_cast<std::size_t>(interval.begin);
      const IntervalChoice& choice = choices_[interval.model][at][interval.offer.choice];
      found[interval.model] = {choice.pipelines->pipeline(interval.offer.stages, level_of_best),
                               choice.members};
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
  /// The cheapest pipeline of a model from some place on that takes no more chiplets.
  struct Offer {
    int chiplets = 0;
    double price = 0.0;
    std::size_t choice = 0;
    int stages = 0;
  };
  struct Interval {
    std::size_t model = 0;
    int begin = 0;  // in strides
    Offer offer;    // of no chiplets: one is left out
  };
  /// The cheapest way to put a set of models before some place of the ordering.
  struct Packed {
    std::uint64_t set = 0;
    double price = 0.0;
    int before = -1;       // index of the way that it continues,
    int place_before = 0;  // at that place
    Interval last;
  };

  double pack(std::size_t level) {
    const auto places = static_cast<std::size_t>((chiplets_ + stride_ - 1) / stride_);
    const auto models = static_cast<std::uint64_t>(choices_.size());
    const std::uint64_t all = (std::uint64_t{1} << models) - 1;
    make_offers(level);
    packed_.assign(places + 1, {});
    packed_[0].push_back({});
    for (std::size_t place = 0; place < places; ++place) {
      keep_likeliest(packed_[place]);
      for (std::size_t at = 0; at < packed_[place].size(); ++at) {
        const Packed here = packed_[place][at];
        if (here.set == all) {
          continue;
        }
        add(place + 1, {here.set, here.price, static_cast<int>(at), static_cast<int>(place), {}});
        for (std::uint64_t m = 0; m < models; ++m) {
          if ((here.set >> m & 1U) == 0) {
            extend(here, at, place, m);
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

  void make_offers(std::size_t level) {
    offers_.assign(choices_.size(), {});
    for (std::size_t m = 0; m < choices_.size(); ++m) {
      for (const std::vector<IntervalChoice>& choices : choices_[m]) {
        offers_[m].push_back(offers_of(choices, level));
      }
    }
  }

  /// By chiplets; more chiplets are cheaper.
  static std::vector<Offer> offers_of(const std::vector<IntervalChoice>& choices, std::size_t level) {
    std::vector<Offer> all;
    for (std::size_t choice = 0; choice < choices.size(); ++choice) {
      const auto& [pipelines, members] = choices[choice];
      for (int stages = 1; stages <= pipelines->most_stages(); ++stages) {
        all.push_back({stages * members, pipelines->price(stages, level), choice, stages});
      }
    }
    std::stable_sort(all.begin(), all.end(), [](const Offer& a, const Offer& b) {
      return std::tie(a.chiplets, a.price) < std::tie(b.chiplets, b.price);
    });
    double cheapest = kInfinite;
    std::erase_if(all, [&cheapest](const Offer& offer) {
      const bool dear = offer.price >= cheapest;
      cheapest = std::min(cheapest, offer.price);
      return dear;
    });
    return all;
  }

  void extend(const Packed& here, std::size_t at, std::size_t place, std::uint64_t m) {
    for (const Offer& offer : offers_[m][place]) {
      const auto next = place + static_cast<std::size_t>((offer.chiplets + stride_ - 1) / stride_);
      add(next, {here.set | (std::uint64_t{1} << m),
                 here.price + offer.price,
                 static_cast<int>(at),
                 static_cast<int>(place),
                 {m, static_cast<int>(place), offer}});
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
  void keep_likeliest(std::vector<Packed>& there) {
    if (there.size() <= kMostSets) {
      return;
    }
    std::vector<double> need;
    std::vector<double> price;
    for (const auto& of_model : offers_) {
      int fewest = chiplets_;
      double least = kInfinite;
      for (const std::vector<Offer>& offers : of_model) {
        if (!offers.empty()) {
          fewest = std::min(fewest, offers.front().chiplets);
          least = std::min(least, offers.back().price);
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
      if (packed.last.offer.chiplets > 0) {
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
  std::vector<std::vector<std::vector<IntervalChoice>>> choices_;  // [model][begin in strides]
  std::vector<std::vector<std::vector<Offer>>> offers_;            // likewise, of the level that is packed
  std::vector<std::vector<Packed>> packed_;                        // [place in strides]
  std::size_t best_place_ = 0;
  int best_at_ = -1;
};

/// What a model may be laid out as within its interval.
struct Refit {
  std::vector<std::unique_ptr<IntervalPipelines>> pipelines;
  std::vector<int> members;  // of each

  struct Cheapest {
    double price = kInfinite;
    std::size_t choice = 0;
    int stages = 1;
  };
  /// Within a level; of equal prices the first.
  Cheapest cheapest(std::size_t level) const {
    Cheapest best;
    for (std::size_t choice = 0; choice < pipelines.size(); ++choice) {
      for (int stages = 1; stages <= pipelines[choice]->most_stages(); ++stages) {
        const double price = pipelines[choice]->price(stages, level);
        if (price < best.price) {
          best = {price, choice, stages};
        }
      }
    }
    return best;
  }
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
      stride_((chiplets_ + kMostBegins - 1) / kMostBegins) {
  for (const std::vector<ModelStages>& models : question_.window.tiles) {
    tile_cuts_.emplace_back();
    for (const ModelStages& stages : models) {
      std::vector<int>& all = tile_cuts_.back().emplace_back(stages.layers.size());
      std::iota(all.begin(), all.end(), 0);
    }
  }
}

/// Stages that are looked for at most.
int IntervalTables::longest() const {
  const auto models = static_cast<int>(question_.window.models.size());
  const int fair = models == 1 ? chiplets_ : std::max(16, 3 * chiplets_ / models);
  return std::min({kLongest, fair, chiplets_ + 1 - models});
}

int IntervalTables::members(const IntervalRun& run) const {
  return run.shape == IntervalRun::kChiplets
             ? 1
             : question_.tiles.shapes()[static_cast<std::size_t>(run.shape)].grid.members();
}

/// Of the chiplets from `begin` on, up to the next lost link.
IntervalRun IntervalTables::chiplet_run(const ChipletOrdering& ordering, int begin, int most_stages) const {
  IntervalRun run;
  for (int at = begin; at < chiplets_ && at < begin + most_stages; ++at) {
    if (at > begin && ordering.linked[static_cast<std::size_t>(at - 1)] == 0) {
      break;
    }
    const int chiplet = ordering.chiplets[static_cast<std::size_t>(at)];
    run.places.push_back(question_.kinds.place_of[static_cast<std::size_t>(chiplet)]);
  }
  return run;
}

/// Up to where the chiplets that follow are no tile of the shape, or none that touches the last one.
IntervalRun IntervalTables::tile_run(const ChipletOrdering& ordering, int begin, int shape,
                                     int most_stages) const {
  IntervalRun run{shape, {}};
  const int members = this->members(run);
  const Tiles::Tile* last = nullptr;
  for (int at = begin; at + members <= chiplets_ && static_cast<int>(run.places.size()) < most_stages;
       at += members) {
    const auto first = ordering.chiplets.begin() + at;
    const Tiles::Tile* tile = question_.tiles.of(std::vector<int>(first, first + members));
    if (tile == nullptr || tile->shape != shape ||
        (last != nullptr && !question_.tiles.touch(*last, *tile))) {
      break;
    }
    run.places.push_back(tile->kind);
    last = tile;
  }
  return run;
}

std::vector<IntervalRun> IntervalTables::runs(std::size_t model, const ChipletOrdering& ordering, int begin,
                                              int most_chiplets) const {
  const auto most_stages = [&](const std::vector<int>& cuts, int members) {
    return std::min(static_cast<int>(cuts.size()) - 1, most_chiplets / members);
  };
  std::vector<IntervalRun> found = {
      chiplet_run(ordering, begin, std::min(longest(), most_stages(cuts_[model], 1)))};
  for (std::size_t shape = 0; shape < tile_cuts_.size(); ++shape) {
    const int members = question_.tiles.shapes()[shape].grid.members();
    IntervalRun run =
        tile_run(ordering, begin, static_cast<int>(shape), most_stages(tile_cuts_[shape][model], members));
    if (!run.places.empty()) {
      found.push_back(std::move(run));
    }
  }
  return found;
}

std::unique_ptr<IntervalPipelines> IntervalTables::make(std::size_t model, const IntervalRun& run) const {
  if (run.shape == IntervalRun::kChiplets) {
    return std::make_unique<IntervalPipelines>(asked_, question_.window.models[model], cuts_[model],
                                               run.places);
  }
  const auto shape = static_cast<std::size_t>(run.shape);
  return std::make_unique<IntervalPipelines>(asked_, question_.window.tiles[shape][model],
                                             tile_cuts_[shape][model], run.places);
}

std::vector<IntervalChoice> IntervalTables::at(std::size_t model, const ChipletOrdering& ordering,
                                               int begin) const {
  std::vector<IntervalChoice> choices;
  for (const IntervalRun& run : runs(model, ordering, begin, chiplets_)) {
    choices.push_back({tables_.at({model, run}).get(), members(run)});
  }
  return choices;
}

bool IntervalTables::prepare(const std::vector<ChipletOrdering>& orderings, int threads,
                             const StopClock& clock) {
  std::vector<const Key*> missing;
  for (const ChipletOrdering& ordering : orderings) {
    for (std::size_t model = 0; model < cuts_.size(); ++model) {
      for (int begin = 0; begin < chiplets_; begin += stride_) {
        for (IntervalRun& run : runs(model, ordering, begin, chiplets_)) {
          const auto [known, fresh] = tables_.try_emplace({model, std::move(run)}, nullptr);
          if (fresh) {
            missing.push_back(&known->first);
          }
        }
      }
    }
  }
  std::vector<std::unique_ptr<IntervalPipelines>> made(missing.size());
  for_each_index(threads, missing.size(), [&](std::size_t i) {
    if (!clock.expired()) {
      made[i] = make(missing[i]->first, missing[i]->second);
    }
  });
  const bool whole = std::all_of(made.begin(), made.end(), [](const auto& one) { return one != nullptr; });
  for (std::size_t i = 0; i < missing.size(); ++i) {
    if (made[i] == nullptr) {
      tables_.erase(Key(*missing[i]));
    } else {
      evaluations_ += made[i]->evaluations();
      tables_[*missing[i]] = std::move(made[i]);
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
  std::vector<Refit> models(plan.intervals.size());
  for_each_index(threads, models.size(), [&](std::size_t m) {
    const WindowPlan::Interval& interval = plan.intervals[m];
    const int room = interval.end - interval.begin;
    for (const IntervalRun& run : tables.runs(m, plan.ordering, interval.begin, room)) {
      models[m].pipelines.push_back(tables.make(m, run));
      models[m].members.push_back(tables.members(run));
    }
  });
  double least = kInfinite;
  std::size_t level_of_best = question.levels.size();
  for (std::size_t level = 0; level < question.levels.size(); ++level) {
    double cost = question.gradient.second > 0.0 ? question.gradient.second * question.levels[level] : 0.0;
    for (const Refit& model : models) {
      cost += model.cheapest(level).price;
    }
    if (cost < least) {
      least = cost;
      level_of_best = level;
    }
  }
  for (const Refit& model : models) {
    for (const auto& pipelines : model.pipelines) {
      evaluations += pipelines->evaluations();
    }
  }
  if (level_of_best == question.levels.size()) {
    return std::nullopt;
  }
  std::vector<FoundPipeline> found;
  for (const Refit& model : models) {
    const Refit::Cheapest best = model.cheapest(level_of_best);
    found.push_back(
        {model.pipelines[best.choice]->pipeline(best.stages, level_of_best), model.members[best.choice]});
  }
  return plan_of(question, plan.ordering, plan.intervals, found);
}

}  // namespace inlay::search::large
