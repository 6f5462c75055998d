#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "inlay/evaluate/contention.hpp"

namespace inlay::search::packing {

/// A pipeline of an unfinished window, as the ones still to come delay it. Never less delayed than another
/// one whose three numbers are all no larger.
struct Delay {
  double latency = 0.0;  // s, alone
  double own = 0.0;      // s of it that the memory moves its bytes
  double others = 0.0;   // s that the memory moves those of the window's other pipelines so far

  /// Given what pipelines still to come ask of the memory.
  double end(double to_come) const { return evaluate::delayed(latency, own * (others + to_come)); }
  bool within(const Delay& other) const {
    return latency <= other.latency && own <= other.own && others <= other.others;
  }
};

/// The pipelines of an unfinished window that may end last. Of more than it has places for it keeps those
/// that end last so far.
class DelaySet {
 public:
  /// Adds a pipeline to a window whose pipelines so far ask `before` seconds of the memory.
  void add(double latency, double memory, double before) {
    for (std::size_t i = 0; i < count_; ++i) {
      delays_[i].others += memory;
    }
    insert({latency, std::min(latency, memory), before});
  }
  /// A lower bound of the window's latency; exact if nothing was left out.
  double end(double to_come) const {
    double last = 0.0;
    for (std::size_t i = 0; i < count_; ++i) {
      last = std::max(last, delays_[i].end(to_come));
    }
    return last;
  }
  /// This window never ends after the other one, whatever is added to both, if that asks the memory for no
  /// more than `most_to_come`.
  bool never_after(const DelaySet& other, double most_to_come) const {
    if (left_out_) {
      return false;
    }
    const double other_end = other.end(0.0);
    return std::all_of(
        delays_.begin(), delays_.begin() + static_cast<std::ptrdiff_t>(count_),
        [&](const Delay& delay) { return other.covers(delay) || delay.end(most_to_come) <= other_end; });
  }
  bool left_out() const { return left_out_; }

 private:
  static constexpr std::size_t kPlaces = 4;

  bool covers(const Delay& delay) const {
    return std::any_of(delays_.begin(), delays_.begin() + static_cast<std::ptrdiff_t>(count_),
                       [&](const Delay& one) { return delay.within(one); });
  }
  void insert(const Delay& delay) {
    if (covers(delay)) {
      return;
    }
    std::size_t kept = 0;
    for (std::size_t i = 0; i < count_; ++i) {
      if (!delays_[i].within(delay)) {
        delays_[kept++] = delays_[i];
      }
    }
    count_ = kept;
    if (count_ < kPlaces) {
      delays_[count_++] = delay;
      return;
    }
    left_out_ = true;
    const auto first = std::min_element(delays_.begin(), delays_.end(), [](const Delay& a, const Delay& b) {
      return a.end(0.0) < b.end(0.0);
    });
    if (first->end(0.0) < delay.end(0.0)) {
      *first = delay;
    }
  }

  std::array<Delay, kPlaces> delays_;
  std::size_t count_ = 0;
  bool left_out_ = false;
};

}  // namespace inlay::search::packing
