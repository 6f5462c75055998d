// The search for free sizes against enumerations that know nothing of its tables, bounds and pruning.
#include "inlay/cost/data_centric/tile_search.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "inlay/cost/balanced_pieces.hpp"
#include "inlay/cost/data_centric/layer_figures.hpp"
#include "support/random_mappings.hpp"

namespace inlay::cost::data_centric {
namespace {

/// A random mapping of which some sizes are free, and a chiplet that may be tight.
struct Case {
  RandomMapping mapping;
  hardware::ChipletType type;
  Tuning tuning = Tuning::kLatency;
};

class CaseGenerator {
 public:
  explicit CaseGenerator(std::uint64_t seed) : mappings_(seed), random_(seed + 1) {}

  Case next() {
    for (;;) {
      Case result{mappings_.next(), {}, static_cast<Tuning>(random_.between(0, 2))};
      if (workload::macs(result.mapping.shape) * result.mapping.mini_batch > 2000) {
        continue;
      }
      auto& flow = result.mapping.dataflow;
      free_some(flow.gemm.empty() ? flow.convolution : flow.gemm);
      const std::array<const char*, 3> words = {"weight", "output", "row"};
      flow.stationary = words[static_cast<std::size_t>(random_.between(0, 2))];
      result.type.dataflow = flow;
      result.type.pes = result.mapping.pes;
      result.type.l1_bytes = random_.between(0, 1) == 0 ? 1'000'000 : random_.between(6, 80);
      result.type.l2_bytes = random_.between(0, 1) == 0 ? 1'000'000 : random_.between(40, 900);
      result.type.noc_bytes_per_cycle = result.mapping.bandwidth;
      result.type.noc_hops = result.mapping.hops;
      result.type.energy.mac = 1.0;
      result.type.energy.l1_access = 1.68;
      result.type.energy.l2_access = 18.61;
      return result;
    }
  }

 private:
  void free_some(std::vector<dataflow::Directive>& directives) {
    int left = 3;
    for (dataflow::Directive& directive : directives) {
      const bool cluster = directive.kind == dataflow::DirectiveKind::kCluster;
      if (left > 0 && random_.between(0, cluster ? 3 : 1) == 0) {
        directive.sizing = dataflow::Sizing::kTuned;
        --left;
        if (random_.between(0, 2) == 0) {
          directive.size.clear();
          directive.offset.clear();
        }
      }
    }
  }

  MappingGenerator mappings_;
  base::Random random_;
};

Mapping mapping_of(const Case& example) {
  const RandomMapping& mapping = example.mapping;
  if (const auto* product = std::get_if<workload::GemmShape>(&mapping.shape)) {
    return {*product, mapping.mini_batch, mapping.dataflow, mapping.pes, true};
  }
  return {std::get<workload::ConvolutionShape>(mapping.shape), mapping.mini_batch, mapping.dataflow,
          mapping.pes, true};
}

/// All sizes of all free directives, one after the other.
class Enumeration {
 public:
  /// `every`: every size of a tile; otherwise the stated candidates.
  Enumeration(const Case& example, const Mapping& mapping, bool every)
      : example_(example), mapping_(mapping), every_(every) {}

  std::optional<Tuned> run() {
    visit(0);
    return best_;
  }
  Rank rank() const { return rank_; }

 private:
  void visit(std::size_t directive) {
    const auto directives = mapping_.directives();
    while (directive < directives.size() && !directives[directive].is_free()) {
      ++directive;
    }
    if (directive == directives.size()) {
      offer();
      return;
    }
    for (std::int64_t size = 1; size <= highest(directives[directive]); ++size) {
      sizes_[directive] = size;
      visit(directive + 1);
    }
    sizes_[directive] = 0;
  }

  std::int64_t highest(const MappedDirective& directive) const {
    return directive.is_cluster() ? mapping_.pes() : mapping_.layer().extent[directive.dimension];
  }

  std::optional<LoopNest> nest_of(const Sizes& sizes) const {
    try {
      return mapping_.nest(sizes);
    } catch (const base::InfeasibleError&) {
      return std::nullopt;
    }
  }

  /// Is every size among the candidates for what it cuts, or the size that stands for untuned engines?
  bool stated(const LoopNest& nest) const {
    Extents tile = nest.extent;
    std::size_t loop = 2;  // behind N and G
    const auto directives = mapping_.directives();
    for (std::size_t i = 0; i < directives.size(); ++i) {
      const MappedDirective& directive = directives[i];
      if (directive.is_cluster()) {
        const bool divides = mapping_.pes() % std::max<std::int64_t>(1, sizes_[i]) == 0;
        if (directive.is_free() && !divides && sizes_[i] != directive.size) {
          return false;
        }
        continue;
      }
      std::int64_t& whole = tile[directive.dimension];
      if (directive.is_free() && (sizes_[i] > whole || !is_candidate(i, whole, loop))) {
        return false;
      }
      whole = nest.loops[loop++].tile;
    }
    return true;
  }

