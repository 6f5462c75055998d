#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace inlay::base {

/// What a quantity measures; inside the program each is a plain number in the unit named here.
enum class Dimension {
  kTime,           // s
  kBytes,          // B
  kBandwidth,      // B/s
  kBytesPerCycle,  // B/cycle
  kFrequency,      // Hz
  kEnergy,         // J
  kEnergyPerBit,   // J/bit
  kEnergyPerByte,  // J/B
  kPower,          // W
};

/// Reads "100 GB/s", "35 ns", "2.04 pJ/bit", "10 MB", "10 MiB", "500 MHz", "256 B/cycle".
/// k, M, G, T are powers of 1000; Ki, Mi, Gi, Ti powers of 1024 and only for bytes.
/// Throws std::invalid_argument with a message that says what is allowed.
double parse_quantity(std::string_view text, Dimension dimension);

/// As parse_quantity for bytes, but exact: throws std::invalid_argument if it is no whole number of bytes.
std::int64_t parse_bytes(std::string_view text);

/// An example of the dimension for messages: "100 GB/s".
std::string example_of(Dimension dimension);

/// Three to four significant digits with a prefix: "28.01 us", "91.8 uJ", "10 MB".
std::string format_time(double seconds);
std::string format_energy(double joules);
std::string format_bytes(double bytes);
std::string format_bandwidth(double bytes_per_second);
std::string format_frequency(double hertz);
std::string format_power(double watts);
/// "1.2 G", for counts such as MACs.
std::string format_count(double count);
/// Shortest text that reads back as the same quantity, for files: "100 GB/s".
std::string exact_quantity(double value, Dimension dimension);

}  // namespace inlay::base
