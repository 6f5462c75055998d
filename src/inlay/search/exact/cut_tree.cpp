#include "inlay/search/exact/cut_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <limits>
#include <string>
#include <utility>

#include "inlay/evaluate/root_bounds.hpp"
#include "inlay/search/pipelines/share_bound.hpp"

namespace inlay::search::exact {
namespace {

/// More nodes than these take some hundred megabytes.
constexpr std::size_t kMostNodes = 2'000'000;

/// Enough points of a front to bound with: more cost more than they exclude.
constexpr std::size_t kPoints = 32;

bool is_number(const std::string& word) {
  return !word.empty() &&
         std::all_of(word.begin(), word.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

/// The use of a block that a layer's name begins with; empty for a layer outside of all blocks.
std::string block_of(const std::string& name) {
  std::size_t end = name.find('.');
  if (end == std::string::npos) {
    return "";
  }
  // "h.3.attn.q" is of block h.3, "down1.pool" of block down1.
  const std::size_t next = name.find('.', end + 1);
  if (next != std::string::npos && is_number(name.substr(end + 1, next - end - 1))) {
    end = next;
  }
  return name.substr(0, end);
}

}  // namespace

std::vector<int> block_cuts(const workload::Model& model) {
  std::vector<int> cuts;
  std::string before;
  for (int layer = 0; layer < static_cast<int>(model.layers.size()); ++layer) {
    std::string block = block_of(model.layers[static_cast<std::size_t>(layer)].name);
    if (layer == 0 || block != before) {
      cuts.push_back(layer);
    }
    before = std::move(block);
  }
  if (cuts.size() == 1) {
    for (int layer = 1; layer < static_cast<int>(model.layers.size()); ++layer) {
      cuts.push_back(layer);
    }
  }
  cuts.push_back(static_cast<int>(model.layers.size()));
  return cuts;
}

CutTree::CutTree(const schedule::Problem& problem, const Objective& objective, CutBounds bounds)
    : problem_(problem), objective_(objective), shares_(problem.package), bounds_(std::move(bounds)) {
  const evaluate::RootBounds root = evaluate::root_bounds(problem);
  root_ = ParetoFront({root.latency, 0.0});
  open_.push({quick_bound({}), made_++, {}});
}

bool CutTree::next(double incumbent, const StopClock& clock, Leaf& leaf) {
  while (!open_.empty() && open_.top().bound < incumbent) {
    if (clock.expired() || open_.size() > kMostNodes) {
      too_large_ = open_.size() > kMostNodes;
      return false;
    }
    const Node node = open_.top();
    open_.pop();
    if (node.cuts.size() == bounds_.models.size()) {
      leaf = {partition_of(node.cuts), node.bound};
      return true;
    }
    expand(node, incumbent);
  }
  // What is left is no better than the incumbent.
  open_ = {};
  return false;
}

double CutTree::bound() const {
  return open_.empty() ? std::numeric_limits<double>::infinity() : open_.top().bound;
}

void CutTree::expand(const Node& node, double incumbent) {
  const CutBounds::Model& model = bounds_.models[node.cuts.size()];
  Node child;
  child.cuts = node.cuts;
  child.cuts.push_back(0);
  for (std::size_t cut = 0; cut < model.cuts.size(); ++cut) {
    child.cuts.back() = static_cast<int>(cut);
    child.bound = std::max(node.bound, quick_bound(child.cuts));
    if (child.bound < incumbent) {
      child.bound = std::max(child.bound, bound_of(child.cuts));
    }
    if (child.bound < incumbent) {
      child.number = made_++;
      open_.push(child);
    }
  }
}

double CutTree::least_value(const ParetoFront& total) const {
  double least = std::numeric_limits<double>::infinity();
  for (const CostPoint& point : total.points()) {
    least = std::min(
        least, objective_.value(point.latency, point.energy + problem_.package.static_power * point.latency));
  }
  return least;
}

/// Every model as if it had the package to itself.
double CutTree::quick_bound(const std::vector<int>& cuts) const {
  ParetoFront total = root_;
  for (std::size_t m = 0; m < bounds_.models.size(); ++m) {
    const CutBounds::Model& model = bounds_.models[m];
    total = side_by_side(total,
                         m < cuts.size() ? model.cuts[static_cast<std::size_t>(cuts[m])].whole : model.least);
  }
  return least_value(total);
}

/// Models that are cut share each window's chiplets, by type; the others have the package to themselves.
double CutTree::bound_of(const std::vector<int>& cuts) const {
  std::vector<const std::vector<ParetoFront>*> before;
  std::vector<const std::vector<ParetoFront>*> after;
  for (std::size_t m = 0; m < cuts.size(); ++m) {
    const CutBounds::Cut& cut = bounds_.models[m].cuts[static_cast<std::size_t>(cuts[m])];
    before.push_back(&cut.before);
    after.push_back(&cut.after);
  }
  const ParetoFront first = pipelines::side_by_side_within(shares_, before).back().thinned(kPoints);
  const ParetoFront second = pipelines::side_by_side_within(shares_, after).back().thinned(kPoints);
  ParetoFront total = side_by_side(root_, in_sequence(first, second));
  for (std::size_t m = cuts.size(); m < bounds_.models.size(); ++m) {
    total = side_by_side(total, bounds_.models[m].least);
  }
  return least_value(total);
}

windows::WindowPartition CutTree::partition_of(const std::vector<int>& cuts) const {
  windows::WindowPartition partition;
  partition.name = "two windows cut between blocks";
  partition.windows.assign(2, {});
  for (std::size_t m = 0; m < cuts.size(); ++m) {
    const int layers = static_cast<int>(problem_.scenario.models[m].model.layers.size());
    const int cut = bounds_.models[m].cuts[static_cast<std::size_t>(cuts[m])].layer;
    partition.windows[0].push_back({0, cut});
    partition.windows[1].push_back({cut, layers});
  }
  windows::drop_empty_windows(partition);
  return partition;
}

}  // namespace inlay::search::exact
