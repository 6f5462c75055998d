// XRBench's hardware files: every published one becomes chiplets, and what is wrong is named with its place.
#include "inlay/importers/xrbench/accelerators.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/base/yaml.hpp"
#include "inlay/hardware/chiplet_type.hpp"
#include "inlay/importers/importer.hpp"
#include "support/reference_data.hpp"

namespace inlay::importers {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

const std::string kTwo = R"(// two of a kind
Accelerator Acc0 {
  num_pes: 64
  offchip_bw: 128
  top_noc_bw: 32
  top_noc_latency: 2
  top_noc_multicast: True
  col_noc_bw: 16
  global_shared_memory: 65536 // 64 KiB
  PE_local_memory: 512
}
Accelerator Acc1 { num_pes: 16 top_noc_bw: 8 global_shared_memory: 1024 PE_local_memory: 64 }
)";

std::string refusal(const std::string& from, const std::string& to) {
  std::string text = kTwo;
  text.replace(text.find(from), from.size(), to);
  try {
    xrbench::read_xrbench_hardware(text, "hw.m");
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(XrbenchHardware, AcceleratorsBecomeChiplets) {
  const std::vector<ImportedFile> files =
      xrbench::xrbench_chiplets(kTwo, "hw.m", "hw.m", {"ws_tuned32", "os_tuned_small"});
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[1].name, "Acc1.yaml");
  const auto type = hardware::read_chiplet_type(base::YamlNode::parse(files[0].text, files[0].name));
  EXPECT_EQ(type.name, "Acc0");
  EXPECT_EQ(type.pes, 64);
  EXPECT_EQ(type.l1_bytes, 512);
  EXPECT_EQ(type.l2_bytes, 65536);
  EXPECT_EQ(type.noc_bytes_per_cycle, 32);
  EXPECT_EQ(type.noc_hops, 2);
  EXPECT_EQ(type.clock, 1e9);
  EXPECT_EQ(type.dataflow.name, "ws_tuned32");
  EXPECT_THAT(type.source, AllOf(HasSubstr("hw.m"), HasSubstr("128 bytes per cycle")));
  // README of XRBench's reference: 0.00288 nJ times (6 accesses of L2 + 0.55 of L1 + MACs).
  EXPECT_DOUBLE_EQ(type.energy.mac, 2.88e-12);
  EXPECT_DOUBLE_EQ(type.energy.l1_access, 0.55 * 2.88e-12);
  EXPECT_DOUBLE_EQ(type.energy.l2_access, 6 * 2.88e-12);
  const auto second = hardware::read_chiplet_type(base::YamlNode::parse(files[1].text, files[1].name));
  EXPECT_EQ(second.dataflow.name, "os_tuned_small");
  EXPECT_EQ(second.noc_hops, 1) << "not said";
}

TEST(XrbenchHardware, DataflowsAreOneForAllOrOneForEach) {
  EXPECT_EQ(xrbench::xrbench_chiplets(kTwo, "hw.m", "hw.m", {"ws_tuned"}).size(), 2U);
  for (const std::vector<std::string>& dataflows :
       {std::vector<std::string>{}, std::vector<std::string>{"ws_tuned", "ws_tuned", "ws_tuned"}}) {
    EXPECT_THROW(xrbench::xrbench_chiplets(kTwo, "hw.m", "hw.m", dataflows), base::InputError);
  }
}

TEST(XrbenchHardware, MistakesAreNamedWithTheirPlace) {
  EXPECT_THAT(refusal("num_pes: 64", "num_pe: 64"),
              AllOf(HasSubstr("hw.m:3:3"), HasSubstr("did you mean 'num_pes'")));
  EXPECT_THAT(refusal("num_pes: 64", "num_pes: 0"), AllOf(HasSubstr("hw.m:3:12"), HasSubstr("allowed: 1")));
  EXPECT_THAT(refusal("num_pes: 64", "num_pes: many"), HasSubstr("a whole number"));
  EXPECT_THAT(refusal("num_pes: 64", ""), HasSubstr("'Acc0' does not state num_pes"));
  EXPECT_THAT(refusal("offchip_bw", "num_pes"), HasSubstr("a second time"));
  EXPECT_THAT(refusal("True", "Yes"), HasSubstr("True or False"));
  EXPECT_THAT(refusal("Acc1", "Acc0"), HasSubstr("two accelerators are called 'Acc0'"));
  EXPECT_THAT(refusal("Acc1", "Acc/1"), HasSubstr("no name of a chiplet"));
  EXPECT_THAT(refusal("Accelerator Acc1 {", "Accelerator Acc1"), HasSubstr("expected '{'"));
  EXPECT_THAT(refusal("PE_local_memory: 64 }", "PE_local_memory: 64"), HasSubstr("the file ends"));
  EXPECT_THAT(refusal("Accelerator Acc1", "Network Acc1"), HasSubstr("expected 'Accelerator'"));
}

TEST(XrbenchHardware, FilesAreToldFromThoseOfMaestro) {
  EXPECT_TRUE(xrbench::is_xrbench_hardware(kTwo, "hw.m"));
  EXPECT_FALSE(xrbench::is_xrbench_hardware("Network n { }", "n.m"));
  EXPECT_FALSE(xrbench::is_xrbench_hardware("num_pes: 256\nnoc_bw_cstr: 32\n", "hw.m"));
}

using XrbenchHardwareReference = testing::ReferenceTest;

TEST_F(XrbenchHardwareReference, EveryPublishedFileIsRead) {
  const fs::path folder = testing::reference_data() / "reference" / "xrbench" / "hw_configs";
  int files = 0;
  ImportOptions options;
  options.dataflows = {"ws_tuned32"};
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".m") {
      continue;
    }
    ++files;
    const std::string word = entry.path().stem().string().substr(0, 4);
    const std::size_t expected = word == "Quad" ? 4 : word == "Dual" ? 2 : 1;
    EXPECT_EQ(import_files(entry.path(), options).size(), expected) << entry.path();
    EXPECT_TRUE(xrbench::is_xrbench_hardware(base::read_file(entry.path()), entry.path().string()));
  }
  EXPECT_GE(files, 16);
}

}  // namespace
}  // namespace inlay::importers
