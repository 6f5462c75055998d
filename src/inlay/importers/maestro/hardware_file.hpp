#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "inlay/cost/maestro/model.hpp"

namespace inlay::importers::maestro {

/// MAESTRO's hardware file. The sizes of L1 and L2 change no number (B12).
struct HardwareFile {
  cost::maestro::Hardware hardware;
  std::optional<std::int64_t> l1_bytes;
  std::optional<std::int64_t> l2_bytes;
};

/// Reads lines of `key: value`, in .m or .yaml files (docs/importers.md). Throws base::InputError with file,
/// line and column for unknown and repeated keys and for values out of range.
HardwareFile read_maestro_hardware(std::string_view text, const std::string& file);
HardwareFile load_maestro_hardware(const std::filesystem::path& path);

}  // namespace inlay::importers::maestro
