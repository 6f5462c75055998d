#include "inlay/cost/mapped/fixed_mapping.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/cost/data_centric/mapping.hpp"
#include "inlay/dataflow/dataflow.hpp"

namespace inlay::cost::mapped {
namespace {

using data_centric::LoopNest;

LoopNest nest_without_loops(const workload::Shape& shape, std::int64_t mini_batch) {
  const dataflow::Dataflow none;
  if (const auto* product = std::get_if<workload::GemmShape>(&shape)) {
    return data_centric::Mapping(*product, mini_batch, none, 1, false).layer();
  }
  return data_centric::Mapping(std::get<workload::ConvolutionShape>(shape), mini_batch, none, 1, false)
      .layer();
}

const std::string& word(Storage storage) {
  return storage_words()[static_cast<std::size_t>(storage)];
}

bool has_accumulator(const hardware::ChipletType& type) {
  return type.array && type.array->accumulator_bytes > 0;
}

/// "memory 4, l2 2 x 16": the factors of a dimension, level by level.
std::string factors_text(const FixedMapping& mapping, Dimension dimension) {
  std::string text;
  for (const MappedLevel& level : mapping.levels) {
    std::string factors;
    for (const MappedLoop& loop : level.loops) {
      if (loop.dimension == dimension) {
        factors +=
            fmt::format("{}{}{}", factors.empty() ? "" : " x ", loop.factor, loop.spatial ? " spatial" : "");
      }
    }
    if (!factors.empty()) {
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", word(level.storage), factors);
    }
  }
  return text.empty() ? "no loop" : text;
}

void check_factors(const FixedMapping& mapping) {
  const auto extents = extents_of(mapping.shape, mapping.mini_batch);
  for (std::size_t d = 0; d < kDimensions; ++d) {
    const auto dimension = static_cast<Dimension>(d);
    std::int64_t product = 1;
    for (const MappedLevel& level : mapping.levels) {
      for (const MappedLoop& loop : level.loops) {
        product = loop.dimension == dimension ? base::checked_multiply(product, loop.factor) : product;
      }
    }
    if (product != extents[d]) {
      throw base::InfeasibleError(fmt::format(
          "mapping '{}': the factors of {} multiply up to {} ({}), the layer has {}", mapping.name,
          dimension_name(mapping, dimension), product, factors_text(mapping, dimension), extents[d]));
    }
  }
}

/// PEs that the spatial loops of one level ask for, and which loop asks for most.
void check_fanout(const FixedMapping& mapping, const MappedLevel& level, std::int64_t limit,
                  const char* what) {
  std::int64_t units = 1;
  const MappedLoop* largest = nullptr;
  for (const MappedLoop& loop : level.loops) {
    if (loop.spatial) {
      units = base::checked_multiply(units, loop.factor);
      largest = largest == nullptr || loop.factor > largest->factor ? &loop : largest;
    }
  }
  if (units > limit) {
    throw base::InfeasibleError(fmt::format(
        "mapping '{}': the spatial loops of level '{}' need {} {} (largest factor: {} {}), the limit is {}",
        mapping.name, word(level.storage), units, what, dimension_name(mapping, largest->dimension),
        largest->factor, limit));
  }
}

void check_spatial(const FixedMapping& mapping, const hardware::ChipletType& type) {
  std::int64_t all = 1;
  for (const MappedLevel& level : mapping.levels) {
    check_fanout(mapping, level, type.pes, "PEs");
    for (const MappedLoop& loop : level.loops) {
      if (!loop.spatial) {
        continue;
      }
      if (level.storage == Storage::kMemory || level.storage == Storage::kL1) {
        throw base::InfeasibleError(fmt::format(
            "mapping '{}': level '{}' has the spatial loop {} {}; PEs stand between L2 and L1, so spatial "
            "loops "
            "belong to 'l2' or 'accumulator'",
            mapping.name, word(level.storage), dimension_name(mapping, loop.dimension), loop.factor));
      }
      all = base::checked_multiply(all, loop.factor);
    }
  }
  if (all > type.pes) {
    throw base::InfeasibleError(
        fmt::format("mapping '{}': the spatial loops of all levels need {} PEs, the limit is {}",
                    mapping.name, all, type.pes));
  }
}

void add_loops(const MappedLevel& level, LoopNest& nest, std::array<std::int64_t, kDimensions>& tile) {
  for (const MappedLoop& loop : level.loops) {
    if (loop.factor == 1) {
      continue;
    }
    if (nest.loops.size() == data_centric::kMaxLoops) {
      throw base::InfeasibleError(fmt::format("the mapping has more than {} loops", data_centric::kMaxLoops));
    }
    std::int64_t& whole = tile[loop.dimension];
    whole /= loop.factor;
    nest.loops.push_back({loop.dimension, whole, loop.spatial ? loop.factor : 1});
  }
}

}  // namespace

const std::vector<std::string>& storage_words() {
  static const std::vector<std::string> kWords = {"memory", "l2", "accumulator", "l1"};
  return kWords;
}

const std::vector<std::string>& dimension_words() {
  static const std::vector<std::string> kWords = {"N", "G", "K", "C", "Y", "X", "R", "S"};
  return kWords;
}

const std::string& dimension_name(const FixedMapping& mapping, Dimension dimension) {
  static const std::vector<std::string> kProduct = {"N", "G", "N", "K", "M", "X", "R", "S"};
  const bool product = std::holds_alternative<workload::GemmShape>(mapping.shape);
  return (product ? kProduct : dimension_words())[dimension];
}

std::string loops_text(const FixedMapping& mapping, const MappedLevel& level) {
  std::string text;
  for (const MappedLoop& loop : level.loops) {
    text += fmt::format("{}{}{} {}", text.empty() ? "" : ", ", loop.spatial ? "spatial " : "",
                        dimension_name(mapping, loop.dimension), loop.factor);
  }
  return text.empty() ? "-" : text;
}

std::vector<std::string> loop_names(const workload::Shape& shape) {
  if (std::holds_alternative<workload::GemmShape>(shape)) {
    return {"M", "N", "K", "G"};
  }
  return dimension_words();
}

Dimension dimension_named(const workload::Shape& shape, const std::string& name) {
  static const std::vector<Dimension> kProduct = {data_centric::kY, data_centric::kK, data_centric::kC,
                                                  data_centric::kG};
  const std::vector<std::string> names = loop_names(shape);
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) {
    throw base::InputError(
        fmt::format("'{}' is not a dimension; {}", name, base::allowed_values(name, names)));
  }
  const auto index = static_cast<std::size_t>(found - names.begin());
  return std::holds_alternative<workload::GemmShape>(shape) ? kProduct[index] : static_cast<Dimension>(index);
}

