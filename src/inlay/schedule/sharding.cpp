#include "inlay/schedule/sharding.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace inlay::schedule {
namespace {

using workload::AxisUse;
using workload::Box;
using workload::Division;
using workload::Interval;

const Division* find(const std::vector<Division>& divisions, LoopDimension by) {
  for (const Division& division : divisions) {
    if (division.by == by) {
      return &division;
    }
  }
  return nullptr;
}

AxisLayout layout_of(const AxisUse& use) {
  return {use.axis, use.axis == workload::kReplicatedAxis ? 1 : use.reach};
}

/// Cuts an interval in `parts` whole numbers of blocks.
Interval blocks_of(const Interval& whole, std::int64_t block, std::int64_t parts, std::int64_t index) {
  const std::int64_t count = (whole.size() + block - 1) / block;
  const Interval part = workload::part_of({0, count}, parts, index);
  return {std::min(whole.first + part.first * block, whole.last),
          std::min(whole.first + part.last * block, whole.last)};
}

std::string offered(const std::vector<Division>& divisions) {
  std::string letters;
  for (const Division& division : divisions) {
    letters += (letters.empty() ? "" : ", ") + workload::to_string(division.by);
  }
  return letters;
}

std::string check_axis(const workload::Layer& layer, const std::vector<Division>& divisions,
                       const AxisSharding& axis) {
  if (find(divisions, axis.by) == nullptr) {
    return fmt::format("layer '{}' ({}) is not divided by {}; it allows {}", layer.name, layer.op,
                       workload::to_string(axis.by), offered(divisions));
  }
  if (axis.by != LoopDimension::kReduction) {
    return axis.sums == LoopDimension::kNone
               ? ""
               : fmt::format(
                     "layer '{}': only sums of a divided reduction (C) are scattered, not those of {}",
                     layer.name, workload::to_string(axis.by));
  }
  const bool scatters = axis.sums == LoopDimension::kSamples || axis.sums == LoopDimension::kRows ||
                        axis.sums == LoopDimension::kOutputs;
  if (!scatters || find(divisions, axis.sums) == nullptr) {
    return fmt::format(
        "layer '{}': partial sums are scattered along N, M or K, as far as the layer allows them "
        "({}); '{}' is not one of them",
        layer.name, offered(divisions), workload::to_string(axis.sums));
  }
  return "";
}

/// The layout along one axis of output `index`, before and after partial sums are scattered.
AxisLayout output_layout(const std::vector<Division>& divisions, const AxisSharding& axis, std::size_t index,
                         bool scattered) {
  const LoopDimension by =
      axis.by == LoopDimension::kReduction ? (scattered ? axis.sums : LoopDimension::kNone) : axis.by;
  return layout_of(find(divisions, by)->outputs[index]);
}

}  // namespace

std::string to_string(const AxisSharding& axis) {
  return axis.sums == LoopDimension::kNone
             ? workload::to_string(axis.by)
             : workload::to_string(axis.by) + ">" + workload::to_string(axis.sums);
}

std::string to_string(const Sharding& sharding) {
  return to_string(sharding.rows) + "," + to_string(sharding.columns);
}

bool parse_axis(const std::string& text, AxisSharding& axis) {
  const auto letter = [](char word, LoopDimension& dimension) {
    for (std::size_t i = 0; i < workload::kLoopDimensions; ++i) {
      if (workload::to_string(static_cast<LoopDimension>(i))[0] == word) {
        dimension = static_cast<LoopDimension>(i);
        return true;
      }
    }
    return false;
  };
  axis = {};
  if (text.size() == 1) {
    return letter(text[0], axis.by);
  }
  return text.size() == 3 && text[1] == '>' && letter(text[0], axis.by) && letter(text[2], axis.sums);
}

Box held_by(const Layout& layout, const Box& whole, const Grid& grid, int row, int column) {
  Box box = whole;
  if (layout.rows.axis != workload::kReplicatedAxis) {
    Interval& interval = box[static_cast<std::size_t>(layout.rows.axis)];
    interval = blocks_of(interval, layout.rows.block, grid.rows, row);
  }
  if (layout.columns.axis != workload::kReplicatedAxis) {
    Interval& interval = box[static_cast<std::size_t>(layout.columns.axis)];
    interval = blocks_of(interval, layout.columns.block, grid.columns, column);
  }
  return box;
}

