#include "inlay/studies/silicon/measured_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <sstream>

#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/cost/table/csv.hpp"

namespace inlay::studies::silicon {
namespace {

using cost::data_centric::Dimension;
using cost::table::CsvRecord;

/// Calls `visit` with every record of a file that has these columns.
template <typename Visit>
void for_each_record(const std::filesystem::path& path, const std::vector<std::string>& columns,
                     const Visit& visit) {
  const std::string file = path.string();
  const std::vector<cost::table::CsvRow> rows = cost::table::read_csv(base::read_file(path), file);
  if (rows.empty()) {
    throw base::InputError({file, 1, 1}, "", "the file has no header");
  }
  std::vector<std::string> names;
  for (const cost::table::CsvCell& cell : rows.front()) {
    names.push_back(cell.text);
  }
  for (const std::string& column : columns) {
    if (std::find(names.begin(), names.end(), column) == names.end()) {
      throw base::InputError({file, 1, 1}, "", fmt::format("the column '{}' is missing", column));
    }
  }
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (rows[i].size() != names.size()) {
      throw base::InputError(
          {file, rows[i].front().line, 1}, "",
          fmt::format("the row has {} cells, the header {}", rows[i].size(), names.size()));
    }
    visit(CsvRecord(names, rows[i], file));
  }
}

/// "K:8 OX:7": tile loops from outside to inside.
std::vector<Dimension> read_order(const CsvRecord& record) {
  static const std::map<std::string, Dimension> kNames = {
      {"N", cost::data_centric::kN},  {"K", cost::data_centric::kK},  {"C", cost::data_centric::kC},
      {"OY", cost::data_centric::kY}, {"OX", cost::data_centric::kX}, {"R", cost::data_centric::kR},
      {"S", cost::data_centric::kS}};
  std::vector<Dimension> order;
  std::istringstream words(record.text("dram_loops"));
  for (std::string word; words >> word;) {
    if (word == "-") {
      continue;
    }
    const auto found = kNames.find(word.substr(0, word.find(':')));
    if (found == kNames.end()) {
      record.fail("dram_loops", fmt::format("'{}' is not a loop such as K:8", word));
    }
    order.push_back(found->second);
  }
  return order;
}

std::string kind_of(const CsvRecord& record) {
  if (record.text("kind") == "matmul") {
    return record.integer("ox", 1) == 1 ? "vector product" : "product";
  }
  return record.integer("r", 1) * record.integer("s", 1) == 1 ? "convolution 1x1" : "convolution KxK";
}

/// A square convolution of the size that really ran; its input has rows and columns of padding on every side.
cost::systolic::TiledLayer convolution(const CsvRecord& record) {
  workload::ConvolutionShape shape;
  shape.out_channels = record.integer("k", 1);
  shape.in_channels = record.integer("c", 1);
  shape.out_height = record.integer("run_oy", 1);
  shape.out_width = record.integer("run_ox", 1);
  shape.kernel_height = record.integer("r", 1);
  shape.kernel_width = record.integer("s", 1);
  shape.stride_y = shape.stride_x = record.integer("stride", 1);
  shape.padding_y = shape.padding_x = shape.kernel_height / 2;
  shape.in_height = shape.in_width = record.integer("ix", 1);
  const cost::systolic::Extents tile = {1,
                                        1,
                                        record.integer("tile_k", 1),
                                        record.integer("tile_c", 1),
                                        record.integer("tile_oy", 1),
                                        record.integer("tile_ox", 1),
                                        record.integer("tile_r", 1),
                                        record.integer("tile_s", 1)};
  return cost::systolic::tiled(shape, 1, {8, 8, 8, 32}, tile, read_order(record));
}

/// The program for products counts a tile in blocks of 16 whatever the array, and runs as many blocks of the
/// array's size.
cost::systolic::TiledLayer product(const CsvRecord& record, std::int64_t array) {
  constexpr std::int64_t kProgramBlock = 16;
  const auto run = [&](const char* column) {
    return std::max<std::int64_t>(1, record.integer(column, 1) / kProgramBlock) * array;
  };
  const workload::GemmShape shape{record.integer("ox", 1), record.integer("k", 1), record.integer("c", 1), 1,
                                  true};
  const cost::systolic::Extents tile = {1, 1, run("tile_k"), run("tile_c"), run("tile_ox"), 1, 1, 1};
  return cost::systolic::tiled(shape, 1, {8, 8, 8, 32}, tile, read_order(record));
}

void read_gemmini(const std::filesystem::path& path, const std::string& set, std::vector<GemminiRow>& rows) {
  for_each_record(path,
                  {"row_id",
                   "layer_id",
                   "kind",
                   "k",
                   "c",
                   "ox",
                   "ix",
                   "r",
                   "s",
                   "stride",
                   "run_oy",
                   "run_ox",
                   "shape_exact",
                   "array_rows",
                   "dram_loops",
                   "tile_k",
                   "tile_c",
                   "tile_oy",
                   "tile_ox",
                   "tile_r",
                   "tile_s",
                   "run_floor_cycles",
                   "measured_cycles"},
                  [&](const CsvRecord& record) {
                    GemminiRow row;
                    row.id = record.name("row_id");
                    row.set = set;
                    row.layer = record.name("layer_id");
                    row.kind = kind_of(record);
                    row.array = record.integer("array_rows", 1);
                    row.exact = record.integer("shape_exact", 0) == 1;
                    row.tiled =
                        record.text("kind") == "matmul" ? product(record, row.array) : convolution(record);
                    row.least_cycles = record.integer("run_floor_cycles", 1);
                    row.measured = record.integer("measured_cycles", 1);
                    rows.push_back(std::move(row));
                  });
}

}  // namespace

MeasuredData read_measured(const std::filesystem::path& folder) {
  MeasuredData data;
  read_gemmini(folder / "gemmini_firesim" / "mappings_16x16.csv", "16x16", data.gemmini);
  read_gemmini(folder / "gemmini_firesim" / "mappings_multi_dim.csv", "multi-dim", data.gemmini);
  for_each_record(folder / "eyeriss_alexnet.csv",
                  {"layer", "processing_ms", "power_mw", "macs_million", "active_pes"},
                  [&](const CsvRecord& record) {
                    data.eyeriss.push_back({record.name("layer"), record.number("processing_ms"),
                                            record.number("power_mw"), 1e6 * record.number("macs_million"),
                                            record.integer("active_pes", 1)});
                  });
  for_each_record(folder / "nvdla_primer.csv", {"macs", "buffer_kb", "dram_gb_s", "fps"},
                  [&](const CsvRecord& record) {
                    data.nvdla.push_back({record.integer("macs", 1), 1024 * record.integer("buffer_kb", 1),
                                          1e9 * record.number("dram_gb_s"), record.number("fps")});
                  });
  return data;
}

}  // namespace inlay::studies::silicon
