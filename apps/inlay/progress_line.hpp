#pragma once

#include <fmt/format.h>
#include <unistd.h>

namespace inlay::app {

/// A line on standard error that is rewritten while something long goes on; on a terminal only, and wiped at
/// the end, however that comes.
class ProgressLine {
 public:
  bool shown() const { return shown_; }
  template <typename... Values>
  void say(fmt::format_string<Values...> format, Values&&... values) const {
    if (shown_) {
      fmt::print(stderr, "\r\033[K{}", fmt::format(format, std::forward<Values>(values)...));
    }
  }
  ProgressLine() = default;
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine() {
    if (shown_) {
      fmt::print(stderr, "\r\033[K");
    }
  }

 private:
  bool shown_ = ::isatty(STDERR_FILENO) == 1;
};

}  // namespace inlay::app
