#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "inlay/importers/import_options.hpp"

namespace inlay::importers::xrbench {

/// Whether a text in MAESTRO's language is a usage scenario of XRBench: several networks, or one with a rate.
bool is_xrbench_scenario(std::string_view text, const std::string& file);

/// A usage scenario of XRBench (docs/importers.md): first the scenario, then a model for each network.
/// `source` names the file. Throws base::InputError with line and column.
std::vector<ImportedFile> xrbench_files(std::string_view text, const std::string& file,
                                        const std::string& source);

}  // namespace inlay::importers::xrbench
