// Every public result file of MAESTRO, row by row and column by column (docs/maestro.md names the commit).
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

#include "inlay/cost/maestro/csv.hpp"
#include "support/reference_data.hpp"

namespace inlay::cost::maestro {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> split(const std::string& line, char separator) {
  std::vector<std::string> cells;
  std::stringstream stream(line);
  for (std::string cell; std::getline(stream, cell, separator);) {
    const auto first = cell.find_first_not_of(" \t\r");
    cells.push_back(
        first == std::string::npos ? "" : cell.substr(first, cell.find_last_not_of(" \t\r") - first + 1));
  }
  return cells;
}

std::vector<std::vector<std::string>> read_csv(const fs::path& path) {
  std::vector<std::vector<std::string>> rows;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    rows.push_back(split(line, ','));
  }
  rows.erase(rows.begin());
  return rows;
}

Dimension dimension_of(const std::string& name) {
  static const std::map<std::string, Dimension> kAll = {{"C", kC}, {"G", kG},     {"K", kK},    {"M", kM},
                                                        {"N", kN}, {"R", kR},     {"S", kS},    {"X", kX},
                                                        {"Y", kY}, {"X'", kOutX}, {"Y'", kOutY}};
  return kAll.at(name);
}

void read_directives(const std::string& text, MappedLayer& layer) {
  layer.levels = 1;
  for (const std::string& directive : split(text, '|')) {
    const std::vector<std::string> words = split(directive, ' ');
    if (words[0] == "Cluster") {
      layer.cluster_sizes.at(layer.levels) = std::stoi(words[1]);
      ++layer.levels;
    } else {
      layer.directives.at(layer.levels - 1)
          .push_back({words[0] == "S", dimension_of(words[1]), std::stoi(words[2]), std::stoi(words[3])});
    }
  }
}

struct NamedLayer {
  std::string network;
  std::string name;
  MappedLayer layer;
};

std::vector<NamedLayer> read_layers(const fs::path& path) {
  static const std::map<std::string, LayerKind> kKinds = {{"CONV", LayerKind::kConvolution},
                                                          {"TRCONV", LayerKind::kConvolution},
                                                          {"DSCONV", LayerKind::kDepthwise},
                                                          {"NGCONV", LayerKind::kGrouped},
                                                          {"GEMM", LayerKind::kGemm}};
  std::vector<NamedLayer> layers;
  std::map<std::string, bool> batched;  // of a type: whether its first layer in the file declares N
  for (const auto& row : read_csv(path)) {
    NamedLayer named{row.at(0), row.at(1), {}};
    MappedLayer& layer = named.layer;
    layer.kind = kKinds.at(row.at(2));
    layer.sizes.fill(1);
    const auto size = [&row](std::size_t column) {
      return row.at(column).empty() ? 1 : std::stoi(row.at(column));
    };
    if (layer.kind == LayerKind::kGemm) {
      layer.sizes[kM] = size(14);
      layer.sizes[kN] = size(15);
      layer.sizes[kK] = size(16);
    } else {
      const std::array<Dimension, 6> order = {kK, kC, kR, kS, kY, kX};
      for (std::size_t i = 0; i < order.size(); ++i) {
        layer.sizes[order[i]] = size(3 + i);
      }
      layer.stride_y = size(9);
      layer.stride_x = size(10);
      layer.sizes[kG] = layer.kind == LayerKind::kGrouped ? size(11) : 1;
      layer.sizes[kN] = size(13);
      layer.batched = batched.try_emplace(row.at(2), !row.at(13).empty()).first->second;
    }
    read_directives(row.at(17), layer);
    layers.push_back(named);
  }
  return layers;
}

Hardware read_hardware(const fs::path& path) {
  std::map<std::string, std::int64_t> values;
  std::ifstream file(path);
  std::string key;
  for (std::int64_t value = 0; file >> key >> value;) {
    values[key] = value;
  }
  return {values.at("num_pes:"), values.at("noc_bw_cstr:"), values.at("NoC_NumHops:"),
          values.at("offchip_bw_cstr:"), 1};
}

bool same_cell(const std::string& ours, const std::string& theirs) {
  return ours == theirs || (ours.find("nan") != std::string::npos && theirs.find("nan") != std::string::npos);
}

struct Tally {
  int files = 0;
  int files_equal = 0;
  int rows = 0;
  int rows_equal = 0;
};

/// Compares one result file; says only the first difference, the rest follow from it more often than not.
void compare_file(const fs::path& result, const std::vector<NamedLayer>& layers, const Hardware& hardware,
                  Tally& tally) {
  const auto expected = read_csv(result);
  const std::vector<std::string> columns = split(CsvWriter::header(), ',');
  CsvWriter writer(hardware);
  int equal = 0;
  std::string difference;
  for (std::size_t i = 0; i < expected.size() && i < layers.size(); ++i) {
    std::vector<std::string> ours;
    try {
      ours = split(writer.row(layers[i].network, layers[i].name, analyse(layers[i].layer, hardware)), ',');
    } catch (const std::exception& error) {
      ours.assign(columns.size(), error.what());
    }
    bool same = ours.size() == expected[i].size();
    for (std::size_t c = 2; c < ours.size() && c < expected[i].size(); ++c) {
      if (!same_cell(ours[c], expected[i][c])) {
        same = false;
        difference += difference.size() > 300
                          ? ""
                          : "\n row " + std::to_string(i) + " " + layers[i].name + ", " + columns[c] +
                                ": ours " + ours[c] + ", theirs " + expected[i][c];
      }
    }
    equal += same ? 1 : 0;
  }
  EXPECT_EQ(expected.size(), layers.size()) << result;
  EXPECT_EQ(equal, static_cast<int>(expected.size())) << result << difference;
  ++tally.files;
  tally.files_equal += equal == static_cast<int>(expected.size()) ? 1 : 0;
  tally.rows += static_cast<int>(expected.size());
  tally.rows_equal += equal;
}

Tally compare_folder(const fs::path& folder) {
  Tally tally;
  for (const auto& hardware_folder : fs::directory_iterator(folder)) {
    if (!fs::exists(hardware_folder.path() / "hw.yaml")) {
      continue;
    }
    const Hardware hardware = read_hardware(hardware_folder.path() / "hw.yaml");
    for (const auto& result : fs::directory_iterator(hardware_folder.path())) {
      if (result.path().extension() == ".csv") {
        compare_file(result.path(), read_layers(folder / "layers" / result.path().filename()), hardware,
                     tally);
      }
    }
  }
  std::cout << folder.filename() << ": " << tally.files_equal << " of " << tally.files << " files, "
            << tally.rows_equal << " of " << tally.rows << " rows agree\n";
  return tally;
}

fs::path reference() {
  return testing::reference_data() / "reference" / "maestro";
}

using MaestroReference = testing::ReferenceTest;

TEST_F(MaestroReference, AllColumnsOfAllConvolutionsAgree) {
  EXPECT_GT(compare_folder(reference()).rows, 10000);
}

TEST_F(MaestroReference, AllColumnsOfGemmsAgree) {
  EXPECT_GT(compare_folder(reference() / "gemm").rows, 500);
}

}  // namespace
}  // namespace inlay::cost::maestro
