#pragma once

#include <optional>
#include <string>
#include <vector>

#include "inlay/schedule/sharding.hpp"

// A constraint on how the layers of a model are divided (docs/constraints.md). Start at ShardingDemand.

namespace inlay::schedule {

/// What the rows and the columns of a submesh divide; nothing: anything ("*"). A reduction without `sums`
/// may scatter its sums along any dimension.
struct ShardingChoice {
  std::optional<AxisSharding> rows;
  std::optional<AxisSharding> columns;
  bool operator==(const ShardingChoice&) const = default;
};

/// "K" if rows and columns divide the same, else "K/N": rows first.
std::string to_string(const ShardingChoice& choice);

/// The reverse of to_string(). Nothing if the text means nothing.
std::optional<ShardingChoice> parse_choice(const std::string& text);

/// Whether a sharding on a grid is of this choice. An axis with one member divides nothing and is not asked.
bool admits(const ShardingChoice& choice, const Sharding& sharding, const Grid& grid);

/// Layers [first, last) of a model are divided in one of these ways wherever they run on several chiplets.
struct ShardingDemand {
  int model = 0;
  int first = 0;
  int last = 0;
  std::vector<ShardingChoice> choices;

  bool covers(int of_model, int layer) const { return of_model == model && first <= layer && layer < last; }
  bool admits(const Sharding& sharding, const Grid& grid) const;
  bool operator==(const ShardingDemand&) const = default;
};

/// "K/N or G".
std::string choices_text(const ShardingDemand& demand);

/// The first layer of the demand that can be divided in none of its ways: the layer, the axis and what the
/// layer allows. Empty if there is none. `model` is the demand's.
std::string defect_of(const ShardingDemand& demand, const workload::Model& model);

}  // namespace inlay::schedule
