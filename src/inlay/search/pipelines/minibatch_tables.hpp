#pragma once

#include <cmath>

#include "inlay/search/pipelines/completion_bound.hpp"
#include "inlay/search/pipelines/label.hpp"
#include "inlay/search/pipelines/pipeline.hpp"
#include "inlay/search/pipelines/pipeline_bound.hpp"

namespace inlay::search::pipelines {

/// A mini-batch size's stages and the lines to bound its pipelines with.
struct MinibatchStages {
  MinibatchStages(const PipelineQuestion& question, const PruningThreshold& threshold, int size_index,
                  const PipelineBound& bound);

  const PipelineQuestion& question;
  PipelineBound bound;  // of whole pipelines
  std::int64_t mini_batch;
  std::int64_t mini_batches;
  double refills;  // n - 1, or n where the window is repeated
  SupportingLines lines;
  StageGrid grid;

  /// Lower bounds of the weighted sums of whole pipelines.
  PerLine sums_of(const Completion& whole) const;
};

/// Everything about one mini-batch size that does not change while its pipelines are searched.
class MinibatchTables : public MinibatchStages {
 public:
  MinibatchTables(const PipelineQuestion& question, const PruningThreshold& threshold, int size_index,
                  const PipelineBound& bound);

  /// The latency bands in which a pipeline that also beats the finished ones is promising; empty if there are
  /// none.
  std::vector<LatencyBand> useful(const PruningThreshold& threshold, const ParetoFront& finished) const;
  /// No end of pipelines whose weighted sums up to a cut are at least `sums(line)` is promising. `steady` and
  /// `bytes` speak of the same pipelines, `rest` of what follows.
  template <typename Sums>
  bool can_prune(const std::vector<LatencyBand>& useful, const Sums& sums, double steady, double bytes,
                 const Completion& rest) const {
    const double refilling = refills * std::max(steady, rest.steady);
    double latency = sums(0) + rest.sums[0] + refilling;
    const PruningContext& around = question.context;
    // The bytes of the window bind the window, not when a pipeline with a limit of its own ends.
    if (dimensions.bytes && !std::isfinite(around.own_limit)) {
      latency = std::max(latency, (bytes + rest.bytes + around.window_bytes) * around.seconds_per_byte);
    }
    for (const LatencyBand& band : useful) {
      const auto line = static_cast<std::size_t>(band.line);
      if (latency <= band.latest &&
          sums(line) + rest.sums[line] + lines.time[line] * refilling < band.limit) {
        return false;
      }
    }
    return true;
  }

  LabelDimensions dimensions;
  CompletionBound completion;
  double latest;  // s

 private:
  PerLine least_{};  // of every pipeline
};

}  // namespace inlay::search::pipelines
