#include "inlay/search/large/lagrangian_subproblem.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace inlay::search::large {
namespace {

using evaluate::StageFigures;

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// Latencies whose largest steady makes a step: what one step is wide, a bound is too low by. So three
/// quarters of them lie around the likely one.
std::vector<double> step_times(double from, double likely, double to) {
  constexpr int kNarrow = 48;
  constexpr int kWide = 8;
  const double begin = std::clamp(0.82 * likely, from, to);
  const double end = std::clamp(1.12 * likely, from, to);
  std::vector<double> times;
  const auto add = [&](double first, double last, int count) {
    for (int i = 0; i < count; ++i) {
      times.push_back(first + (last - first) * i / count);
    }
  };
  add(from, begin, kWide);
  add(begin, end, kNarrow);
  add(end, to, kWide);
  times.push_back(to);
  return times;
}

}  // namespace

double least_sum_of_first(const StageRows& rows, int places) {
  std::vector<double> least(static_cast<std::size_t>(rows.last_cut()) + 1, kInfinite);
  least.front() = 0.0;
  for (int y = 0; y < rows.last_cut(); ++y) {
    for (int place = 0; place < places; ++place) {
      const StageFigures* row = rows.row(y, place);
      for (int x = y + 1; x <= y + rows.length(y); ++x) {
        double& there = least[static_cast<std::size_t>(x)];
        there = std::min(there, least[static_cast<std::size_t>(y)] + row[x - y - 1].first);
      }
    }
  }
  return least.back();
}

/// Least multipliers of beginnings of pipelines: [cut][kind of the last chiplet][line][step].
struct LagrangianSubproblem::Table {
  std::size_t lines = 0;
  std::size_t steps = 0;
  std::size_t kinds = 0;
  std::vector<double> values;

  std::size_t block() const { return lines * steps; }
  void clear(int cuts) { values.assign(static_cast<std::size_t>(cuts) * kinds * block(), kInfinite); }
  double* at(int cut, std::size_t kind) {
    return values.data() + (static_cast<std::size_t>(cut) * kinds + kind) * block();
  }
  const double* at(int cut, std::size_t kind) const {
    return values.data() + (static_cast<std::size_t>(cut) * kinds + kind) * block();
  }
};

LagrangianSubproblem::LagrangianSubproblem(const MinibatchStagesOfRange& stages, const ChipletKinds& kinds,
                                           double from, double likely, double to, double most_per_second)
    : stages_(stages), kinds_(kinds), refills_(static_cast<double>(stages.rows.mini_batches() - 1)) {
  const bool one_step = refills_ == 0.0 || !std::isfinite(to);
  lines_ = {0.0};
  if (std::isfinite(to) && most_per_second > 0.0) {
    // Of a single mini-batch the lines alone tell pipelines apart, and cost little.
    const int lines = one_step ? 24 : 5;
    for (int line = 0; line < lines; ++line) {
      lines_.push_back(most_per_second * std::pow(one_step ? 0.85 : 0.5, line));
    }
  }
  if (one_step) {
    steps_ = {kInfinite};
  } else {
    const double least = stages.rows.least_steady();
    const auto step_for = [&](double time) {
      return std::max(least, (time - stages.least_first) / refills_);
    };
    for (const double time : step_times(from, likely, to)) {
      if (steps_.empty() || step_for(time) > steps_.back()) {
        steps_.push_back(step_for(time));
      }
    }
  }
  Table table;
  const Multipliers none{0.0, 0.0, std::vector<double>(kinds.kinds.size(), 0.0)};
  fill(none, {1.0}, table);
  least_first_.assign(steps_.size(), kInfinite);
  for (std::size_t kind = 0; kind < kinds.kinds.size(); ++kind) {
    for (std::size_t step = 0; step < steps_.size(); ++step) {
      least_first_[step] = std::min(least_first_[step], table.at(stages.rows.last_cut(), kind)[step]);
    }
  }
}

/// The first step that admits a stage; as many as there are if none does.
std::size_t LagrangianSubproblem::step_of(double steady) const {
  if (steady <= steps_.front()) {
    return 0;
  }
  if (!(steady <= steps_.back())) {
    return steps_.size();
  }
  return static_cast<std::size_t>(std::lower_bound(steps_.begin(), steps_.end(), steady) - steps_.begin());
}

/// Seconds that a time leaves for the sum of `first` where the largest steady is above the step before.
double LagrangianSubproblem::room(double time, std::size_t step) const {
  const double least = step == 0 ? stages_.rows.least_steady() : steps_[step - 1];
  return time - refills_ * least;
}

void LagrangianSubproblem::extend(const StageFigures* row, int length,
                                  const std::vector<double>& line_weights, double fixed,
                                  const Multipliers& multipliers, const double* from, double* to,
                                  std::size_t stride) const {
  const std::size_t steps = steps_.size();
  for (int d = 0; d < length; ++d, to += stride) {
    const StageFigures& stage = row[d];
    const std::size_t step = std::isfinite(stage.first) ? step_of(stage.steady) : steps;
    if (step == steps) {
      continue;
    }
    const double price = fixed + multipliers.per_joule * stage.energy +
                         multipliers.per_byte * static_cast<double>(stage.memory_bytes);
    for (std::size_t line = 0; line < line_weights.size(); ++line) {
      const double cost = price + line_weights[line] * stage.first;
      const double* const before = from + line * steps;
      double* const after = to + line * steps;
      for (std::size_t i = step; i < steps; ++i) {
        const double longer = before[i] + cost;
        after[i] = longer < after[i] ? longer : after[i];
      }
    }
  }
}

