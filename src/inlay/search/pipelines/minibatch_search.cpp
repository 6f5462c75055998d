#include "inlay/search/pipelines/minibatch_search.hpp"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "inlay/search/pipelines/minibatch_tables.hpp"
#include "inlay/search/pipelines/pipeline_bound.hpp"
#include "inlay/search/pipelines/share_bound.hpp"

namespace inlay::search::pipelines {
namespace {

using evaluate::StageFigures;

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// More than this many labels of one mini-batch size would not fit into a few hundred megabytes.
constexpr std::size_t kMostLabels = 4'000'000;

/// What all labels of a cut have at least, to skip them all at once.
struct CellBound {
  PerLine sums;
  double steady = kInfinite;
  double bytes = kInfinite;
};

/// The labels of one trie node: all that end at cut x stand in [begin[x], begin[x + 1]).
struct NodeLabels {
  std::vector<Label> labels;
  std::vector<std::size_t> begin;
  std::vector<CellBound> least;
  std::int64_t evaluations = 0;
  bool complete = true;

  std::span<const Label> at(std::size_t cut) const {
    return std::span(labels).subspan(begin[cut], begin[cut + 1] - begin[cut]);
  }
};

/// The labels of the empty pipeline: one, at the first cut.
NodeLabels empty_prefix(int last_cut) {
  const auto cuts = static_cast<std::size_t>(last_cut) + 1;
  NodeLabels root;
  root.labels = {Label{}};
  root.begin.assign(cuts + 1, 1);
  root.begin[0] = 0;
  CellBound nothing;
  nothing.sums.fill(0.0);
  nothing.steady = nothing.bytes = 0.0;
  root.least.assign(cuts, nothing);
  return root;
}

/// One mini-batch size: all paths of one length before those that are one longer, so that a path can be held
/// against its own parts.
class MinibatchSearch {
 public:
  MinibatchSearch(MinibatchTables& tables, const PruningThreshold& threshold, const StopClock& clock,
                  std::int64_t evaluations_left)
      : tables_(tables),
        allowance_(threshold),
        question_(tables.question),
        clock_(clock),
        evaluations_left_(evaluations_left),
        prefix_(empty_prefix(tables.grid.last_cut())),
        nodes_(question_.trie.nodes.size()) {}

  PipelineFront run() {
    std::vector<int> level;
    add_affordable(question_.trie.roots, level);
    for (int depth = 1; depth <= question_.longest && !level.empty() && front_.complete; ++depth) {
      tbb::parallel_for(std::size_t{0}, level.size(), [&](std::size_t i) { fill_node(level[i]); });
      std::vector<int> next;
      for (const int node : level) {
        finish_node(node);
        if (!state(node).labels.empty()) {
          add_affordable(node_at(node).children, next);
        }
      }
      level = std::move(next);
    }
    return std::move(front_);
  }

 private:
  const PathTrie::Node& node_at(int node) const {
    return question_.trie.nodes[static_cast<std::size_t>(node)];
  }
  NodeLabels& state(int node) { return nodes_[static_cast<std::size_t>(node)]; }
  const NodeLabels& before(int node) const {
    const int parent = node_at(node).parent;
    return parent < 0 ? prefix_ : nodes_[static_cast<std::size_t>(parent)];
  }
  bool leaf(int node) const {
    return node_at(node).children.empty() || node_at(node).depth >= question_.longest;
  }

  /// Those whose paths take no more chiplets than the model may have.
  void add_affordable(const std::vector<int>& nodes, std::vector<int>& level) const {
    for (const int node : nodes) {
      int chiplets = 0;
      for (int part = node; part >= 0; part = node_at(part).parent) {
        chiplets += question_.trie.members(node_at(part).place_class);
      }
      if (chiplets <= question_.most_chiplets) {
        level.push_back(node);
      }
    }
  }

  const PruningThreshold& allowance_of(int node) const {
    return question_.of_node.empty() ? allowance_ : question_.of_node[static_cast<std::size_t>(node)];
  }

  void fill_node(int node) {
    NodeLabels& labels = state(node);
    labels.begin.push_back(0);
    const std::vector<LatencyBand> useful = tables_.useful(allowance_of(node), parts_of(node));
    for (int x = 0; x <= tables_.grid.last_cut() && labels.complete; ++x) {
      const bool wanted = x == tables_.grid.last_cut() ? node_at(node).ends : (!leaf(node) && x > 0);
      if (wanted && !useful.empty()) {
        fill_cut(node, x, useful, labels);
      }
      close_cut(labels);
      labels.complete = labels.evaluations <= evaluations_left_ - front_.evaluations &&
                        labels.labels.size() <= kMostLabels && !(x % 8 == 0 && clock_.expired());
    }
  }

