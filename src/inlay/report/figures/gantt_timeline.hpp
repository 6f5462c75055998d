#pragma once

#include <cstdint>
#include <vector>

#include "inlay/evaluate/schedule_cost.hpp"
#include "inlay/schedule/problem.hpp"
#include "inlay/schedule/schedule.hpp"

namespace inlay::report::figures {

/// What a chiplet does during a stretch of a stage.
enum class Activity { kWeights, kRead, kCompute, kSpill, kWrite, kExchange, kForward };

/// Seconds from the start of the scenario, as everywhere in a timeline.
struct ActivitySpan {
  Activity activity = Activity::kCompute;
  double begin = 0.0;
  double end = 0.0;
  std::int64_t bytes = 0;  // moved; 0 for computing
};

/// One mini-batch of a stage, or `count` of them in a row, each `period` after the one before.
struct StageBlock {
  int window = 0;
  int pipeline = 0;  // within its window
  int stage = 0;     // within its pipeline
  int chiplet = 0;
  std::int64_t mini_batch = 0;  // the first of them, from 0
  std::int64_t count = 1;
  double period = 0.0;              // 0 for a single one
  double begin = 0.0;               // of the first
  double end = 0.0;                 // of the last
  std::vector<ActivitySpan> spans;  // of the first; what takes no time is left out
};

struct WindowSpan {
  double begin = 0.0;
  double work_end = 0.0;  // its slowest pipeline is done
  double end = 0.0;       // barrier; later than work_end if the memory's bandwidth decides
  bool memory_bound = false;
};

struct Timeline {
  std::vector<WindowSpan> windows;
  std::vector<StageBlock> blocks;  // in the order window, pipeline, stage, mini-batch
  double end = 0.0;
};

/// When each chiplet does what, so that the last end is the latency that the evaluators give. The first
/// mini-batch passes the stages of a pipeline one after the other, each taking its `first` (fill). Afterwards
/// the slowest stage sets the pace: a stage ends its mini-batch j exactly j x (largest steady) after its
/// first one, and begins it `steady` before. That keeps every mini-batch behind its predecessor on the
/// chiplet and behind the stage before it, because steady <= first and steady <= largest steady, and the last
/// stage ends at sum of first + (n - 1) x largest steady (docs/model.md "A pipeline"). Pipelines of more than
/// `most_single` mini-batches get one block for all but the first.
Timeline timeline_of(const schedule::Problem& problem, const schedule::Schedule& schedule,
                     const evaluate::ScheduleCost& cost, std::int64_t most_single = 12);

}  // namespace inlay::report::figures
