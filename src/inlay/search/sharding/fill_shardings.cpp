#include "inlay/search/sharding/fill_shardings.hpp"

#include "inlay/search/sharding/sharded_segments.hpp"

namespace inlay::search::sharding {

void fill_shardings(const schedule::Problem& problem, const PlanGoal& goal, PlanTables& plans,
                    schedule::Schedule& schedule) {
  for (schedule::Window& window : schedule.windows) {
    for (schedule::Pipeline& pipeline : window.pipelines) {
      const int first = pipeline.stages.front().first;
      const int last = pipeline.stages.back().last;
      for (schedule::Stage& stage : pipeline.stages) {
        if (!stage.submesh.single() && stage.shardings.empty()) {
          ShardedSegments segments(problem, pipeline.model, first, last, pipeline.mini_batch, stage.submesh,
                                   plans.of(problem, pipeline.model, pipeline.mini_batch,
                                            evaluate::members_of(problem.package, stage.submesh), goal));
          stage.shardings = segments.shardings(stage.first, stage.last);
        }
      }
    }
  }
}

}  // namespace inlay::search::sharding
