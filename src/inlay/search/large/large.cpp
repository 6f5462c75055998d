#include "inlay/search/large/large.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <limits>
#include <set>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/fast.hpp"
#include "inlay/search/incumbent.hpp"
#include "inlay/search/large/partition_plan.hpp"
#include "inlay/search/layerwise/layerwise.hpp"
#include "inlay/search/sharding/fill_shardings.hpp"
#include "inlay/search/windows/space_membership.hpp"

namespace inlay::search::large {
namespace {

/// Places told apart by the bound; where there are more, chiplets are told apart by type alone.
constexpr int kMostKinds = 6;
/// Partitions whose windows are laid along all orderings.
constexpr std::size_t kMostPlaced = 4;
/// Orderings that are changed and tried at once: the same for any number of threads.
constexpr int kTriesAtOnce = 8;

/// Whether in a window all stages of a model stand on submeshes of one shape, which may have several
/// chiplets.
bool has_one_shape(schedule::SubmeshFamily family) {
  return family == schedule::SubmeshFamily::kTiles || family == schedule::SubmeshFamily::kUniform;
}

/// What the bound speaks of.
std::string stage_words(schedule::SubmeshFamily family) {
  switch (family) {
    case schedule::SubmeshFamily::kSingle:
      return "chiplets";
    case schedule::SubmeshFamily::kTiles:
      return "tiles, in a window all stages of a model on one shape, each layer divided by the plan of its "
             "stage";
    case schedule::SubmeshFamily::kUniform:
      return "submeshes, in a window all stages of a model on one shape, each layer divided by the plan of "
             "its "
             "stage";
    case schedule::SubmeshFamily::kRectangles:
      break;
  }
  return "submeshes, any rectangles";
}

/// Sides of tiles beyond those that orderings are laid along anyway.
std::vector<int> strip_widths(const Tiles& tiles) {
  std::set<int> widths;
  for (const TileShape& shape : tiles.shapes()) {
    widths.insert({shape.grid.rows, shape.grid.columns});
  }
  return {widths.begin(), widths.end()};
}

class LargeSearch {
 public:
  LargeSearch(const schedule::Problem& problem, const Objective& objective, const Options& options)
      : problem_(problem),
        objective_(objective),
        options_(options),
        clock_(options.stop),
        incumbent_(problem, objective, options),
        kinds_(chiplet_kinds(problem.package, kMostKinds)),
        tiles_(problem, kMostKinds),
        shapes_(has_one_shape(problem.submeshes) ? shape_costs(problem, tiles_, options.threads)
                                                 : std::vector<ShapeCosts>()),
        plan_goal_(sharding::plan_goal(problem, objective)),
        whole_stages_(problem, tiles_, plan_goal_),
        orderings_(plain_orderings(problem.package, strip_widths(tiles_))),
        family_(windows::window_family(problem, static_cast<int>(options.settings.integer("large.splits")))),
        effort_{static_cast<int>(options.settings.integer("large.cuts")), options.threads},
        partitions_(static_cast<int>(options.settings.integer("large.partitions"))),
        rounds_(static_cast<int>(options.settings.integer("large.rounds"))),
        changes_(static_cast<int>(options.settings.integer("large.changes"))) {
    for (const windows::WindowPartition& partition : family_) {
      plans_.emplace_back(problem, kinds_, tiles_, shapes_, whole_stages_, partition, objective, effort_);
    }
    name_space();
    const auto chiplets = static_cast<int>(problem.package.chiplets.size());
    holds_start_ = options.start && windows::lies_in(*options.start, family_, chiplets, problem.package);
  }

  Answer run() {
    const bool on_tiles = !tiles_.shapes().empty();
    const bool finished = place_quickly() && (on_tiles ? place_in_turn() : place() && raise_bounds()) &&
                          place_on_all_orderings() && change_orderings() && raise_bounds();
    return incumbent_.exists() ? incumbent_.answer(searched_, finished, evaluations(), clock_)
                               : plain(finished);
  }

 private:
  void name_space();
  Answer plain(bool finished);
  bool place_quickly();
  bool place();
  PartitionPlan* next_to_place(const std::set<PartitionPlan*>& placed);
  bool place_in_turn();
  bool raise_bounds();
  bool place_on_all_orderings();
  bool change_orderings();

