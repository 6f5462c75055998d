#include "inlay/studies/monolith/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <tuple>

#include "inlay/base/error.hpp"
#include "inlay/cost/engine.hpp"
#include "inlay/cost/engines.hpp"
#include "inlay/hardware/monolith.hpp"
#include "inlay/hardware/package_file.hpp"
#include "inlay/hardware/reference.hpp"
#include "inlay/workload/model_file.hpp"
#include "inlay/workload/model_path.hpp"

namespace inlay::studies::monolith {
namespace {

using base::YamlMap;
using base::YamlNode;

constexpr std::int64_t kLargestBatch = 1'000'000;
constexpr std::int64_t kMostSplits = 16;
constexpr double kMostBytesPerCycle = 1e9;

template <typename Value>
using Reader = std::function<Value(const YamlNode&)>;

/// A list with at least one entry, none of them twice.
template <typename Value>
std::vector<Value> read_list(const YamlNode& node, const Reader<Value>& read) {
  std::vector<Value> values;
  for (const YamlNode& entry : node.list()) {
    Value value = read(entry);
    if (std::find(values.begin(), values.end(), value) != values.end()) {
      entry.fail("stands in the list already");
    }
    values.push_back(std::move(value));
  }
  if (values.empty()) {
    node.fail("an empty list; at least one entry is needed");
  }
  return values;
}

std::int64_t read_batch(const YamlNode& node) {
  return node.integer(1, kLargestBatch);
}

std::int64_t read_noc_bandwidth(const YamlNode& node) {
  const double bytes = node.quantity(base::Dimension::kBytesPerCycle, true);
  const auto whole = static_cast<std::int64_t>(std::min(bytes, kMostBytesPerCycle));
  if (static_cast<double>(whole) != bytes) {
    node.fail(fmt::format("'{}' is not a whole number of bytes per cycle (at most {:.0f} B/cycle)",
                          node.text(), kMostBytesPerCycle));
  }
  return whole;
}

hardware::Overlap read_overlap(const YamlNode& node) {
  return node.choice({"serial", "overlapped"}) == 0 ? hardware::Overlap::kSerial
                                                    : hardware::Overlap::kOverlapped;
}

workload::Model read_model(const YamlNode& node) {
  YamlMap keys = node.map();
  const YamlNode name = keys.required("model");
  const auto parameters = keys.optional("parameters");
  keys.finish();
  workload::ModelParameters values;
  if (parameters) {
    YamlMap map = parameters->map();
    for (const auto& [key, value] : map.entries()) {
      values.emplace(key, value.integer(std::numeric_limits<std::int64_t>::min()));
    }
  }
  const std::string path = workload::find_model_file(name).string();
  try {
    return workload::load_model(path, values);
  } catch (const base::InputError& error) {
    name.fail(error.what());
  }
}

PlannedWorkload read_workload(const YamlNode& node) {
  YamlMap keys = node.map();
  PlannedWorkload workload;
  workload.name = hardware::plain_name(keys.required("name"));
  const auto headline = keys.optional("headline");
  workload.headline = headline && headline->boolean();
  const YamlNode models = keys.required("models");
  keys.finish();
  for (const YamlNode& entry : models.list()) {
    workload.models.push_back(read_model(entry));
    const auto same = [&](const workload::Model& other) { return other.name == workload.models.back().name; };
    if (std::count_if(workload.models.begin(), workload.models.end(), same) > 1) {
      entry.fail(fmt::format("model '{}' stands in this workload already", workload.models.back().name));
    }
  }
  if (workload.models.empty()) {
    models.fail("an empty list; at least one model is needed");
  }
  return workload;
}

std::vector<PlannedWorkload> read_workloads(const YamlNode& node) {
  std::vector<PlannedWorkload> workloads;
  for (const YamlNode& entry : node.list()) {
    workloads.push_back(read_workload(entry));
    const auto same = [&](const PlannedWorkload& other) { return other.name == workloads.back().name; };
    if (std::count_if(workloads.begin(), workloads.end(), same) > 1) {
      entry.fail(fmt::format("workload '{}' stands in the list already", workloads.back().name));
    }
  }
  if (std::none_of(workloads.begin(), workloads.end(), [](const auto& each) { return each.headline; })) {
    node.fail(
        "none of the workloads has 'headline: true', so there is nothing to hold beside the published "
        "numbers");
  }
  return workloads;
}

/// Dataflows by name; `stationary`: what they must keep in place, empty for anything.
std::vector<dataflow::Dataflow> read_dataflows(const YamlNode& node, const std::string& stationary) {
  std::vector<dataflow::Dataflow> dataflows;
  read_list<std::string>(node, [&](const YamlNode& entry) {
    dataflows.push_back(dataflow::load_dataflow(hardware::referenced_file(entry, "dataflows")));
    if (!stationary.empty() && dataflows.back().stationary != stationary) {
      entry.fail(fmt::format("dataflow '{}' is {}-stationary; allowed: {}-stationary ones",
                             dataflows.back().name, dataflows.back().stationary, stationary));
    }
    return entry.name();
  });
  return dataflows;
}

PlannedDataflows read_dataflow_sets(const YamlNode& node) {
  YamlMap keys = node.map();
  PlannedDataflows sets;
  const YamlNode monolith = keys.required("monolith");
  sets.monolith = read_dataflows(monolith, "");
  sets.weight = read_dataflows(keys.required("weight"), "weight");
  sets.output = read_dataflows(keys.required("output"), "output");
  std::vector<std::string> names;
  for (const dataflow::Dataflow& dataflow : sets.monolith) {
    if (dataflow.stationary == "output") {
      names.push_back(dataflow.name);
    }
  }
  if (names.empty()) {
    monolith.fail("none of them is output-stationary, so there is no baseline as the paper's");
  }
  sets.published = read_list<std::string>(keys.required("published"),
                                          [&](const YamlNode& entry) { return names[entry.choice(names)]; });
  keys.finish();
  return sets;
}

/// What a monolith is made of, its dataflow and its names aside.
auto silicon(const hardware::Package& package) {
  const hardware::Package monolith = hardware::monolith_of(package, hardware::majority_type(package));
  const hardware::ChipletType& type = monolith.types.front();
  return std::tuple(type.pes, type.l1_bytes, type.l2_bytes, type.noc_bytes_per_cycle, type.noc_hops,
                    type.clock, type.vector_lanes, type.energy.name, monolith.memory.bandwidth,
                    monolith.memory.latency, monolith.memory.energy_per_bit, monolith.static_power);
}

std::vector<hardware::Package> read_packages(const YamlNode& node) {
  std::vector<hardware::Package> packages;
  bool homogeneous = false;
  read_list<std::string>(node, [&](const YamlNode& entry) {
    packages.push_back(hardware::read_package(YamlNode::load(hardware::referenced_file(entry, "packages"))));
    const hardware::Package& package = packages.back();
    for (const hardware::ChipletType& type : package.types) {
      if (type.dataflow.stationary != "weight" && type.dataflow.stationary != "output") {
        entry.fail(fmt::format("chiplet type '{}' is {}-stationary; allowed: weight, output", type.name,
                               type.dataflow.stationary));
      }
    }
    if (silicon(package) != silicon(packages.front())) {
      entry.fail(
          fmt::format("its monolith differs from that of '{}': all packages of a study are cut from "
                      "the same silicon",
                      packages.front().name));
    }
    homogeneous = homogeneous || package.types.size() == 1;
    return entry.name();
  });
  if (!homogeneous) {
    node.fail("none of them has chiplets of one type only, so that no gain of heterogeneity can be told");
  }
  return packages;
}

/// Keeps the values that `quick` names; all if it does not say.
template <typename Value>
void keep_quick(YamlMap& quick, const std::string& key, const Reader<Value>& read,
                std::vector<Value>& values) {
  const auto node = quick.optional(key);
  if (!node) {
    return;
  }
  std::vector<Value> kept;
  for (const YamlNode& entry : node->list()) {
    kept.push_back(read(entry));
    if (std::find(values.begin(), values.end(), kept.back()) == values.end()) {
      entry.fail("is not among the values of the whole study");
    }
  }
  if (kept.empty()) {
    node->fail("an empty list; at least one entry is needed");
  }
  values = std::move(kept);
}

void keep_quick_workloads(YamlMap& quick, std::vector<PlannedWorkload>& workloads) {
  const auto node = quick.optional("workloads");
  if (!node) {
    return;
  }
  std::vector<std::string> names;
  for (const PlannedWorkload& workload : workloads) {
    names.push_back(workload.name);
  }
  const std::vector<std::string> kept =
      read_list<std::string>(*node, [&](const YamlNode& entry) { return names[entry.choice(names)]; });
  std::erase_if(workloads, [&](const PlannedWorkload& workload) {
    return std::find(kept.begin(), kept.end(), workload.name) == kept.end();
  });
  if (std::none_of(workloads.begin(), workloads.end(), [](const auto& each) { return each.headline; })) {
    node->fail("none of these workloads has 'headline: true'");
  }
}

void read_quick(const YamlNode& node, bool quick, ComparisonPlan& plan) {
  YamlMap keys = node.map();
  ComparisonPlan subset = plan;
  keep_quick_workloads(keys, subset.workloads);
  keep_quick<std::int64_t>(keys, "batches", read_batch, subset.batches);
  keep_quick<std::int64_t>(keys, "noc_bandwidths", read_noc_bandwidth, subset.noc_bandwidths);
  keep_quick<hardware::Overlap>(keys, "overlaps", read_overlap, subset.overlaps);
  keys.finish();
  if (quick) {
    plan = std::move(subset);
  }
}

void read_published(const YamlNode& node, ComparisonPlan& plan) {
  YamlMap keys = node.map();
  plan.published_throughput_ratio = keys.required("throughput_ratio").number(0.0);
  plan.published_energy_efficiency_ratio = keys.required("energy_efficiency_ratio").number(0.0);
  keys.finish();
}

void read_search(const YamlNode& node, ComparisonPlan& plan) {
  YamlMap keys = node.map();
  plan.splits = static_cast<int>(keys.required("splits").integer(0, kMostSplits));
  plan.gap = keys.required("gap").number(0.0, 0.5);
  keys.finish();
}

/// The plan once for every engine, with the dataflows that are listed for it.
std::vector<ComparisonPlan> under_engines(const YamlNode& node, const ComparisonPlan& plan) {
  const std::vector<std::string> known = cost::engine_names();
  std::vector<ComparisonPlan> plans;
  read_list<std::string>(node, [&](const YamlNode& entry) {
    YamlMap keys = entry.map();
    plans.push_back(plan);
    const YamlNode engine = keys.required("engine");
    plans.back().engine = known[engine.choice(known)];
    plans.back().dataflows = read_dataflow_sets(keys.required("dataflows"));
    keys.finish();
    return plans.back().engine;
  });
  return plans;
}

}  // namespace

std::vector<ComparisonPlan> read_comparison_plans(const YamlNode& root, bool quick) {
  YamlMap keys = root.map();
  ComparisonPlan plan;
  plan.name = keys.required("name").name();
  plan.title = keys.required("title").text();
  plan.source = keys.required("source").text();
  read_published(keys.required("published"), plan);
  plan.communication = keys.required("communication").choice({"paper", "shared"}) == 0
                           ? schedule::Communication::kPaper
                           : schedule::Communication::kShared;
  read_search(keys.required("search"), plan);
  plan.workloads = read_workloads(keys.required("workloads"));
  plan.batches = read_list<std::int64_t>(keys.required("batches"), read_batch);
  plan.packages = read_packages(keys.required("packages"));
  plan.noc_bandwidths = read_list<std::int64_t>(keys.required("noc_bandwidths"), read_noc_bandwidth);
  plan.overlaps = read_list<hardware::Overlap>(keys.required("overlaps"), read_overlap);
  const YamlNode engines = keys.required("engines");
  read_quick(keys.required("quick"), quick, plan);
  keys.finish();
  return under_engines(engines, plan);
}

std::vector<std::string> headline_workloads(const ComparisonPlan& plan) {
  std::vector<std::string> names;
  for (const PlannedWorkload& workload : plan.workloads) {
    if (workload.headline) {
      names.push_back(workload.name);
    }
  }
  return names;
}

}  // namespace inlay::studies::monolith
