#pragma once

#include <cstdint>
#include <vector>

#include "inlay/search/large/chiplet_kinds.hpp"
#include "inlay/search/large/stage_rows.hpp"

namespace inlay::search::large {

/// What a window charges its pipelines for what they share: the multipliers of a Lagrangian relaxation.
struct Multipliers {
  double per_joule = 1.0;           // 0 where energy does not count
  double per_byte = 0.0;            // through memory
  std::vector<double> per_chiplet;  // [kind]
};

/// A mini-batch size's stages.
struct MinibatchStagesOfRange {
  StageRows rows;
  double least_first;  // s; no pipeline's sum of `first` is below it; infinite if there is no pipeline
};

/// No pipeline's sum of `first` is below it, on any of so many places.
double least_sum_of_first(const StageRows& rows, int places);

/// What the cheapest pipelines use.
struct PipelineUse {
  double cost = 0.0;
  std::vector<int> chiplets;  // [kind]
  double bytes = 0.0;
};

/// Lower bounds of the price of all pipelines of one mini-batch size within every latency. Relaxed: a chiplet
/// may hold several stages, and chiplets of kinds that are linked somewhere may follow each other.
///
/// Pipelines are told apart by their largest steady, in steps; within a step, by lines that support the front
/// of the sum of `first` against the price. All steps and lines are worked out in one dynamic programme over
/// cuts.
class LagrangianSubproblem {
 public:
  /// Latencies are asked for between `from` and `to` (s), both finite, or at infinity alone; steps are narrow
  /// around `likely`. `most_per_second`: what a second of the window may be worth at most, in the unit of
  /// multipliers.
  LagrangianSubproblem(const MinibatchStagesOfRange& stages, const ChipletKinds& kinds, double from,
                       double likely, double to, double most_per_second);

  struct Answer {
    std::vector<double> least;  // [time] no pipeline within it is cheaper; infinite: there is none
    PipelineUse use;            // of the cheapest one within the critical time
    std::int64_t evaluations = 0;
  };
  Answer ask(const Multipliers& multipliers, const std::vector<double>& times, double critical) const;

 private:
  struct Table;
  std::int64_t fill(const Multipliers& multipliers, const std::vector<double>& line_weights,
                    Table& table) const;
  void extend(const evaluate::StageFigures* row, int length, const std::vector<double>& line_weights,
              double fixed, const Multipliers& multipliers, const double* from, double* to,
              std::size_t stride) const;
  PipelineUse use_of(const Multipliers& multipliers, const Table& table, std::size_t line,
                     std::size_t step) const;
  std::size_t step_of(double steady) const;
  double room(double time, std::size_t step) const;

  const MinibatchStagesOfRange& stages_;
  const ChipletKinds& kinds_;
  double refills_;  // n - 1
  std::vector<double>
      steps_;  // s, ascending: largest steady of a step's pipelines; the last one is infinite at n = 1
  std::vector<double> lines_;        // weight of a second of `first`
  std::vector<double> least_first_;  // [step] s
};

}  // namespace inlay::search::large
