#include "inlay/search/large/large.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <limits>

#include "inlay/evaluate/fast.hpp"
#include "inlay/search/incumbent.hpp"
#include "inlay/search/large/partition_plan.hpp"
#include "inlay/search/layerwise/layerwise.hpp"
#include "inlay/search/windows/space_membership.hpp"

namespace inlay::search::large {
namespace {

/// Places told apart by the bound; where there are more, chiplets are told apart by type alone.
constexpr int kMostKinds = 6;
/// Partitions whose windows are laid along all orderings.
constexpr std::size_t kMostPlaced = 4;
/// Orderings that are changed and tried at once: the same for any number of threads.
constexpr int kTriesAtOnce = 8;

class LargeSearch {
 public:
  LargeSearch(const schedule::Problem& problem, const Objective& objective, const Options& options)
      : problem_(problem),
        objective_(objective),
        options_(options),
        clock_(options.stop),
        incumbent_(problem, objective, options),
        kinds_(chiplet_kinds(problem.package, kMostKinds)),
        orderings_(plain_orderings(problem.package)),
        family_(windows::window_family(problem, static_cast<int>(options.settings.integer("large.splits")))),
        effort_{static_cast<int>(options.settings.integer("large.cuts")), options.threads},
        partitions_(static_cast<int>(options.settings.integer("large.partitions"))),
        rounds_(static_cast<int>(options.settings.integer("large.rounds"))),
        changes_(static_cast<int>(options.settings.integer("large.changes"))) {
    for (const windows::WindowPartition& partition : family_) {
      plans_.emplace_back(problem, kinds_, partition, objective, effort_);
    }
    name_space();
    const auto chiplets = static_cast<int>(problem.package.chiplets.size());
    holds_start_ = options.start && windows::lies_in(*options.start, family_, chiplets, problem.package);
  }

  Answer run() {
    const bool finished =
        place_quickly() && place() && raise_bounds() && place_all_walks() && change_walks() && raise_bounds();
    return incumbent_.exists() ? incumbent_.answer(searched_, finished, evaluations(), clock_)
                               : plain(finished);
  }

 private:
  void name_space();
  Answer plain(bool finished);
  bool place_quickly();
  bool place();
  bool raise_bounds();
  bool place_all_walks();
  bool change_walks();

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
      incumbent_.offer(plan.schedule(), plan.latency(), plan.energy());
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
  std::vector<ChipletOrdering> orderings_;
  std::vector<windows::WindowPartition> family_;
  std::deque<PartitionPlan> plans_;
  Effort effort_;
  int partitions_;
  int rounds_;
  int changes_;
  std::int64_t evaluations_ = 0;  // of plans that are gone
  std::string space_;
  std::string searched_;
  bool holds_start_ = false;
};

void LargeSearch::name_space() {
  const auto splits = options_.settings.integer("large.splits");
  space_ = fmt::format(
      "first-fit windows of all models together and of one model after the other, 0 to {} splits; contiguous "
      "segments on paths of neighbouring chiplets; any mini-batch ceil(b/i)",
      splits);
  searched_ = "pieces of walks over the package";
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

/// The most promising partition along one ordering with few cuts: a schedule in a fraction of a second.
bool LargeSearch::place_quickly() {
  constexpr int kFewCuts = 16;
  tell_bound();
  PartitionPlan quick(problem_, kinds_, by_bound().front()->partition(), objective_,
                      {kFewCuts, options_.threads, true});
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

/// Always the lowest of the partitions' bounds: that of the space.
bool LargeSearch::raise_bounds() {
  if (!incumbent_.exists()) {
    return !stopped();
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
bool LargeSearch::place_all_walks() {
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
bool LargeSearch::change_walks() {
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
             "changed walks over the package that are tried without finding a better schedule, in a row",
             "200", 1000000)};
  records[1].lowest = 1;
  return records;
}

}  // namespace inlay::search::large
