#include "inlay/dataflow/dataflow.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "inlay/base/file.hpp"

namespace inlay::dataflow {
namespace {

using testing::HasSubstr;

std::string file_with(const std::string& convolution, const std::string& gemm) {
  return "name: test\ndescription: a test\nsource: none\nstationary: weight\nconvolution:\n" + convolution +
         "gemm:" + gemm + "\n";
}

const std::string kConvolution =
    "  - SpatialMap(1, 1) K\n  - TemporalMap(8 + S - 1, 8) X\n  - Cluster(64)\n  - SpatialMap(1, 1) C\n";
const std::string kGemm = "\n  as: convolution\n  tokens: folded";

Dataflow read(const std::string& text) {
  return read_dataflow(base::YamlNode::parse(text, "t.yaml"));
}

std::string error_of(const std::string& text) {
  try {
    read(text);
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Dataflow, ReadsDirectivesAndLayout) {
  const Dataflow dataflow = read(file_with(kConvolution, kGemm));
  ASSERT_EQ(dataflow.convolution.size(), 4U);
  EXPECT_EQ(dataflow.convolution[1].kind, DirectiveKind::kTemporal);
  EXPECT_EQ(dataflow.convolution[1].size, "8 + S - 1");
  EXPECT_EQ(dataflow.convolution[1].offset, "8");
  EXPECT_EQ(dataflow.convolution[1].dimension, "X");
  EXPECT_EQ(dataflow.convolution[2].kind, DirectiveKind::kCluster);
  EXPECT_EQ(to_string(dataflow.convolution[1]), "TemporalMap(8 + S - 1, 8) X");
  EXPECT_EQ(to_string(dataflow.convolution[2]), "Cluster(64)");
  EXPECT_TRUE(dataflow.gemm.empty());
  EXPECT_EQ(dataflow.token_layout, TokenLayout::kFolded);
}

TEST(Dataflow, ReadsAGemmSectionOfItsOwn) {
  const Dataflow dataflow =
      read(file_with(kConvolution, "\n  - SpatialMap(max(1, M / 64), 1) M\n  - TemporalMap(K, K) K"));
  ASSERT_EQ(dataflow.gemm.size(), 2U);
  EXPECT_EQ(dataflow.gemm[0].size, "max(1, M / 64)");
  EXPECT_EQ(dataflow.gemm[1].dimension, "K");
}

TEST(Dataflow, ErrorsSayWhereAndWhatIsAllowed) {
  EXPECT_THAT(error_of(file_with("  - SpatialMap(1, 1) Q\n", kGemm)), HasSubstr("t.yaml:6:22: convolution"));
  EXPECT_THAT(error_of(file_with("  - SpatialMap(1, 1) Q\n", kGemm)), HasSubstr("allowed: K, C, R, S, Y, X"));
  EXPECT_THAT(error_of(file_with("  - SpatialMap(1, 8 + T) K\n", kGemm)), HasSubstr("t.yaml:6:23"));
  EXPECT_THAT(error_of(file_with("  - SpacialMap(1, 1) K\n", kGemm)), HasSubstr("did you mean 'SpatialMap'"));
  EXPECT_THAT(error_of(file_with("  - SpatialMap(1) K\n", kGemm)),
              HasSubstr("takes a size and an offset, or auto"));
  EXPECT_THAT(error_of(file_with("  - SpatialMap(1, 1 K\n", kGemm)), HasSubstr("not closed"));
  EXPECT_THAT(error_of(file_with("  - Cluster\n", kGemm)), HasSubstr("expected TemporalMap"));
  EXPECT_THAT(error_of(file_with(kConvolution, "\n  - SpatialMap(1, 1) C")), HasSubstr("allowed: M, N, K"));
  EXPECT_THAT(error_of(file_with(kConvolution, "\n  as: convolution\n  tokens: row")),
              HasSubstr("column, folded"));
  EXPECT_THAT(error_of("name: a\nstationery: weight\n"), HasSubstr("t.yaml"));
}

TEST(Dataflow, SizesMayBeLeftToTheEngine) {
  const Dataflow dataflow =
      read(file_with("  - SpatialMap(auto) K\n  - TemporalMap(auto(min(C, 64)), 64) C\n"
                     "  - TemporalMap( auto (R) ) Y\n  - Cluster(auto(64))\n  - SpatialMap(even) C\n",
                     "\n  - SpatialMap(even(N / 64)) N"));
  const auto& maps = dataflow.convolution;
  EXPECT_EQ(maps[0].sizing, Sizing::kTuned);
  EXPECT_EQ(maps[0].size, "");
  EXPECT_EQ(maps[1].size, "min(C, 64)");
  EXPECT_EQ(maps[1].offset, "64");
  EXPECT_EQ(maps[2].size, "R");
  EXPECT_EQ(maps[2].offset, "R");
  EXPECT_EQ(maps[3].sizing, Sizing::kTuned);
  EXPECT_EQ(maps[4].sizing, Sizing::kEven);
  EXPECT_EQ(dataflow.gemm[0].sizing, Sizing::kEven);
  EXPECT_TRUE(has_free_sizes(dataflow));
  EXPECT_FALSE(has_free_sizes(read(file_with(kConvolution, kGemm))));
  EXPECT_EQ(to_string(maps[0]), "SpatialMap(auto) K");
  EXPECT_EQ(to_string(maps[1]), "TemporalMap(auto(min(C, 64)), 64) C");
  EXPECT_EQ(to_string(maps[3]), "Cluster(auto(64))");
  EXPECT_EQ(to_string(maps[4]), "SpatialMap(even) C");
  EXPECT_EQ(untuned_size(maps[1]), "min(C, 64)");
  EXPECT_THROW(untuned_size(maps[0]), base::InfeasibleError);
}

TEST(Dataflow, WhatIsWrongWithAFreeSizeIsSaid) {
  const auto error = [](const std::string& directive) {
    return error_of(file_with("  - " + directive + "\n", kGemm));
  };
  EXPECT_THAT(error("SpatialMap(auto, 1) K"), HasSubstr("may follow auto(SIZE)"));
  EXPECT_THAT(error("SpatialMap(auto(Q)) K"), HasSubstr("t.yaml:6:21: convolution"));
  EXPECT_THAT(error("SpatialMap(auto(1) + 1) K"), HasSubstr("nothing may follow the ')'"));
  EXPECT_THAT(error("SpatialMap(auto()) K"), HasSubstr("t.yaml:6"));
  EXPECT_THAT(error("SpatialMap(automatic) K"), HasSubstr("takes a size and an offset"));
  EXPECT_THAT(error("TemporalMap(even) K"), HasSubstr("only a SpatialMap"));
  EXPECT_THAT(error("SpatialMap(1) K"), HasSubstr("or auto"));
}

TEST(Dataflow, AnotherOneMayStandInWhereNothingIsTuned) {
  const Dataflow tuned = load_dataflow(base::find_data_file("ws_tuned", "dataflows"));
  ASSERT_EQ(tuned.untuned.size(), 1U);
  EXPECT_EQ(untuned(tuned).name, "kcp_ws_tiled");
  const Dataflow fixed = read(file_with(kConvolution, kGemm));
  EXPECT_EQ(&untuned(fixed), &fixed);
  const std::string free = "  - SpatialMap(auto) K\n";
  EXPECT_THAT(error_of(file_with(free, kGemm) + "untuned: no-such-file.yaml\n"), HasSubstr("no-such-file"));
  EXPECT_THAT(error_of(file_with(kConvolution, kGemm) + "untuned: kcp_ws.yaml\n"),
              HasSubstr("nothing is tuned"));
  // A file that names itself, and one that names another one with free sizes.
  const auto folder = std::filesystem::temp_directory_path() / "inlay-dataflow-test";
  base::write_file(folder / "self.yaml", file_with(free, kGemm) + "untuned: self.yaml\n");
  try {
    load_dataflow(folder / "self.yaml");
    ADD_FAILURE() << "a dataflow stands in for itself";
  } catch (const base::InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("may have none itself"));
  }
  std::filesystem::remove_all(folder);
}

/// The fenced block of YAML in the page about these files.
TEST(Dataflow, ExampleOfTheDocumentationLoads) {
  const std::string page = base::read_file(SOURCE_DIR "/docs/formats-dataflows.md");
  const std::size_t begin = page.find("```yaml\n") + 8;
  std::string text = page.substr(begin, page.find("```\n", begin) - begin);
  const std::string shipped = base::find_data_file("kcp_ws", "dataflows").string();
  text.replace(text.find("kcp_ws.yaml"), 11, shipped);
  const Dataflow dataflow = read(text);
  EXPECT_TRUE(has_free_sizes(dataflow));
  EXPECT_EQ(untuned(dataflow).name, "kcp_ws");
}

TEST(Dataflow, EveryLevelNeedsOneOrTwoSpatialMaps) {
  EXPECT_THAT(error_of(file_with("  - TemporalMap(1, 1) K\n", kGemm)), HasSubstr("needs a SpatialMap"));
  EXPECT_THAT(error_of(file_with("  - SpatialMap(1, 1) K\n  - Cluster(8)\n", kGemm)),
              HasSubstr("needs a SpatialMap"));
  EXPECT_THAT(
      error_of(file_with("  - SpatialMap(1, 1) K\n  - SpatialMap(1, 1) C\n  - SpatialMap(1, 1) R\n", kGemm)),
      HasSubstr("t.yaml:8:5"));
  EXPECT_THAT(error_of(file_with("  - SpatialMap(1, 1) K\n  - TemporalMap(1, 1) K\n", kGemm)),
              HasSubstr("mapped twice"));
  EXPECT_THAT(error_of(file_with(
                  "  - SpatialMap(1, 1) K\n  - TemporalMap(1, 1) X\n  - TemporalMap(1, 1) X'\n", kGemm)),
              HasSubstr("may not both"));
  EXPECT_THAT(error_of(file_with("  - SpatialMap(1, 1) Y'\n", kGemm)), HasSubstr("needs a map of R"));
  EXPECT_THAT(error_of(file_with("  []\n", kGemm)), HasSubstr("no directives"));
  std::string deep = "  - SpatialMap(1, 1) K\n";
  for (int i = 0; i < 4; ++i) {
    deep += "  - Cluster(2)\n  - SpatialMap(1, 1) K\n";
  }
  EXPECT_THAT(error_of(file_with(deep, kGemm)), HasSubstr("more than 3 Clusters"));
}

TEST(Dataflow, AllShippedFilesReadAndAreNamedAsTheirFile) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(base::data_folder() / "dataflows")) {
    const Dataflow dataflow = load_dataflow(entry.path());
    EXPECT_EQ(dataflow.name, entry.path().stem().string());
    ++files;
  }
  EXPECT_GE(files, 7);
}

}  // namespace
}  // namespace inlay::dataflow
