#pragma once

#include "inlay/evaluate/schedule_cost.hpp"

namespace inlay::evaluate {

/// The cost of a schedule, as a plain transcription of docs/model.md, one tensor and one layer at a time:
/// slow, made for reading, for `verify` and as the witness of the fast evaluator. The schedule must be
/// structurally valid (schedule::check). Throws base::InfeasibleError naming model, layer, chiplet and limit
/// if a stage does not fit L2.
ScheduleCost evaluate_reference(const schedule::Problem& problem, const schedule::Schedule& schedule);

/// Stage number `stage` of a pipeline that is all that its model has in a window; throws as above.
StageCost evaluate_stage(const schedule::Problem& problem, const schedule::Pipeline& pipeline,
                         std::size_t stage);

}  // namespace inlay::evaluate
