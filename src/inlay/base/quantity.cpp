#include "inlay/base/quantity.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

namespace inlay::base {
namespace {

struct DimensionFacts {
  Dimension dimension;
  std::string_view unit;
  std::string_view example;
  bool binary_prefixes;
};

constexpr std::array<DimensionFacts, 9> kFacts = {{
    {Dimension::kTime, "s", "35 ns", false},
    {Dimension::kBytes, "B", "10 MB", true},
    {Dimension::kBandwidth, "B/s", "100 GB/s", true},
    {Dimension::kBytesPerCycle, "B/cycle", "256 B/cycle", true},
    {Dimension::kFrequency, "Hz", "500 MHz", false},
    {Dimension::kEnergy, "J", "0.23 pJ", false},
    {Dimension::kEnergyPerBit, "J/bit", "2.04 pJ/bit", false},
    {Dimension::kEnergyPerByte, "J/B", "4.28 pJ/B", false},
    {Dimension::kPower, "W", "1.5 W", false},
}};

constexpr std::array<std::pair<std::string_view, int>, 9> kDecimalPrefixes = {{
    {"T", 12},
    {"G", 9},
    {"M", 6},
    {"k", 3},
    {"", 0},
    {"m", -3},
    {"u", -6},
    {"n", -9},
    {"p", -12},
}};

constexpr std::array<std::pair<std::string_view, double>, 4> kBinaryPrefixes = {{
    {"Ki", 1024.0},
    {"Mi", 1024.0 * 1024.0},
    {"Gi", 1024.0 * 1024.0 * 1024.0},
    {"Ti", 1024.0 * 1024.0 * 1024.0 * 1024.0},
}};

const DimensionFacts& facts_of(Dimension dimension) {
  return kFacts.at(static_cast<std::size_t>(dimension));
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

[[noreturn]] void refuse(std::string_view text, const DimensionFacts& facts) {
  throw std::invalid_argument(
      fmt::format("'{}' is not a quantity in {}; write a number and a unit, for example '{}'", text,
                  facts.unit, facts.example));
}

// The number is scaled by moving the decimal exponent in its text, so that "35 ns" is the double nearest to
// 35e-9.
double scaled(std::string_view number, int exponent, std::string_view text, const DimensionFacts& facts) {
  std::string mantissa(number);
  int written = 0;
  if (const auto e = mantissa.find_first_of("eE"); e != std::string::npos) {
    std::string_view digits = std::string_view(mantissa).substr(e + 1);
    if (!digits.empty() && digits.front() == '+') {
      digits.remove_prefix(1);
    }
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), written);
    if (error != std::errc{} || end != digits.data() + digits.size() || std::abs(written) > 400) {
      refuse(text, facts);
    }
    mantissa.resize(e);
  }
  const std::string all = fmt::format("{}e{}", mantissa, written + exponent);
  double value = 0.0;
  const auto [end, error] = std::from_chars(all.data(), all.data() + all.size(), value);
  if (error != std::errc{} || end != all.data() + all.size() || !std::isfinite(value)) {
    refuse(text, facts);
  }
  return value;
}

std::string with_prefix(double value, std::string_view unit, int smallest_exponent) {
  if (value == 0.0 || !std::isfinite(value)) {
    return fmt::format("{:g} {}", value, unit);
  }
  for (const auto& [prefix, exponent] : kDecimalPrefixes) {
    const double scaled_value = value / std::pow(10.0, exponent);
    if (std::abs(scaled_value) >= 0.9995 || exponent == smallest_exponent) {
      return fmt::format("{:.4g} {}{}", scaled_value, prefix, unit);
    }
  }
  return fmt::format("{:.4g} {}", value, unit);
}

}  // namespace

double parse_quantity(std::string_view text, Dimension dimension) {
  const DimensionFacts& facts = facts_of(dimension);
  const std::string_view whole = trimmed(text);
  std::size_t split = whole.find_first_not_of("0123456789.+-eE");
  // "3 EB" is not a unit here, so an 'e' always belongs to the number; a bare number has no unit at all.
  if (split == std::string_view::npos || split == 0) {
    refuse(text, facts);
  }
  const std::string_view number = trimmed(whole.substr(0, split));
  const std::string_view unit = trimmed(whole.substr(split));
  if (unit.size() < facts.unit.size() || unit.substr(unit.size() - facts.unit.size()) != facts.unit) {
    refuse(text, facts);
  }
  const std::string_view prefix = unit.substr(0, unit.size() - facts.unit.size());
  for (const auto& [name, exponent] : kDecimalPrefixes) {
    if (prefix == name) {
      return scaled(number, exponent, text, facts);
    }
  }
  if (facts.binary_prefixes) {
    for (const auto& [name, factor] : kBinaryPrefixes) {
      if (prefix == name) {
        return scaled(number, 0, text, facts) * factor;
      }
    }
  }
  refuse(text, facts);
}

std::int64_t parse_bytes(std::string_view text) {
  const double value = parse_quantity(text, Dimension::kBytes);
  if (value != std::floor(value) || std::abs(value) > 9.0e15) {
    throw std::invalid_argument(fmt::format("'{}' is not a whole number of bytes (below 9 PB)", text));
  }
  return static_cast<std::int64_t>(value);
}

std::string example_of(Dimension dimension) {
  return std::string(facts_of(dimension).example);
}

std::string format_time(double seconds) {
  return with_prefix(seconds, "s", -12);
}
std::string format_energy(double joules) {
  return with_prefix(joules, "J", -12);
}
std::string format_bytes(double bytes) {
  return with_prefix(bytes, "B", 0);
}
std::string format_bandwidth(double bytes_per_second) {
  return with_prefix(bytes_per_second, "B/s", 0);
}
std::string format_frequency(double hertz) {
  return with_prefix(hertz, "Hz", 0);
}
std::string format_power(double watts) {
  return with_prefix(watts, "W", -12);
}
std::string format_count(double count) {
  return with_prefix(count, "", 0);
}

std::string exact_quantity(double value, Dimension dimension) {
  const DimensionFacts& facts = facts_of(dimension);
  for (const auto& [prefix, exponent] : kDecimalPrefixes) {
    const std::string text = fmt::format("{} {}{}", value / std::pow(10.0, exponent), prefix, facts.unit);
    if (std::abs(value / std::pow(10.0, exponent)) >= 1.0 && parse_quantity(text, dimension) == value) {
      return text;
    }
  }
  return fmt::format("{} {}", value, facts.unit);
}

}  // namespace inlay::base
