#include "inlay/schedule/shares.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace inlay::schedule {
namespace {

using workload::Division;
using workload::LoopRanges;

bool idle(const Sharding& sharding, const LoopRanges& ranges) {
  const auto empty = [&ranges](LoopDimension by) {
    return by != LoopDimension::kNone && ranges[static_cast<std::size_t>(by)].size() == 0;
  };
  return empty(sharding.rows.by) || empty(sharding.columns.by);
}

/// What an axis of several members may divide; of one member, nothing.
std::vector<AxisSharding> axis_choices(const std::vector<Division>& divisions, int members,
                                       std::int64_t mini_batch) {
  std::vector<AxisSharding> choices = {{}};
  if (members == 1) {
    return choices;
  }
  const auto extent = [&](const Division& division) {
    return division.by == LoopDimension::kSamples ? mini_batch : division.extent;
  };
  for (const Division& division : divisions) {
    if (division.by == LoopDimension::kNone || extent(division) < 2) {
      continue;
    }
    if (division.by != LoopDimension::kReduction) {
      choices.push_back({division.by, LoopDimension::kNone});
      continue;
    }
    for (const Division& sums : divisions) {
      const bool scatters = sums.by == LoopDimension::kSamples || sums.by == LoopDimension::kRows ||
                            sums.by == LoopDimension::kOutputs;
      if (scatters && extent(sums) >= 2) {
        choices.push_back({LoopDimension::kReduction, sums.by});
      }
    }
  }
  return choices;
}

}  // namespace

std::vector<cost::Share> member_shares(const workload::Model& model, int layer,
                                       const std::vector<Division>& divisions, const Sharding& sharding,
                                       std::int64_t mini_batch, const Grid& grid) {
  std::string why;
  const ShardedLayer resolved = resolve(model, layer, divisions, sharding, why);
  std::vector<cost::Share> shares;
  for (int row = 0; row < grid.rows; ++row) {
    for (int column = 0; column < grid.columns; ++column) {
      const LoopRanges ranges = ranges_of(divisions, sharding, mini_batch, grid, row, column);
      if (!idle(sharding, ranges)) {
        shares.push_back({workload::share_of(model, layer, resolved.by, ranges),
                          ranges[static_cast<std::size_t>(LoopDimension::kSamples)].size()});
      }
    }
  }
  return shares;
}

std::vector<Sharding> shardings_on(const std::vector<Division>& divisions, const Grid& grid,
                                   std::int64_t mini_batch, LoopDimension demanded) {
  std::vector<Sharding> all;
  std::vector<Sharding> as_demanded;
  for (const AxisSharding& rows : axis_choices(divisions, grid.rows, mini_batch)) {
    for (const AxisSharding& columns : axis_choices(divisions, grid.columns, mini_batch)) {
      all.push_back({rows, columns});
      if (rows.by == demanded || columns.by == demanded) {
        as_demanded.push_back({rows, columns});
      }
    }
  }
  return demanded == LoopDimension::kNone || as_demanded.empty() ? all : as_demanded;
}

std::vector<cost::Share> shares_of_plans(const Problem& problem, const std::vector<Grid>& grids) {
  std::vector<cost::Share> shares;
  std::set<cost::ShareCosts::Key> known;
  for (std::size_t m = 0; m < problem.scenario.models.size(); ++m) {
    const workload::Model& model = problem.scenario.models[m].model;
    std::set<std::tuple<int, std::vector<std::int64_t>>> seen;  // layers of one class and extents are alike
    for (int layer = 0; layer < static_cast<int>(model.layers.size()); ++layer) {
      const std::vector<Division> divisions = workload::divisions(model, layer);
      std::vector<std::int64_t> extents;
      for (const Division& division : divisions) {
        extents.push_back(static_cast<std::int64_t>(division.by));
        extents.push_back(division.extent);
      }
      if (!seen.emplace(problem.costs.models[m].class_of[static_cast<std::size_t>(layer)], extents).second) {
        continue;
      }
      for (const std::int64_t mini_batch : problem.costs.models[m].mini_batches) {
        for (const Grid& grid : grids) {
          for (const Sharding& sharding : shardings_on(divisions, grid, mini_batch)) {
            for (cost::Share& share : member_shares(model, layer, divisions, sharding, mini_batch, grid)) {
              if (known.insert(cost::ShareCosts::key_of(share)).second) {
                shares.push_back(std::move(share));
              }
            }
          }
        }
      }
    }
  }
  return shares;
}

void adopt_shares(const cost::CostTable& from, cost::CostTable& to) {
  if (from.shares == nullptr) {
    return;
  }
  auto both = std::make_shared<cost::ShareCosts>(*from.shares);
  if (to.shares != nullptr) {
    for (const auto& [key, costs] : to.shares->all()) {
      both->add(key, costs);
    }
  }
  to.shares = std::move(both);
}

cost::ShareCosts used_shares(const Problem& problem, const Schedule& schedule) {
  cost::ShareCosts used;
  for (const Window& window : schedule.windows) {
    for (const Pipeline& pipeline : window.pipelines) {
      const workload::Model& model = problem.scenario.models[static_cast<std::size_t>(pipeline.model)].model;
      for (const Stage& stage : pipeline.stages) {
        for (int layer = stage.first; layer < stage.last && !stage.submesh.single(); ++layer) {
          for (const cost::Share& share :
               member_shares(model, layer, workload::divisions(model, layer), stage.sharding_of(layer),
                             pipeline.mini_batch, {stage.submesh.rows, stage.submesh.columns})) {
            if (const auto* costs =
                    problem.costs.shares == nullptr ? nullptr : problem.costs.shares->find(share)) {
              used.add(cost::ShareCosts::key_of(share), *costs);
            }
          }
        }
      }
    }
  }
  return used;
}

}  // namespace inlay::schedule
