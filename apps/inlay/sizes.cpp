#include "sizes.hpp"

#include <fmt/format.h>

#include <charconv>

#include "inlay/base/error.hpp"

namespace inlay::app {

std::map<std::string, std::int64_t> read_sizes(const std::string& option,
                                               const std::vector<std::string>& texts, std::int64_t lowest) {
  constexpr std::int64_t kLargest = 1'000'000'000'000;
  std::map<std::string, std::int64_t> sizes;
  for (const std::string& text : texts) {
    const std::size_t at = text.rfind('=');
    std::int64_t size = 0;
    const char* begin = text.data() + (at == std::string::npos ? text.size() : at + 1);
    const auto [end, error] = std::from_chars(begin, text.data() + text.size(), size);
    if (at == std::string::npos || at == 0 || error != std::errc() || end != text.data() + text.size() ||
        size < lowest || size > kLargest) {
      throw base::InputError(fmt::format("{} '{}': NAME=SIZE is expected, with a size of {} to {}", option,
                                         text, lowest, kLargest));
    }
    if (!sizes.emplace(text.substr(0, at), size).second) {
      throw base::InputError(fmt::format("{} '{}': '{}' is set twice", option, text, text.substr(0, at)));
    }
  }
  return sizes;
}

}  // namespace inlay::app
