#include "inlay/base/quantity.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace inlay::base {
namespace {

TEST(Quantity, ReadsNumbersWithUnits) {
  EXPECT_EQ(parse_quantity("100 GB/s", Dimension::kBandwidth), 100e9);
  EXPECT_EQ(parse_quantity("35 ns", Dimension::kTime), 35e-9);
  EXPECT_EQ(parse_quantity("2.04 pJ/bit", Dimension::kEnergyPerBit), 2.04e-12);
  EXPECT_EQ(parse_quantity("500MHz", Dimension::kFrequency), 500e6);
  EXPECT_EQ(parse_quantity("256 B/cycle", Dimension::kBytesPerCycle), 256.0);
  EXPECT_EQ(parse_quantity("1.5e3 ps", Dimension::kTime), 1.5e-9);
}

TEST(Quantity, TellsDecimalFromBinaryPrefixes) {
  EXPECT_EQ(parse_bytes("10 MB"), 10'000'000);
  EXPECT_EQ(parse_bytes("10 MiB"), 10'485'760);
  EXPECT_EQ(parse_bytes("0.5 KiB"), 512);
  EXPECT_THROW(parse_quantity("1 Mis", Dimension::kTime), std::invalid_argument);
}

TEST(Quantity, RefusesWhatIsNotOne) {
  for (const char* text :
       {"", "100", "GB/s", "100 GB", "100 gb/s", "1..2 GB/s", "1e999 GB/s", "- GB/s", "1e GB/s"}) {
    EXPECT_THROW(parse_quantity(text, Dimension::kBandwidth), std::invalid_argument) << text;
  }
  EXPECT_THROW(parse_bytes("0.3 B"), std::invalid_argument);
  EXPECT_THROW(parse_bytes("1e30 B"), std::invalid_argument);
}

TEST(Quantity, PrintsForPeopleAndForFiles) {
  EXPECT_EQ(format_time(28010e-9), "28.01 us");
  EXPECT_EQ(format_energy(91.76e-6), "91.76 uJ");
  EXPECT_EQ(format_bytes(10e6), "10 MB");
  EXPECT_EQ(format_time(0.0), "0 s");
  EXPECT_EQ(exact_quantity(100e9, Dimension::kBandwidth), "100 GB/s");
  for (const double value : {35e-9, 2.04e-12, 0.1, 123456.789}) {
    EXPECT_EQ(parse_quantity(exact_quantity(value, Dimension::kTime), Dimension::kTime), value);
  }
}

}  // namespace
}  // namespace inlay::base
