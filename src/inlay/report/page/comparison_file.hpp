#pragma once

#include <string>

#include "inlay/report/text/comparison.hpp"

namespace inlay::report::page {

/// The reverse of `comparison_json`; also hands back the version of the program that wrote it. `file` names
/// the text in messages. Throws base::InputError with file and place.
text::Comparison read_comparison(const std::string& text, const std::string& file,
                                 std::string& program_version);

}  // namespace inlay::report::page
