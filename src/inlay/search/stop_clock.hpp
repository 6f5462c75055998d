#pragma once

#include <chrono>
#include <string>

#include "inlay/search/answer.hpp"

namespace inlay::search {

/// Watches a stop rule while a search runs. Reading it from several threads is safe.
class StopClock {
 public:
  explicit StopClock(const StopRule& rule) : rule_(rule), begin_(std::chrono::steady_clock::now()) {}

  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }
  bool interrupted() const {
    return rule_.interrupted != nullptr && rule_.interrupted->load(std::memory_order_relaxed);
  }
  /// Time is up or the user has had enough: stop at once.
  bool expired() const { return interrupted() || seconds() >= rule_.time_limit; }
  /// Evaluations that may still be done after `done` of them.
  std::int64_t evaluations_left(std::int64_t done) const { return rule_.evaluations - done; }
  /// The word for the certificate, given that the search did not come to its end.
  std::string reason() const {
    if (interrupted()) {
      return "interrupt";
    }
    return seconds() >= rule_.time_limit ? "time limit" : "evaluations";
  }

 private:
  StopRule rule_;
  std::chrono::steady_clock::time_point begin_;
};

}  // namespace inlay::search
