#pragma once

#include <algorithm>

#include "inlay/schedule/problem.hpp"

// Names every field of the constraints, as problem_fields.hpp does for the rest of a problem.

namespace inlay::schedule {

/// Of a pin or a ban: some chiplets, ascending.
template <typename Archive>
void describe_chiplets(Archive& archive, std::vector<int>& chiplets, const hardware::Package& package) {
  archive.indices("chiplets", chiplets, package.chiplets.size(), "chiplet");
  if constexpr (Archive::kReading) {
    const bool ascending =
        std::adjacent_find(chiplets.begin(), chiplets.end(), std::greater_equal<>()) == chiplets.end();
    if (chiplets.empty() || !ascending) {
      archive.fail("chiplets", "at least one chiplet, each once, in ascending order");
    }
  }
}

template <typename Archive>
void describe_pin(Archive& archive, Pin& pin, const workload::Scenario& scenario,
                  const hardware::Package& package) {
  archive.index("model", pin.model, scenario.models.size(), "model");
  const auto layers =
      static_cast<std::int64_t>(scenario.models.at(static_cast<std::size_t>(pin.model)).model.layers.size());
  archive.integer("first", pin.first, 0, layers - 1);
  archive.integer("last", pin.last, pin.first + 1, layers);
  describe_chiplets(archive, pin.chiplets, package);
}

template <typename Archive>
void describe_dependency(Archive& archive, Dependency& dependency, std::size_t models) {
  archive.index("model", dependency.model, models, "model");
  archive.index("waits_for", dependency.waits_for, models, "model");
}

template <typename Archive>
void describe(Archive& archive, Constraints& constraints, const workload::Scenario& scenario,
              const hardware::Package& package) {
  const std::size_t models = scenario.models.size();
  archive.list("pins", constraints.pins,
               [&](auto& inner, Pin& pin) { describe_pin(inner, pin, scenario, package); });
  archive.list("bans", constraints.bans, [&](auto& inner, Ban& ban) {
    inner.integer("model", ban.model, -1, static_cast<std::int64_t>(models) - 1);
    describe_chiplets(inner, ban.chiplets, package);
  });
  archive.list("mini_batches", constraints.mini_batches, [&](auto& inner, FixedMiniBatch& fixed) {
    inner.index("model", fixed.model, models, "model");
    inner.integer("size", fixed.size, 1);
  });
  archive.list("caps", constraints.caps, [&](auto& inner, ChipletCap& cap) {
    inner.index("model", cap.model, models, "model");
    inner.integer("most", cap.most, 1);
  });
  archive.list("latency_limits", constraints.latency_limits, [&](auto& inner, LatencyLimit& limit) {
    inner.index("model", limit.model, models, "model");
    inner.number("seconds", limit.seconds, true);
  });
  archive.list("dependencies", constraints.dependencies,
               [&](auto& inner, Dependency& dependency) { describe_dependency(inner, dependency, models); });
}

}  // namespace inlay::schedule
