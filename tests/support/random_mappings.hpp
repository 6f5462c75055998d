#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "inlay/base/random.hpp"
#include "inlay/dataflow/dataflow.hpp"
#include "inlay/workload/model.hpp"

namespace inlay::cost {

/// A layer, a dataflow that maps it without gaps and overlaps, and hardware: small, and otherwise anything.
struct RandomMapping {
  workload::Shape shape;
  std::int64_t mini_batch = 1;
  dataflow::Dataflow dataflow;
  std::int64_t pes = 1;
  std::int64_t bandwidth = 1;
  std::int64_t hops = 1;
  workload::Precision precision;

  /// For the message of a failing test.
  std::string text() const {
    std::string lines;
    if (const auto* c = std::get_if<workload::ConvolutionShape>(&shape)) {
      for (const std::int64_t value :
           {c->groups, c->out_channels, c->in_channels, c->out_height, c->out_width, c->kernel_height,
            c->kernel_width, c->stride_y, c->stride_x, c->dilation_y, c->dilation_x, c->padding_y,
            c->padding_x, c->in_height, c->in_width}) {
        lines += std::to_string(value) + " ";
      }
    } else {
      const auto& g = std::get<workload::GemmShape>(shape);
      lines += "product " + std::to_string(g.m) + " " + std::to_string(g.n) + " " + std::to_string(g.k) +
               " x " + std::to_string(g.repeats) + (g.weights ? " with weights" : "");
    }
    lines += " batch " + std::to_string(mini_batch) + ", " + std::to_string(pes) + " PEs, " +
             std::to_string(bandwidth) + " B/cycle, " + std::to_string(hops) + " hops, bits " +
             std::to_string(precision.inputs) + " " + std::to_string(precision.weights) + " " +
             std::to_string(precision.outputs) + " " + std::to_string(precision.accumulator) + "\n";
    for (const auto& section : {dataflow.convolution, dataflow.gemm}) {
      for (const dataflow::Directive& directive : section) {
        lines += dataflow::to_string(directive) + "\n";
      }
      lines += "\n";
    }
    return lines;
  }
};

class MappingGenerator {
 public:
  explicit MappingGenerator(std::uint64_t seed) : random_(seed), widths_(seed) {}

  RandomMapping next() {
    RandomMapping mapping;
    mapping.mini_batch = random_.between(1, 6) == 1 ? 2 : 1;
    mapping.bandwidth = random_.between(1, 9);
    mapping.hops = random_.between(0, 3);
    constexpr std::array<std::int64_t, 4> kWidths = {4, 8, 16, 5};
    const auto width = [&] { return kWidths[static_cast<std::size_t>(widths_.between(0, 3))]; };
    if (widths_.between(0, 2) > 0) {
      mapping.precision = {width(), width(), width(), width() + 8 * widths_.between(0, 2)};
    }
    cluster_pes_ = 1;
    if (random_.between(0, 3) == 0) {
      product(mapping);
    } else {
      convolution(mapping);
    }
    mapping.pes = cluster_pes_ * random_.between(1, 5) + random_.between(0, cluster_pes_ - 1);
    return mapping;
  }

 private:
  /// A dimension that may be mapped: its name, what is left of it inside a unit, and for Y and X the taps'
  /// index and the stride as it is written.
  struct Dimension {
    std::string name;
    std::int64_t tile = 1;
    int taps = -1;
    std::int64_t stride = 1;
  };

  void convolution(RandomMapping& mapping) {
    workload::ConvolutionShape shape;
    const std::int64_t kind = random_.between(0, 5);
    shape.groups = kind == 0 ? random_.between(2, 5) : kind == 1 ? 2 : 1;
    shape.in_channels = shape.groups * (kind == 0 ? 1 : random_.between(1, 5));
    shape.out_channels = shape.groups * (kind == 0 ? random_.between(1, 2) : random_.between(1, 5));
    shape.out_height = random_.between(1, 7);
    shape.out_width = random_.between(1, 5);
    shape.kernel_height = random_.between(1, 3);
    shape.kernel_width = random_.between(1, 3);
    shape.stride_y = random_.between(1, 3);
    shape.stride_x = random_.between(1, 2);
    shape.dilation_y = random_.between(0, 2) == 0 ? random_.between(1, 3) : 1;
    shape.dilation_x = random_.between(0, 2) == 0 ? 2 : 1;
    pad(shape);
    mapping.shape = shape;
    const std::int64_t in_channels = shape.in_channels / shape.groups;
    const bool depthwise = in_channels == 1 && shape.groups > 1;
    mapping.dataflow.convolution =
        section({{"K", shape.out_channels / shape.groups},
                 {"C", depthwise ? shape.groups : in_channels},
                 {"R", shape.kernel_height},
                 {"S", shape.kernel_width},
                 {"Y", shape.out_height, 2, shape.kernel_height == 1 ? 1 : shape.stride_y},
                 {"X", shape.out_width, 3, shape.kernel_width == 1 ? 1 : shape.stride_x}});
  }

