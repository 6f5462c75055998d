// Mapping files in our own YAML, Timeloop's YAML and text, and ZigZag's YAML: the same loops from each, and
// mistakes with their place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/cost/mapped/mapped_cost.hpp"
#include "inlay/hardware/chiplet_type.hpp"
#include "inlay/importers/mappings/load_mapping.hpp"

namespace inlay::importers::mappings {
namespace {

using cost::mapped::FixedMapping;
using cost::mapped::Storage;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string written(const std::string& name, const std::string& text) {
  const auto path = std::filesystem::path(::testing::TempDir()) / name;
  base::write_file(path, text);
  return path.string();
}

MappingRequest request(const std::string& name, const std::string& text, const hardware::ChipletType& type) {
  MappingRequest request;
  request.file = written(name, text);
  request.type = &type;
  return request;
}

workload::Layer layer_of(const workload::Shape& shape) {
  workload::Layer layer;
  layer.name = "mine";
  layer.shape = shape;
  return layer;
}

/// "K4 s16 ..." of one level, 's' for spatial.
std::string loops(const FixedMapping& mapping, Storage storage) {
  std::string text;
  for (const auto& loop : mapping.levels[static_cast<std::size_t>(storage)].loops) {
    text += (text.empty() ? "" : " ") + std::string(loop.spatial ? "s" : "") +
            cost::mapped::dimension_words()[loop.dimension] + std::to_string(loop.factor);
  }
  return text;
}

const hardware::ChipletType& systolic() {
  static const hardware::ChipletType kType = hardware::load_chiplet_type("systolic-ws-16");
  return kType;
}

constexpr const char* kOwn = R"(name: mine
layer: {K: 64, C: 32, Y: 14, X: 14, R: 3, S: 3, padding: 1}
levels:
  memory: [K 4]
  l2: [R 3, S 3, C 2, spatial K 16, spatial C 16]
  l1: [Y 14, X 14]
)";

// Timeloop: S is the filter's height, R its width; P columns, Q rows; permutation from inside.
constexpr const char* kTimeloop = R"(mapping:
  - {target: DRAM, type: temporal, factors: C=1 K=4, permutation: CK}
  - {target: GlobalBuffer, type: spatial, factors: [K=16, C=16], permutation: CK, split: 1}
  - {target: GlobalBuffer, type: temporal, factors: {C: 2, R: 3, S: 3}, permutation: CRS}
  - {target: RegisterFile, type: temporal, factors: P14 Q14, permutation: PQ}
  - {target: RegisterFile, type: bypass, keep: [Weights], bypass: [Inputs, Outputs]}
)";

constexpr const char* kText = "L3[WIO] K4 - L2[WI] S3 R3 C2 K16X - L1[O] C16X - L0[W] Q14 P14\n";

TEST(Mappings, EveryFormatSaysTheSameLoops) {
  const FixedMapping own = load_mapping(request("own.yaml", kOwn, systolic()));
  EXPECT_EQ(loops(own, Storage::kMemory), "K4");
  EXPECT_EQ(loops(own, Storage::kL2), "R3 S3 C2 sK16 sC16");
  EXPECT_EQ(loops(own, Storage::kL1), "Y14 X14");
  EXPECT_TRUE(own.notes.empty());
  MappingRequest timeloop = request("timeloop.yaml", kTimeloop, systolic());
  timeloop.layer = layer_of(own.shape);
  const FixedMapping directives = load_mapping(timeloop);
  EXPECT_EQ(loops(directives, Storage::kMemory), "K4 C1");
  EXPECT_EQ(loops(directives, Storage::kL2), "R3 S3 C2 sK16 sC16");
  EXPECT_EQ(loops(directives, Storage::kL1), "Y14 X14");
  EXPECT_THAT(directives.notes, ElementsAre(HasSubstr("'split' of level 'GlobalBuffer'"),
                                            HasSubstr("'keep' of level 'RegisterFile'"),
                                            HasSubstr("'bypass' of level 'RegisterFile'")));
  MappingRequest line = request("timeloop.txt", kText, systolic());
  line.layer = layer_of(own.shape);
  const FixedMapping text = load_mapping(line);
  EXPECT_EQ(loops(text, Storage::kL2), "R3 S3 C2 sK16");
  EXPECT_EQ(loops(text, Storage::kAccumulator), "sC16");
  EXPECT_EQ(loops(text, Storage::kL1), "Y14 X14");
  const auto expected = cost::mapped::mapped_cost(own, systolic());
  for (const FixedMapping& other : {directives, text}) {
    const auto cost = cost::mapped::mapped_cost(other, systolic());
    EXPECT_EQ(cost.analysis, expected.analysis);
    EXPECT_EQ(cost.memory.read, expected.memory.read);
  }
}

