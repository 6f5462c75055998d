#include <algorithm>
#include <limits>
#include <map>
#include <memory>

#include "inlay/search/large/stage_rows.hpp"
#include "inlay/search/sharding/sharded_segments.hpp"

namespace inlay::search::large {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr evaluate::StageFigures kNoStage{kInfinite, kInfinite, kInfinite, 0};

/// The stages on members of the same types, whatever their way to the memory.
class PlannedStages {
 public:
  PlannedStages(const RowsRequest& request, const TileKind& kind, std::int64_t mini_batch,
                const sharding::PlanGoal& goal)
      : request_(request),
        plans_(request.problem, request.model, mini_batch, kind.members, goal),
        stages_(request.problem, request.model, request.range.first, request.range.last, mini_batch,
                kind.example, plans_) {}

  /// Stages from cut y on, up to the first that computes for too long.
  const std::vector<sharding::ShardedSegment>& row(int y) {
    if (known_ == y) {
      return segments_;
    }
    known_ = y;
    segments_.clear();
    const std::vector<int>& cuts = request_.cuts;
    const int first = cuts[static_cast<std::size_t>(y)];
    for (std::size_t x = static_cast<std::size_t>(y) + 1; x < cuts.size() && !request_.clock.expired(); ++x) {
      segments_.push_back(stages_.exact(first, cuts[x]));
      if (segments_.back().feasible && segments_.back().compute > request_.longest) {
        break;
      }
    }
    stages_.forget(first);  // plans take much memory
    return segments_;
  }

 private:
  const RowsRequest& request_;
  sharding::PlanTable plans_;
  sharding::ShardedSegments stages_;
  int known_ = -1;
  std::vector<sharding::ShardedSegment> segments_;
};

}  // namespace

std::vector<StageRows> tile_rows(const RowsRequest& request, const std::vector<const TileShape*>& shapes,
                                 const sharding::PlanGoal& goal) {
  std::vector<StageRows> result(shapes.size(),
                                StageRows(request.problem, request.model, request.size_index, request.cuts));
  std::map<std::vector<int>, std::unique_ptr<PlannedStages>> planned;  // by the members' types
  for (const TileKind& kind : shapes.front()->kinds) {
    auto& stages = planned[kind.members.types];
    if (!stages) {
      stages = std::make_unique<PlannedStages>(request, kind, result.front().mini_batch(), goal);
    }
  }
  const evaluate::FigureConstants constants(request.problem);
  std::vector<evaluate::StageFigures> figures;
  const int last_cut = result.front().last_cut();
  for (int y = 0; y < last_cut && !request.clock.expired(); ++y) {
    std::size_t length = 1;
    for (const auto& [types, stages] : planned) {
      length = std::max(length, stages->row(y).size());
    }
    for (std::size_t s = 0; s < shapes.size(); ++s) {
      figures.clear();
      for (const TileKind& kind : shapes[s]->kinds) {
        const std::vector<sharding::ShardedSegment>& row = planned[kind.members.types]->row(y);
        for (std::size_t i = 0; i < length; ++i) {
          // The last stage passes nothing on.
          const bool ends = y + static_cast<int>(i) + 1 == last_cut;
          figures.push_back(i < row.size() && row[i].feasible
                                ? evaluate::submesh_figures(constants, row[i], kind.access, shapes[s]->grid,
                                                            ends ? evaluate::StageExit{} : kind.exit,
                                                            kind.l2_access, result[s].mini_batches())
                                : kNoStage);
        }
      }
      result[s].add(static_cast<int>(length), figures);
    }
  }
  return result;
}

}  // namespace inlay::search::large
