// `exact` over families of submeshes against plain enumeration: paths, cuts and mini-batches of every model,
// each stage with the shardings of its plan, priced by the reference evaluator.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/contention.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/evaluate/root_bounds.hpp"
#include "inlay/schedule/check.hpp"
#include "inlay/search/pipelines/pipeline_bound.hpp"
#include "inlay/search/search.hpp"
#include "inlay/search/sharding/sharded_segments.hpp"
#include "inlay/search/windows/window_partition.hpp"
#include "support/submesh_problems.hpp"

namespace inlay::search {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// What a pipeline takes alone, and how long it uses each interface and, at last, the whole memory.
struct Alone {
  double latency = 0.0;
  std::vector<double> busy;
};

/// Pipelines of one or more models in a window.
struct Point {
  std::uint64_t chiplets = 0;
  double latency = 0.0;
  double energy = 0.0;
  std::int64_t bytes = 0;
  std::vector<Alone> pipelines;
};

/// The least T of docs/model.md "Contention", by bisection.
double contended(const std::vector<Alone>& pipelines) {
  const std::size_t resources = pipelines.front().busy.size();
  std::vector<double> all(resources, 0.0);
  double low = 0.0;
  double high = 0.0;
  for (const Alone& one : pipelines) {
    for (std::size_t r = 0; r < resources; ++r) {
      all[r] += one.busy[r];
    }
    low = std::max(low, one.latency);
    high += one.latency;
  }
  low = std::max(low, *std::max_element(all.begin(), all.end()));
  high += static_cast<double>(resources) * low;
  const auto enough = [&](double window) {
    return std::all_of(pipelines.begin(), pipelines.end(), [&](const Alone& one) {
      const auto delay = [&](std::size_t r) {
        return std::min(one.busy[r], one.latency) * (all[r] - one.busy[r]) / window;
      };
      double interfaces = 0.0;
      for (std::size_t r = 0; r + 1 < resources; ++r) {
        interfaces += delay(r);
      }
      return window >= one.latency + std::max(interfaces, delay(resources - 1));
    });
  };
  for (int step = 0; step < 200; ++step) {
    const double middle = 0.5 * (low + high);
    (enough(middle) ? high : low) = middle;
  }
  return high;
}

class SubmeshEnumeration {
 public:
  SubmeshEnumeration(const schedule::Problem& problem, const Objective& objective)
      : problem_(problem), once_(problem), goal_(sharding::plan_goal(objective)), objective_(objective) {
    submeshes_ = hardware::submeshes(problem.package, problem.most_members);
    once_.repeated = false;
    per_interface_ = problem.package.memory.scope == hardware::BandwidthScope::kPerInterface;
  }

  double optimum(const std::vector<windows::WindowPartition>& partitions) {
    double best = kInfinite;
    for (const windows::WindowPartition& partition : partitions) {
      // Several windows fill and empty their pipelines, however often they run.
      here_ = partition.windows.size() == 1 ? &problem_ : &once_;
      sums_ = {{0.0, 0.0}};
      for (const auto& ranges : partition.windows) {
        add_window(ranges);
      }
      for (const auto& [latency, energy] : sums_) {
        best = std::min(best, objective_.value(latency, energy + problem_.package.static_power * latency));
      }
    }
    return best;
  }

  long pipelines() const { return pipelines_; }
  long divided() const { return divided_; }

 private:
  void add_window(const std::vector<windows::LayerRange>& ranges) {
    std::vector<Point> joined = {Point{}};
    for (std::size_t model = 0; model < ranges.size(); ++model) {
      if (ranges[model].empty()) {
        continue;
      }
      std::vector<Point> next;
      for (const Point& one : points_of(static_cast<int>(model), ranges[model])) {
        for (const Point& other : joined) {
          if ((one.chiplets & other.chiplets) == 0) {
            Point both{one.chiplets | other.chiplets, std::max(one.latency, other.latency),
                       one.energy + other.energy, one.bytes + other.bytes, other.pipelines};
            both.pipelines.push_back(one.pipelines.front());
            next.push_back(std::move(both));
          }
        }
      }
      joined = std::move(next);
    }
    std::vector<std::pair<double, double>> sums;
    const double rate = hardware::total_memory_bandwidth(problem_.package);
    for (const Point& point : joined) {
      double latency = point.latency;
      if (problem_.communication == schedule::Communication::kShared) {
        latency = std::max(latency, static_cast<double>(point.bytes) / rate);
      } else if (problem_.communication == schedule::Communication::kContended) {
        latency = contended(point.pipelines);
      }
      for (const auto& sum : sums_) {
        sums.emplace_back(sum.first + latency, sum.second + point.energy);
      }
    }
    std::sort(sums.begin(), sums.end());
    sums_.clear();
    for (const auto& sum : sums) {
      if (sums_.empty() || sum.second < sums_.back().second) {
        sums_.push_back(sum);
      }
    }
  }

