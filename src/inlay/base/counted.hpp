#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace inlay::base {

/// "1 layer", "2 layers": for nouns and, with a `many` of its own, for what does not take an s.
template <typename Count>
std::string counted(Count count, std::string_view one, std::string_view many = "") {
  if (count == 1) {
    return fmt::format("1 {}", one);
  }
  return many.empty() ? fmt::format("{} {}s", count, one) : fmt::format("{} {}", count, many);
}

}  // namespace inlay::base
