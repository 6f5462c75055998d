#include "inlay/studies/agreement/schedules.hpp"

#include <algorithm>
#include <map>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/fast.hpp"
#include "inlay/schedule/check.hpp"
#include "inlay/search/search.hpp"
#include "inlay/studies/rank_correlation.hpp"

namespace inlay::studies::agreement {
namespace {

using schedule::Pipeline;
using schedule::Problem;
using schedule::Schedule;

/// Keeps a schedule if none is there that has the same latency and EDP in their first three digits.
class Different {
 public:
  explicit Different(const Problem& problem) : evaluator_(problem) {}

  void add(const Schedule& schedule) {
    const evaluate::FastCost cost = evaluator_.evaluate(schedule);
    if (cost.feasible) {
      by_value_.emplace(
          std::pair{rounded(cost.latency * cost.energy, kDigits), rounded(cost.latency, kDigits)}, schedule);
    }
  }
  /// By EDP, ascending.
  std::vector<Schedule> best(std::size_t most) const {
    std::vector<Schedule> list;
    for (const auto& [value, schedule] : by_value_) {
      if (list.size() < most) {
        list.push_back(schedule);
      }
    }
    return list;
  }

 private:
  static constexpr int kDigits = 3;

  evaluate::FastEvaluator evaluator_;
  std::map<std::pair<double, double>, Schedule> by_value_;
};

/// Calls `use` for every schedule in which one pipeline is another one.
template <typename Use>
void each_variant(const Problem& problem, const Schedule& schedule, const Use& use) {
  Schedule changed = schedule;
  for (std::size_t w = 0; w < schedule.windows.size(); ++w) {
    for (std::size_t p = 0; p < schedule.windows[w].pipelines.size(); ++p) {
      const Pipeline& original = schedule.windows[w].pipelines[p];
      Pipeline& pipeline = changed.windows[w].pipelines[p];
      for (std::size_t k = 1; k < original.stages.size(); ++k) {
        for (const int by : {-4, -1, 1, 4}) {
          pipeline.stages[k - 1].last += by;
          pipeline.stages[k].first += by;
          use(changed);
          pipeline = original;
        }
      }
      for (const std::int64_t size :
           problem.costs.models[static_cast<std::size_t>(original.model)].mini_batches) {
        pipeline.mini_batch = size;
        use(changed);
      }
      pipeline = original;
      for (schedule::Stage& stage : pipeline.stages) {
        const schedule::Stage before = stage;
        for (int chiplet = 0; chiplet < static_cast<int>(problem.package.chiplets.size()); ++chiplet) {
          stage = {before.first, before.last, chiplet};
          use(changed);
        }
        stage = before;
      }
    }
  }
}

bool lies_on_single_chiplets(const Schedule& schedule) {
  for (const schedule::Window& window : schedule.windows) {
    for (const Pipeline& pipeline : window.pipelines) {
      for (const schedule::Stage& stage : pipeline.stages) {
        if (!stage.submesh.single()) {
          return false;
        }
      }
    }
  }
  return true;
}

}  // namespace

std::vector<Schedule> schedules_of(const Problem& problem, const Plan& plan,
                                   const std::atomic<bool>* interrupted) {
  Different found(problem);
  search::Options options;
  options.stop.evaluations = plan.evaluations;
  options.stop.interrupted = interrupted;
  for (const std::string& strategy : plan.strategies) {
    options.settings = {};
    for (const auto& [option, value] : plan.options) {
      if (option.starts_with(strategy + ".")) {
        options.settings.set(option, value);
      }
    }
    for (const std::string& objective : plan.objectives) {
      try {
        found.add(search::solve(problem, objective::from_text(objective), strategy, options).schedule);
      } catch (const base::InfeasibleError&) {
        continue;  // nothing in the space of this strategy
      }
    }
  }
  std::vector<Schedule> all = found.best(plan.strategies.size() * plan.objectives.size());
  Different variants(problem);
  for (const Schedule& schedule : all) {
    if (lies_on_single_chiplets(schedule)) {
      each_variant(problem, schedule, [&](const Schedule& one) {
        if (one != schedule && schedule::check(problem, one).empty()) {
          variants.add(one);
        }
      });
    }
  }
  for (Schedule& one : variants.best(plan.variants)) {
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace inlay::studies::agreement
