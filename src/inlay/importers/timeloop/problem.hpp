#pragma once

#include <string>

namespace inlay::importers::timeloop {

/// Whether a line of the text begins with `problem:`.
bool has_problem(const std::string& text);

/// Whether the text is a problem of Timeloop that says its own shape, or has an instance.
bool is_timeloop_problem(const std::string& text);

/// The model of a problem of Timeloop (Parashar et al., ISPASS 2019) as YAML (docs/importers.md): what is a
/// convolution or a product of matrices by its data spaces, whatever the names of its dimensions. `file` is
/// named in errors, `source` in the model. Throws base::InputError with line, column and field,
/// base::OverflowError.
std::string timeloop_yaml(const std::string& text, const std::string& file, const std::string& source);

}  // namespace inlay::importers::timeloop