std::int64_t LagrangianSubproblem::fill(const Multipliers& multipliers,
                                        const std::vector<double>& line_weights, Table& table) const {
  table.lines = line_weights.size();
  table.steps = steps_.size();
  table.kinds = kinds_.kinds.size();
  table.clear(stages_.rows.last_cut() + 1);
  std::vector<double> before(table.block());
  std::int64_t evaluations = 0;
  for (int y = 0; y < stages_.rows.last_cut(); ++y) {
    for (std::size_t kind = 0; kind < table.kinds; ++kind) {
      std::fill(before.begin(), before.end(), y == 0 ? 0.0 : kInfinite);
      if (y > 0) {
        for (const int last : kinds_.kinds[kind].beside) {
          const double* const known = table.at(y, static_cast<std::size_t>(last));
          for (std::size_t i = 0; i < before.size(); ++i) {
            before[i] = std::min(before[i], known[i]);
          }
        }
      }
      if (std::isinf(before[table.steps - 1])) {
        continue;
      }
      const int length = stages_.rows.length(y);
      evaluations += length;
      extend(stages_.rows.row(y, kinds_.kinds[kind].place), length, line_weights,
             multipliers.per_chiplet[kind], multipliers, before.data(), table.at(y + 1, kind),
             table.kinds * table.block());
    }
  }
  return evaluations;
}

LagrangianSubproblem::Answer LagrangianSubproblem::ask(const Multipliers& multipliers,
                                                       const std::vector<double>& times,
                                                       double critical) const {
  thread_local Table table;
  Answer answer;
  answer.evaluations = fill(multipliers, lines_, table);
  std::vector<double> whole(table.block(), kInfinite);
  for (std::size_t kind = 0; kind < table.kinds; ++kind) {
    const double* const values = table.at(stages_.rows.last_cut(), kind);
    for (std::size_t i = 0; i < whole.size(); ++i) {
      whole[i] = std::min(whole[i], values[i]);
    }
  }
  const auto cheapest = [&](double time) {
    struct {
      double cost = kInfinite;
      std::size_t line = 0;
      std::size_t step = 0;
    } best;
    for (std::size_t step = 0; step < table.steps; ++step) {
      const double left = room(time, step);
      if (!(least_first_[step] <= left * (1.0 + 1e-12))) {
        continue;
      }
      double cost = whole[step];
      std::size_t highest = 0;
      for (std::size_t line = 1; line < table.lines; ++line) {
        const double on_line = whole[line * table.steps + step] - lines_[line] * left;
        if (on_line > cost) {
          cost = on_line;
          highest = line;
        }
      }
      if (cost < best.cost) {
        best = {cost, highest, step};
      }
    }
    return best;
  };
  for (const double time : times) {
    answer.least.push_back(cheapest(time).cost);
  }
  const auto best = cheapest(critical);
  if (std::isfinite(best.cost)) {
    answer.use = use_of(multipliers, table, best.line, best.step);
  }
  answer.use.cost = best.cost;
  return answer;
}

/// Follows the cheapest pipeline of a line and step from its end to its beginning.
PipelineUse LagrangianSubproblem::use_of(const Multipliers& multipliers, const Table& table, std::size_t line,
                                         std::size_t step) const {
  const std::size_t at = line * table.steps + step;
  PipelineUse use;
  use.chiplets.assign(table.kinds, 0);
  std::size_t kind = 0;
  int x = stages_.rows.last_cut();
  for (std::size_t other = 1; other < table.kinds; ++other) {
    kind = table.at(x, other)[at] < table.at(x, kind)[at] ? other : kind;
  }
  while (x > 0) {
    const double value = table.at(x, kind)[at];
    int from = -1;
    std::size_t before = 0;
    for (int y = x - 1; y >= 0 && from < 0; --y) {
      if (x - y > stages_.rows.length(y)) {
        continue;
      }
      const StageFigures& stage = stages_.rows.row(y, kinds_.kinds[kind].place)[x - y - 1];
      if (!std::isfinite(stage.first) || step_of(stage.steady) > step) {
        continue;
      }
      const double cost = multipliers.per_chiplet[kind] + multipliers.per_joule * stage.energy +
                          multipliers.per_byte * static_cast<double>(stage.memory_bytes) +
                          lines_[line] * stage.first;
      const auto follows = [&](double shorter) {
        return std::abs(shorter + cost - value) <= 1e-12 * std::abs(value);
      };
      if (y == 0) {
        from = follows(0.0) ? 0 : -1;
      } else {
        for (const int last : kinds_.kinds[kind].beside) {
          if (from < 0 && follows(table.at(y, static_cast<std::size_t>(last))[at])) {
            from = y;
            before = static_cast<std::size_t>(last);
          }
        }
      }
      if (from >= 0) {
        ++use.chiplets[kind];
        use.bytes += static_cast<double>(stage.memory_bytes);
      }
    }
    if (from < 0) {
      break;  // lost in rounding: what is known of the end must do
    }
    x = from;
    kind = before;
  }
  return use;
}

}  // namespace inlay::search::large
