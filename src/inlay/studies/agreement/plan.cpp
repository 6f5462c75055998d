#include "inlay/studies/agreement/plan.hpp"

#include <fmt/format.h>

namespace inlay::studies::agreement {
namespace {

using base::YamlMap;
using base::YamlNode;

std::vector<std::string> names(const YamlNode& node) {
  std::vector<std::string> list;
  for (const YamlNode& one : node.list()) {
    list.push_back(one.name());
  }
  if (list.empty()) {
    node.fail("at least one is needed");
  }
  return list;
}

constexpr double kLeastMemory = 1e-3;
constexpr double kMostMemory = 1e3;

/// What conditions are made of: all combinations.
struct Axes {
  std::vector<std::string> scenarios;
  std::vector<std::string> packages;
  std::vector<hardware::Overlap> overlaps;
  std::vector<double> memory;

  void read(YamlMap& keys, bool required) {
    const auto node = [&](const std::string& key) {
      return required ? std::optional(keys.required(key)) : keys.optional(key);
    };
    if (const auto list = node("scenarios")) {
      scenarios = names(*list);
    }
    if (const auto list = node("packages")) {
      packages = names(*list);
    }
    if (const auto list = node("overlaps")) {
      overlaps.clear();
      for (const YamlNode& one : list->list()) {
        overlaps.push_back(one.choice({"serial", "overlapped"}) == 0 ? hardware::Overlap::kSerial
                                                                     : hardware::Overlap::kOverlapped);
      }
    }
    if (const auto list = node("memory")) {
      memory.clear();
      for (const YamlNode& one : list->list()) {
        memory.push_back(one.number(kLeastMemory, kMostMemory));
      }
    }
  }

  std::vector<Condition> conditions() const {
    std::vector<Condition> all;
    for (const std::string& scenario : scenarios) {
      for (const std::string& package : packages) {
        for (const hardware::Overlap overlap : overlaps) {
          for (const double factor : memory) {
            all.push_back({scenario, package, overlap, factor});
          }
        }
      }
    }
    return all;
  }
};

}  // namespace

std::string to_string(const Condition& condition) {
  return fmt::format("{}, {}, {}, memory x{}", condition.scenario, condition.package,
                     condition.overlap == hardware::Overlap::kSerial ? "serial" : "overlapped",
                     condition.memory);
}

Plan read_plan(const YamlNode& root, bool quick) {
  YamlMap keys = root.map();
  Plan plan;
  plan.name = keys.required("name").name();
  plan.title = keys.required("title").text();
  Axes axes;
  axes.read(keys, true);
  plan.strategies = names(keys.required("strategies"));
  for (const auto& [option, value] : keys.required("options").map().entries()) {
    plan.options.emplace_back(option, value.text());
  }
  plan.objectives = names(keys.required("objectives"));
  plan.submeshes = keys.required("submeshes").name();
  plan.evaluations = keys.required("evaluations").integer(1);
  plan.variants = static_cast<std::size_t>(keys.required("variants").integer(0, 1000));
  YamlMap replay = keys.required("replay").map();
  plan.jitter = replay.required("jitter").number(0.0, 0.5);
  plan.runs = static_cast<int>(replay.required("runs").integer(1, 100));
  replay.finish();
  YamlMap subset = keys.required("quick").map();
  if (quick) {
    axes.read(subset, false);
    if (const auto list = subset.optional("strategies")) {
      plan.strategies = names(*list);
    }
    if (const auto most = subset.optional("evaluations")) {
      plan.evaluations = most->integer(1);
    }
    subset.finish();
  }
  keys.finish();
  plan.conditions = axes.conditions();
  return plan;
}

}  // namespace inlay::studies::agreement