  /// The complete pipelines on parts of the node's paths, beginnings and ends: they take fewer chiplets.
  ParetoFront parts_of(int node) const {
    ParetoFront finished;
    const auto add = [&](const NodeLabels& labels) {
      for (const Label& label : labels.at(static_cast<std::size_t>(tables_.grid.last_cut()))) {
        finished.add({label.first + tables_.refills * label.steady, label.energy});
      }
    };
    const auto add_ends = [&](int part) {
      const NodeLabels& labels = nodes_[static_cast<std::size_t>(question_.trie.ending_of(part))];
      if (!labels.begin.empty()) {
        add(labels);
      }
    };
    for (int part = node_at(node).parent; part >= 0; part = node_at(part).parent) {
      add_ends(part);
    }
    for (int part = node_at(node).suffix; part >= 0; part = node_at(part).suffix) {
      add_ends(part);
    }
    return finished;
  }

  /// Where the chiplets of a path but its first ones can do as well up to a cut, they can go on as well: the
  /// labels there are rivals.
  void gather_rivals(int node, int x, std::vector<std::span<const Label>>& rivals) const {
    rivals.clear();
    const auto add = [&](int part) {
      const NodeLabels& labels = nodes_[static_cast<std::size_t>(part)];
      if (!labels.begin.empty()) {
        rivals.push_back(labels.at(static_cast<std::size_t>(x)));
      }
    };
    for (int part = node_at(node).suffix; part >= 0; part = node_at(part).suffix) {
      add(part);
    }
    if (x == tables_.grid.last_cut()) {
      for (int part = node_at(node).parent; part >= 0; part = node_at(part).parent) {
        add(question_.trie.ending_of(part));
      }
    }
  }

  void finish_node(int node) {
    const NodeLabels& labels = state(node);
    front_.evaluations += labels.evaluations;
    labels_held_ += labels.labels.size();
    front_.complete = front_.complete && labels.complete && labels_held_ <= kMostLabels &&
                      front_.evaluations <= evaluations_left_;
    front_.too_large = front_.too_large || labels_held_ > kMostLabels;
    if (labels.complete) {
      for (std::size_t i = labels.begin[labels.begin.size() - 2]; i < labels.labels.size(); ++i) {
        front_.points.push_back(point_of(node, i));
      }
    }
  }

  void close_cut(NodeLabels& labels) const {
    CellBound least;
    least.sums.fill(kInfinite);
    for (std::size_t i = labels.begin.back(); i < labels.labels.size(); ++i) {
      const Label& label = labels.labels[i];
      for (std::size_t line = 0; line < kLines; ++line) {
        least.sums[line] = std::min(least.sums[line], tables_.lines.time[line] * label.first +
                                                          tables_.lines.energy[line] * label.energy);
      }
      least.steady = std::min(least.steady, label.steady);
      least.bytes = std::min(least.bytes, label.bytes);
    }
    labels.least.push_back(least);
    labels.begin.push_back(labels.labels.size());
  }

  bool can_prune_cell(const std::vector<LatencyBand>& useful, const CellBound& cell,
                      const StageFigures& stage, const Completion& rest) const {
    const auto sums = [&](std::size_t line) {
      return cell.sums[line] + tables_.lines.time[line] * stage.first +
             tables_.lines.energy[line] * stage.energy;
    };
    return tables_.can_prune(useful, sums, std::max(cell.steady, stage.steady),
                             cell.bytes + static_cast<double>(stage.memory_bytes), rest);
  }

  bool can_prune_label(const std::vector<LatencyBand>& useful, const Label& label,
                       const Completion& rest) const {
    const auto sums = [&](std::size_t line) {
      return tables_.lines.time[line] * label.first + tables_.lines.energy[line] * label.energy;
    };
    return tables_.can_prune(useful, sums, label.steady, label.bytes, rest);
  }

  Label extended(const Label& label, const StageFigures& stage, std::size_t parent, int cut) const {
    return {
        label.first + stage.first,         tables_.refills > 0.0 ? std::max(label.steady, stage.steady) : 0.0,
        label.energy + stage.energy,       label.bytes + static_cast<double>(stage.memory_bytes),
        static_cast<std::int32_t>(parent), cut};
  }

