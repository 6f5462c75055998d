#include "inlay/search/scar/random_placement.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "inlay/search/constraints/constraint_effects.hpp"

namespace inlay::search::scar {
namespace {

/// A walk that has wandered into a corner is given up after this many steps for each of its stages.
constexpr int kStepsPerStage = 16;

}  // namespace

RandomPlacement::RandomPlacement(const WalkGround& ground, const std::vector<ModelPart>& parts,
                                 const std::vector<const Candidate*>& candidates, base::Random random)
    : ground_(ground),
      parts_(parts),
      candidates_(candidates),
      random_(random),
      constrained_(constraints::chiplets_differ(ground.problem)),
      order_(parts.size()),
      paths_(parts.size()),
      asked_(parts.size()),
      taken_(ground.place_of.size(), 0) {
  free_.reserve(ground.place_of.size());
  open_.reserve(2 * ground.problem.package.links.size());  // no chiplet is passed twice
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
    return candidates_[a]->stages() > candidates_[b]->stages();
  });
  for (std::size_t m = 0; m < parts.size(); ++m) {
    paths_[m].reserve(static_cast<std::size_t>(candidates_[m]->stages()));
  }
}

const evaluate::StageFigures& RandomPlacement::figures(std::size_t model, std::size_t stage,
                                                       int chiplet) const {
  const auto place = static_cast<std::size_t>(ground_.place_of[static_cast<std::size_t>(chiplet)]);
  return candidates_[model]->figures[stage * ground_.places + place];
}

bool RandomPlacement::walk() {
  std::fill(taken_.begin(), taken_.end(), char{0});
  latency_ = 0.0;
  energy_ = 0.0;
  bytes_ = 0.0;
  latest_begin_ = std::numeric_limits<double>::infinity();
  for (const std::size_t model : order_) {
    if (!place(model)) {
      return false;
    }
    add_up(model);
  }
  latency_ = std::max(latency_, bytes_ * ground_.seconds_per_byte);
  for (std::size_t m = 0; m < parts_.size(); ++m) {
    latest_begin_ = std::min(latest_begin_, parts_[m].latest_end - end_of(m));
  }
  return true;
}

double RandomPlacement::end_of(std::size_t model) const {
  double served = 0.0;
  for (const Asked& other : asked_) {
    served += std::min(other.bytes, asked_[model].bytes);
  }
  return std::max(asked_[model].seconds, served * ground_.seconds_per_byte);
}

bool RandomPlacement::place(std::size_t model) {
  free_.clear();
  for (int chiplet = 0; chiplet < static_cast<int>(taken_.size()); ++chiplet) {
    const auto at = static_cast<std::size_t>(chiplet);
    // Where chiplets are free to choose, a start that does not fit is a walk that failed.
    const bool of_use =
        !constrained_ || (ground_.place_of[at] >= 0 && std::isfinite(figures(model, 0, chiplet).first));
    if (taken_[at] == 0 && ground_.place_of[at] >= 0 && of_use) {
      free_.push_back(chiplet);
    }
  }
  if (free_.empty()) {
    return false;
  }
  paths_[model].clear();
  open_.clear();
  steps_left_ = kStepsPerStage * candidates_[model]->stages();
  const auto last = static_cast<std::int64_t>(free_.size()) - 1;
  return extend(model, 0, free_[static_cast<std::size_t>(random_.between(0, last))]);
}

bool RandomPlacement::extend(std::size_t model, std::size_t stage, int chiplet) {
  if (--steps_left_ < 0 || !std::isfinite(figures(model, stage, chiplet).first)) {
    return false;
  }
  taken_[static_cast<std::size_t>(chiplet)] = 1;
  paths_[model].push_back(chiplet);
  if (static_cast<int>(stage) + 1 == candidates_[model]->stages()) {
    return true;
  }
  const std::size_t begin = open_.size();
  for (const int near : ground_.problem.package.neighbours[static_cast<std::size_t>(chiplet)]) {
    const auto at = static_cast<std::size_t>(near);
    if (taken_[at] == 0 && ground_.place_of[at] >= 0) {
      open_.push_back(near);
    }
  }
  while (open_.size() > begin) {
    const auto count = static_cast<std::int64_t>(open_.size() - begin);
    const std::size_t chosen = begin + static_cast<std::size_t>(random_.between(0, count - 1));
    if (extend(model, stage + 1, open_[chosen])) {
      return true;
    }
    open_[chosen] = open_.back();
    open_.pop_back();
  }
  taken_[static_cast<std::size_t>(chiplet)] = 0;
  paths_[model].pop_back();
  return false;
}

void RandomPlacement::add_up(std::size_t model) {
  double first = 0.0;
  double steady = 0.0;
  double bytes = 0.0;
  for (std::size_t stage = 0; stage < paths_[model].size(); ++stage) {
    const evaluate::StageFigures& stage_figures = figures(model, stage, paths_[model][stage]);
    first += stage_figures.first;
    steady = std::max(steady, stage_figures.steady);
    energy_ += stage_figures.energy;
    bytes += static_cast<double>(stage_figures.memory_bytes);
  }
  const double own = first + static_cast<double>(candidates_[model]->mini_batches - 1) * steady;
  latency_ = std::max(latency_, own);
  bytes_ += bytes;
  asked_[model] = {own, bytes};
}

std::vector<schedule::Pipeline> RandomPlacement::pipelines() const {
  std::vector<schedule::Pipeline> pipelines;
  for (std::size_t m = 0; m < parts_.size(); ++m) {
    schedule::Pipeline pipeline{parts_[m].model, candidates_[m]->mini_batch, {}};
    for (std::size_t stage = 0; stage < paths_[m].size(); ++stage) {
      pipeline.stages.push_back(
          {candidates_[m]->cuts[stage], candidates_[m]->cuts[stage + 1], paths_[m][stage]});
    }
    pipelines.push_back(std::move(pipeline));
  }
  return pipelines;
}

}  // namespace inlay::search::scar