std::array<std::int64_t, kDimensions> extents_of(const workload::Shape& shape, std::int64_t mini_batch) {
  return nest_without_loops(shape, mini_batch).extent;
}

void check_mapping(const FixedMapping& mapping, const hardware::ChipletType& type) {
  for (const MappedLevel& level : mapping.levels) {
    const auto loop = std::find_if(level.loops.begin(), level.loops.end(),
                                   [](const MappedLoop& one) { return one.factor > 1; });
    if (level.storage == Storage::kAccumulator && loop != level.loops.end() && !has_accumulator(type)) {
      throw base::InfeasibleError(fmt::format(
          "mapping '{}': level 'accumulator' has the loop {} {}, but chiplet type '{}' has no accumulator "
          "memory; its levels are memory, l2, l1",
          mapping.name, dimension_name(mapping, loop->dimension), loop->factor, type.name));
    }
  }
  check_factors(mapping);
  check_spatial(mapping, type);
}

LoopNest loop_nest(const FixedMapping& mapping) {
  LoopNest nest = nest_without_loops(mapping.shape, mapping.mini_batch);
  auto tile = nest.extent;
  for (const MappedLevel& level : mapping.levels) {
    if (level.storage != Storage::kL1) {
      add_loops(level, nest, tile);
    }
    if (level.storage == Storage::kMemory) {
      nest.top_loops = nest.loops.size();
    }
  }
  return nest;
}

LoopNest memory_nest(const FixedMapping& mapping) {
  LoopNest nest = nest_without_loops(mapping.shape, mapping.mini_batch);
  auto tile = nest.extent;
  for (const MappedLevel& level : mapping.levels) {
    if (level.storage == Storage::kMemory) {
      add_loops(level, nest, tile);
    }
  }
  nest.top_loops = nest.loops.size();
  return nest;
}

}  // namespace inlay::cost::mapped
