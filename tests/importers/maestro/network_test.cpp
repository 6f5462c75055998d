// Networks of mapping files as models: nothing gained, nothing lost.
#include "inlay/importers/maestro/network.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "inlay/base/error.hpp"
#include "inlay/importers/importer.hpp"
#include "inlay/workload/model_file.hpp"
#include "support/reference_data.hpp"

namespace inlay::importers {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

workload::Model model_of(const std::string& text) {
  return workload::parse_model(maestro::network_yaml(maestro::read_maestro_mapping(text, "m.m"), "m.m"),
                               "m.yaml");
}

/// Multiply-accumulates by the cells of the reference's own table of a mapping's layers, which no code of
/// ours reads the mapping file for.
std::int64_t macs_by_table(const fs::path& csv) {
  std::ifstream file(csv);
  std::string line;
  std::getline(file, line);
  std::int64_t sum = 0;
  while (std::getline(file, line)) {
    std::vector<std::string> cells;
    std::stringstream stream(line);
    for (std::string cell; std::getline(stream, cell, ',');) {
      cells.push_back(cell);
    }
    const auto number = [&cells](std::size_t column) {
      return cells.at(column).empty() ? std::int64_t{1} : std::stoll(cells.at(column));
    };
    if (cells.at(2) == "GEMM") {
      sum += number(14) * number(15) * number(16);
      continue;
    }
    const std::int64_t rows = (number(7) - number(5)) / number(9) + 1;
    const std::int64_t columns = (number(8) - number(6)) / number(10) + 1;
    // The table gives C groups to a DSCONV, whose C is the total; a NGCONV's K and C are per group.
    const std::int64_t groups = cells.at(2) == "NGCONV" ? number(11) : 1;
    sum += number(13) * groups * number(3) * number(4) * number(5) * number(6) * rows * columns;
  }
  return sum;
}

std::int64_t batch_of(const workload::Model& model) {
  const std::string words = "batch is ";
  const std::size_t at = model.description.find(words);
  return at == std::string::npos ? 1 : std::stoll(model.description.substr(at + words.size()));
}

using MaestroNetworkReference = testing::ReferenceTest;

TEST_F(MaestroNetworkReference, EveryMappingFileKeepsItsMacs) {
  const fs::path reference = testing::reference_data() / "reference" / "maestro";
  std::size_t files = 0;
  for (const char* folder : {"", "gemm"}) {
    for (const auto& entry : fs::directory_iterator(reference / folder / "mapping")) {
      if (entry.path().extension() != ".m") {
        continue;
      }
      const workload::Model model = workload::parse_model(import_model(entry.path()), entry.path().string());
      const fs::path table = reference / folder / "layers" / (entry.path().stem().string() + ".csv");
      EXPECT_EQ(workload::macs(model) * batch_of(model), macs_by_table(table)) << entry.path();
      ++files;
    }
  }
  EXPECT_EQ(files, 60U);
}

TEST(MaestroNetwork, LayersAreChainedWhereTheyFit) {
  const workload::Model model = model_of(R"(Network n {
    Layer a { Type: CONV Dimensions { K 8, C 3, R 3, S 3, Y 18, X 18 } }
    Layer b { Type: DSCONV Stride { Y 2, X 2 } Dimensions { C 8, R 3, S 3, Y 18, X 18 } }
    Layer c { Type: NGCONV Dimensions { G 2, K 5, C 4, R 2, S 1, Y 9, X 8 } }
    Layer a { Type: CONV Dimensions { K 6, C 640, R 1, S 1, Y 1, X 1 } }
    Layer e { Type: GEMM Dimensions { M 4, N 5, K 7 } }
  })");
  std::vector<std::string> names;
  for (const workload::Layer& layer : model.layers) {
    names.push_back(layer.name);
  }
  // b lacks two rows of a's 16, c one of b's 8; the second a takes c's 10 x 8 x 8 elements as channels.
  EXPECT_THAT(names, ::testing::ElementsAre("a", "b", "c", "a_2-shape", "a_2", "e"));
  EXPECT_EQ(workload::macs(model), 8 * 3 * 9 * 256 + 8 * 9 * 64 + 2 * 5 * 4 * 2 * 64 + 6 * 640 + 4 * 5 * 7);
  EXPECT_THAT(model.description, HasSubstr("2 layers get as much"));
  EXPECT_THAT(model.description, HasSubstr("1 layer does not fit"));
  int inputs = 0;
  int outputs = 0;
  for (const workload::Tensor& tensor : model.tensors) {
    inputs += tensor.producer < 0 ? 1 : 0;
    outputs += tensor.is_output ? 1 : 0;
  }
  EXPECT_EQ(inputs, 2);
  EXPECT_EQ(outputs, 2);
}

TEST(MaestroNetwork, BatchesAreSaidOrBecomeRows) {
  const std::string head = "Network n { Layer a { Type CONV Dimensions { N 4 K 8 C 3 R 3 S 3 Y 3 X 3 } }";
  const workload::Model common =
      model_of(head + " Layer b { Type CONV Dimensions { N 4 K 8 C 8 R 1 S 1 Y 3 X 3 } } }");
  EXPECT_THAT(common.description, HasSubstr("batch is 4"));
  EXPECT_EQ(workload::macs(common), 8 * 27 + 64 * 9);
  const workload::Model rows =
      model_of(head + " Layer b { Type CONV Dimensions { K 8 C 8 R 1 S 1 Y 3 X 3 } } }");
  EXPECT_EQ(workload::macs(rows), 4 * 8 * 27 + 64 * 9);
  EXPECT_EQ(rows.layers[0].op, "gemm");
}

TEST(MaestroNetwork, WhatNoModelCanSayIsRefused) {
  const auto message = [](const std::string& text) -> std::string {
    try {
      model_of(text);
    } catch (const base::InputError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_THAT(message("Network n {\n Layer a { Type CONV Dimensions { K 8 C 3 R 5 S 3 Y 3 X 3 } } }"),
              HasSubstr("m.m:2:2: layer 'a' has a filter of 5 x 3, larger than its input"));
  EXPECT_THAT(message("Network n {\n Layer a { Type CONV Dimensions { N 2 K 8 C 3 R 3 S 3 Y 5 X 5 } }\n"
                      " Layer b { Type CONV Dimensions { K 8 C 3 R 3 S 3 Y 5 X 5 } } }"),
              HasSubstr("m.m:2:2: layer 'a' has a batch of N = 2"));
  EXPECT_THROW(import_model("network.docx"), base::InputError);
}

TEST(MaestroNetwork, ExampleOfThePageIsRight) {
  std::ifstream file(fs::path(SOURCE_DIR) / "docs/importers.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  const std::size_t begin = page.find("```\n") + 4;
  const workload::Model model = model_of(page.substr(begin, page.find("```", begin) - begin));
  EXPECT_EQ(model.name, "example");
  EXPECT_EQ(workload::macs(model), 64 * 3 * 49 * 112 * 112);
}

TEST(Importers, AreListed) {
  EXPECT_THAT(importer_names(), ::testing::Contains(".m"));
}

}  // namespace
}  // namespace inlay::importers