TEST(Mappings, WithoutALayerItIsTheOneThatTheFactorsMultiplyUpTo) {
  const FixedMapping text = load_mapping(request("bare.txt", kText, systolic()));
  const auto& shape = std::get<workload::ConvolutionShape>(text.shape);
  EXPECT_EQ(shape.out_channels, 64);
  EXPECT_EQ(shape.in_channels, 32);
  EXPECT_EQ(shape.out_height, 14);
  EXPECT_EQ(shape.kernel_width, 3);
  EXPECT_EQ(shape.stride_x, 1);
  EXPECT_THAT(text.notes.front(), HasSubstr("the file states no layer"));
}

TEST(Mappings, TimeloopProblemsAndRestsAreRead) {
  const FixedMapping mapping = load_mapping(request("problem.yaml", R"(problem:
  shape: cnn-layer
  instance: {C: 8, K: 6, R: 3, S: 1, P: 10, Q: 5, N: 2, Wstride: 2, Hstride: 1}
mapping:
  - {target: MainMemory, type: temporal, factors: Q=0 N=2}
  - {target: shared_glb, type: spatial, factors: K=6}
  - {target: weights_spad, type: temporal, factors: C=0 R=3 P=10}
)",
                                                    systolic()));
  const auto& shape = std::get<workload::ConvolutionShape>(mapping.shape);
  EXPECT_EQ(shape.kernel_width, 3);
  EXPECT_EQ(shape.kernel_height, 1);
  EXPECT_EQ(shape.out_width, 10);
  EXPECT_EQ(shape.stride_x, 2);
  EXPECT_EQ(mapping.mini_batch, 2);
  EXPECT_EQ(loops(mapping, Storage::kMemory), "Y5 N2");
  EXPECT_EQ(loops(mapping, Storage::kL1), "C8 S3 X10");
}

constexpr const char* kZigZag = R"(- name: default
  core_allocation: [1]
  spatial_mapping:
    D1:
      - K, 16
    D2:
      - C, 16
  temporal_ordering:
    - [OX, 14]
    - [OY, 14]
    - [C, "*"]
    - [FX, 3]
    - [FY, 3]
    - [K, 4]
  memory_operand_links: {O: O, W: I2, I: I1}
)";

TEST(Mappings, ZigZagLoopsBeginInsideAndFillLevelsFromInside) {
  MappingRequest zigzag = request("zigzag.yaml", kZigZag, systolic());
  zigzag.layer = layer_of(load_mapping(request("own.yaml", kOwn, systolic())).shape);
  const FixedMapping mapping = load_mapping(zigzag);
  // A PE of a systolic array holds one weight: loops over taps and channels cannot be inside it.
  EXPECT_EQ(loops(mapping, Storage::kL1), "Y14 X14");
  EXPECT_EQ(loops(mapping, Storage::kL2), "K4 R3 S3 C2 sK16 sC16");
  EXPECT_EQ(loops(mapping, Storage::kMemory), "");
  EXPECT_NO_THROW(cost::mapped::mapped_cost(mapping, systolic()));
  hardware::ChipletType small = systolic();
  small.l2_bytes = 26000;  // inputs and a quarter of the weights, twice
  zigzag.type = &small;
  EXPECT_EQ(loops(load_mapping(zigzag), Storage::kMemory), "K4");
}