  std::int64_t evaluations() const {
    std::int64_t sum = evaluations_;
    for (const PartitionPlan& plan : plans_) {
      sum += plan.evaluations();
    }
    return sum;
  }
  bool stopped() const { return clock_.expired() || clock_.evaluations_left(evaluations()) <= 0; }
  bool done() const { return incumbent_.near_enough(); }
  void offer(const PartitionPlan& plan) {
    if (plan.has_schedule()) {
      schedule::Schedule schedule = plan.schedule();
      try {
        sharding::fill_shardings(problem_, plan_goal_, sharding_plans_, schedule);
        incumbent_.offer(schedule, plan.latency(), plan.energy());
      } catch (const base::InfeasibleError&) {
        // A tile may lack the room that one of a similar shape has.
      }
    }
  }
  std::vector<PartitionPlan*> by_bound();
  void tell_bound();

  const schedule::Problem& problem_;
  const Objective& objective_;
  const Options& options_;
  StopClock clock_;
  Incumbent incumbent_;
  ChipletKinds kinds_;
  Tiles tiles_;
  std::vector<ShapeCosts> shapes_;
  sharding::PlanGoal plan_goal_;
  WholeStages whole_stages_;
  std::vector<ChipletOrdering> orderings_;
  std::vector<windows::WindowPartition> family_;
  std::deque<PartitionPlan> plans_;
  Effort effort_;
  int partitions_;
  int rounds_;
  int changes_;
  std::int64_t evaluations_ = 0;  // of plans that are gone
  sharding::PlanTables sharding_plans_;
  std::string space_;
  std::string searched_;
  bool holds_start_ = false;
};

void LargeSearch::name_space() {
  const auto splits = options_.settings.integer("large.splits");
  space_ = fmt::format(
      "first-fit windows of all models together and of one model after the other, 0 to {} splits; contiguous "
      "segments on paths of neighbouring {}; any mini-batch ceil(b/i)",
      splits, stage_words(problem_.submeshes));
  searched_ = "intervals of orderings of the chiplets";
}

/// Nothing was found: the plainest schedule, which may lie outside of the space.
Answer LargeSearch::plain(bool finished) {
  const schedule::Schedule schedule = layerwise::layerwise_schedule(problem_, objective_, clock_);
  const evaluate::FastCost cost = evaluate::FastEvaluator(problem_).evaluate(schedule);
  Incumbent incumbent(problem_, objective_, options_);
  incumbent.offer(schedule, cost.latency, cost.energy);
  return incumbent.answer(
      searched_ + (finished ? ", without finding a schedule" : ", stopped before there was a schedule") +
          "; this one is layerwise",
      finished, evaluations(), clock_);
}

/// The partitions, the lowest bound first.
std::vector<PartitionPlan*> LargeSearch::by_bound() {
  std::vector<PartitionPlan*> order;
  for (PartitionPlan& plan : plans_) {
    order.push_back(&plan);
  }
  std::stable_sort(order.begin(), order.end(),
                   [](const PartitionPlan* a, const PartitionPlan* b) { return a->bound() < b->bound(); });
  return order;
}

void LargeSearch::tell_bound() {
  incumbent_.claim({by_bound().front()->bound(), space_,
                    "layers, chiplets of every kind and bytes of every window", holds_start_});
}

/// The most promising partition along one ordering with few cuts, on single chiplets: a schedule in a
/// fraction of a second.
bool LargeSearch::place_quickly() {
  constexpr int kFewCuts = 16;
  tell_bound();
  PartitionPlan quick(problem_, kinds_, tiles_, shapes_, whole_stages_, by_bound().front()->partition(),
                      objective_, {kFewCuts, options_.threads, true, false});
  quick.place({orderings_.front()}, incumbent_.value(), clock_);
  evaluations_ += quick.evaluations();
  offer(quick);
  return done() || !stopped();
}

/// Every partition that may be better, along two orderings, the likeliest first.
bool LargeSearch::place() {
  int left = partitions_;
  const std::vector<ChipletOrdering> few(
      orderings_.begin(),
      orderings_.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(2, orderings_.size())));
  tell_bound();
  for (PartitionPlan* plan : by_bound()) {
    if (done() || stopped()) {
      return done();
    }
    if (left == 0) {
      break;
    }
    if (!incumbent_.exists() || plan->bound() < incumbent_.value()) {
      plan->place(few, incumbent_.value(), clock_);
      offer(*plan);
      --left;
    }
  }
  return !stopped();
}

/// First that of the fewest windows, which do well where a model may be divided over the whole package, and
/// are the quickest to try; then those of the lowest bounds.
PartitionPlan* LargeSearch::next_to_place(const std::set<PartitionPlan*>& placed) {
  PartitionPlan* next = nullptr;
  for (PartitionPlan* plan : by_bound()) {
    const bool open = placed.count(plan) == 0 && (!incumbent_.exists() || plan->bound() < incumbent_.value());
    if (open && (next == nullptr || (placed.empty() && plan->windows() < next->windows()))) {
      next = plan;
    }
  }
  return next;
}

/// On tiles, whose rows take far longer to make than bounds to raise and orderings to try.
bool LargeSearch::place_in_turn() {
  std::set<PartitionPlan*> placed;
  for (int left = partitions_; left > 0 && !done() && !stopped(); --left) {
    PartitionPlan* next = next_to_place(placed);
    if (next == nullptr) {
      break;
    }
    placed.insert(next);
    next->place(orderings_, incumbent_.value(), clock_);
    offer(*next);
    raise_bounds();
  }
  return !stopped();
}

/// Always the lowest of the partitions' bounds: that of the space.
bool LargeSearch::raise_bounds() {
  if (!incumbent_.exists() || (shapes_.empty() && !tiles_.shapes().empty())) {
    return !stopped();  // nothing is known of windows whose models have stages of several shapes
  }
  while (!done() && !stopped()) {
    PartitionPlan* lowest = by_bound().front();
    if (lowest->bound() >= incumbent_.value() || lowest->rounds() >= rounds_ || lowest->settled()) {
      break;
    }
    lowest->raise_bound(incumbent_.value(), clock_);
    tell_bound();
  }
  return !stopped();
}

/// The most promising partitions, along all orderings.
bool LargeSearch::place_on_all_orderings() {
  std::vector<PartitionPlan*> order;
  for (PartitionPlan* plan : by_bound()) {
    if (plan->has_schedule() && plan->bound() < incumbent_.value()) {
      order.push_back(plan);
    }
  }
  std::stable_sort(order.begin(), order.end(),
                   [](const PartitionPlan* a, const PartitionPlan* b) { return a->value() < b->value(); });
  order.resize(std::min(order.size(), kMostPlaced));
  for (PartitionPlan* plan : order) {
    if (done() || stopped()) {
      break;
    }
    plan->replace(orderings_, clock_);
    offer(*plan);
  }
  return !stopped();
}

/// The best partition's windows in turn.
bool LargeSearch::change_orderings() {
  base::Random random(options_.seed);
  int left = changes_;
  std::size_t turn = 0;
  while (left > 0 && !done() && !stopped()) {
    PartitionPlan* best = nullptr;
    for (PartitionPlan& plan : plans_) {
      const bool open = plan.has_schedule() && plan.bound() < incumbent_.value();
      if (open && (best == nullptr || plan.value() < best->value())) {
        best = &plan;
      }
    }
    if (best == nullptr) {
      break;
    }
    const bool better = best->change(turn++ % best->windows(), kTriesAtOnce, random, clock_);
    offer(*best);
    left = better ? changes_ : left - kTriesAtOnce;
  }
  return !stopped();
}

}  // namespace

Answer solve(const schedule::Problem& problem, const Objective& objective, const Options& options) {
  return LargeSearch(problem, objective, options).run();
}

std::vector<OptionRecord> option_records() {
  const auto number = [](const char* name, const char* description, const char* value, double highest) {
    return OptionRecord{name, description, OptionRecord::Kind::kInteger, value, 0, highest, {}};
  };
  std::vector<OptionRecord> records = {
      number("large.splits",
             "most boundaries between windows: families of 0 to this many are searched together", "4", 16),
      number("large.cuts",
             "places of a model's layers in a window where stages may begin, before a plan is worked out "
             "with all",
             "48", 1000),
      number("large.partitions",
             "window partitions, those of the lowest bounds, that get schedules after a first quick one",
             "1000", 1000),
      number("large.rounds", "rounds of prices that raise the lower bound, for each window partition", "200",
             1000),
      number("large.changes",
             "changed orderings of the chiplets that are tried without finding a better schedule, in a row",
             "200", 1000000)};
  records[1].lowest = 1;
  return records;
}

}  // namespace inlay::search::large
