#pragma once

#include <algorithm>

#include "inlay/schedule/constraint_names.hpp"
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

/// Of a pin or a sharding: layers [first, last) of a model.
template <typename Archive, typename Range>
void describe_layers(Archive& archive, Range& range, const workload::Scenario& scenario) {
  archive.index("model", range.model, scenario.models.size(), "model");
  const auto layers = static_cast<std::int64_t>(
      scenario.models.at(static_cast<std::size_t>(range.model)).model.layers.size());
  archive.integer("first", range.first, 0, layers - 1);
  archive.integer("last", range.last, range.first + 1, layers);
}

template <typename Archive>
void describe_pin(Archive& archive, Pin& pin, const workload::Scenario& scenario,
                  const hardware::Package& package) {
  describe_layers(archive, pin, scenario);
  describe_chiplets(archive, pin.chiplets, package);
}

template <typename Archive>
void describe_dependency(Archive& archive, Dependency& dependency, std::size_t models) {
  archive.index("model", dependency.model, models, "model");
  archive.index("waits_for", dependency.waits_for, models, "model");
}

template <typename Archive>
void describe_sharding(Archive& archive, ShardingDemand& demand, const workload::Scenario& scenario) {
  describe_layers(archive, demand, scenario);
  std::vector<std::string> by;
  for (const ShardingChoice& choice : demand.choices) {
    by.push_back(to_string(choice));
  }
  archive.texts("by", by);
  if constexpr (Archive::kReading) {
    demand.choices =
        choices_named(by, [&archive](const std::string& message) { archive.fail("by", message); });
    const std::string defect =
        defect_of(demand, scenario.models[static_cast<std::size_t>(demand.model)].model);
    if (!defect.empty()) {
      archive.fail("by", defect);
    }
  }
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
  archive.optional_list("shardings", constraints.shardings, [&](auto& inner, ShardingDemand& demand) {
    describe_sharding(inner, demand, scenario);
  });
}

}  // namespace inlay::schedule
