#include "interrupt.hpp"

#include <unistd.h>

#include <csignal>

namespace inlay::app {
namespace {

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may only touch lock-free flags");

constexpr int kEndedByInterrupt = 128 + SIGINT;

extern "C" void on_interrupt(int) {
  if (interrupted.exchange(true)) {
    ::_exit(kEndedByInterrupt);
  }
}

}  // namespace

const std::atomic<bool>& catch_interrupt() {
  std::signal(SIGINT, on_interrupt);
  return interrupted;
}

}  // namespace inlay::app