ShardedLayer resolve_divisions(const std::vector<Division>& divisions, const Sharding& sharding) {
  ShardedLayer result;
  for (const LoopDimension by : {sharding.rows.by, sharding.columns.by}) {
    const Division* division = find(divisions, by);
    if (by == LoopDimension::kSamples) {
      result.samples = division;
    } else if (by != LoopDimension::kNone &&
               std::find(result.by.begin(), result.by.end(), division) == result.by.end()) {
      result.by.push_back(division);
    }
  }
  return result;
}

ShardedLayer resolve(const workload::Model& model, int layer, const std::vector<Division>& divisions,
                     const Sharding& sharding, std::string& why) {
  const workload::Layer& node = model.layers[static_cast<std::size_t>(layer)];
  for (const AxisSharding& axis : {sharding.rows, sharding.columns}) {
    why = check_axis(node, divisions, axis);
    if (!why.empty()) {
      return {};
    }
  }
  ShardedLayer result = resolve_divisions(divisions, sharding);
  const bool partial =
      sharding.rows.by == LoopDimension::kReduction || sharding.columns.by == LoopDimension::kReduction;
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    result.outputs.push_back({output_layout(divisions, sharding.rows, i, true),
                              output_layout(divisions, sharding.columns, i, true)});
    if (partial) {
      result.partial.push_back({output_layout(divisions, sharding.rows, i, false),
                                output_layout(divisions, sharding.columns, i, false)});
    }
  }
  return result;
}

workload::LoopRanges ranges_of(const std::vector<Division>& divisions, const Sharding& sharding,
                               std::int64_t mini_batch, const Grid& grid, int row, int column) {
  workload::LoopRanges ranges;
  ranges.fill({0, 1});
  ranges[static_cast<std::size_t>(LoopDimension::kSamples)] = {0, mini_batch};
  for (const LoopDimension by : {sharding.rows.by, sharding.columns.by}) {
    if (by != LoopDimension::kSamples && by != LoopDimension::kNone) {
      ranges[static_cast<std::size_t>(by)] = {0, find(divisions, by)->extent};
    }
  }
  const auto divide = [&ranges](LoopDimension by, int parts, int index) {
    if (by != LoopDimension::kNone) {
      Interval& range = ranges[static_cast<std::size_t>(by)];
      range = workload::part_of(range, parts, index);
    }
  };
  divide(sharding.rows.by, grid.rows, row);
  divide(sharding.columns.by, grid.columns, column);
  return ranges;
}

Box needed_of(const ShardedLayer& layer, std::size_t operand, const Box& whole,
              const workload::LoopRanges& ranges) {
  Box box = whole;
  const auto cut = [&](const Division& division) {
    const AxisUse& use = division.inputs[operand];
    const Interval& range = ranges[static_cast<std::size_t>(division.by)];
    if (use.axis == workload::kReplicatedAxis) {
      return;
    }
    Interval& interval = box[static_cast<std::size_t>(use.axis)];
    if (range.size() == 0) {
      interval = {interval.first, interval.first};
      return;
    }
    const std::int64_t first = range.first * use.step - use.before;
    const std::int64_t last = (range.last - 1) * use.step - use.before + use.reach;
    const std::int64_t begin = std::clamp(first, interval.first, interval.last);
    interval = {begin, std::clamp(last, begin, interval.last)};
  };
  for (const Division* division : layer.by) {
    cut(*division);
  }
  if (layer.samples != nullptr) {
    cut(*layer.samples);
  }
  // A member without any work needs nothing.
  for (const Division* division : layer.by) {
    if (ranges[static_cast<std::size_t>(division->by)].size() == 0) {
      box[workload::kBatchAxis] = {0, 0};
    }
  }
  return box;
}

}  // namespace inlay::schedule
