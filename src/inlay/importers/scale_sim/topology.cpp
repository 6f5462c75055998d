#include "inlay/importers/scale_sim/topology.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <filesystem>
#include <optional>
#include <set>

#include "inlay/base/checked.hpp"
#include "inlay/base/counted.hpp"
#include "inlay/importers/chain_writer.hpp"
#include "inlay/importers/csv_rows.hpp"

namespace inlay::importers::scale_sim {
namespace {

/// What the columns behind the layer's name are called, and the shortest header by which a form is known.
constexpr const char* kConvolution[] = {"IFMAP Height", "IFMAP Width", "Filter Height", "Filter Width",
                                        "Channels",     "Num Filter",  "Strides"};
constexpr const char* kGemm[] = {"M", "N", "K"};

/// Columns that change what a layer is, and that this reader has no layer for.
constexpr const char* kRefused[] = {"padding", "dilation", "group", "type"};

bool contains(const std::string& text, const char* word) {
  return text.find(word) != std::string::npos;
}

class Topology {
 public:
  Topology(std::string_view text, const std::string& file) : table_(text, file), gemm_(is_gemm()) {
    find_columns();
  }

  ChainWriter chain() {
    ChainWriter chain;
    for (std::size_t i = 1; i < table_.rows().size(); ++i) {
      const CsvRow& row = table_.rows()[i];
      const ChainLayer layer = gemm_ ? product(row) : convolution(row);
      read_batch(row);
      read_sparsity(row, layer);
      chain.add(layer);
    }
    return chain;
  }

  /// What the columns behind the sizes say.
  std::string remarks() const {
    std::string text;
    if (batch_.value_or(1) > 1) {
      text += fmt::format(" The file's batch is {}: run it with that batch.", *batch_);
    }
    if (sparse_layers_ > 0) {
      text += fmt::format(
          " {} layers have sparse filters, which are dense here: of their {} multiply-accumulates {} would "
          "be "
          "left.",
          sparse_layers_, dense_macs_, sparse_macs_);
    }
    if (!passed_over_.empty()) {
      text += fmt::format(" Columns that change no size: {}.", fmt::join(passed_over_, ", "));
    }
    return text;
  }

 private:
  bool is_gemm() const {
    const CsvRow& header = table_.header();
    const auto says = [&header](std::size_t cell, const char* name) {
      return lowered(header.text(cell)) == lowered(name);
    };
    if (says(1, kGemm[0]) && says(2, kGemm[1]) && says(3, kGemm[2])) {
      return true;
    }
    if (header.cells.size() >= 8 && contains(lowered(header.text(1)), "ifmap")) {
      return false;
    }
    table_.fail(
        header, 1,
        "the header of a topology is expected: 'Layer name, IFMAP Height, IFMAP Width, Filter Height, "
        "Filter Width, Channels, Num Filter, Strides,' or 'Layer, M, N, K,'");
  }

  /// Columns behind the sizes go by their names.
  void find_columns() {
    const CsvRow& header = table_.header();
    const std::size_t first = gemm_ ? 4 : 8;
    for (std::size_t cell = first; cell < header.cells.size(); ++cell) {
      const std::string name = lowered(header.text(cell));
      for (const char* refused : kRefused) {
        if (contains(name, refused)) {
          table_.fail(
              header, cell,
              fmt::format("a column '{}' changes what the layers are, and is not read; take it out, or "
                          "write the network as ONNX",
                          header.text(cell)));
        }
      }
      if (contains(name, "batch")) {
        batch_column_ = cell;
      } else if (contains(name, "sparsity")) {
        sparsity_column_ = cell;
      } else if (contains(name, "stride") && !gemm_ && cell == first) {
        stride_column_ = cell;
      } else if (!name.empty()) {
        passed_over_.insert(header.text(cell));
      }
    }
    if (!gemm_ && header.text(first).empty()) {
      stride_column_ = first;  // headers are often shorter than the rows
    }
  }

  void read_batch(const CsvRow& row) {
    if (!batch_column_) {
      return;
    }
    const std::int64_t batch = table_.number(row, *batch_column_, "Batch");
    if (batch_.value_or(batch) != batch) {
      table_.fail(row, *batch_column_,
                  fmt::format("a batch of {} follows one of {}: all layers of a model have the same samples",
                              batch, *batch_));
    }
    batch_ = batch;
  }

