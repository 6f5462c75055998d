#include "inlay/schedule/check.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace inlay::schedule {
namespace {

using Violations = std::vector<std::string>;

/// Where in the schedule a finding stands.
struct Spot {
  std::size_t window;
  std::string model;
  std::string text() const { return fmt::format("window {}, model '{}'", window, model); }
};

void check_stage(const Problem& problem, const Stage& stage, const Spot& spot, int& next_layer,
                 std::vector<int>& stages_on, Violations& found) {
  if (stage.first != next_layer) {
    found.push_back(
        stage.first > next_layer
            ? fmt::format("{}: layers {} to {} are missing", spot.text(), next_layer, stage.first - 1)
            : fmt::format("{}: layer {} stands there twice or out of order", spot.text(), stage.first));
  }
  if (stage.last <= stage.first) {
    found.push_back(
        fmt::format("{}: a stage of layers {} to {} is empty", spot.text(), stage.first, stage.last - 1));
  }
  next_layer = std::max(next_layer, stage.last);
  if (const std::string defect = hardware::defect_of(problem.package, stage.submesh); !defect.empty()) {
    found.push_back(fmt::format("{}: {}", spot.text(), defect));
    return;
  }
  for (const int chiplet : stage.submesh.chiplets) {
    if (++stages_on[static_cast<std::size_t>(chiplet)] == 2) {
      found.push_back(fmt::format("{}: chiplet '{}' holds more than one stage", spot.text(),
                                  problem.package.chiplets[static_cast<std::size_t>(chiplet)].name));
    }
  }
}

/// That every layer of a stage on several chiplets has a sharding that it allows. The layers must exist.
void check_shardings(const Problem& problem, int model, const Stage& stage, const Spot& spot,
                     Violations& found) {
  const auto layers = static_cast<std::size_t>(stage.last - stage.first);
  const std::size_t expected = stage.submesh.single() ? 0 : layers;
  if (stage.shardings.size() != expected) {
    found.push_back(fmt::format("{}: a stage of layers {} to {} on {} has {} shardings, not {}", spot.text(),
                                stage.first, stage.last - 1,
                                hardware::to_string(problem.package, stage.submesh), stage.shardings.size(),
                                expected));
    return;
  }
  const workload::Model& graph = problem.scenario.models[static_cast<std::size_t>(model)].model;
  for (int layer = stage.first; layer < stage.last && expected > 0; ++layer) {
    const Sharding& sharding = stage.sharding_of(layer);
    std::string why;
    resolve(graph, layer, workload::divisions(graph, layer), sharding, why);
    const bool line = (stage.submesh.rows == 1 && sharding.rows != AxisSharding{}) ||
                      (stage.submesh.columns == 1 && sharding.columns != AxisSharding{});
    if (why.empty() && line) {
      why = fmt::format("layer '{}' is divided between {} of a submesh of {} x {}",
                        graph.layers[static_cast<std::size_t>(layer)].name,
                        stage.submesh.rows == 1 ? "rows" : "columns", stage.submesh.rows,
                        stage.submesh.columns);
    }
    if (!why.empty()) {
      found.push_back(fmt::format("{}: {}", spot.text(), why));
    }
  }
}

void check_adjacency(const Problem& problem, const Pipeline& pipeline, const Spot& spot, Violations& found) {
  const hardware::Package& package = problem.package;
  for (std::size_t k = 0; k + 1 < pipeline.stages.size(); ++k) {
    const hardware::Submesh& from = pipeline.stages[k].submesh;
    const hardware::Submesh& to = pipeline.stages[k + 1].submesh;
    if (!hardware::defect_of(package, from).empty() || !hardware::defect_of(package, to).empty()) {
      continue;  // reported by itself
    }
    if (!hardware::touch(package, from, to)) {
      found.push_back(fmt::format("{}: stages {} and {} stand on chiplets '{}' and '{}', which no link joins",
                                  spot.text(), k, k + 1, hardware::to_string(package, from),
                                  hardware::to_string(package, to)));
    }
  }
}

void check_mini_batch(const Problem& problem, const Pipeline& pipeline, const Spot& spot, Violations& found) {
  const auto& sizes = problem.costs.models[static_cast<std::size_t>(pipeline.model)].mini_batches;
  if (std::find(sizes.begin(), sizes.end(), pipeline.mini_batch) == sizes.end()) {
    found.push_back(fmt::format("{}: mini-batch {} is not ceil(batch / i) for any i; the batch is {}",
                                spot.text(), pipeline.mini_batch,
                                problem.scenario.models[static_cast<std::size_t>(pipeline.model)].batch));
  }
}

}  // namespace

std::vector<std::string> check(const Problem& problem, const Schedule& schedule) {
  Violations found;
  const std::size_t models = problem.scenario.models.size();
  std::vector<int> next_layer(models, 0);
  for (std::size_t w = 0; w < schedule.windows.size(); ++w) {
    std::vector<int> stages_on(problem.package.chiplets.size(), 0);
    std::vector<int> pipelines_of(models, 0);
    for (const Pipeline& pipeline : schedule.windows[w].pipelines) {
      if (pipeline.model < 0 || pipeline.model >= static_cast<int>(models)) {
        found.push_back(
            fmt::format("window {}: there is no model {}, the scenario has {}", w, pipeline.model, models));
        continue;
      }
      const auto model = static_cast<std::size_t>(pipeline.model);
      const Spot spot{w, problem.scenario.models[model].name};
      if (++pipelines_of[model] == 2) {
        found.push_back(spot.text() + ": more than one pipeline");
      }
      if (pipeline.stages.empty()) {
        found.push_back(spot.text() + ": a pipeline without stages");
      }
      check_mini_batch(problem, pipeline, spot, found);
      for (const Stage& stage : pipeline.stages) {
        check_stage(problem, stage, spot, next_layer[model], stages_on, found);
      }
      if (schedule.adjacent_stages) {
        check_adjacency(problem, pipeline, spot, found);
      }
    }
  }
  for (std::size_t model = 0; model < models; ++model) {
    const int layers = static_cast<int>(problem.scenario.models[model].model.layers.size());
    if (next_layer[model] != layers) {
      found.push_back(fmt::format("model '{}': {} of its {} layers are scheduled",
                                  problem.scenario.models[model].name, next_layer[model], layers));
    }
  }
  for (std::size_t w = 0; found.empty() && w < schedule.windows.size(); ++w) {
    for (const Pipeline& pipeline : schedule.windows[w].pipelines) {
      const Spot spot{w, problem.scenario.models[static_cast<std::size_t>(pipeline.model)].name};
      for (const Stage& stage : pipeline.stages) {
        check_shardings(problem, pipeline.model, stage, spot, found);
      }
    }
  }
  if (found.empty()) {
    return check_constraints(problem, schedule);
  }
  return found;
}

}  // namespace inlay::schedule
