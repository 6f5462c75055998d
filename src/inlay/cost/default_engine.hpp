#pragma once

namespace inlay::cost {

/// The engine that is taken where nobody names one.
inline constexpr const char* kDefaultEngine = "data-centric";

}  // namespace inlay::cost
