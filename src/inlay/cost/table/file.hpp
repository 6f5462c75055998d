#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "inlay/cost/layer_cost.hpp"
#include "inlay/cost/maestro/energy.hpp"

/// Files that the engine `table` takes costs from (docs/formats-costs.md).
namespace inlay::cost::table {

/// Rows of Inlay's own format that differ in nothing but their mini-batch.
struct NamedEntry {
  std::string model;  // names, or patterns with `*`; an empty one fits all
  std::string layer;
  std::string chiplet;
  int line = 0;                             // of the first of them
  std::map<std::int64_t, LayerCost> costs;  // by mini-batch
};

/// A row of MAESTRO's result file: one image of one layer on one kind of hardware.
struct MaestroRow {
  std::string network;
  std::string layer;
  int line = 0;
  std::int64_t pes = 0;
  std::int64_t cycles = 0;  // 0: MAESTRO dropped the layer (B5)
  std::int64_t macs = 0;
  maestro::AccessSums accesses;
  std::int64_t l2_bytes = 0;
  double average_pes = 0.0;
};

struct TableFile {
  std::string file;
  std::string only_chiplet;         // the type that the user gave the file for; empty: any
  std::vector<NamedEntry> entries;  // Inlay's format, in the order of the file
  std::vector<MaestroRow> maestro;  // MAESTRO's; one of the two lists is empty
  bool totals_only = false;         // some row has no split of its energy
};

/// Reads either format, told apart by the header. Throws base::InputError with file, line and column.
TableFile parse_table_file(std::string_view text, const std::string& file, const std::string& only_chiplet);

/// Does `text` fit a pattern in which each `*` stands for any number of characters?
bool fits(std::string_view pattern, std::string_view text);

}  // namespace inlay::cost::table
