#pragma once

#include "inlay/search/completion_bound.hpp"
#include "inlay/search/label.hpp"
#include "inlay/search/pipeline_search.hpp"

namespace inlay::search {

/// A mini-batch size's stages and the lines to bound its pipelines with.
struct SizeStages {
  SizeStages(const PipelineQuestion& question, const Allowance& allowance, int size_index,
             const PipelineBound& bound);

  const PipelineQuestion& question;
  PipelineBound bound;  // of whole pipelines
  std::int64_t mini_batch;
  std::int64_t mini_batches;
  double refills;  // n - 1
  Lines lines;
  StageGrid grid;

  /// Lower bounds of the weighted sums of whole pipelines.
  PerLine sums_of(const Completion& whole) const;
};

/// Everything about one mini-batch size that does not change while its pipelines are searched.
class SizeTables : public SizeStages {
 public:
  SizeTables(const PipelineQuestion& question, const Allowance& allowance, int size_index,
             const PipelineBound& bound);

  /// The slices in which a pipeline is of use that must beat the finished ones, too; none: no pipeline is.
  std::vector<Slice> useful(const Allowance& allowance, const Front& finished) const;
  /// No end of pipelines whose weighted sums up to a cut are at least `sums(line)` is of use. `steady` and
  /// `bytes` speak of the same pipelines, `rest` of what follows.
  template <typename Sums>
  bool hopeless(const std::vector<Slice>& useful, const Sums& sums, double steady, double bytes,
                const Completion& rest) const {
    const double refilling = refills * std::max(steady, rest.steady);
    double latency = sums(0) + rest.sums[0] + refilling;
    if (dimensions.bytes) {
      const Surroundings& around = question.surroundings;
      latency = std::max(latency, (bytes + rest.bytes + around.window_bytes) * around.seconds_per_byte);
    }
    for (const Slice& slice : useful) {
      const auto line = static_cast<std::size_t>(slice.line);
      if (latency <= slice.latest &&
          sums(line) + rest.sums[line] + lines.time[line] * refilling < slice.limit) {
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

}  // namespace inlay::search