  /// N:M keeps N of M elements of a filter (SCALE-Sim v3).
  void read_sparsity(const CsvRow& row, const ChainLayer& layer) {
    const std::string text = sparsity_column_ ? row.text(*sparsity_column_) : "";
    if (text.empty()) {
      return;
    }
    std::int64_t kept = 0;
    std::int64_t of = 0;
    const char* end = text.data() + text.size();
    const auto first = std::from_chars(text.data(), end, kept);
    const bool colon = first.ec == std::errc() && first.ptr != end && *first.ptr == ':';
    const auto second = colon ? std::from_chars(first.ptr + 1, end, of) : first;
    if (!colon || second.ec != std::errc() || second.ptr != end || kept < 1 || kept > of || of > 1024) {
      table_.fail(row, *sparsity_column_,
                  fmt::format("Sparsity: N:M with N at most M is expected, '{}' is given", text));
    }
    if (kept < of) {
      const std::int64_t macs = layer.macs();
      ++sparse_layers_;
      dense_macs_ = base::checked_add(dense_macs_, macs);
      sparse_macs_ =
          base::checked_add(sparse_macs_, base::ceil_divide(base::checked_multiply(macs, kept), of));
    }
  }

  /// The filters' matrix has K rows and N columns.
  ChainLayer product(const CsvRow& row) const {
    ChainLayer layer;
    layer.name = table_.name(row);
    layer.gemm = true;
    layer.input = {table_.number(row, 1, kGemm[0]), table_.number(row, 3, kGemm[2])};
    layer.features = table_.number(row, 2, kGemm[1]);
    return layer;
  }

  ChainLayer convolution(const CsvRow& row) const {
    std::int64_t sizes[7];
    for (std::size_t i = 0; i < 7; ++i) {
      sizes[i] = table_.number(row, i + 1, kConvolution[i]);
    }
    ChainLayer layer;
    layer.name = table_.name(row);
    layer.input = {sizes[4], sizes[0], sizes[1]};
    layer.kernel_height = sizes[2];
    layer.kernel_width = sizes[3];
    layer.features = sizes[5];
    layer.stride_y = sizes[6];
    const std::string second = stride_column_ ? row.text(*stride_column_) : "";
    const bool number = !second.empty() && second.find_first_not_of("0123456789") == std::string::npos;
    layer.stride_x = number ? table_.number(row, *stride_column_, "Strides") : layer.stride_y;
    layer.counts_cut_windows = true;
    if (layer.name.find("DP") != std::string::npos) {  // SCALE-Sim's mark of a depthwise layer
      layer.groups = layer.input[0];
      layer.features = base::checked_multiply(layer.features, layer.groups);
    }
    if (layer.kernel_height > sizes[0] || layer.kernel_width > sizes[1]) {
      table_.fail(row, 3,
                  fmt::format("a filter of {} x {} is larger than its input of {} x {}", layer.kernel_height,
                              layer.kernel_width, sizes[0], sizes[1]));
    }
    return layer;
  }

  CsvTable table_;
  bool gemm_;
  std::optional<std::size_t> stride_column_;
  std::optional<std::size_t> batch_column_;
  std::optional<std::size_t> sparsity_column_;
  std::optional<std::int64_t> batch_;
  std::set<std::string> passed_over_;
  std::int64_t sparse_layers_ = 0;
  std::int64_t dense_macs_ = 0;
  std::int64_t sparse_macs_ = 0;
};

}  // namespace

std::string scale_sim_yaml(std::string_view text, const std::string& file, const std::string& source) {
  Topology topology(text, file);
  const ChainWriter chain = topology.chain();
  const std::string description = fmt::format(
      "Layers of a SCALE-Sim topology as a chain in its order. The file knows neither branches nor pooling, "
      "activations "
      "or biases: they are not here. A last window that reaches beyond the input counts, as there. {} as "
      "much "
      "padding as the output before them lacks. {} what stands before them and read an input of their own, "
      "while the output before them leaves the model.{}",
      base::counted(chain.padded(), "layer gets", "layers get"),
      base::counted(chain.breaks(), "layer does not fit", "layers do not fit"), topology.remarks());
  const std::string stem = std::filesystem::path(source).stem().string();
  return chain.text(stem.empty() ? "topology" : stem, source, description);
}

}  // namespace inlay::importers::scale_sim
