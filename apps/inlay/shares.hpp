#pragma once

#include <string>

namespace inlay::app {

/// A share from 0% to below 100%, as "1%" or "0.01". Throws base::InputError that names `option` and shows
/// `example`.
double read_share(const std::string& option, const std::string& text, const std::string& example);

}  // namespace inlay::app