  const std::vector<Point>& points_of(int model, const windows::LayerRange& range) {
    std::vector<Point>& points = known_[{model, range.first, range.last, here_->repeated}];
    if (points.empty()) {
      found_ = &points;
      for (const std::int64_t size : problem_.costs.models[static_cast<std::size_t>(model)].mini_batches) {
        pipeline_ = {model, size, {}};
        for (const hardware::Submesh& submesh : submeshes_) {
          place(range, range.first, submesh, 0);
        }
      }
    }
    return points;
  }

  void place(const windows::LayerRange& range, int first, const hardware::Submesh& submesh,
             std::uint64_t taken) {
    for (const int chiplet : submesh.chiplets) {
      if ((taken >> static_cast<unsigned>(chiplet) & 1U) != 0) {
        return;
      }
      taken |= std::uint64_t{1} << static_cast<unsigned>(chiplet);
    }
    for (int last = first + 1; last <= range.last; ++last) {
      schedule::Stage stage{first, last, submesh};
      if (!submesh.single()) {
        sharding::ShardedSegments segments(problem_, pipeline_.model, range.first, range.last,
                                           pipeline_.mini_batch, submesh,
                                           plans_.of(problem_, pipeline_.model, pipeline_.mini_batch,
                                                     evaluate::members_of(problem_.package, submesh), goal_));
        if (!segments.exact(first, last).feasible) {
          continue;
        }
        stage.shardings = segments.shardings(first, last);
      }
      pipeline_.stages.push_back(stage);
      if (last == range.last) {
        price(taken);
      } else {
        for (const hardware::Submesh& next : submeshes_) {
          const bool alike = next.rows == submesh.rows && next.columns == submesh.columns;
          if ((alike || problem_.submeshes == schedule::SubmeshFamily::kRectangles) &&
              hardware::touch(problem_.package, submesh, next)) {
            place(range, last, next, taken);
          }
        }
      }
      pipeline_.stages.pop_back();
    }
  }

  void price(std::uint64_t taken) {
    ++pipelines_;
    divided_ += pipeline_.stages.front().submesh.single() ? 0 : 1;
    try {
      const evaluate::ScheduleCost cost = evaluate::evaluate_reference(*here_, {{{{pipeline_}}}, true});
      const auto& costs = problem_.costs.models[static_cast<std::size_t>(pipeline_.model)];
      const pipelines::PipelineBound bound = pipelines::pipeline_bound(
          *here_, pipeline_.model, {pipeline_.stages.front().first, pipeline_.stages.back().last},
          costs.index_of(pipeline_.mini_batch));
      evaluate::PipelineCost one = cost.windows[0].pipelines[0];
      if (here_->repeated) {
        one.latency = static_cast<double>(one.mini_batches) * one.largest_steady;
      }
      EXPECT_LE(bound.latency, one.latency * (1.0 + 1e-9));
      EXPECT_LE(bound.energy, one.energy.total() * (1.0 + 1e-9));
      EXPECT_LE(bound.bytes, static_cast<double>(one.memory_bytes));
      Alone alone{one.latency, std::vector<double>(problem_.package.interfaces.size() + 1, 0.0)};
      for (std::size_t k = 0; k < pipeline_.stages.size(); ++k) {
        const hardware::Submesh& submesh = pipeline_.stages[k].submesh;
        const auto bytes = static_cast<double>(one.stages[k].memory_bytes);
        for (const int chiplet : submesh.chiplets) {
          const auto at =
              static_cast<std::size_t>(problem_.package.interface_of[static_cast<std::size_t>(chiplet)]);
          // An interface that may move all that the memory does is no limit of its own.
          alone.busy[at] += problem_.package.interfaces.size() > 1 && per_interface_
                                ? bytes / submesh.members() / hardware::interface_bandwidth(problem_.package)
                                : 0.0;
        }
        alone.busy.back() += bytes / hardware::total_memory_bandwidth(problem_.package);
      }
      found_->push_back({taken, one.latency, one.energy.total(), cost.memory_bytes, {alone}});
    } catch (const base::InfeasibleError&) {
      // Does not fit.
    }
  }