std::string mistake(const std::string& name, const std::string& text, bool layer = false) {
  MappingRequest one = request(name, text, systolic());
  if (layer) {
    one.layer = layer_of(workload::ConvolutionShape{1, 4, 4, 2, 2, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1});
  }
  try {
    load_mapping(one);
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "";
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Mappings, MistakesAreNamedWithTheirPlace) {
  EXPECT_THAT(mistake("a.yaml", replaced(kOwn, "K 4]", "Q 4]")),
              AllOf(HasSubstr("a.yaml:4"), HasSubstr("'Q' is not a dimension")));
  EXPECT_THAT(mistake("a.yaml", replaced(kOwn, "K 4]", "K 0]")), HasSubstr("'K 0' is not a loop"));
  EXPECT_THAT(mistake("a.yaml", replaced(kOwn, "K 4]", "K four]")), HasSubstr("'K four' is not a loop"));
  EXPECT_THAT(mistake("a.yaml", replaced(kOwn, "l2: [R 3", "l3: [R 3")), HasSubstr("did you mean"));
  EXPECT_THAT(mistake("a.yaml", replaced(kOwn, "spatial C 16]", "spatial C 16, K 1]")),
              HasSubstr("write it before them"));
  EXPECT_THAT(mistake("a.yaml", replaced(kOwn, "layer:", "layers:")), HasSubstr("layer"));
  EXPECT_THAT(mistake("a.yaml", kOwn, true), HasSubstr("and so does the command line ('mine')"));
  EXPECT_THAT(mistake("t.yaml", replaced(kTimeloop, "target: DRAM", "target: Foo")),
              AllOf(HasSubstr("t.yaml:2"), HasSubstr("--level Foo=LEVEL")));
  EXPECT_THAT(mistake("t.yaml", replaced(kTimeloop, "C=1 K=4", "C=1 Z=4")),
              HasSubstr("'Z' is not a dimension"));
  EXPECT_THAT(mistake("t.yaml", replaced(kTimeloop, "C=1 K=4", "C= K=4")), HasSubstr("'C=' is not a factor"));
  EXPECT_THAT(mistake("t.yaml", replaced(kTimeloop, "C=1 K=4", "C=0 K=4")), HasSubstr("no layer is known"));
  EXPECT_THAT(mistake("t.yaml", replaced(kTimeloop, "type: temporal", "type: temporary")),
              HasSubstr("did you mean 'temporal'"));
  EXPECT_THAT(mistake("t.txt", replaced(kText, "K16X", "K16Z")),
              AllOf(HasSubstr("t.txt:1:30"), HasSubstr("'K16Z' is not a loop")));
  EXPECT_THAT(mistake("t.txt", "L1[WIO] K4 - L0[W] N1\n"), HasSubstr("the mapping has 2 levels"));
  EXPECT_THAT(mistake("z.yaml", replaced(kZigZag, "[FX, 3]", "[FX, 0]")), HasSubstr("'0' is not a size"));
  EXPECT_THAT(mistake("z.yaml", kZigZag), HasSubstr("no layer is known"));
  EXPECT_THAT(mistake("z.yaml", replaced(kZigZag, "- K, 16", "- 'K, '")), HasSubstr("'' is not a size"));
  EXPECT_THAT(mistake("t.yaml", replaced(kTimeloop, "C=1 K=4", "C=0 K=4 C=0"), true),
              HasSubstr("two factors of C are 0"));
  EXPECT_THAT(mistake("a.yaml", replaced(kOwn, "K: 64, C: 32", "K: 1099511627776, G: 1099511627776")),
              AllOf(HasSubstr("a.yaml"), HasSubstr("more than a 64-bit count")));
  EXPECT_THAT(mistake("n.yaml", "name: x\n"), HasSubstr("the format of the mapping is not known"));
  EXPECT_THAT(mistake("n.yaml", "[]\n"), HasSubstr("the format of the mapping is not known"));
}

TEST(Mappings, ForeignLevelsCanBeNamed) {
  MappingRequest one = request("t.yaml", replaced(kTimeloop, "target: DRAM", "target: Foo"), systolic());
  one.levels = {{"Foo", "memory"}};
  EXPECT_EQ(loops(load_mapping(one), Storage::kMemory), "K4 C1");
}

}  // namespace
}  // namespace inlay::importers::mappings
