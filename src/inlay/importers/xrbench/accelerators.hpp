#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "inlay/importers/xrbench/scenario.hpp"

namespace inlay::importers::xrbench {

/// An accelerator as XRBench's hardware files state it, at its fixed clock of 1 GHz.
struct Accelerator {
  std::string name;
  std::int64_t pes = 0;
  std::int64_t noc_bandwidth = 0;  // bytes per cycle between the shared memory and the PEs
  std::int64_t noc_latency = 1;    // cycles
  std::int64_t l1_bytes = 0;       // of each PE
  std::int64_t l2_bytes = 0;
  std::int64_t offchip_bandwidth = 0;  // bytes per cycle; 0: not said
};

/// Whether a text in MAESTRO's language lists accelerators.
bool is_xrbench_hardware(std::string_view text, const std::string& file);

/// Reads blocks of `Accelerator NAME { key: value ... }` (docs/importers.md). Throws base::InputError with
/// file, line and column for unknown, repeated and missing keys, values out of range and repeated names.
std::vector<Accelerator> read_xrbench_hardware(std::string_view text, const std::string& file);

/// A chiplet file for each accelerator. `dataflows`, which the file does not state: one for all, or one for
/// each in the file's order. `source` names the file. Throws base::InputError.
std::vector<ImportedFile> xrbench_chiplets(std::string_view text, const std::string& file,
                                           const std::string& source,
                                           const std::vector<std::string>& dataflows);

}  // namespace inlay::importers::xrbench
