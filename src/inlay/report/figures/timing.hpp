#pragma once

#include <string>
#include <vector>

#include "inlay/evaluate/schedule_cost.hpp"
#include "inlay/schedule/problem.hpp"
#include "inlay/schedule/schedule.hpp"

namespace inlay::report::figures {

/// "30/s, done within 990 ms, after eyecod, with probability 0.5": what a scenario says of when the samples
/// of a model come and are due; empty if it says nothing.
std::string wanted_timing(const workload::Scenario& scenario, std::size_t model);

/// Of a model with a rate or a deadline whether a schedule keeps to it.
struct TimingRow {
  std::string model;
  std::string rate;      // "30/s asked for, 41.2/s reached: kept"; empty without a rate
  std::string deadline;  // "990 ms, done after 731 ms: kept"; empty without a deadline
};

/// In the scenario's order. The rate that is reached is that of the schedule repeated without a pause: a
/// batch in each of its latencies.
std::vector<TimingRow> timing_rows(const schedule::Problem& problem, const schedule::Schedule& schedule,
                                   const evaluate::ScheduleCost& cost);

}  // namespace inlay::report::figures
