// Wrong mapping and hardware files: each message names the place and what belongs there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "inlay/report/text/maestro_costs.hpp"

namespace inlay::importers {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kMapping = R"(Constant Tile 4
Network small {
  Layer one-1 { // the first
    Type: CONV
    Stride { X: 2, Y: 2 }
    Dimensions { K: 8, C: 4, R: 3, S: 3, Y: 9, X: 9 }
    Dataflow {
      SpatialMap(1,1) K;
      TemporalMap(Tile,Tile) C;
      TemporalMap(Sz(R),Sz(R)) R;
      TemporalMap(Sz(S),1) X;
      Cluster(2, P);
      SpatialMap(1,1) C;
    }
  }
}
)";

std::string with(const std::string& old, const std::string& replacement) {
  std::string text = kMapping;
  const std::size_t at = text.find(old);
  if (at == std::string::npos) {
    throw std::logic_error("the test's text lacks " + old);
  }
  return text.replace(at, old.size(), replacement);
}

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "no error";
}

std::string mapping_error(const std::string& text) {
  return message_of([&text] { maestro::read_maestro_mapping(text, "m.m"); });
}

std::string hardware_error(const std::string& text) {
  return message_of([&text] { maestro::read_maestro_hardware(text, "hw.m"); });
}

TEST(MappingFile, IsReadAsWritten) {
  const maestro::MappingFile mapping = maestro::read_maestro_mapping(kMapping, "m.m");
  EXPECT_EQ(mapping.network, "small");
  ASSERT_EQ(mapping.layers.size(), 1U);
  const maestro::MappingLayer& layer = mapping.layers[0];
  EXPECT_EQ(layer.name, "one-1");
  EXPECT_EQ(layer.short_name, "1");
  EXPECT_EQ(layer.position.line, 3);
  using namespace cost::maestro;
  EXPECT_EQ(layer.mapped.sizes, (Sizes{4, 1, 8, 1, 1, 3, 3, 9, 9}));
  EXPECT_EQ(layer.mapped.stride_y, 2);
  ASSERT_EQ(layer.mapped.levels, 2U);
  EXPECT_EQ(layer.mapped.cluster_sizes[1], 2);
  ASSERT_EQ(layer.mapped.directives[0].size(), 4U);
  EXPECT_TRUE(layer.mapped.directives[0][0].spatial);
  EXPECT_EQ(layer.mapped.directives[0][1].size, 4);
  EXPECT_EQ(layer.mapped.directives[0][3].size, 3);
}

TEST(MappingFile, ExtentsOfTheOutputSwapStrides) {  // B11
  const maestro::MappingFile mapping = maestro::read_maestro_mapping(
      "Network n { Layer l { Type: CONV Stride { X': 2, Y': 3 }"
      " Dimensions { K 1 C 1 R 3 S 5 Y' 7 X' 8 } } }",
      "m.m");
  const cost::maestro::MappedLayer& layer = mapping.layers[0].mapped;
  EXPECT_EQ(layer.sizes[cost::maestro::kY], 9);
  EXPECT_EQ(layer.sizes[cost::maestro::kX], 12);
  EXPECT_EQ(layer.stride_x, 3);
  EXPECT_EQ(layer.stride_y, 2);
  EXPECT_EQ(layer.levels, 0U);
}

