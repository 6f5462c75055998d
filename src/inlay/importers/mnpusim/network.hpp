#pragma once

#include <string>
#include <string_view>

namespace inlay::importers::mnpusim {

/// Whether the text is a network of mNPUsim: a topology of SCALE-Sim whose ninth column is Type.
bool is_mnpusim_network(std::string_view text);

/// The model of a network of mNPUsim (Hwang et al., IISWC 2023; github.com/casys-kaist/mNPUsim) as YAML
/// (docs/importers.md). `file` is named in errors, `source` in the model. Throws base::InputError with line
/// and column, base::OverflowError.
std::string mnpusim_yaml(std::string_view text, const std::string& file, const std::string& source);

}  // namespace inlay::importers::mnpusim
