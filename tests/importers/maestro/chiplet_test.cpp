// Hardware files of MAESTRO and GAMMA as chiplets, and models without a dataflow.
#include "inlay/importers/maestro/chiplet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/base/yaml.hpp"
#include "inlay/hardware/chiplet_type.hpp"
#include "inlay/importers/importer.hpp"
#include "inlay/importers/maestro/hardware_file.hpp"
#include "inlay/workload/model_file.hpp"

namespace inlay::importers {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr const char* kGamma = "NumPEs: 168\nL1Size: 512\nL2Size: 108000\nNoC_BW: 64\n";

std::string refusal(const std::string& text, const std::vector<std::string>& dataflows) {
  try {
    maestro::maestro_chiplet(text, "hw.m", "hw.m", dataflows);
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(MaestroChiplet, FilesOfGammaAndMaestroAreTheSame) {
  const std::string maestro = "num_pes: 168\nl1_size_cstr: 512\nl2_size_cstr: 108000\nnoc_bw_cstr: 64\n";
  const ImportedFile file = maestro::maestro_chiplet(kGamma, "hw.m", "hw.m", {"ws_tuned"});
  EXPECT_EQ(file.text, maestro::maestro_chiplet(maestro, "hw.m", "hw.m", {"ws_tuned"}).text);
  const auto type = hardware::read_chiplet_type(base::YamlNode::parse(file.text, "chiplet.yaml"));
  EXPECT_EQ(type.pes, 168);
  EXPECT_EQ(type.l2_bytes, 108000);
  EXPECT_EQ(type.noc_bytes_per_cycle, 64);
  EXPECT_EQ(maestro::read_maestro_hardware(kGamma, "hw.m").hardware.pes, 168);
}

TEST(MaestroChiplet, WhatIsMissingIsNamed) {
  EXPECT_THAT(refusal(kGamma, {}), HasSubstr("--dataflow NAME"));
  EXPECT_THAT(refusal("num_pes: 16\nnoc_bw_cstr: 8\n", {"ws_tuned"}), HasSubstr("l1_size_cstr"));
  EXPECT_THAT(refusal("NumPEs: 16\nnum_pes: 8\n", {"ws_tuned"}), HasSubstr("a second time"));
  EXPECT_THAT(refusal("NumPes: 16\n", {"ws_tuned"}), HasSubstr("did you mean 'NumPEs'"));
}

TEST(MaestroChiplet, ImportTellsHardwareFromModels) {
  const fs::path folder = fs::path(::testing::TempDir()) / "inlay_gamma";
  fs::create_directories(folder);
  base::write_file(folder / "hw_config.m", kGamma);
  ImportOptions options;
  options.dataflows = {"ws_tuned"};
  EXPECT_EQ(import_files(folder / "hw_config.m", options).at(0).name, "hw_config.yaml");
  // A model of GAMMA or MAESTRO: layers without a dataflow, blank lines in its place.
  base::write_file(
      folder / "model.m",
      "Network net {\nLayer CONV1 {\nType: CONV\nStride { X: 2, Y: 2 }\nDimensions { K: 8, C:3, R: 3, "
      "S: 3, Y: 33, X: 33 }\n\n\n}\nLayer GEMM0 {\nType: CONV\nDimensions { K: 16, C: 64, Y: 4, X: 1, "
      "R: 1, S: 1 }\n\n}\nLayer D {\nType: DSCONV\nDimensions { K: 1, C: 16, R: 3, S: 3, Y: 6, X: 6 "
      "}\n}\n}\n");
  const workload::Model model =
      workload::parse_model(import_files(folder / "model.m").at(0).text, "model.yaml");
  EXPECT_EQ(workload::macs(model), 8 * 27 * 16 * 16 + 16 * 64 * 4 + 16 * 9 * 16);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace inlay::importers
