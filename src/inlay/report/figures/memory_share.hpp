#pragma once

#include <string>

#include "inlay/evaluate/schedule_cost.hpp"
#include "inlay/schedule/problem.hpp"

namespace inlay::report::figures {

/// From this share on, a communication without contention is worth a warning: beyond it the replay of
/// schedules takes 5 to 36% longer than such a model says.
constexpr double kMuchMemory = 0.4;

/// The window in which the memory is busy for the largest share of the time, of those with several pipelines.
struct BusiestWindow {
  std::size_t window = 0;
  double share = 0.0;  // 0 if no window has several pipelines
};
BusiestWindow busiest_shared_window(const evaluate::ScheduleCost& cost);

/// "15.4% of the time"; of several windows, each one's share, of many the largest.
std::string memory_shares(const evaluate::ScheduleCost& cost);

/// What a communication without contention leaves out of this schedule; empty if little.
std::string contention_warning(schedule::Communication communication, const BusiestWindow& busiest);

}  // namespace inlay::report::figures