TEST(MappingFile, WrongWordsAreNamedWithTheirPlace) {
  EXPECT_THAT(mapping_error(with("Network", "Netwrok")),
              AllOf(StartsWith("m.m:2:1: "), HasSubstr("did you mean 'Network'?")));
  EXPECT_THAT(mapping_error(with("Layer one", "Lyer one")),
              AllOf(StartsWith("m.m:3:3: "), HasSubstr("did you mean 'Layer'?")));
  EXPECT_THAT(mapping_error(with("Dimensions", "Dimension")),
              AllOf(StartsWith("m.m:6:5: "), HasSubstr("did you mean 'Dimensions'?")));
  EXPECT_THAT(mapping_error(with("Type: CONV", "Type: CNOV")),
              AllOf(StartsWith("m.m:4:11: "), HasSubstr("did you mean 'CONV'?")));
  EXPECT_THAT(mapping_error(with("Cluster", "Clutser")),
              AllOf(StartsWith("m.m:12:7: "), HasSubstr("did you mean 'Cluster'?")));
  EXPECT_THAT(mapping_error(with("(Tile,", "(Tle,")),
              AllOf(StartsWith("m.m:9:19: "), HasSubstr("did you mean 'Tile'?")));
  EXPECT_THAT(mapping_error(with("Tile) C", "Tile) Q")),
              AllOf(StartsWith("m.m:9:30: "), HasSubstr("K, C, R, S")));
  EXPECT_THAT(mapping_error(with("Dataflow {", "Dataflow{")), HasSubstr("m.m:7:5: unknown word 'Dataflow{'"));
  EXPECT_THAT(mapping_error(with("small {", "small{")), HasSubstr("expected '{'"));
  EXPECT_THAT(mapping_error(with("(2, P)", "(2, Q)")), HasSubstr("expected P or L"));
  EXPECT_THAT(mapping_error(with("Tile 4", "Tile four")), StartsWith("m.m:1:15: "));
}

TEST(MappingFile, WrongSizesAreRefused) {
  EXPECT_THAT(mapping_error(with("K: 8", "K: 0")),
              AllOf(StartsWith("m.m:6:21: "), HasSubstr("allowed: 1 to")));
  EXPECT_THAT(mapping_error(with("K: 8", "K: 99999999999999999999")), HasSubstr("allowed: 1 to"));
  EXPECT_THAT(mapping_error(with("K: 8", "K: -8")), HasSubstr("may not be negative"));
  EXPECT_THAT(mapping_error(with("K: 8", "K: 8.5")), HasSubstr("m.m:6:21: expected the size of K"));
  EXPECT_THAT(mapping_error(with("K: 8, ", "K: 8, K: 8, ")), HasSubstr("states K twice"));
  EXPECT_THAT(mapping_error(with("K: 8, ", "")), HasSubstr("missing: K"));
  EXPECT_THAT(mapping_error(with(", X: 9 }", " }")), HasSubstr("either Y and X"));
  EXPECT_THAT(mapping_error(with("X: 9 }", "X: 9, Y' 7 }")), HasSubstr("either Y and X"));
  EXPECT_THAT(mapping_error(with("Stride { X: 2", "Stride { X': 2")), HasSubstr("would ignore it"));
  EXPECT_THAT(mapping_error(with("Sz(R),Sz", "Sz(N),Sz")),
              HasSubstr("sizes known: K, C, R, S, Y, X, Y', X'"));
  EXPECT_THAT(mapping_error(with("Tile 4", "Tile 4 Constant Tile 5")), HasSubstr("a second time"));
}

TEST(MappingFile, OrderAndEndAreChecked) {
  EXPECT_THAT(mapping_error(""), HasSubstr("m.m:1:1: the file ends"));
  EXPECT_THAT(mapping_error(kMapping.substr(0, 200)), HasSubstr("the file ends where"));
  EXPECT_THAT(mapping_error(kMapping + "Network again { }"), HasSubstr("nothing may follow the network"));
  EXPECT_THAT(mapping_error("Network n { }"), HasSubstr("no layer"));
  EXPECT_THAT(mapping_error("Network n { Layer l { Type CONV } }"), HasSubstr("no Dimensions"));
  EXPECT_THAT(mapping_error("Network n { Layer l { Dimensions { } } }"), HasSubstr("Type must stand before"));
  EXPECT_THAT(mapping_error("Network n { Layer l { Type GEMM Dataflow { } } }"),
              HasSubstr("must stand before Dataflow"));
  EXPECT_THAT(mapping_error("Network n { Layer l { Type GEMM Dimensions { M 1 N 1 K 1 } Stride { } } }"),
              HasSubstr("Stride must stand before Dimensions"));
  EXPECT_THAT(mapping_error("Network n\x01"), HasSubstr("printable ASCII"));
}

