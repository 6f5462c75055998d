#pragma once

#include <coin/Cbc_C_Interface.h>

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "inlay/base/checked.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/evaluate/segment_table.hpp"
#include "inlay/evaluate/stage_figures.hpp"
#include "inlay/search/windows/window_partition.hpp"

namespace inlay::testing {

/// The schedules over one partition of the layers into windows as a mixed-integer linear programme, solved by
/// CBC. Nothing of it comes from the search; stages have the fast evaluator's figures, and what CBC finds is
/// costed by the reference evaluator.
///
/// Per window, model and mini-batch size: x(i, j, c) = 1 if layers [i, j) are a stage on chiplet c;
/// t(i, c, d) = 1 if the stage that ends before layer i stands on c and the next one on its neighbour d. The
/// x of a model are one path from its first layer to its last, joined by the t; no chiplet has two of a
/// window's x. With R >= (n - 1) x steady of every stage a window lasts at least as long as any model's sum
/// of `first`, plus R, and as all its bytes.
class Milp {
 public:
  struct Point {
    double latency = 0.0;  // s
    double energy = 0.0;   // J, static energy included
  };
  static constexpr double kNoLimit = std::numeric_limits<double>::infinity();

  Milp(const schedule::Problem& problem, const search::windows::WindowPartition& partition)
      : problem_(problem), constants_(problem) {
    std::vector<Term> latencies;
    std::vector<Term> energies;
    for (const auto& ranges : partition.windows) {
      latencies.push_back({add_window(ranges, energies), 1.0});
    }
    latency_ = add_column(false);
    energy_ = add_column(false);
    latencies.push_back({latency_, -1.0});
    add_row(latencies, 'E', 0.0);
    energies.push_back({latency_, problem.package.static_power});
    energies.push_back({energy_, -1.0});
    add_row(energies, 'E', 0.0);
  }

  /// A schedule of least latency (or energy) of those within a latency; nothing if there is none.
  std::optional<Point> least(bool of_latency, double latest = kNoLimit) const {
    // A model of CBC is for one solution: it remembers what it has found.
    const std::unique_ptr<Cbc_Model, void (*)(Cbc_Model*)> model(Cbc_newModel(), Cbc_deleteModel);
    for (const char* const* option : {kSilent, kNoStep, kNoRatio, kNoGap, kNoHeuristics, kNoPreprocessing}) {
      Cbc_setParameter(model.get(), option[0], option[1]);
    }
    for (std::size_t i = 0; i < whole_.size(); ++i) {
      Cbc_addCol(model.get(), "", 0.0, whole_[i] ? 1.0 : kNoLimit, 0.0, whole_[i] ? 1 : 0, 0, nullptr,
                 nullptr);
    }
    for (const Row& row : rows_) {
      Cbc_addRow(model.get(), "", static_cast<int>(row.columns.size()), row.columns.data(),
                 row.factors.data(), row.sense, row.right);
    }
    Cbc_setObjCoeff(model.get(), of_latency ? latency_ : energy_, 1.0);
    Cbc_setColUpper(model.get(), latency_, latest / kUnit);
    Cbc_solve(model.get());
    if (Cbc_isProvenOptimal(model.get()) == 0) {
      return std::nullopt;
    }
    const evaluate::ScheduleCost cost =
        evaluate::evaluate_reference(problem_, schedule_of(Cbc_getColSolution(model.get())));
    return Point{cost.latency, cost.energy.total()};
  }

 private:
  /// Seconds and joules are small, CBC's tolerances absolute: everything is in nanoseconds and nanojoules.
  static constexpr double kUnit = 1e-9;
  static constexpr const char* kSilent[] = {"log", "0"};
  static constexpr const char* kNoStep[] = {"increment", "1e-7"};
  static constexpr const char* kNoRatio[] = {"ratioGap", "0"};
  static constexpr const char* kNoGap[] = {"allowableGap", "0"};
  // What pays for large programmes only.
  static constexpr const char* kNoHeuristics[] = {"heuristicsOnOff", "off"};
  static constexpr const char* kNoPreprocessing[] = {"preprocess", "off"};

  struct Term {
    int column;
    double factor;
  };
  /// A stage that may be: a column that is 0 or 1.
  struct Choice {
    int column = 0;
    std::size_t window = 0;
    int model = 0;
    std::int64_t mini_batch = 1;
    schedule::Stage stage;
  };
  using Rows = std::map<std::pair<int, int>, std::vector<Term>>;  // by cut and chiplet

  struct Row {
    std::vector<int> columns;
    std::vector<double> factors;
    char sense;
    double right;
  };

  int add_column(bool whole) {
    whole_.push_back(whole);
    return static_cast<int>(whole_.size()) - 1;
  }
  void add_row(const std::vector<Term>& terms, char sense, double right) {
    Row row{{}, {}, sense, right};
    for (const Term& term : terms) {
      row.columns.push_back(term.column);
      row.factors.push_back(term.factor);
    }
    rows_.push_back(std::move(row));
  }

