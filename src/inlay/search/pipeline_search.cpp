#include "inlay/search/pipeline_search.hpp"

#include <tbb/info.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "inlay/base/checked.hpp"
#include "inlay/search/stage_grid.hpp"

namespace inlay::search {
namespace {

using evaluate::StageFigures;

/// The labels of one trie node: all that end at cut x stand in [begin[x], begin[x + 1]).
struct NodeLabels {
  std::vector<Label> labels;
  std::vector<std::size_t> begin;
  /// Least coordinates of each cut's labels, to skip a whole cut at once.
  std::vector<Label> least;
};

bool is_finite(const StageFigures& stage) {
  return std::isfinite(stage.first);
}

/// The search of one mini-batch size.
class SizeSearch {
 public:
  SizeSearch(const PipelineQuestion& question, int size_index, const StopClock& clock,
             std::int64_t evaluations_left)
      : question_(question),
        mini_batch_(question.problem.costs.models[static_cast<std::size_t>(question.model)]
                        .mini_batches[static_cast<std::size_t>(size_index)]),
        mini_batches_(base::ceil_divide(
            question.problem.scenario.models[static_cast<std::size_t>(question.model)].batch, mini_batch_)),
        refills_(static_cast<double>(mini_batches_ - 1)),
        clock_(clock),
        evaluations_left_(evaluations_left),
        grid_(question, mini_batch_, mini_batches_) {
    const Objective& objective = question.surroundings.objective;
    dimensions_.time = objective.counts_latency() || question.surroundings.static_power > 0.0 ||
                       std::isfinite(question.surroundings.latency_limit);
    dimensions_.energy = objective.counts_energy();
    dimensions_.bytes = dimensions_.time && question.surroundings.seconds_per_byte > 0.0;
  }

  PipelineFront run() {
    const auto nothing = static_cast<std::size_t>(grid_.last_cut()) + 1;
    NodeLabels root;
    root.labels = {Label{}};
    root.begin.assign(nothing + 1, 1);
    root.begin[0] = 0;
    root.least.assign(nothing, Label{});
    chain_.push_back(&root);
    for (const int node : question_.trie.roots) {
      expand(node);
    }
    return std::move(front_);
  }

 private:
  const PathTrie::Node& node_at(int node) const {
    return question_.trie.nodes[static_cast<std::size_t>(node)];
  }

  void expand(int node) {
    if (!front_.complete) {
      return;
    }
    const bool leaf = node_at(node).children.empty() || node_at(node).depth >= question_.longest;
    NodeLabels labels;
    labels.begin.push_back(0);
    for (int x = 0; x <= grid_.last_cut(); ++x) {
      const bool wanted = x == grid_.last_cut() || (!leaf && x > 0);
      if (wanted) {
        fill_cut(node, x, labels);
      }
      close_cut(labels);
      if (front_.evaluations > evaluations_left_ || (x % 8 == 0 && clock_.expired())) {
        front_.complete = false;
        return;
      }
    }
    chain_.push_back(&labels);
    collect(node, labels);
    if (!leaf) {
      for (const int child : node_at(node).children) {
        expand(child);
      }
    }
    chain_.pop_back();
  }

  static void close_cut(NodeLabels& labels) {
    Label least{std::numeric_limits<double>::infinity(),
                std::numeric_limits<double>::infinity(),
                std::numeric_limits<double>::infinity(),
                std::numeric_limits<double>::infinity(),
                -1,
                0};
    for (std::size_t i = labels.begin.back(); i < labels.labels.size(); ++i) {
      const Label& label = labels.labels[i];
      least.first = std::min(least.first, label.first);
      least.steady = std::min(least.steady, label.steady);
      least.energy = std::min(least.energy, label.energy);
      least.bytes = std::min(least.bytes, label.bytes);
    }
    labels.least.push_back(least);
    labels.begin.push_back(labels.labels.size());
  }

  Label extended(const Label& label, const StageFigures& stage, std::size_t parent, int cut) const {
    return {label.first + stage.first,         mini_batches_ > 1 ? std::max(label.steady, stage.steady) : 0.0,
            label.energy + stage.energy,       label.bytes + static_cast<double>(stage.memory_bytes),
            static_cast<std::int32_t>(parent), cut};
  }

  /// No end of a pipeline that begins so can be part of a better schedule.
  bool hopeless(const Label& label, std::size_t x) const {
    const double steady = std::max(label.steady, grid_.rest_steady()[x]);
    return question_.surroundings.hopeless(label.first + grid_.rest_first()[x] + refills_ * steady,
                                           label.energy + grid_.rest_energy()[x],
                                           label.bytes + grid_.rest_bytes()[x]);
  }