  const schedule::Problem& problem_;
  schedule::Problem once_;
  const schedule::Problem* here_ = nullptr;  // as the windows of a partition see it
  sharding::PlanGoal goal_;
  Objective objective_;
  std::vector<hardware::Submesh> submeshes_;
  sharding::PlanTables plans_;
  std::map<std::tuple<int, int, int, bool>, std::vector<Point>> known_;
  std::vector<Point>* found_ = nullptr;
  schedule::Pipeline pipeline_;
  std::vector<std::pair<double, double>> sums_;
  bool per_interface_ = false;
  long pipelines_ = 0;
  long divided_ = 0;
};

bool at_most(double a, double b) {
  return a <= b + 1e-8 * std::abs(b);
}

/// Delays at interfaces are priced, but no part of the proof.
bool interfaces_may_delay(const schedule::Problem& problem) {
  return problem.communication == schedule::Communication::kContended &&
         evaluate::interfaces_limit(problem.package);
}

/// The optimum of `exact`; infinite if there is none. `optimum`: of all schedules, if known.
double solved(const schedule::Problem& problem, const Objective& objective, const Options& options,
              bool& on_submesh, double optimum = kInfinite) {
  try {
    const Answer answer = solve(problem, objective, "exact", options);
    EXPECT_TRUE(answer.certificate.proven || interfaces_may_delay(problem));
    if (!answer.certificate.proven && std::isfinite(optimum)) {
      EXPECT_LE(answer.certificate.lower_bound, optimum * (1.0 + 1e-8));
      EXPECT_LE(optimum, answer.certificate.value * (1.0 + 1e-8));
      return optimum;
    }
    EXPECT_TRUE(schedule::check(problem, answer.schedule).empty());
    const evaluate::ScheduleCost cost = evaluate::evaluate_reference(problem, answer.schedule);
    const double value = objective.value(cost.latency, cost.energy.total());
    EXPECT_NEAR(value, answer.certificate.value, 1e-9 * value);
    for (const schedule::Window& window : answer.schedule.windows) {
      for (const schedule::Pipeline& pipeline : window.pipelines) {
        on_submesh = on_submesh || !pipeline.stages.front().submesh.single();
      }
    }
    return answer.certificate.value;
  } catch (const base::InfeasibleError&) {
    return kInfinite;
  }
}

TEST(ExactOnSubmeshes, EqualsEnumerationAndIsNeverAboveSingleChiplets) {
  base::Random random(21);
  int optima = 0;
  int divided = 0;
  int better = 0;
  int contended = 0;
  int constrained = 0;
  long pipelines = 0;
  for (int trial = 0; trial < 500 && !::testing::Test::HasFailure(); ++trial) {
    const bool square = trial % 5 == 0;
    schedule::Problem problem =
        testing::random_submesh_problem(random, {square ? 2 : 1, square ? 2 : 3, 2, square ? 3 : 4, 4});
    if (trial % 4 == 3) {
      problem.constraints.shardings = {testing::random_sharding_demand(random, problem)};
    }
    const Objective objectives[] = {Objective::kLatency, Objective::kEnergy, Objective::kEdp,
                                    Objective::kThroughput};
    const Objective objective = objectives[trial % 4];
    SCOPED_TRACE(trial);
    Options options;
    const int splits = trial % 3 == 0 ? 1 : 0;
    options.settings.set("exact.splits", std::to_string(splits));
    SubmeshEnumeration enumeration(problem, objective);
    const double best = enumeration.optimum(windows::window_family(problem, splits));
    bool on_submesh = false;
    const double found = solved(problem, objective, options, on_submesh, best);
    if (std::isinf(best)) {
      EXPECT_TRUE(std::isinf(found));
      continue;
    }
    EXPECT_NEAR(found, best, 1e-8 * best);
    schedule::Problem alone = problem;
    alone.submeshes = schedule::SubmeshFamily::kSingle;
    bool none = false;
    const double single = solved(alone, objective, options, none);
    EXPECT_FALSE(none);
    EXPECT_TRUE(at_most(found, single));
    contended += problem.communication == schedule::Communication::kContended ? 1 : 0;
    for (cost::ModelCosts& costs : alone.costs.models) {
      costs.divided.clear();
    }
    alone.costs.shares = nullptr;
    alone.most_members = 1;
    if (std::isfinite(single) && !interfaces_may_delay(alone)) {
      EXPECT_EQ(solved(alone, objective, options, none), single);
    }
    const evaluate::RootBounds bounds = evaluate::root_bounds(problem);
    EXPECT_TRUE(at_most(objective.value(bounds.latency, bounds.energy), best));
    options.stop.evaluations = random.between(1, 60);
    try {
      EXPECT_TRUE(at_most(solve(problem, objective, "exact", options).certificate.lower_bound, best));
    } catch (const base::InfeasibleError&) {
      // Stopped before it had a schedule.
    }
    ++optima;
    divided += on_submesh ? 1 : 0;
    constrained += on_submesh && !problem.constraints.empty() ? 1 : 0;
    better += found < single * (1.0 - 1e-9) ? 1 : 0;
    pipelines += enumeration.divided();
  }
  EXPECT_GT(optima, 350);
  EXPECT_GT(divided, 100);
  EXPECT_GT(constrained, 20);
  EXPECT_GT(contended, 100);
  EXPECT_GT(better, 100);
  EXPECT_GT(pipelines, 5'000);
}

}  // namespace
}  // namespace inlay::search
