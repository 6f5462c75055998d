#include "progress_line.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>

namespace inlay::app {
namespace {
std::atomic<bool> there_is_a_line = false;
constexpr const char* kEmptyLine = "\r\033[K";
}  // namespace

bool shows_progress() {
  static const bool kShows = ::isatty(STDERR_FILENO) == 1;
  return kShows;
}

void show_progress(std::string_view text) {
  if (shows_progress()) {
    there_is_a_line = true;
    fmt::print(stderr, "{}{}", kEmptyLine, text);
  }
}

void end_progress() {
  if (there_is_a_line.exchange(false)) {
    fmt::print(stderr, "{}", kEmptyLine);
  }
}

}  // namespace inlay::app
