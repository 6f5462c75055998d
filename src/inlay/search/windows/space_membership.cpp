#include "inlay/search/windows/space_membership.hpp"

#include <algorithm>

namespace inlay::search::windows {
namespace {

bool runs(const schedule::Window& window, const std::vector<LayerRange>& ranges) {
  const auto models =
      std::count_if(ranges.begin(), ranges.end(), [](const LayerRange& range) { return !range.empty(); });
  return static_cast<std::ptrdiff_t>(window.pipelines.size()) == models &&
         std::all_of(window.pipelines.begin(), window.pipelines.end(),
                     [&](const schedule::Pipeline& pipeline) {
                       return ranges[static_cast<std::size_t>(pipeline.model)] ==
                              LayerRange{pipeline.stages.front().first, pipeline.stages.back().last};
                     });
}

bool runs(const schedule::Schedule& schedule, const WindowPartition& partition) {
  if (schedule.windows.size() != partition.windows.size()) {
    return false;
  }
  for (std::size_t w = 0; w < schedule.windows.size(); ++w) {
    if (!runs(schedule.windows[w], partition.windows[w])) {
      return false;
    }
  }
  return true;
}

bool is_path(const schedule::Pipeline& pipeline, const hardware::Package& package) {
  for (std::size_t k = 0; k + 1 < pipeline.stages.size(); ++k) {
    if (!hardware::touch(package, pipeline.stages[k].submesh, pipeline.stages[k + 1].submesh)) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool lies_in(const schedule::Schedule& schedule, const std::vector<WindowPartition>& partitions, int longest,
             const hardware::Package& package) {
  for (const schedule::Window& window : schedule.windows) {
    for (const schedule::Pipeline& pipeline : window.pipelines) {
      // A stage on several chiplets may have shardings of its own, other than those of its plan.
      const bool single = std::all_of(pipeline.stages.begin(), pipeline.stages.end(),
                                      [](const schedule::Stage& stage) { return stage.submesh.single(); });
      if (static_cast<int>(pipeline.stages.size()) > longest || !single || !is_path(pipeline, package)) {
        return false;
      }
    }
  }
  return std::any_of(partitions.begin(), partitions.end(),
                     [&](const WindowPartition& partition) { return runs(schedule, partition); });
}

}  // namespace inlay::search::windows
