// The sections `array` and `offchip` of a chiplet file.
#include "inlay/hardware/array_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inlay/base/error.hpp"
#include "inlay/base/yaml.hpp"
#include "inlay/hardware/chiplet_type.hpp"
#include "inlay/hardware/energy_table.hpp"
#include "inlay/hardware/monolith.hpp"
#include "inlay/hardware/package_file.hpp"

namespace inlay::hardware {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

Array array_of(const std::string& text) {
  return read_array(base::YamlNode::parse(text, "a.yaml"));
}

Offchip offchip_of(const std::string& text) {
  return read_offchip(base::YamlNode::parse(text, "o.yaml"));
}

template <typename Read>
std::string mistake(const Read& read, const std::string& text) {
  try {
    read(text);
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "";
}

TEST(ArrayFile, LeavesOutWhatIsUsual) {
  const Array array = array_of("{rows: 4, columns: 6}");
  EXPECT_EQ(array, (Array{4, 6, 8, 1, 0, 4, true, 0, true, false, 0, 0.0}));
}

TEST(ArrayFile, ReadsEveryKey) {
  const Array array = array_of(
      "{rows: 4, columns: 6, skew: 3, overlap: 2, step_cycles: 5, exchange: exposed, exchange_cycles: 7, "
      "output_cycles: 1, operands: held, convolution: im2col, accumulator: 1 KiB}");
  EXPECT_EQ(array, (Array{4, 6, 3, 2, 5, 7, false, 1, false, true, 1024, 0.0}));
  const Offchip offchip = offchip_of(
      "{bandwidth: 16 B/cycle, request: 32 B, request_cycles: 1, command_cycles: {convolution: 9, product: "
      "8}, "
      "cache: {size: 1 KiB, line: 64 B, read_miss_cycles: 2, write_miss_cycles: 3}}");
  EXPECT_EQ(offchip, (Offchip{16, 32, 1, 9, 8, 1024, 64, 2, 3}));
  EXPECT_EQ(offchip_of("{bandwidth: 8 B/cycle}"), (Offchip{8, 64, 0, 0, 0, 0, 64, 0, 0}));
}

TEST(ArrayFile, MistakesAreNamed) {
  EXPECT_THAT(mistake(array_of, "{rows: 4}"), HasSubstr("columns"));
  EXPECT_THAT(mistake(array_of, "{rows: 0, columns: 4}"), HasSubstr("rows"));
  EXPECT_THAT(mistake(array_of, "{rows: 4, columns: 4, skews: 3}"), HasSubstr("did you mean 'skew'"));
  EXPECT_THAT(mistake(array_of, "{rows: 4, columns: 4, exchange: hiden}"),
              HasSubstr("did you mean 'hidden'"));
  EXPECT_THAT(mistake(array_of, "{rows: 4, columns: 4, overlap: 0}"), HasSubstr("overlap"));
  EXPECT_THAT(mistake(offchip_of, "{bandwidth: 1.5 B/cycle}"), HasSubstr("not a whole number"));
  EXPECT_THAT(mistake(offchip_of, "{bandwidth: 8 B/cycle, request: 48 B}"), HasSubstr("not a power of two"));
  EXPECT_THAT(mistake(offchip_of,
                      "{bandwidth: 8 B/cycle, cache: {size: 32 B, line: 64 B, read_miss_cycles: 1, "
                      "write_miss_cycles: 1}}"),
              HasSubstr("the cache holds no line"));
}

TEST(ArrayFile, ShippedMachinesAreWhatTheirSourcesSay) {
  EXPECT_EQ(load_chiplet_type("gemmini-16").array->skew, 2 * 16 + 6);
  EXPECT_EQ(load_chiplet_type("gemmini-16").array->overlap, 5);
  EXPECT_EQ(load_chiplet_type("tpu-v1").pes, 65536);
  EXPECT_DOUBLE_EQ(
      2.0 * static_cast<double>(load_chiplet_type("tpu-v1").pes) * load_chiplet_type("tpu-v1").clock,
      91.7504e12)
      << "92 TOPS";
  EXPECT_EQ(load_chiplet_type("eyeriss").pes, 168);
  EXPECT_EQ(load_chiplet_type("eyeriss").l1_bytes, 2 * 261);
  EXPECT_EQ(load_chiplet_type("nvdla-2048").array->rows * load_chiplet_type("nvdla-2048").array->columns,
            2048);
  EXPECT_EQ(load_chiplet_type("simba-1024").pes, 16 * 8 * 8);
}

TEST(ArrayFile, AnAccumulatorCostsWhatABufferOfItsSizeDoes) {
  const ChipletType type =
      with_energy(load_chiplet_type("systolic-ws-16"), load_energy_table("horowitz-45nm"));
  EXPECT_DOUBLE_EQ(type.array->accumulator_access, energy_at(type.energy.scaling.l2_access, 64 * 1024));
  EXPECT_LT(type.array->accumulator_access, type.energy.l2_access) << "64 KiB against 256 KiB";
}

TEST(ArrayFile, AMonolithSetsArraysSideBySide) {
  Package package = load_package("simba-nvd-2x2");
  package.types[0] = load_chiplet_type("systolic-ws-16");
  const ChipletType whole = monolith_of(package, 0).types[0];
  ASSERT_TRUE(whole.array.has_value());
  EXPECT_EQ(whole.pes, 4 * 256);
  EXPECT_EQ(whole.array->rows, 16);
  EXPECT_EQ(whole.array->columns, 64);
  EXPECT_EQ(whole.array->accumulator_bytes, 4 * 65536);
  EXPECT_EQ(whole.array->skew, 38 + 48);
}

}  // namespace
}  // namespace inlay::hardware
