#include "inlay/search/pipelines/pipeline_search.hpp"

#include <tbb/info.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <iterator>

#include "inlay/search/constraints/constraint_effects.hpp"
#include "inlay/search/pipelines/minibatch_search.hpp"
#include "inlay/search/pipelines/pipeline_bound.hpp"

namespace inlay::search::pipelines {
namespace {

/// Of the points of one node those that none beats in latency, energy and bytes.
void keep_best_points(std::vector<PipelinePoint>& points, bool bytes_count) {
  std::stable_sort(points.begin(), points.end(), [](const PipelinePoint& a, const PipelinePoint& b) {
    if (a.node != b.node) {
      return a.node < b.node;
    }
    return a.latency != b.latency ? a.latency < b.latency : a.energy < b.energy;
  });
  std::vector<PipelinePoint> kept;
  std::size_t node_begin = 0;
  for (PipelinePoint& point : points) {
    if (!kept.empty() && kept.back().node != point.node) {
      node_begin = kept.size();
    }
    const bool dominated = std::any_of(
        kept.begin() + static_cast<std::ptrdiff_t>(node_begin), kept.end(), [&](const PipelinePoint& other) {
          return other.energy <= point.energy && (!bytes_count || other.bytes <= point.bytes);
        });
    if (!dominated) {
      kept.push_back(std::move(point));
    }
  }
  points = std::move(kept);
}

/// TBB complains on standard error when it is asked for more threads than there are cores.
int usable_threads(int threads) {
  const int cores = tbb::info::default_concurrency();
  return threads > 0 ? std::min(threads, cores) : cores;
}

}  // namespace

PipelineFront search_pipelines(const PipelineQuestion& question, int threads, const StopClock& clock,
                               std::int64_t evaluations_left) {
  const std::vector<int> sizes = constraints::allowed_sizes(question.problem, question.model);
  // The same whatever the number of threads, so that what stops after so many evaluations is, too.
  constexpr std::size_t kAtOnce = 4;
  const PruningThreshold threshold(question.context);
  PipelineFront all;
  tbb::task_arena arena(usable_threads(threads));
  arena.execute([&] {
    for (std::size_t begin = 0; begin < sizes.size() && all.complete; begin += kAtOnce) {
      std::vector<PipelineFront> fronts(std::min(kAtOnce, sizes.size() - begin));
      tbb::parallel_for(std::size_t{0}, fronts.size(), [&](std::size_t i) {
        // Before its tables are built: a large batch has thousands of sizes.
        if (clock.expired()) {
          fronts[i].complete = false;
        } else {
          fronts[i] = search_minibatch(question, threshold, sizes[begin + i], clock,
                                       evaluations_left - all.evaluations);
        }
      });
      for (PipelineFront& front : fronts) {
        all.evaluations += front.evaluations;
        all.complete = all.complete && front.complete;
        all.too_large = all.too_large || front.too_large;
        std::move(front.points.begin(), front.points.end(), std::back_inserter(all.points));
      }
      all.complete = all.complete && all.evaluations <= evaluations_left;
    }
  });
  keep_best_points(all.points, question.context.seconds_per_byte > 0.0);
  return all;
}

std::vector<ParetoFront> least_fronts(const PipelineQuestion& question, const TypeShares& shares, int threads,
                                      const StopClock& clock) {
  const std::vector<int> sizes = constraints::allowed_sizes(question.problem, question.model);
  const PruningThreshold threshold(question.context);
  std::vector<std::vector<ParetoFront>> fronts(sizes.size());
  tbb::task_arena arena(usable_threads(threads));
  arena.execute([&] {
    tbb::parallel_for(std::size_t{0}, sizes.size(), [&](std::size_t size) {
      if (clock.expired()) {
        const PipelineBound bound =
            pipeline_bound(question.problem, question.model, question.range, sizes[size]);
        fronts[size].assign(shares.count(), ParetoFront({bound.latency, bound.energy}));
      } else {
        fronts[size] = minibatch_fronts(question, threshold, shares, sizes[size]);
      }
    });
  });
  std::vector<ParetoFront> all(shares.count());
  for (const std::vector<ParetoFront>& of_size : fronts) {
    for (std::size_t share = 0; share < shares.count(); ++share) {
      for (const CostPoint& point : of_size[share].points()) {
        all[share].add(point);
      }
    }
  }
  return all;
}

}  // namespace inlay::search::pipelines