  void fill_cut(int node, int x, const std::vector<LatencyBand>& useful, NodeLabels& labels) {
    // Reused from call to call: this is the innermost loop of the search.
    thread_local std::vector<Label> candidates;
    thread_local std::vector<std::span<const Label>> rivals;
    const NodeLabels& shorter = before(node);
    const int place = node_at(node).place_class;
    const Completion& rest =
        tables_.completion.after(leaf(node) ? 0 : question_.longest - node_at(node).depth, place, x);
    candidates.clear();
    for (int y = 0; y < x; ++y) {
      const auto from = static_cast<std::size_t>(y);
      if (shorter.begin[from] == shorter.begin[from + 1]) {
        continue;
      }
      ++labels.evaluations;
      if (can_prune_cell(useful, shorter.least[from], tables_.grid.optimistic(place, y, x), rest)) {
        continue;
      }
      const StageFigures& stage = tables_.grid.exact(place, y, x);
      if (std::isinf(stage.first)) {
        continue;
      }
      for (std::size_t i = shorter.begin[from]; i < shorter.begin[from + 1]; ++i) {
        const Label label = extended(shorter.labels[i], stage, i, y);
        if (!can_prune_label(useful, label, rest)) {
          candidates.push_back(label);
        }
      }
      labels.evaluations += static_cast<std::int64_t>(shorter.begin[from + 1] - shorter.begin[from]);
    }
    gather_rivals(node, x, rivals);
    keep_pareto(candidates, rivals, tables_.dimensions, question_.tolerance);
    labels.labels.insert(labels.labels.end(), candidates.begin(), candidates.end());
  }

  PipelinePoint point_of(int node, std::size_t at) const {
    const Label& label = nodes_[static_cast<std::size_t>(node)].labels[at];
    PipelinePoint point;
    point.latency = label.first + tables_.refills * label.steady;
    point.energy = label.energy;
    point.bytes = label.bytes;
    point.mini_batch = tables_.mini_batch;
    point.node = node;
    point.cuts.push_back(question_.range.last);
    for (int part = node; part >= 0; part = node_at(part).parent) {
      const Label& stage = nodes_[static_cast<std::size_t>(part)].labels[at];
      point.cuts.push_back(question_.cuts[static_cast<std::size_t>(stage.cut)]);
      at = static_cast<std::size_t>(stage.parent);
    }
    std::reverse(point.cuts.begin(), point.cuts.end());
    return point;
  }

  MinibatchTables& tables_;
  const PruningThreshold& allowance_;
  const PipelineQuestion& question_;
  const StopClock& clock_;
  std::int64_t evaluations_left_;
  NodeLabels prefix_;
  std::vector<NodeLabels> nodes_;  // [trie node]; without `begin` where no promising path leads to it
  std::size_t labels_held_ = 0;
  PipelineFront front_;
};

}  // namespace

PipelineFront search_minibatch(const PipelineQuestion& question, const PruningThreshold& threshold,
                               int size_index, const StopClock& clock, std::int64_t evaluations_left) {
  const PipelineBound bound = pipeline_bound(question.problem, question.model, question.range, size_index);
  if (threshold.can_prune(bound.latency, bound.energy, bound.bytes)) {
    return {};
  }
  MinibatchTables tables(question, threshold, size_index, bound);
  if (tables.useful(threshold, {}).empty()) {
    return {};
  }
  return MinibatchSearch(tables, threshold, clock, evaluations_left).run();
}

std::vector<ParetoFront> minibatch_fronts(const PipelineQuestion& question, const PruningThreshold& threshold,
                                          const TypeShares& shares, int size_index) {
  std::vector<ParetoFront> fronts(shares.count());
  const PipelineBound bound = pipeline_bound(question.problem, question.model, question.range, size_index);
  if (threshold.can_prune(bound.latency, bound.energy, bound.bytes)) {
    return fronts;
  }
  const MinibatchStages stages(question, threshold, size_index, bound);
  const auto allowed = [&](double latency) { return threshold.energy(latency); };
  const std::vector<Completion> least =
      share_bounds(stages.grid, question.problem, question.trie, shares, stages.lines);
  for (std::size_t share = 0; share < shares.count(); ++share) {
    if (std::isfinite(least[share].steady)) {
      const PerLine sums = stages.sums_of(least[share]);
      const double latest = latest_allowed(allowed, sums[0], sums[1]);
      if (sums[0] <= latest) {
        fronts[share] = front_below(stages.lines, sums, latest);
      }
    }
  }
  return fronts;
}

}  // namespace inlay::search::pipelines