  void fill_cut(int node, int x, NodeLabels& labels) {
    const NodeLabels& before = *chain_.back();
    const int place = node_at(node).place_class;
    const auto to = static_cast<std::size_t>(x);
    candidates_.clear();
    for (int y = 0; y < x; ++y) {
      const auto from = static_cast<std::size_t>(y);
      if (before.begin[from] == before.begin[from + 1]) {
        continue;
      }
      ++front_.evaluations;
      if (hopeless(extended(before.least[from], grid_.figures(place, y, x), 0, y), to)) {
        continue;
      }
      if (!grid_.settled(place, y, x)) {
        grid_.settle(place, y, x);
      }
      const StageFigures& stage = grid_.figures(place, y, x);
      if (!is_finite(stage)) {
        continue;
      }
      for (std::size_t i = before.begin[from]; i < before.begin[from + 1]; ++i) {
        const Label label = extended(before.labels[i], stage, i, y);
        if (!hopeless(label, to)) {
          candidates_.push_back(label);
        }
      }
      front_.evaluations += static_cast<std::int64_t>(before.begin[from + 1] - before.begin[from]);
    }
    keep_pareto(candidates_, dimensions_, question_.tolerance);
    labels.labels.insert(labels.labels.end(), candidates_.begin(), candidates_.end());
  }

  /// Turns the labels of the last cut into points.
  void collect(int node, const NodeLabels& labels) {
    for (std::size_t i = labels.begin[labels.begin.size() - 2]; i < labels.labels.size(); ++i) {
      const Label& label = labels.labels[i];
      PipelinePoint point;
      point.latency = label.first + refills_ * label.steady;
      point.energy = label.energy;
      point.bytes = label.bytes;
      point.mini_batch = mini_batch_;
      point.node = node;
      point.cuts.push_back(question_.range.last);
      std::size_t at = i;
      for (std::size_t depth = chain_.size() - 1; depth > 0; --depth) {
        const Label& stage = chain_[depth]->labels[at];
        point.cuts.push_back(question_.cuts[static_cast<std::size_t>(stage.cut)]);
        at = static_cast<std::size_t>(stage.parent);
      }
      std::reverse(point.cuts.begin(), point.cuts.end());
      front_.points.push_back(std::move(point));
    }
  }

  const PipelineQuestion& question_;
  std::int64_t mini_batch_;
  std::int64_t mini_batches_;
  double refills_;  // n - 1
  const StopClock& clock_;
  std::int64_t evaluations_left_;
  StageGrid grid_;
  LabelDimensions dimensions_;
  PipelineFront front_;
  std::vector<const NodeLabels*> chain_;  // the empty prefix, then one entry per chiplet of the current path
  std::vector<Label> candidates_;
};

/// Of the points of one node those that none beats in latency, energy and bytes.
void keep_best_points(std::vector<PipelinePoint>& points, bool bytes_count) {
  std::stable_sort(points.begin(), points.end(), [](const PipelinePoint& a, const PipelinePoint& b) {
    if (a.node != b.node) {
      return a.node < b.node;
    }
    return a.latency != b.latency ? a.latency < b.latency : a.energy < b.energy;
  });
  std::vector<PipelinePoint> kept;
  std::size_t node_begin = 0;
  for (PipelinePoint& point : points) {
    if (!kept.empty() && kept.back().node != point.node) {
      node_begin = kept.size();
    }
    const bool dominated = std::any_of(
        kept.begin() + static_cast<std::ptrdiff_t>(node_begin), kept.end(), [&](const PipelinePoint& other) {
          return other.energy <= point.energy && (!bytes_count || other.bytes <= point.bytes);
        });
    if (!dominated) {
      kept.push_back(std::move(point));
    }
  }
  points = std::move(kept);
}

}  // namespace

PipelineFront search_pipelines(const PipelineQuestion& question, int threads, const StopClock& clock,
                               std::int64_t evaluations_left) {
  const std::size_t sizes =
      question.problem.costs.models[static_cast<std::size_t>(question.model)].mini_batches.size();
  std::vector<PipelineFront> fronts(sizes);
  const auto search_size = [&](std::size_t size) {
    const PipelineBound bound =
        pipeline_bound(question.problem, question.model, question.range, static_cast<int>(size));
    if (question.surroundings.hopeless(bound.latency, bound.energy, bound.bytes)) {
      return;
    }
    if (clock.expired()) {
      fronts[size].complete = false;  // before its tables are built: a large batch has thousands of sizes
      return;
    }
    fronts[size] = SizeSearch(question, static_cast<int>(size), clock, evaluations_left).run();
  };
  if (threads == 1 || sizes == 1) {
    for (std::size_t size = 0; size < sizes; ++size) {
      search_size(size);
    }
  } else {
    // TBB complains on standard error when it is asked for more threads than there are cores.
    const int cores = tbb::info::default_concurrency();
    tbb::task_arena arena(threads > 0 ? std::min(threads, cores) : cores);
    arena.execute([&] { tbb::parallel_for(std::size_t{0}, sizes, search_size); });
  }
  PipelineFront all;
  for (PipelineFront& front : fronts) {
    all.evaluations += front.evaluations;
    all.complete = all.complete && front.complete;
    std::move(front.points.begin(), front.points.end(), std::back_inserter(all.points));
  }
  keep_best_points(all.points, question.surroundings.seconds_per_byte > 0.0);
  return all;
}

}  // namespace inlay::search
