#include "inlay/search/sharding/replanned.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "inlay/base/error.hpp"
#include "inlay/schedule/shares.hpp"
#include "inlay/search/sharding/fill_shardings.hpp"
#include "inlay/search/sharding/sharded_segments.hpp"

namespace inlay::search::sharding {
namespace {

bool runs_layer_of(const std::vector<schedule::ShardingDemand>& demands, int model,
                   const schedule::Stage& stage) {
  return std::any_of(demands.begin(), demands.end(), [&](const schedule::ShardingDemand& demand) {
    return demand.model == model && demand.first < stage.last && stage.first < demand.last;
  });
}

/// Throws if the constraints leave a layer of the stage no sharding on its submesh.
void require_options(const schedule::Problem& problem, const schedule::Pipeline& pipeline,
                     const schedule::Stage& stage) {
  const workload::ScenarioModel& entry = problem.scenario.models[static_cast<std::size_t>(pipeline.model)];
  const schedule::Grid grid{stage.submesh.rows, stage.submesh.columns};
  for (int layer = stage.first; layer < stage.last; ++layer) {
    std::vector<std::string> possible;
    bool allowed = false;
    for (const schedule::Sharding& sharding :
         schedule::shardings_on(workload::divisions(entry.model, layer), grid, pipeline.mini_batch)) {
      possible.push_back(to_string(sharding));
      allowed = allowed || schedule::may_divide(problem.constraints, pipeline.model, layer, sharding, grid);
    }
    if (!allowed) {
      throw base::InfeasibleError(fmt::format(
          "model '{}', layer '{}': no sharding on {} in mini-batches of {} keeps the constraints; the layer "
          "allows (rows,columns): {}",
          entry.name, entry.model.layers[static_cast<std::size_t>(layer)].name,
          hardware::to_string(problem.package, stage.submesh), pipeline.mini_batch,
          fmt::join(possible, "; ")));
    }
  }
}

/// Throws if the stage has no plan.
void require_plan(const schedule::Problem& problem, const PlanGoal& goal, PlanTables& plans,
                  const schedule::Pipeline& pipeline, const schedule::Stage& stage) {
  require_options(problem, pipeline, stage);
  ShardedSegments segments(problem, pipeline.model, pipeline.stages.front().first,
                           pipeline.stages.back().last, pipeline.mini_batch, stage.submesh,
                           plans.of(problem, pipeline.model, pipeline.mini_batch,
                                    evaluate::members_of(problem.package, stage.submesh), goal));
  if (!segments.exact(stage.first, stage.last).feasible) {
    throw base::InfeasibleError(
        fmt::format("model '{}', layers {} to {}: {} cannot run the shares of any plan within the "
                    "constraints, or L2 does "
                    "not hold them",
                    problem.scenario.models[static_cast<std::size_t>(pipeline.model)].name, stage.first,
                    stage.last - 1, hardware::to_string(problem.package, stage.submesh)));
  }
}

}  // namespace

schedule::Schedule replanned(const schedule::Problem& problem, const PlanGoal& goal,
                             const std::vector<schedule::ShardingDemand>& demands,
                             const schedule::Schedule& schedule) {
  schedule::Schedule result = schedule;
  PlanTables plans;
  bool any = false;
  for (schedule::Window& window : result.windows) {
    for (schedule::Pipeline& pipeline : window.pipelines) {
      for (schedule::Stage& stage : pipeline.stages) {
        if (!stage.submesh.single() && runs_layer_of(demands, pipeline.model, stage)) {
          require_plan(problem, goal, plans, pipeline, stage);
          stage.shardings.clear();
          any = true;
        }
      }
    }
  }
  if (!any) {
    throw base::InputError(
        "the schedule runs none of the layers of --sharding on several chiplets: there is nothing to divide");
  }
  fill_shardings(problem, goal, plans, result);
  return result;
}

}  // namespace inlay::search::sharding
