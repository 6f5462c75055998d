#pragma once

#include <string>
#include <vector>

#include "inlay/workload/division.hpp"

// Which loop dimension of a layer is divided along the rows and along the columns of a submesh, and how its
// tensors then lie on the members (docs/model.md "Stages on submeshes").

namespace inlay::schedule {

using workload::LoopDimension;

/// What one axis of a submesh divides. A divided reduction leaves partial sums; they are added up and
/// scattered along `sums`, a dimension of the output.
struct AxisSharding {
  LoopDimension by = LoopDimension::kNone;
  LoopDimension sums = LoopDimension::kNone;
  auto operator<=>(const AxisSharding&) const = default;
};

/// Of one layer: between the rows of a submesh and between its columns. Divided along both by the same
/// dimension, every row's part is divided again between the columns.
struct Sharding {
  AxisSharding rows;
  AxisSharding columns;
  auto operator<=>(const Sharding&) const = default;
};

/// "K", "-", or "C>M": reduction divided, sums scattered along the rows of the output.
std::string to_string(const AxisSharding& axis);
/// "K,N": rows first.
std::string to_string(const Sharding& sharding);

/// The reverse of to_string(AxisSharding). False if the text means nothing.
bool parse_axis(const std::string& text, AxisSharding& axis);

/// How a tensor lies along one axis of a submesh: cut in blocks along one of its axes, or whole on each
/// member.
struct AxisLayout {
  int axis = workload::kReplicatedAxis;
  std::int64_t block = 1;
  auto operator<=>(const AxisLayout&) const = default;
};

/// How a tensor lies on a submesh.
struct Layout {
  AxisLayout rows;
  AxisLayout columns;
  auto operator<=>(const Layout&) const = default;
};

/// Rows and columns of a submesh, without its place.
struct Grid {
  int rows = 1;
  int columns = 1;
  int members() const { return rows * columns; }
  auto operator<=>(const Grid&) const = default;
};

/// What member (row, column) holds of a tensor that lies so; `whole` is the tensor.
workload::Box held_by(const Layout& layout, const workload::Box& whole, const Grid& grid, int row,
                      int column);

/// A layer with one of its shardings, resolved: which divisions it means and what every member does.
struct ShardedLayer {
  std::vector<const workload::Division*> by;  // without kNone and kSamples; each once
  const workload::Division* samples = nullptr;
  std::vector<Layout> outputs;  // [output] how they lie when the layer is done
  std::vector<Layout> partial;  // [output] how partial sums lie before they are scattered; empty if none
};

/// Resolves a sharding. An empty string in `why` means that it is allowed; else `why` says which dimension
/// the layer does not offer, or what is wrong with the combination.
ShardedLayer resolve(const workload::Model& model, int layer,
                     const std::vector<workload::Division>& divisions, const Sharding& sharding,
                     std::string& why);

/// The divisions of an allowed sharding alone, without layouts.
ShardedLayer resolve_divisions(const std::vector<workload::Division>& divisions, const Sharding& sharding);

/// The ranges of a layer's loops that member (row, column) does. `mini_batch` is the extent of kSamples.
workload::LoopRanges ranges_of(const std::vector<workload::Division>& divisions, const Sharding& sharding,
                               std::int64_t mini_batch, const Grid& grid, int row, int column);

/// What a member needs of an operand to do its ranges.
workload::Box needed_of(const ShardedLayer& layer, std::size_t operand, const workload::Box& whole,
                        const workload::LoopRanges& ranges);

}  // namespace inlay::schedule
