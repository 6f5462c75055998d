#include "inlay/search/large/interval_pipelines.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace inlay::search::large {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// The cheapest beginning of a pipeline up to a cut whose stages are no slower than a step.
struct Beginning {
  double price = kInfinite;
  double first = 0.0;   // s
  double steady = 0.0;  // s
  double energy = 0.0;
  double bytes = 0.0;
  int from = -1;  // index of the cut where the last stage begins
};

}  // namespace

/// The dynamic programme of one mini-batch size: [stages][cut][step].
struct IntervalPipelines::Run {
  std::size_t cuts = 0;
  std::size_t steps = 0;
  std::vector<Beginning> table;
  std::int64_t evaluations = 0;
  Beginning* at(int stages, std::size_t cut) {
    return table.data() + (static_cast<std::size_t>(stages) * cuts + cut) * steps;
  }
};

IntervalPipelines::IntervalPipelines(const IntervalQuestion& question, const ModelStages& stages,
                                     const std::vector<int>& cuts, std::vector<int> places)
    : question_(question), stages_(stages), cuts_(cuts), places_(std::move(places)) {
  best_.assign(static_cast<std::size_t>(most_stages()) * question.levels.size(), {kInfinite});
  for (std::size_t size = 0; size < stages.sizes.size(); ++size) {
    Run tables = run(size, most_stages());
    evaluations_ += tables.evaluations;
    const auto refills = static_cast<double>(stages.sizes[size].rows.mini_batches() - 1);
    for (int count = 1; count <= most_stages(); ++count) {
      const Beginning* const whole = tables.at(count, tables.cuts - 1);
      for (std::size_t step = 0; step < tables.steps; ++step) {
        const double latency = whole[step].first + refills * whole[step].steady;
        const auto level = static_cast<std::size_t>(
            std::lower_bound(question.levels.begin(), question.levels.end(), latency) -
            question.levels.begin());
        const double price = whole[step].price - question.per_second * whole[step].first;
        if (level < question.levels.size() && price < best_[index(count, level)].price) {
          best_[index(count, level)] = {price, static_cast<int>(size), static_cast<int>(step)};
        }
      }
    }
  }
  for (int count = 1; count <= most_stages(); ++count) {
    for (std::size_t level = 1; level < question.levels.size(); ++level) {
      if (best_[index(count, level - 1)].price < best_[index(count, level)].price) {
        best_[index(count, level)] = best_[index(count, level - 1)];
      }
    }
  }
}

IntervalPipelines::Run IntervalPipelines::run(std::size_t size, int stages) const {
  const MinibatchStagesOfRange& of_size = stages_.sizes[size];
  const auto refills = static_cast<double>(of_size.rows.mini_batches() - 1);
  std::vector<double> steps;
  for (const double level : question_.levels) {
    // Of a single mini-batch the largest steady does not matter.
    const double step = refills == 0.0 ? kInfinite : (level - of_size.least_first) / refills;
    if (level >= of_size.least_first && (steps.empty() || step > steps.back())) {
      steps.push_back(step);
    }
  }
  Run result;
  result.cuts = cuts_.size();
  result.steps = steps.size();
  result.table.assign(static_cast<std::size_t>(stages + 1) * result.cuts * result.steps, {});
  for (std::size_t step = 0; step < steps.size(); ++step) {
    result.at(0, 0)[step].price = 0.0;
  }
  for (int count = 1; count <= stages && !steps.empty(); ++count) {
    const int place = places_[static_cast<std::size_t>(count - 1)];
    for (std::size_t from = 0; from + 1 < cuts_.size(); ++from) {
      const Beginning* const before = result.at(count - 1, from);
      if (std::isinf(before[steps.size() - 1].price)) {
        continue;
      }
      const int y = cuts_[from];
      const evaluate::StageFigures* const row = of_size.rows.row(y, place);
      for (std::size_t to = from + 1; to < cuts_.size() && cuts_[to] - y <= of_size.rows.length(y); ++to) {
        const evaluate::StageFigures& stage = row[cuts_[to] - y - 1];
        ++result.evaluations;
        if (!std::isfinite(stage.first)) {
          continue;
        }
        const auto bytes = static_cast<double>(stage.memory_bytes);
        const double price = question_.per_joule * stage.energy + question_.per_byte * bytes +
                             question_.per_second * stage.first;
        Beginning* const after = result.at(count, to);
        for (std::size_t step = steps.size(); step-- > 0 && stage.steady <= steps[step];) {
          const Beginning& shorter = before[step];
          if (shorter.price + price < after[step].price) {
            after[step] = {shorter.price + price,
                           shorter.first + stage.first,
                           std::max(shorter.steady, stage.steady),
                           shorter.energy + stage.energy,
                           shorter.bytes + bytes,
                           static_cast<int>(from)};
          }
        }
      }
    }
  }
  return result;
}

IntervalPipeline IntervalPipelines::pipeline(int stages, std::size_t level) const {
  const Best& best = best_[index(stages, level)];
  Run tables = run(static_cast<std::size_t>(best.size), stages);
  const auto step = static_cast<std::size_t>(best.step);
  const StageRows& rows = stages_.sizes[static_cast<std::size_t>(best.size)].rows;
  const Beginning& whole = tables.at(stages, tables.cuts - 1)[step];
  IntervalPipeline result;
  result.latency = whole.first + static_cast<double>(rows.mini_batches() - 1) * whole.steady;
  result.energy = whole.energy;
  result.bytes = whole.bytes;
  result.mini_batch = rows.mini_batch();
  result.cuts.push_back(stages_.range.last);
  std::size_t cut = tables.cuts - 1;
  for (int count = stages; count > 0; --count) {
    cut = static_cast<std::size_t>(tables.at(count, cut)[step].from);
    result.cuts.push_back(rows.layer(cuts_[cut]));
  }
  std::reverse(result.cuts.begin(), result.cuts.end());
  return result;
}

}  // namespace inlay::search::large