  /// Returns the column of the window's latency; adds its stages to the terms of the energy.
  int add_window(const std::vector<search::windows::LayerRange>& ranges, std::vector<Term>& energies) {
    const int latency = add_column(false);
    std::vector<std::vector<Term>> on(problem_.package.chiplets.size());
    std::vector<Term> bytes = {{latency, -1.0}};
    for (std::size_t model = 0; model < ranges.size(); ++model) {
      if (!ranges[model].empty()) {
        add_model(static_cast<int>(model), ranges[model], latency, on, bytes, energies);
      }
    }
    for (const std::vector<Term>& chiplet : on) {
      if (!chiplet.empty()) {
        add_row(chiplet, 'L', 1.0);
      }
    }
    if (problem_.communication == schedule::Communication::kShared) {
      add_row(bytes, 'L', 0.0);
    }
    ++windows_;
    return latency;
  }

  void add_model(int model, const search::windows::LayerRange& range, int latency,
                 std::vector<std::vector<Term>>& on, std::vector<Term>& bytes, std::vector<Term>& energies) {
    const int refilling = add_column(false);
    std::vector<Term> takes = {{refilling, 1.0}, {latency, -1.0}};
    std::vector<Term> begins;
    for (const std::int64_t size : problem_.costs.models[static_cast<std::size_t>(model)].mini_batches) {
      const std::int64_t n =
          base::ceil_divide(problem_.scenario.models[static_cast<std::size_t>(model)].batch, size);
      Rows ends;    // stages that end at a cut on a chiplet, and where the next one may stand
      Rows starts;  // stages that begin there, and where the one before may have stood
      for (int chiplet = 0; chiplet < static_cast<int>(on.size()); ++chiplet) {
        const hardware::Chiplet& place = problem_.package.chiplets[static_cast<std::size_t>(chiplet)];
        evaluate::SegmentTable table(problem_, model, range.first, range.last, size, place.type);
        for (int first = range.first; first < range.last; ++first) {
          for (int last = first + 1; last <= range.last; ++last) {
            const evaluate::Segment& segment = table.exact(first, last);
            if (!segment.feasible) {
              continue;
            }
            const evaluate::StageFigures figures = evaluate::stage_figures(
                constants_, segment, problem_.package.memory_hops[static_cast<std::size_t>(chiplet)],
                last == range.last ? 0 : 1,
                problem_.package.types[static_cast<std::size_t>(place.type)].energy.l2_access, n);
            const int x = add_column(true);
            choices_.push_back({x, windows_, model, size, {first, last, chiplet}});
            on[static_cast<std::size_t>(chiplet)].push_back({x, 1.0});
            takes.push_back({x, figures.first / kUnit});
            energies.push_back({x, figures.energy / kUnit});
            bytes.push_back({x, static_cast<double>(figures.memory_bytes) /
                                    hardware::total_memory_bandwidth(problem_.package) / kUnit});
            add_row({{x, static_cast<double>(n - 1) * figures.steady / kUnit}, {refilling, -1.0}}, 'L', 0.0);
            if (first == range.first) {
              begins.push_back({x, 1.0});
            } else {
              starts[{first, chiplet}].push_back({x, 1.0});
            }
            if (last != range.last) {
              ends[{last, chiplet}].push_back({x, 1.0});
            }
          }
        }
      }
      join_stages(range, ends, starts);
    }
    add_row(begins, 'E', 1.0);
    add_row(takes, 'L', 0.0);
  }

  void join_stages(const search::windows::LayerRange& range, Rows& ends, Rows& starts) {
    for (int cut = range.first + 1; cut < range.last; ++cut) {
      for (int from = 0; from < static_cast<int>(problem_.package.chiplets.size()); ++from) {
        for (const int to : problem_.package.neighbours[static_cast<std::size_t>(from)]) {
          const int t = add_column(true);
          ends[{cut, from}].push_back({t, -1.0});
          starts[{cut, to}].push_back({t, -1.0});
        }
      }
    }
    for (const Rows* rows : {&ends, &starts}) {
      for (const auto& [at, terms] : *rows) {
        add_row(terms, 'E', 0.0);
      }
    }
  }

  /// What CBC has chosen.
  schedule::Schedule schedule_of(const double* solution) const {
    std::vector<std::map<int, schedule::Pipeline>> windows(windows_);
    for (const Choice& choice : choices_) {
      if (solution[choice.column] > 0.5) {
        schedule::Pipeline& pipeline = windows[choice.window][choice.model];
        pipeline.model = choice.model;
        pipeline.mini_batch = choice.mini_batch;
        pipeline.stages.push_back(choice.stage);
      }
    }
    schedule::Schedule schedule;
    for (auto& window : windows) {
      schedule.windows.emplace_back();
      for (auto& [model, pipeline] : window) {
        std::sort(pipeline.stages.begin(), pipeline.stages.end(),
                  [](const schedule::Stage& a, const schedule::Stage& b) { return a.first < b.first; });
        schedule.windows.back().pipelines.push_back(std::move(pipeline));
      }
    }
    return schedule;
  }

  const schedule::Problem& problem_;
  evaluate::FigureConstants constants_;
  std::vector<bool> whole_;  // [column] 0 or 1; else at least 0
  std::vector<Row> rows_;
  std::size_t windows_ = 0;
  std::vector<Choice> choices_;
  int latency_ = 0;
  int energy_ = 0;
};

}  // namespace inlay::testing
