#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "inlay/importers/import_options.hpp"

namespace inlay::importers::maestro {

/// Whether the text is a hardware file of MAESTRO or GAMMA: lines of `key: value` without braces.
bool is_maestro_hardware(std::string_view text);

/// The chiplet of a hardware file of MAESTRO or GAMMA as YAML, with that dataflow, which no such file names.
/// Throws base::InputError for what read_maestro_hardware refuses, for a file without sizes of L1 and L2, and
/// unless there is one dataflow.
ImportedFile maestro_chiplet(std::string_view text, const std::string& file, const std::string& source,
                             const std::vector<std::string>& dataflows);

}  // namespace inlay::importers::maestro
