#include "inlay/schedule/document_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"

namespace inlay::schedule {
namespace {

using workload::Layer;
using workload::Model;
using workload::Tensor;

constexpr std::size_t kMostChiplets = 2048;  // the table of routes is quadratic

std::string path_of(std::size_t model, const std::string& rest) {
  return fmt::format("scenario.models[{}].model.{}", model, rest);
}

void link_outputs(const JsonReader& reader, std::size_t at, Model& model) {
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    const Layer& layer = model.layers[i];
    if (layer.inputs.empty() || layer.outputs.empty()) {
      reader.fail(path_of(at, fmt::format("layers[{}]", i)),
                  "a layer needs at least one input and one output");
    }
    for (std::size_t k = 0; k < layer.outputs.size(); ++k) {
      Tensor& tensor = model.tensors[static_cast<std::size_t>(layer.outputs[k])];
      if (tensor.producer >= 0) {
        reader.fail(path_of(at, fmt::format("layers[{}].outputs[{}]", i, k)),
                    fmt::format("tensor {} is made by layer {} already", layer.outputs[k], tensor.producer));
      }
      tensor.producer = static_cast<int>(i);
    }
  }
}

void link_inputs(const JsonReader& reader, std::size_t at, Model& model) {
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    const Layer& layer = model.layers[i];
    for (std::size_t k = 0; k < layer.inputs.size(); ++k) {
      Tensor& tensor = model.tensors[static_cast<std::size_t>(layer.inputs[k])];
      if (tensor.producer >= static_cast<int>(i)) {
        reader.fail(path_of(at, fmt::format("layers[{}].inputs[{}]", i, k)),
                    fmt::format("tensor {} is made by layer {}, not before this one", layer.inputs[k],
                                tensor.producer));
      }
      if (tensor.users.empty() || tensor.users.back() != static_cast<int>(i)) {
        tensor.users.push_back(static_cast<int>(i));
      }
    }
  }
}

/// No sum that an evaluator forms (twice the live tensors, weights, tiles of one mini-batch; a batch of them)
/// may leave 64 bits; 16 leaves room for reading and writing each several times.
void check_sums(const JsonReader& reader, std::size_t at, const workload::ScenarioModel& entry) {
  try {
    std::int64_t per_sample = 0;
    std::int64_t weights = 0;
    for (const Tensor& tensor : entry.model.tensors) {
      per_sample = base::checked_add(per_sample, tensor.bytes);
    }
    for (const Layer& layer : entry.model.layers) {
      per_sample = base::checked_add(per_sample, layer.gathered_bytes);
      weights = base::checked_add(weights, layer.weight_bytes);
    }
    base::checked_product(base::checked_add(per_sample, weights), entry.batch, 16);
  } catch (const base::OverflowError&) {
    reader.fail(fmt::format("scenario.models[{}]", at), "the bytes of a batch do not fit into 64 bits");
  }
}

bool is_mini_batch(std::int64_t batch, std::int64_t size) {
  // The smallest i with ceil(batch / i) <= size is ceil(batch / size).
  return base::ceil_divide(batch, base::ceil_divide(batch, size)) == size;
}

void check_mini_batches(const JsonReader& reader, const std::string& path,
                        const std::vector<std::int64_t>& sizes, std::int64_t batch) {
  if (sizes.empty()) {
    reader.fail(path, "no mini-batch");
  }
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (i > 0 && sizes[i] <= sizes[i - 1]) {
      reader.fail(fmt::format("{}[{}]", path, i), fmt::format("{} does not ascend", sizes[i]));
    }
    if (!is_mini_batch(batch, sizes[i])) {
      reader.fail(fmt::format("{}[{}]", path, i),
                  fmt::format("{} is not ceil({} / i) for any i", sizes[i], batch));
    }
  }
}

}  // namespace

