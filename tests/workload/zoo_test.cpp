// docs/zoo.md: every shipped model, its totals to the last digit, and published figures that they round to.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "inlay/base/file.hpp"
#include "inlay/workload/model_file.hpp"

namespace inlay::workload {
namespace {

/// model, layers, parameters, published, MACs, published, source of what is published
using Row = std::vector<std::string>;

std::map<std::string, Row> rows() {
  std::istringstream page(base::read_file(std::string(SOURCE_DIR) + "/docs/zoo.md"));
  std::map<std::string, Row> result;
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with("| `")) {
      continue;
    }
    Row row;
    std::istringstream cells(line.substr(1));
    for (std::string cell; std::getline(cells, cell, '|');) {
      const std::size_t first = cell.find_first_not_of(' ');
      row.push_back(first == std::string::npos ? ""
                                               : cell.substr(first, cell.find_last_not_of(' ') - first + 1));
    }
    const std::string name = row.at(0).substr(1, row.at(0).size() - 2);
    EXPECT_TRUE(result.emplace(name, row).second) << name << " stands twice";
  }
  return result;
}

std::string with_commas(std::int64_t number) {
  std::string text = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
    text.insert(static_cast<std::size_t>(at), ",");
  }
  return text;
}

/// "1.814 G": the digits that are given are those to which `ours` rounds. "about 80 M" allows a tenth.
void expect_published(const std::string& text, std::int64_t ours, const std::string& name) {
  if (text.empty()) {
    return;
  }
  const bool about = text.starts_with("about ");
  std::string digits = about ? text.substr(6) : text;
  digits.erase(std::remove(digits.begin(), digits.end(), ','), digits.end());
  char* end = nullptr;
  const double value = std::strtod(digits.c_str(), &end);
  const std::string unit(end);
  const std::map<std::string, double> units = {{"", 1}, {" k", 1e3}, {" M", 1e6}, {" G", 1e9}};
  ASSERT_TRUE(units.contains(unit)) << name << ": " << text;
  const std::size_t point = digits.find('.');
  const std::size_t last = digits.size() - unit.size();
  const double decimals = point == std::string::npos ? 0.0 : static_cast<double>(last - point - 1);
  const double slack = about ? 0.1 * value : 0.5 * std::pow(10.0, -decimals);
  EXPECT_LE(std::abs(static_cast<double>(ours) / units.at(unit) - value), slack * (1 + 1e-9))
      << name << ": " << ours << " is published as " << text;
}

TEST(Zoo, ThePageHoldsWhatTheModelsAre) {
  std::map<std::string, Row> page = rows();
  for (const auto& entry : std::filesystem::directory_iterator(base::data_folder() / "models")) {
    const std::string name = entry.path().stem().string();
    ASSERT_TRUE(page.contains(name)) << name << " is missing in docs/zoo.md";
    const Row row = page.at(name);
    ASSERT_EQ(row.size(), 7U) << name;
    const Model model = load_model(name);
    EXPECT_EQ(row[1], std::to_string(model.layers.size())) << name;
    EXPECT_EQ(row[2], with_commas(parameters(model))) << name;
    EXPECT_EQ(row[4], with_commas(macs(model))) << name;
    expect_published(row[3], parameters(model), name);
    expect_published(row[5], macs(model), name);
    EXPECT_EQ((row[3] + row[5]).empty(), row[6].empty()) << name << ": what is published has a source";
    page.erase(name);
  }
  for (const auto& [name, row] : page) {
    ADD_FAILURE() << name << " of docs/zoo.md is no shipped model";
  }
}

}  // namespace
}  // namespace inlay::workload
