#pragma once

#include <string>

namespace inlay::importers::timeloop {

/// Whether the text is a layer of CoSA, or a problem of Timeloop whose shape is only named: sizes stand under
/// `problem` itself.
bool is_cosa_layer(const std::string& text);

/// The model of a layer file of CoSA (Huang et al., ISCA 2021; github.com/ucb-bar/cosa) as YAML
/// (docs/importers.md). `file` is named in errors, `source` in the model. Throws base::InputError with line,
/// column and field, base::OverflowError.
std::string cosa_yaml(const std::string& text, const std::string& file, const std::string& source);

}  // namespace inlay::importers::timeloop