TEST(MappingFile, WhatMaestroCannotTakeIsRefusedWithItsPlace) {
  EXPECT_THAT(mapping_error(with("(Sz(R),Sz(R)) R", "(1,1) R")),
              AllOf(StartsWith("m.m:10:7: "), HasSubstr("as large as the filter")));
  EXPECT_THAT(mapping_error(with("SpatialMap(1,1) K", "TemporalMap(1,1) K")),
              AllOf(StartsWith("m.m:7:5: "), HasSubstr("level 0 has 0 SpatialMaps")));
  EXPECT_THAT(mapping_error(with("TemporalMap(Sz(S),1) X", "TemporalMap(1,1) X'")),
              AllOf(StartsWith("m.m:11:7: "), HasSubstr("needs a map of S")));
  EXPECT_THAT(mapping_error(with("Type: CONV", "Type: DSCONV")),
              AllOf(StartsWith("m.m:8:7: "), HasSubstr("no dimension of the layer's input or weight")));
  for (const char* type : {"FC", "POOL", "LSTM"}) {
    EXPECT_THAT(mapping_error(with("CONV", type)), HasSubstr("MAESTRO cannot read the layer type"));
  }
  EXPECT_THAT(mapping_error(with("Cluster(2, P);",
                                 "Cluster(2, P); SpatialMap(1,1) K; Cluster(2, P); SpatialMap(1,1) K; "
                                 "Cluster(2, P); SpatialMap(1,1) K; Cluster(2, P);")),
              HasSubstr("at most 3 Clusters"));
  std::string many;
  for (int i = 0; i < 20; ++i) {
    many += "TemporalMap(1,1) K; ";
  }
  EXPECT_THAT(mapping_error(with("TemporalMap(Tile", many + "TemporalMap(Tile")),
              HasSubstr("more than 16 directives"));
}

TEST(MappingFile, ClustersBeyondTheHardwareAreInfeasibleAndPlaced) {
  maestro::HardwareFile hardware;
  hardware.hardware.pes = 1;
  try {
    report::text::maestro_costs(maestro::read_maestro_mapping(kMapping, "m.m"), hardware);
    FAIL() << "a cluster of 2 fitted on 1 PE";
  } catch (const base::InfeasibleError& error) {
    EXPECT_THAT(error.what(), AllOf(StartsWith("m.m:3:3: layer 'one-1': "), HasSubstr("needs 2 PEs")));
  }
  hardware.hardware.pes = 2;
  EXPECT_GT(report::text::maestro_costs(maestro::read_maestro_mapping(kMapping, "m.m"), hardware)
                .analyses[0]
                .runtime,
            0);
}

TEST(HardwareFile, BothFormsAreRead) {
  const maestro::HardwareFile file = maestro::read_maestro_hardware(
      "// comment\nnum_pes: 64 # comment\nnoc_bw_cstr: 8\nl2_size_cstr: 100\nNoC_NumHops: 2\n", "hw.m");
  EXPECT_EQ(file.hardware.pes, 64);
  EXPECT_EQ(file.hardware.noc_bandwidth, 8);
  EXPECT_EQ(file.hardware.noc_hops, 2);
  EXPECT_EQ(file.hardware.offchip_bandwidth, cost::maestro::kUnlimitedBandwidth);
  EXPECT_EQ(file.l2_bytes, 100);
  EXPECT_FALSE(file.l1_bytes.has_value());
}

TEST(HardwareFile, WrongOnesAreRefused) {
  EXPECT_THAT(hardware_error("num_pes: 4\nnum_pe: 5\n"),
              AllOf(StartsWith("hw.m:2:1: "), HasSubstr("did you mean 'num_pes'?")));
  EXPECT_THAT(hardware_error("num_pes: 0"), AllOf(StartsWith("hw.m:1:10: "), HasSubstr("allowed: 1 to")));
  EXPECT_THAT(hardware_error("num_pes: -4"), HasSubstr("may not be negative"));
  EXPECT_THAT(hardware_error("num_pes:"), HasSubstr("the file ends"));
  EXPECT_THAT(hardware_error("num_pes: 4 num_pes: 4"), HasSubstr("a second time"));
  EXPECT_THAT(hardware_error(""), HasSubstr("no key"));
  EXPECT_THAT(hardware_error("Accelerator A { }"), HasSubstr("XRBench"));
}

}  // namespace
}  // namespace inlay::importers
