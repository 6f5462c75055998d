#pragma once

#include <string>

namespace inlay::report::text {

/// A strategy in words: what it does, and its options with what they may be. Throws base::InputError for an
/// unknown one.
std::string strategy_text(const std::string& strategy);

}  // namespace inlay::report::text
