#include "inlay/importers/mnpusim/network.hpp"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>

#include "inlay/importers/chain_writer.hpp"
#include "inlay/importers/csv_rows.hpp"

namespace inlay::importers::mnpusim {
namespace {

enum Column : std::size_t {
  kInputHeight = 1,
  kInputWidth,
  kFilterHeight,
  kFilterWidth,
  kChannels,
  kFilters,
  kStride,
  kType,
  kInputAddress,
};

class Network {
 public:
  Network(std::string_view text, const std::string& file) : table_(text, file) {}

  ChainWriter chain() const {
    ChainWriter chain;
    for (std::size_t i = 1; i < table_.rows().size(); ++i) {
      chain.add(layer(table_.rows()[i], static_cast<int>(i) - 1));
    }
    return chain;
  }

 private:
  std::int64_t number(const CsvRow& row, Column column) const {
    static constexpr const char* kNames[] = {"Layer name",   "IFMAP Height", "IFMAP Width", "Filter Height",
                                             "Filter Width", "Channels",     "Num Filter",  "Strides"};
    return table_.number(row, column, kNames[column]);
  }

  ChainLayer layer(const CsvRow& row, int index) const {
    const std::string type = lowered(row.text(kType));
    ChainLayer result;
    if (type == "gemm" || type == "dir_gemm") {
      result = product(row);
    } else if (type == "conv" || type == "im2col_conv" || type == "pool") {
      result = window(row, type == "pool");
    } else if (type == "other") {
      result = elements(row);
    } else {
      table_.fail(row, kType,
                  fmt::format("Type: '{}' is not known; {}", row.text(kType),
                              base::allowed_values(row.text(kType), {"Conv", "Im2col_conv", "Gemm",
                                                                     "Dir_Gemm", "Pool", "Other"})));
    }
    result.name = table_.name(row);
    result.reads = source_of(row, index);
    return result;
  }

  /// IFMAP height x width by filter height x width.
  ChainLayer product(const CsvRow& row) const {
    ChainLayer layer;
    layer.gemm = true;
    layer.input = {number(row, kInputHeight), number(row, kInputWidth)};
    layer.features = number(row, kFilterWidth);
    if (number(row, kFilterHeight) != layer.input[1] || number(row, kChannels) != 1 ||
        number(row, kFilters) != 1) {
      table_.fail(
          row, kFilterHeight,
          fmt::format("a product of {} x {} by a matrix of as many rows is expected, in one channel and "
                      "one filter",
                      layer.input[0], layer.input[1]));
    }
    return layer;
  }

  ChainLayer window(const CsvRow& row, bool pool) const {
    ChainLayer layer;
    layer.pool = pool;
    layer.input = {number(row, kChannels), number(row, kInputHeight), number(row, kInputWidth)};
    layer.kernel_height = number(row, kFilterHeight);
    layer.kernel_width = number(row, kFilterWidth);
    layer.features = number(row, kFilters);
    layer.stride_y = layer.stride_x = number(row, kStride);
    if (layer.kernel_height > layer.input[1] || layer.kernel_width > layer.input[2]) {
      table_.fail(row, kFilterHeight,
                  fmt::format("a window of {} x {} is larger than its input of {} x {}", layer.kernel_height,
                              layer.kernel_width, layer.input[1], layer.input[2]));
    }
    return layer;
  }

  /// Norms, activations and the like: IFMAP height x width elements.
  ChainLayer elements(const CsvRow& row) const {
    ChainLayer layer;
    layer.vector = true;
    layer.input = {number(row, kInputHeight), number(row, kInputWidth)};
    if (const std::int64_t channels = number(row, kChannels); channels > 1) {
      layer.input.insert(layer.input.begin(), channels);
    }
    return layer;
  }

  /// -1: what the layer before made; -2: a tensor of its own; else what the layer of that number made.
  int source_of(const CsvRow& row, int index) const {
    const std::string text = row.text(kInputAddress);
    if (text.empty()) {
      return kPreviousLayer;
    }
    int address = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), address);
    if (error != std::errc() || end != text.data() + text.size() || address < kOwnInput || address >= index) {
      if (address != kPreviousLayer && address != kOwnInput) {
        table_.fail(
            row, kInputAddress,
            fmt::format("IFMAP Base Addr: -1 (the layer before), -2 (a tensor of its own) or the number "
                        "of an earlier layer, counted from 0, is expected, '{}' is given",
                        text));
      }
    }
    return address;
  }

  CsvTable table_;
};

}  // namespace

bool is_mnpusim_network(std::string_view text) {
  try {
    const CsvTable table(text, "");
    return lowered(table.header().text(kType)) == "type" &&
           lowered(table.header().text(kInputHeight)).find("ifmap") != std::string::npos;
  } catch (const base::InputError&) {
    return false;
  }
}

std::string mnpusim_yaml(std::string_view text, const std::string& file, const std::string& source) {
  const ChainWriter chain = Network(text, file).chain();
  const std::string description = fmt::format(
      "Layers of a network of mNPUsim. Rows of type Other are one operation on each element, whatever their "
      "Strides say; both operands of a Gemm but the first are taken for weights. {} layers get as much "
      "padding "
      "as what they read lacks. {} layers do not fit what they would read and have an input of their own.",
      chain.padded(), chain.breaks());
  const std::string stem = std::filesystem::path(source).stem().string();
  return chain.text(stem.empty() ? "network" : stem, source, description);
}

}  // namespace inlay::importers::mnpusim
