#pragma once

#include <cstdint>
#include <string>

#include "inlay/cost/data_centric/analysis.hpp"
#include "inlay/cost/data_centric/axis_options.hpp"
#include "inlay/cost/data_centric/mapping.hpp"
#include "inlay/cost/layer_cost.hpp"
#include "inlay/cost/tuning.hpp"
#include "inlay/hardware/package.hpp"

namespace inlay::cost::data_centric {

/// What sizes are compared by: the objective first, then what decides between equals.
struct Rank {
  double objective = 0.0;
  double second = 0.0;
  std::int64_t tile_bytes = 0;
  auto operator<=>(const Rank&) const = default;
};
Rank rank_of(const LayerCost& cost, Tuning tuning);

/// L2 reads that a dataflow may not exceed whose tensor is to stay: each weight once per sample, each input
/// once, no partial sum; without a limit where the dataflow's word promises nothing of the kind.
struct Stationarity {
  std::int64_t weight_reads;
  std::int64_t input_reads;
  std::int64_t partial_sums;
  bool holds(const Analysis& analysis) const;
};
Stationarity stationarity(const LoopNest& layer, const std::string& stationary);

struct Tuned {
  Sizes sizes{};
  Analysis analysis;
  LayerCost cost;
};

/// How much work a search was.
struct SearchEffort {
  std::int64_t choices = 0;   // whose counts were worked out from the axes' tables
  std::int64_t analyses = 0;  // whose steps were analysed
};

/// The best sizes for a layer among all that fit L1 and L2, keep in place what the dataflow says is
/// stationary, and consist of candidates (docs/engine-data-centric.md, section 8). The choices that are
/// skipped have a lower bound of their rank that is not below the best one's, so the answer is that of an
/// enumeration. Throws base::InfeasibleError with the reason if no sizes do.
Tuned tune(const Mapping& mapping, const workload::Precision& precision, const hardware::ChipletType& type,
           Tuning tuning, const CandidateSizes& candidates, SearchEffort* effort = nullptr);
/// With the candidates ceil(extent / i).
Tuned tune(const Mapping& mapping, const workload::Precision& precision, const hardware::ChipletType& type,
           Tuning tuning);

/// The chosen sizes as text, "K 4, C 128, X' 7, Cluster 64" in the order of the directives; rows and columns
/// are those of the output.
std::string tiling_text(const Mapping& mapping, const Sizes& sizes);

}  // namespace inlay::cost::data_centric