  bool is_candidate(std::size_t directive, std::int64_t whole, std::size_t loop) const {
    for (std::int64_t pieces = 1; pieces <= whole; ++pieces) {
      if (every_ || sizes_[directive] == (whole + pieces - 1) / pieces) {
        return true;
      }
    }
    if (mapping_.directives()[directive].size == 0) {
      return false;
    }
    Sizes as_written = sizes_;
    as_written[directive] = 0;
    const auto nest = nest_of(as_written);
    return nest && nest->loops[loop].tile == sizes_[directive];
  }

  void offer() {
    const auto nest = nest_of(sizes_);
    if (!nest || !stated(*nest)) {
      return;
    }
    const workload::Precision& precision = example_.mapping.precision;
    const Network network{example_.type.noc_bytes_per_cycle, example_.type.noc_hops, precision};
    Tuned tuned{sizes_, analyse(*nest, network), {}};
    try {
      check_capacity(tuned.analysis, precision, example_.type);
    } catch (const base::InfeasibleError&) {
      return;
    }
    if (!stays(tuned.analysis)) {
      return;
    }
    tuned.cost = cost_of(tuned.analysis, precision, example_.type);
    const Rank rank = rank_of(tuned.cost, example_.tuning);
    if (!best_ || rank < rank_ || (rank == rank_ && tuned.sizes < best_->sizes)) {
      best_ = tuned;
      rank_ = rank;
    }
  }

  bool stays(const Analysis& analysis) const {
    const auto& extent = mapping_.layer().extent;
    const std::string& word = example_.type.dataflow.stationary;
    const std::int64_t weights = extent[kN] * extent[kG] * extent[kK] * extent[kC] * extent[kR] * extent[kS];
    return (word != "weight" || analysis.accesses[kWeight].l2_read <= weights) &&
           (word != "output" || analysis.partial_sums == 0);
  }

  const Case& example_;
  const Mapping& mapping_;
  bool every_;
  Sizes sizes_{};
  std::optional<Tuned> best_;
  Rank rank_;
};

std::optional<Tuned> tuned(const Case& example, const Mapping& mapping, const CandidateSizes& candidates,
                           SearchEffort& effort) {
  try {
    return tune(mapping, example.mapping.precision, example.type, example.tuning, candidates, &effort);
  } catch (const base::InfeasibleError&) {
    return std::nullopt;
  }
}

std::vector<std::int64_t> every_size(std::int64_t extent) {
  std::vector<std::int64_t> sizes;
  for (std::int64_t size = 1; size <= extent; ++size) {
    sizes.push_back(size);
  }
  return sizes;
}

void expect_same(const Case& example, const std::optional<Tuned>& found,
                 const std::optional<Tuned>& expected) {
  ASSERT_EQ(found.has_value(), expected.has_value()) << example.mapping.text();
  if (!found) {
    return;
  }
  ASSERT_EQ(found->cost, expected->cost) << example.mapping.text();
  ASSERT_EQ(found->sizes, expected->sizes) << example.mapping.text();
  ASSERT_EQ(found->analysis, expected->analysis) << example.mapping.text();
}

TEST(TileSearch, FindsTheOptimumOfAnEnumerationOfItsCandidates) {
  CaseGenerator cases(7);
  int feasible = 0;
  int refused = 0;
  std::int64_t choices = 0;
  std::int64_t analyses = 0;
  for (int i = 0; i < 700; ++i) {
    const Case example = cases.next();
    const Mapping mapping = mapping_of(example);
    SearchEffort effort;
    const auto found = tuned(example, mapping, balanced_pieces, effort);
    const auto expected = Enumeration(example, mapping, false).run();
    ASSERT_NO_FATAL_FAILURE(expect_same(example, found, expected)) << "case " << i;
    (found ? feasible : refused) += 1;
    choices += effort.choices;
    analyses += effort.analyses;
  }
  EXPECT_GT(feasible, 350);
  EXPECT_GT(refused, 50);
  EXPECT_LT(analyses, choices);  // something was pruned
}

TEST(TileSearch, CandidatesLoseLittleAgainstEverySize) {
  CaseGenerator cases(11);
  int compared = 0;
  int worse = 0;
  double sum = 0.0;
  double worst = 1.0;
  for (int i = 0; i < 700; ++i) {
    const Case example = cases.next();
    const Mapping mapping = mapping_of(example);
    SearchEffort effort;
    const auto found = tuned(example, mapping, balanced_pieces, effort);
    const auto all = tuned(example, mapping, every_size, effort);
    Enumeration enumeration(example, mapping, true);
    ASSERT_NO_FATAL_FAILURE(expect_same(example, all, enumeration.run())) << "case " << i;
    if (all && found) {
      const double ratio = rank_of(found->cost, example.tuning).objective / enumeration.rank().objective;
      ++compared;
      worse += ratio > 1.0 ? 1 : 0;
      sum += ratio;
      worst = std::max(worst, ratio);
    }
    ASSERT_EQ(all.has_value(), found.has_value()) << example.mapping.text();
  }
  std::printf("%d cases: %d worse than every size, mean %.5f, worst %.4f\n", compared, worse, sum / compared,
              worst);
  EXPECT_GT(compared, 350);
  EXPECT_LT(sum / compared, 1.01);
}

}  // namespace
}  // namespace inlay::cost::data_centric