  /// Padding on all sides, none, or so much that some windows see nothing else.
  void pad(workload::ConvolutionShape& shape) {
    if (random_.between(0, 1) == 0) {
      return;
    }
    shape.padding_y = random_.between(0, 3);
    shape.padding_x = random_.between(0, 2);
    shape.in_height = random_.between(1, 14);
    shape.in_width = random_.between(1, 9);
  }

  void product(RandomMapping& mapping) {
    const workload::GemmShape shape{random_.between(1, 9), random_.between(1, 6), random_.between(1, 6),
                                    random_.between(1, 2), random_.between(0, 1) == 0};
    mapping.shape = shape;
    const std::int64_t rows = shape.weights ? shape.m * mapping.mini_batch : shape.m;
    if (random_.between(0, 1) == 0) {
      mapping.dataflow.gemm = section({{"M", rows}, {"N", shape.n}, {"K", shape.k}});
      return;
    }
    std::int64_t width = 1;
    if (random_.between(0, 1) == 0) {
      mapping.dataflow.token_layout = dataflow::TokenLayout::kFolded;
      for (std::int64_t divisor = 1; divisor * divisor <= rows; ++divisor) {
        width = rows % divisor == 0 ? divisor : width;
      }
    }
    mapping.dataflow.convolution = section(
        {{"K", shape.n}, {"C", shape.k}, {"R", 1}, {"S", 1}, {"Y", rows / width, 2, 1}, {"X", width, 3, 1}});
  }

  std::vector<dataflow::Directive> section(std::vector<Dimension> dimensions) {
    std::vector<dataflow::Directive> directives;
    const std::int64_t levels = random_.between(1, 4);
    for (std::int64_t level = 0; level < levels; ++level) {
      if (level > 0) {
        const std::int64_t units = random_.between(1, 4);
        cluster_pes_ *= units;
        directives.push_back({dataflow::DirectiveKind::kCluster, std::to_string(units), "", ""});
      }
      add_level(dimensions, directives);
    }
    return directives;
  }

  void add_level(std::vector<Dimension>& dimensions, std::vector<dataflow::Directive>& directives) {
    std::vector<std::size_t> order(dimensions.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      order[i] = i;
      std::swap(order[i], order[static_cast<std::size_t>(random_.between(0, static_cast<std::int64_t>(i)))]);
    }
    order.resize(static_cast<std::size_t>(random_.between(1, static_cast<std::int64_t>(order.size()))));
    const auto spatial =
        static_cast<std::size_t>(random_.between(0, static_cast<std::int64_t>(order.size()) - 1));
    // The taps' tiles first: a tile of input rows is written for the taps of its level.
    std::vector<std::int64_t> tiles(dimensions.size());
    for (const std::size_t d : order) {
      tiles[d] = random_.between(0, 2) == 0 ? dimensions[d].tile : random_.between(1, dimensions[d].tile);
    }
    std::vector<std::int64_t> taps(dimensions.size());
    for (std::size_t d = 0; d < dimensions.size(); ++d) {
      taps[d] = tiles[d] > 0 ? tiles[d] : dimensions[d].tile;
    }
    for (std::size_t i = 0; i < order.size(); ++i) {
      Dimension& dimension = dimensions[order[i]];
      dimension.tile = tiles[order[i]];
      directives.push_back(directive(
          dimension, dimension.taps < 0 ? 0 : taps[static_cast<std::size_t>(dimension.taps)], i == spatial));
    }
  }

  dataflow::Directive directive(const Dimension& dimension, std::int64_t taps, bool spatial) {
    const auto kind = spatial ? dataflow::DirectiveKind::kSpatial : dataflow::DirectiveKind::kTemporal;
    std::string name = dimension.name;
    std::int64_t size = dimension.tile;
    std::int64_t offset = dimension.tile;
    if (taps > 0 && random_.between(0, 1) == 0) {
      name += "'";
    } else if (taps > 0) {
      // As extents of a dense input; rows that hold no further window, and an offset along a stride, mean
      // nothing.
      size = (size - 1) * dimension.stride + taps + random_.between(0, dimension.stride - 1);
      offset = dimension.stride > 1 ? random_.between(1, 9) : offset;
    }
    return {kind, std::to_string(size), std::to_string(offset), name};
  }

  base::Random random_;
  base::Random widths_;
  std::int64_t cluster_pes_ = 1;
};

}  // namespace inlay::cost