void link_layers(const JsonReader& reader, workload::Scenario& scenario) {
  if (scenario.models.empty()) {
    reader.fail("scenario.models", "no model");
  }
  for (std::size_t at = 0; at < scenario.models.size(); ++at) {
    workload::ScenarioModel& entry = scenario.models[at];
    if (entry.model.layers.empty()) {
      reader.fail(path_of(at, "layers"), "no layer");
    }
    link_outputs(reader, at, entry.model);
    link_inputs(reader, at, entry.model);
    check_sums(reader, at, entry);
    try {
      workload::check_consistency(entry.model);
    } catch (const base::DefectError& error) {
      reader.fail(fmt::format("scenario.models[{}].model", at), error.what());
    }
  }
}

void check_dependencies(const JsonReader& reader, const workload::Scenario& scenario) {
  const std::size_t count = scenario.models.size();
  for (std::size_t at = 0; at < count; ++at) {
    const workload::ScenarioModel& entry = scenario.models[at];
    const std::string path = fmt::format("scenario.models[{}].", at);
    if (entry.probability && *entry.probability > 1.0) {
      reader.fail(path + "probability", fmt::format("{} is above 1", *entry.probability));
    }
    std::set<int> seen;
    for (std::size_t k = 0; k < entry.depends_on.size(); ++k) {
      const int needed = entry.depends_on[k];
      if (static_cast<std::size_t>(needed) >= count) {
        reader.fail(fmt::format("{}depends_on[{}]", path, k),
                    fmt::format("model {} does not exist, there are {}, counted from 0", needed, count));
      }
      if (!seen.insert(needed).second) {
        reader.fail(fmt::format("{}depends_on[{}]", path, k), fmt::format("model {} stands twice", needed));
      }
    }
  }
  if (const std::vector<int> cycle = workload::dependency_cycle(scenario); !cycle.empty()) {
    reader.fail(fmt::format("scenario.models[{}].depends_on", cycle.front()),
                "the models wait for each other in a circle");
  }
}

void link_chiplets(const JsonReader& reader, hardware::Package& package) {
  if (package.chiplets.size() > kMostChiplets) {
    reader.fail("package.chiplets", fmt::format("more than {} chiplets", kMostChiplets));
  }
  for (std::size_t i = 0; i < package.links.size(); ++i) {
    const auto& link = package.links[i];
    if (link.first >= link.second || (i > 0 && package.links[i - 1] >= link)) {
      reader.fail(fmt::format("package.links[{}]", i),
                  "links stand in ascending order, each once, the smaller chiplet first");
    }
  }
  try {
    hardware::derive_routes(package);
  } catch (const base::InfeasibleError& error) {
    reader.fail("package", error.what());
  }
}

void check_costs(const JsonReader& reader, const Problem& problem) {
  const std::size_t types = problem.package.types.size();
  for (std::size_t at = 0; at < problem.costs.models.size(); ++at) {
    const cost::ModelCosts& costs = problem.costs.models[at];
    const workload::ScenarioModel& entry = problem.scenario.models[at];
    const std::string path = fmt::format("costs.models[{}].", at);
    check_mini_batches(reader, path + "mini_batches", costs.mini_batches, entry.batch);
    const std::size_t layers = entry.model.layers.size();
    if (costs.class_of.size() != layers) {
      reader.fail(path + "class_of", fmt::format("{} numbers for {} layers", costs.class_of.size(), layers));
    }
    const auto last = *std::max_element(costs.class_of.begin(), costs.class_of.end());
    const std::size_t due = (static_cast<std::size_t>(last) + 1) * costs.mini_batches.size() * types;
    if (costs.entries.size() != due) {
      reader.fail(path + "rows",
                  fmt::format("{} rows, but {} classes x {} mini-batches x {} chiplet types need {}",
                              costs.entries.size(), last + 1, costs.mini_batches.size(), types, due));
    }
    for (std::size_t i = 0; i < costs.entries.size(); ++i) {
      if (costs.entries[i].tile_bytes > std::numeric_limits<std::int64_t>::max() / 16) {
        reader.fail(fmt::format("{}rows[{}].tile_bytes", path, i), "is beyond what 64 bits can add up");
      }
    }
  }
}

}  // namespace inlay::schedule
