#include "inlay/importers/scale_sim_topology.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <vector>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/importers/chain_writer.hpp"

namespace inlay::importers {
namespace {

constexpr std::int64_t kLargest = std::int64_t{1} << 30U;
constexpr std::size_t kMostLayers = 100'000;

struct Cell {
  std::string text;
  int column = 1;
};

struct Row {
  int line = 1;
  std::vector<Cell> cells;
};

std::string trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  const std::size_t end = text.find_last_not_of(" \t\r");
  return begin == std::string_view::npos ? "" : std::string(text.substr(begin, end - begin + 1));
}

/// In small letters: SCALE-Sim passes over the header, so that it is written in many ways.
std::string lowered(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// Lines that have anything but blanks and commas.
std::vector<Row> rows_of(std::string_view text) {
  std::vector<Row> rows;
  for (int line = 1; !text.empty(); ++line) {
    const std::size_t length = std::min(text.find('\n'), text.size());
    std::string_view rest = text.substr(0, length);
    text.remove_prefix(std::min(length + 1, text.size()));
    if (rest.find_first_not_of(" \t\r,") == std::string_view::npos) {
      continue;
    }
    Row row{line, {}};
    for (int column = 1;;) {
      const std::size_t end = rest.find(',');
      row.cells.push_back({trimmed(rest.substr(0, end)), column});
      if (end == std::string_view::npos) {
        break;
      }
      column += static_cast<int>(end) + 1;
      rest.remove_prefix(end + 1);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

/// What the columns behind the layer's name are called, and the shortest header by which a form is known.
constexpr const char* kConvolution[] = {"IFMAP Height", "IFMAP Width", "Filter Height", "Filter Width",
                                        "Channels",     "Num Filter",  "Strides"};
constexpr const char* kGemm[] = {"M", "N", "K"};

class Topology {
 public:
  Topology(std::string_view text, std::string file) : rows_(rows_of(text)), file_(std::move(file)) {}

  ChainWriter chain() {
    if (rows_.size() < 2) {
      throw base::InputError(fmt::format("{}: a header and at least one layer are expected", file_));
    }
    if (rows_.size() > kMostLayers) {
      throw base::InputError(fmt::format("{}: more than {} layers", file_, kMostLayers));
    }
    const bool gemm = is_gemm(rows_.front());
    ChainWriter chain;
    for (std::size_t i = 1; i < rows_.size(); ++i) {
      chain.add(gemm ? product(rows_[i]) : convolution(rows_[i]));
    }
    return chain;
  }

 private:
  [[noreturn]] void fail(const Row& row, std::size_t cell, const std::string& message) const {
    const Cell& last = row.cells.back();
    const int behind = last.column + static_cast<int>(last.text.size());
    const int column = cell < row.cells.size() ? row.cells[cell].column : behind;
    throw base::InputError({file_, row.line, column}, "", message);
  }

  bool is_gemm(const Row& header) const {
    const auto says = [&header](std::size_t cell, const std::string& name) {
      return cell < header.cells.size() && lowered(header.cells[cell].text) == lowered(name);
    };
    if (says(1, kGemm[0]) && says(2, kGemm[1]) && says(3, kGemm[2])) {
      return true;
    }
    if (header.cells.size() >= 8 && lowered(header.cells[1].text).find("ifmap") != std::string::npos) {
      return false;
    }
    fail(header, 1,
         "the header of a topology is expected: 'Layer name, IFMAP Height, IFMAP Width, Filter Height, "
         "Filter Width, "
         "Channels, Num Filter, Strides,' or 'Layer, M, N, K,'");
  }

  std::int64_t number(const Row& row, std::size_t cell, const char* name) const {
    std::int64_t value = 0;
    const std::string text = cell < row.cells.size() ? row.cells[cell].text : "";
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 1 || value > kLargest) {
      fail(row, cell,
           fmt::format("{}: a whole number of 1 to {} is expected, '{}' is given", name, kLargest, text));
    }
    return value;
  }

  std::string name(const Row& row) const {
    if (row.cells[0].text.empty()) {
      fail(row, 0, "the layer's name is missing");
    }
    return row.cells[0].text;
  }

  /// The filters' matrix has K rows and N columns.
  ChainLayer product(const Row& row) const {
    ChainLayer layer;
    layer.name = name(row);
    layer.gemm = true;
    layer.input = {number(row, 1, kGemm[0]), number(row, 3, kGemm[2])};
    layer.features = number(row, 2, kGemm[1]);
    return layer;
  }

  ChainLayer convolution(const Row& row) const {
    std::int64_t sizes[7];
    for (std::size_t i = 0; i < 7; ++i) {
      sizes[i] = number(row, i + 1, kConvolution[i]);
    }
    ChainLayer layer;
    layer.name = name(row);
    layer.input = {sizes[4], sizes[0], sizes[1]};
    layer.kernel_height = sizes[2];
    layer.kernel_width = sizes[3];
    layer.features = sizes[5];
    layer.stride_y = sizes[6];
    // A second stride may follow; what else follows (sparsity, a target) is not about the layer's sizes.
    const bool second = row.cells.size() > 8 && !row.cells[8].text.empty() &&
                        row.cells[8].text.find_first_not_of("0123456789") == std::string::npos;
    layer.stride_x = second ? number(row, 8, "Strides") : layer.stride_y;
    layer.counts_cut_windows = true;
    if (layer.name.find("DP") !=
        std::string::npos) {  // SCALE-Sim's mark of a depthwise layer: one for each channel
      layer.groups = layer.input[0];
      layer.features = base::checked_multiply(layer.features, layer.groups);
    }
    if (layer.kernel_height > sizes[0] || layer.kernel_width > sizes[1]) {
      fail(row, 3,
           fmt::format("a filter of {} x {} is larger than its input of {} x {}", layer.kernel_height,
                       layer.kernel_width, sizes[0], sizes[1]));
    }
    return layer;
  }

  std::vector<Row> rows_;
  std::string file_;
};

}  // namespace

std::string scale_sim_yaml(std::string_view text, const std::string& file, const std::string& source) {
  const ChainWriter chain = Topology(text, file).chain();
  const std::string description = fmt::format(
      "Layers of a SCALE-Sim topology as a chain in its order. The file knows neither branches nor pooling, "
      "activations "
      "or biases: they are not here. A last window that reaches beyond the input counts, as there. {} layers "
      "get as much "
      "padding as the output before them lacks. {} layers do not fit what stands before them and read an "
      "input of their "
      "own, while the output before them leaves the model.",
      chain.padded(), chain.breaks());
  const std::string stem = std::filesystem::path(source).stem().string();
  return chain.text(stem.empty() ? "topology" : stem, source, description);
}

}  // namespace inlay::importers
