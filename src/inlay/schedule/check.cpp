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
  const int chiplets = static_cast<int>(problem.package.chiplets.size());
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
  if (stage.chiplet < 0 || stage.chiplet >= chiplets) {
    found.push_back(
        fmt::format("{}: there is no chiplet {}, the package has {}", spot.text(), stage.chiplet, chiplets));
    return;
  }
  if (++stages_on[static_cast<std::size_t>(stage.chiplet)] == 2) {
    found.push_back(fmt::format("{}: chiplet '{}' holds more than one stage", spot.text(),
                                problem.package.chiplets[static_cast<std::size_t>(stage.chiplet)].name));
  }
}

void check_adjacency(const Problem& problem, const Pipeline& pipeline, const Spot& spot, Violations& found) {
  const auto& neighbours = problem.package.neighbours;
  for (std::size_t k = 0; k + 1 < pipeline.stages.size(); ++k) {
    const int from = pipeline.stages[k].chiplet;
    const int to = pipeline.stages[k + 1].chiplet;
    if (from < 0 || to < 0 || from >= static_cast<int>(neighbours.size()) ||
        to >= static_cast<int>(neighbours.size())) {
      continue;  // reported as a chiplet that does not exist
    }
    const auto& near = neighbours[static_cast<std::size_t>(from)];
    if (std::find(near.begin(), near.end(), to) == near.end()) {
      found.push_back(fmt::format("{}: stages {} and {} stand on chiplets '{}' and '{}', which no link joins",
                                  spot.text(), k, k + 1,
                                  problem.package.chiplets[static_cast<std::size_t>(from)].name,
                                  problem.package.chiplets[static_cast<std::size_t>(to)].name));
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
  if (found.empty()) {
    return check_constraints(problem, schedule);
  }
  return found;
}

}  // namespace inlay::schedule
