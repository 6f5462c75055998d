// What a search is asked and what it answers: options, certificate, answer.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "inlay/base/error.hpp"
#include "inlay/objective/objective.hpp"
#include "inlay/schedule/problem.hpp"
#include "inlay/schedule/schedule.hpp"
#include "inlay/search/settings.hpp"

namespace inlay::search {

using objective::Objective;

/// When a search ends before it has proven its answer.
struct StopRule {
  double time_limit = std::numeric_limits<double>::infinity();  // s
  double gap = 0.0;                                             // relative: (value - bound) / value
  std::int64_t evaluations = std::numeric_limits<std::int64_t>::max();
  const std::atomic<bool>* interrupted = nullptr;  // set by Ctrl-C
};

/// A better schedule has been found: objective value so far and lower bound so far.
using Progress = std::function<void(double value, double bound)>;

struct Options {
  StopRule stop;
  std::uint64_t seed = 1;
  int threads = 1;
  /// What the strategies let their users choose.
  Settings settings;
  /// Start from this schedule: the answer is never worse.
  std::optional<schedule::Schedule> start;
  Progress progress;
};

/// What an answer is worth.
struct Certificate {
  std::string strategy;
  Objective objective = Objective::kEdp;
  double value = 0.0;        // of the schedule, to be minimised
  double lower_bound = 0.0;  // no schedule of the space is below it
  double gap = 0.0;          // (value - lower_bound) / value
  bool proven = false;       // the gap is zero but for rounding (1e-9 relative dominance)
  std::string space;         // the set of schedules that the bound speaks of
  std::string binds;         // what holds the lower bound up
  std::string stopped_by;    // "proof", "gap", "time limit", "evaluations", "interrupt", "memory"
  std::uint64_t seed = 1;
  std::int64_t evaluations = 0;  // stages appended to partial pipelines, or whole schedules for the baselines
  double seconds = 0.0;
  /// The strategy's options and their values.
  std::vector<std::pair<std::string, std::string>> options;
};

/// A search was stopped before it had any schedule: whether there is one is open.
class StoppedEarly : public base::InfeasibleError {
 public:
  using InfeasibleError::InfeasibleError;
};

struct Answer {
  schedule::Schedule schedule;
  Certificate certificate;
};

/// A schedule of a front of latency and energy.
struct FrontPoint {
  schedule::Schedule schedule;
  double latency = 0.0;  // s
  double energy = 0.0;   // J, static energy included
};

/// What a front is worth.
struct FrontCertificate {
  std::string strategy;
  /// Every schedule of the space has a point of the front that is at most (1 + gap) times it in latency and
  /// in energy.
  double gap = 0.0;
  bool proven = false;         // the gap is zero but for rounding: the front is whole
  double least_latency = 0.0;  // s; no schedule of the space is faster
  double least_energy = 0.0;   // J; no schedule of the space needs less
  std::string space;
  std::string stopped_by;  // as in Certificate
  std::uint64_t seed = 1;
  std::int64_t evaluations = 0;
  double seconds = 0.0;
  std::vector<std::pair<std::string, std::string>> options;
};

struct FrontAnswer {
  std::vector<FrontPoint> points;  // latency ascending, energy descending
  FrontCertificate certificate;
};

}  // namespace inlay::search
