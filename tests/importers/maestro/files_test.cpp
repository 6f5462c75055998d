// Every mapping file and hardware file of the reference, against MAESTRO's own result files: all columns as
// printed.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "inlay/report/text/maestro_costs.hpp"
#include "support/reference_data.hpp"

namespace inlay::importers {
namespace {

namespace fs = std::filesystem;
using Rows = std::vector<std::vector<std::string>>;

Rows rows_of(std::istream& stream) {
  Rows rows;
  for (std::string line; std::getline(stream, line);) {
    std::vector<std::string> cells;
    std::stringstream cell_stream(line);
    for (std::string cell; std::getline(cell_stream, cell, ',');) {
      const auto first = cell.find_first_not_of(" \t\r");
      cells.push_back(
          first == std::string::npos ? "" : cell.substr(first, cell.find_last_not_of(" \t\r") - first + 1));
    }
    rows.push_back(cells);
  }
  return rows;
}

/// The sign of "not a number" is no information.
bool same_cell(const std::string& ours, const std::string& theirs) {
  return ours == theirs || (ours.find("nan") != std::string::npos && theirs.find("nan") != std::string::npos);
}

/// The first cell that differs, in words; empty if none does.
std::string difference(const Rows& ours, const Rows& theirs) {
  if (ours.size() != theirs.size()) {
    return std::to_string(ours.size()) + " rows instead of " + std::to_string(theirs.size());
  }
  for (std::size_t r = 0; r < ours.size(); ++r) {
    if (ours[r].size() != theirs[r].size()) {
      return "row " + std::to_string(r) + " has " + std::to_string(ours[r].size()) + " cells instead of " +
             std::to_string(theirs[r].size());
    }
    for (std::size_t c = 0; c < ours[r].size(); ++c) {
      if (!same_cell(ours[r][c], theirs[r][c])) {
        return "row " + std::to_string(r) + ", " + theirs[0][c] + ": ours " + ours[r][c] + ", theirs " +
               theirs[r][c];
      }
    }
  }
  return "";
}

struct Tally {
  std::size_t files = 0;
  std::size_t rows = 0;
};

/// Compares every result file under folder/<hardware>/ with what folder/mapping/ gives on that hardware.
Tally compare_folder(const fs::path& folder) {
  Tally tally;
  for (const auto& hardware_folder : fs::directory_iterator(folder)) {
    const fs::path hardware_file = hardware_folder.path() / "hw.yaml";
    if (!fs::exists(hardware_file)) {
      continue;
    }
    const maestro::HardwareFile hardware = maestro::load_maestro_hardware(hardware_file);
    for (const auto& result : fs::directory_iterator(hardware_folder.path())) {
      if (result.path().extension() != ".csv") {
        continue;
      }
      const fs::path mapping = folder / "mapping" / (result.path().stem().string() + ".m");
      const auto costs = report::text::maestro_costs(maestro::load_maestro_mapping(mapping), hardware);
      std::istringstream ours(report::text::maestro_csv(costs));
      std::ifstream theirs(result.path());
      EXPECT_EQ(difference(rows_of(ours), rows_of(theirs)), "") << result.path();
      ++tally.files;
      tally.rows += costs.analyses.size();
    }
  }
  std::cout << folder.filename() << ": " << tally.files << " files, " << tally.rows << " rows compared\n";
  return tally;
}

fs::path reference() {
  return testing::reference_data() / "reference" / "maestro";
}

using MaestroFilesReference = testing::ReferenceTest;

TEST_F(MaestroFilesReference, EveryMappingFileGivesEveryResultFile) {
  EXPECT_GT(compare_folder(reference()).rows, 10000U);
  EXPECT_GT(compare_folder(reference() / "gemm").rows, 500U);
}

TEST_F(MaestroFilesReference, EveryMappingFileCanBeRead) {
  std::size_t files = 0;
  for (const char* folder : {"mapping", "gemm/mapping"}) {
    for (const auto& entry : fs::directory_iterator(reference() / folder)) {
      if (entry.path().extension() == ".m") {
        EXPECT_FALSE(maestro::load_maestro_mapping(entry.path()).layers.empty()) << entry.path();
        ++files;
      }
    }
  }
  EXPECT_EQ(files, 60U);
}

}  // namespace
}  // namespace inlay::importers
