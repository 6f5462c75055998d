#pragma once

#include <string_view>

namespace inlay::base {

/// The program's version, as in CMakeLists.txt; written into every output.
std::string_view version();

}  // namespace inlay::base
