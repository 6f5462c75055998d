#include "shares.hpp"

#include <fmt/format.h>

#include <charconv>

#include "inlay/base/error.hpp"

namespace inlay::app {

double read_share(const std::string& option, const std::string& text, const std::string& example) {
  const bool percent = text.ends_with('%');
  const char* end = text.data() + text.size() - (percent ? 1 : 0);
  double value = 0.0;
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  value = percent ? value / 100.0 : value;
  if (error != std::errc{} || stop != end || !(value >= 0.0 && value < 1.0)) {
    throw base::InputError(
        fmt::format("{}: '{}' is not a share from 0% to below 100%; for example {}", option, text, example));
  }
  return value;
}

}  // namespace inlay::app
