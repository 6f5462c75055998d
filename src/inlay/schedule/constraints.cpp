#include "inlay/schedule/constraints.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "inlay/base/quantity.hpp"
#include "inlay/schedule/problem.hpp"

namespace inlay::schedule {
namespace {

template <typename... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
// Clang 14 knows no deduction for aggregates.
template <typename... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

bool among(const std::vector<int>& list, int wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

template <typename Function>
void for_each_constraint(const Constraints& constraints, Function function) {
  const auto all = [&function](const auto& list) {
    for (const auto& one : list) {
      function(one);
    }
  };
  all(constraints.pins);
  all(constraints.bans);
  all(constraints.mini_batches);
  all(constraints.caps);
  all(constraints.latency_limits);
  all(constraints.dependencies);
  all(constraints.shardings);
}

std::string model_text(const Problem& problem, int model) {
  return fmt::format("model '{}'", problem.scenario.models.at(static_cast<std::size_t>(model)).name);
}

std::string chiplets_text(const Problem& problem, const std::vector<int>& chiplets) {
  std::vector<std::string> names;
  for (const int chiplet : chiplets) {
    names.push_back(problem.package.chiplets.at(static_cast<std::size_t>(chiplet)).name);
  }
  return fmt::format("chiplet{} {}", names.size() == 1 ? "" : "s", fmt::join(names, ", "));
}

/// Short where that loses nothing but rounding.
std::string time_text(double seconds) {
  const std::string text = base::format_time(seconds);
  const double again = base::parse_quantity(text, base::Dimension::kTime);
  return std::abs(again - seconds) <= 1e-12 * seconds ? text
                                                      : base::exact_quantity(seconds, base::Dimension::kTime);
}

/// Of a pin or a sharding; empty for all layers.
template <typename Range>
std::string layers_text(const Problem& problem, const Range& range) {
  const auto& layers = problem.scenario.models.at(static_cast<std::size_t>(range.model)).model.layers;
  if (range.first == 0 && range.last == static_cast<int>(layers.size())) {
    return "";
  }
  const std::string& first = layers.at(static_cast<std::size_t>(range.first)).name;
  const std::string& last = layers.at(static_cast<std::size_t>(range.last) - 1).name;
  return first == last ? fmt::format(", layer '{}'", first)
                       : fmt::format(", layers '{}' to '{}'", first, last);
}

}  // namespace

void Constraints::add(const Constraint& constraint) {
  std::visit(Overloaded{
                 [this](const Pin& pin) { pins.push_back(pin); },
                 [this](const Ban& ban) { bans.push_back(ban); },
                 [this](const FixedMiniBatch& fixed) { mini_batches.push_back(fixed); },
                 [this](const ChipletCap& cap) { caps.push_back(cap); },
                 [this](const LatencyLimit& limit) { latency_limits.push_back(limit); },
                 [this](const Dependency& dependency) { dependencies.push_back(dependency); },
                 [this](const ShardingDemand& demand) { shardings.push_back(demand); },
             },
             constraint);
}

std::vector<Constraint> Constraints::each() const {
  std::vector<Constraint> all;
  for_each_constraint(*this, [&all](const auto& one) { all.emplace_back(one); });
  return all;
}

bool may_stand(const Constraints& constraints, int model, int first, int last, int chiplet) {
  const bool pinned_elsewhere =
      std::any_of(constraints.pins.begin(), constraints.pins.end(), [&](const Pin& pin) {
        return pin.model == model && pin.first < last && first < pin.last && !among(pin.chiplets, chiplet);
      });
  const bool banned = std::any_of(constraints.bans.begin(), constraints.bans.end(), [&](const Ban& ban) {
    return (ban.model < 0 || ban.model == model) && among(ban.chiplets, chiplet);
  });
  return !pinned_elsewhere && !banned;
}

bool may_divide(const Constraints& constraints, int model, int layer, const Sharding& sharding,
                const Grid& grid) {
  return std::all_of(constraints.shardings.begin(), constraints.shardings.end(),
                     [&](const ShardingDemand& demand) {
                       return !demand.covers(model, layer) || demand.admits(sharding, grid);
                     });
}

bool may_have_size(const Constraints& constraints, int model, std::int64_t size) {
  return std::none_of(
      constraints.mini_batches.begin(), constraints.mini_batches.end(),
      [&](const FixedMiniBatch& fixed) { return fixed.model == model && fixed.size != size; });
}

int most_chiplets(const Constraints& constraints, int model) {
  int most = std::numeric_limits<int>::max();
  for (const ChipletCap& cap : constraints.caps) {
    most = cap.model == model ? std::min(most, cap.most) : most;
  }
  return most;
}

double latest_end(const Constraints& constraints, int model) {
  double latest = std::numeric_limits<double>::infinity();
  for (const LatencyLimit& limit : constraints.latency_limits) {
    latest = limit.model == model ? std::min(latest, limit.seconds * (1.0 + kLatencyTolerance)) : latest;
  }
  return latest;
}

std::string to_string(const Problem& problem, const Constraint& constraint) {
  const auto model = [&](int index) { return model_text(problem, index); };
  return std::visit(
      Overloaded{
          [&](const Pin& pin) {
            const std::string layers = layers_text(problem, pin);
            return fmt::format("pin of {}{}{} to {}", model(pin.model), layers, layers.empty() ? "" : ",",
                               chiplets_text(problem, pin.chiplets));
          },
          [&](const Ban& ban) {
            return fmt::format("{} forbidden to {}", chiplets_text(problem, ban.chiplets),
                               ban.model < 0 ? "all models" : model(ban.model));
          },
          [&](const FixedMiniBatch& fixed) {
            return fmt::format("mini-batch {} of {}", fixed.size, model(fixed.model));
          },
          [&](const ChipletCap& cap) {
            return fmt::format("at most {} chiplet{} at a time for {}", cap.most, cap.most == 1 ? "" : "s",
                               model(cap.model));
          },
          [&](const LatencyLimit& limit) {
            return fmt::format("latency limit {} of {}", time_text(limit.seconds), model(limit.model));
          },
          [&](const Dependency& dependency) {
            return fmt::format("{} after {}", model(dependency.model), model(dependency.waits_for));
          },
          [&](const ShardingDemand& demand) {
            return fmt::format("sharding {} of {}{}", choices_text(demand), model(demand.model),
                               layers_text(problem, demand));
          },
      },
      constraint);
}

}  // namespace inlay::schedule
