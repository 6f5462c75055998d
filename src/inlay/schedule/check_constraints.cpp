#include <fmt/format.h>

#include <algorithm>

#include "inlay/schedule/constraints.hpp"
#include "inlay/schedule/problem.hpp"
#include "inlay/schedule/schedule.hpp"

namespace inlay::schedule {
namespace {

/// The windows in which a model has layers.
struct Span {
  int first = -1;  // -1: in none
  int last = -1;
};

class Check {
 public:
  Check(const Problem& problem, const Schedule& schedule)
      : problem_(problem), schedule_(schedule), spans_(problem.scenario.models.size()) {}

  std::vector<std::string> run() {
    for (std::size_t window = 0; window < schedule_.windows.size(); ++window) {
      for (const Pipeline& pipeline : schedule_.windows[window].pipelines) {
        Span& span = spans_[static_cast<std::size_t>(pipeline.model)];
        span.first = span.first < 0 ? static_cast<int>(window) : span.first;
        span.last = static_cast<int>(window);
        check_pipeline(window, pipeline);
      }
    }
    for (const Dependency& dependency : problem_.constraints.dependencies) {
      const Span& before = spans_[static_cast<std::size_t>(dependency.waits_for)];
      const Span& after = spans_[static_cast<std::size_t>(dependency.model)];
      if (after.first >= 0 && after.first <= before.last) {
        found_.push_back(fmt::format("{} is broken: it begins in window {}, the other ends in window {}",
                                     to_string(problem_, dependency), after.first, before.last));
      }
    }
    return std::move(found_);
  }

 private:
  void report(std::size_t window, const Constraint& broken, const std::string& how) {
    found_.push_back(fmt::format("window {}: {} is broken: {}", window, to_string(problem_, broken), how));
  }

  void check_pipeline(std::size_t window, const Pipeline& pipeline) {
    const Constraints& constraints = problem_.constraints;
    for (const Stage& stage : pipeline.stages) {
      check_stage(window, pipeline.model, stage);
    }
    for (const FixedMiniBatch& fixed : constraints.mini_batches) {
      if (fixed.model == pipeline.model && fixed.size != pipeline.mini_batch) {
        report(window, fixed, fmt::format("the mini-batch is {}", pipeline.mini_batch));
      }
    }
    int chiplets = 0;
    for (const Stage& stage : pipeline.stages) {
      chiplets += stage.submesh.members();
    }
    for (const ChipletCap& cap : constraints.caps) {
      if (cap.model == pipeline.model && chiplets > cap.most) {
        report(window, cap, fmt::format("it stands on {}", chiplets));
      }
    }
  }

  void check_stage(std::size_t window, int model, const Stage& stage) {
    const std::vector<int>& members = stage.submesh.chiplets;
    const auto among = [](const std::vector<int>& chiplets) {
      return [&chiplets](int chiplet) {
        return std::find(chiplets.begin(), chiplets.end(), chiplet) != chiplets.end();
      };
    };
    const auto where = [&] {
      return fmt::format("layers {} to {} stand on chiplet{} '{}'", stage.first, stage.last - 1,
                         stage.submesh.single() ? "" : "s",
                         hardware::to_string(problem_.package, stage.submesh));
    };
    for (const Pin& pin : problem_.constraints.pins) {
      if (pin.model == model && pin.first < stage.last && stage.first < pin.last &&
          !std::all_of(members.begin(), members.end(), among(pin.chiplets))) {
        report(window, pin, where());
      }
    }
    for (const Ban& ban : problem_.constraints.bans) {
      if ((ban.model < 0 || ban.model == model) &&
          std::any_of(members.begin(), members.end(), among(ban.chiplets))) {
        report(window, ban, where());
      }
    }
    for (const ShardingDemand& demand : problem_.constraints.shardings) {
      check_sharding(window, model, stage, demand);
    }
  }

  /// The first layer of a stage that is divided in another way.
  void check_sharding(std::size_t window, int model, const Stage& stage, const ShardingDemand& demand) {
    for (int layer = stage.first; layer < stage.last && !stage.submesh.single(); ++layer) {
      const Sharding& sharding = stage.sharding_of(layer);
      if (demand.covers(model, layer) &&
          !demand.admits(sharding, {stage.submesh.rows, stage.submesh.columns})) {
        const auto& layers = problem_.scenario.models[static_cast<std::size_t>(model)].model.layers;
        report(
            window, demand,
            fmt::format("layer '{}' is divided by {} between the rows and {} between the columns of {}",
                        layers[static_cast<std::size_t>(layer)].name, to_string(sharding.rows),
                        to_string(sharding.columns), hardware::to_string(problem_.package, stage.submesh)));
        return;
      }
    }
  }

  const Problem& problem_;
  const Schedule& schedule_;
  std::vector<Span> spans_;  // [model]
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> check_constraints(const Problem& problem, const Schedule& schedule) {
  return problem.constraints.empty() ? std::vector<std::string>{} : Check(problem, schedule).run();
}

}  // namespace inlay::schedule
