#include "inlay/search/scar/scar_run.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "inlay/base/error.hpp"
#include "inlay/search/parallel.hpp"
#include "inlay/search/scar/chiplets_in_use.hpp"
#include "inlay/search/scar/evolution.hpp"
#include "inlay/search/scar/scheduling_tree.hpp"

namespace inlay::search::scar {
namespace {

/// As published: all placements on 3x3, evolution on 6x6.
constexpr int kExhaustiveChiplets = 9;
/// Jobs between two looks at the incumbent.
constexpr std::size_t kJobsAtOnce = 32;

/// The problem as if every chiplet were of one type, for what is expected of it.
schedule::Problem as_if_all_were(const schedule::Problem& problem, int type) {
  schedule::Problem result = problem;
  for (hardware::Chiplet& chiplet : result.package.chiplets) {
    chiplet.type = type;
  }
  return result;
}

}  // namespace

ScarRun::ScarRun(const schedule::Problem& problem, const Objective& objective, const Options& options,
                 const ScarKnobs& knobs, int type)
    : problem_(problem),
      objective_(objective),
      options_(options),
      knobs_(knobs),
      ground_{problem, {}, 0, 0.0} {
  ChipletsInUse chiplets = chiplets_with_places(problem, type);
  evolves_ =
      knobs.search == "evolutionary" || (knobs.search == "by-size" && chiplets.count > kExhaustiveChiplets);
  if (!evolves_) {
    chiplets = chiplets_with_paths(problem, type);
  }
  trie_ = std::move(chiplets.trie);
  ground_.place_of = std::move(chiplets.place_of);
  ground_.places = trie_.places.size();
  ground_.seconds_per_byte = schedule::shares_memory(problem.communication)
                                 ? 1.0 / hardware::total_memory_bandwidth(problem.package)
                                 : 0.0;
  shares_.assign(trie_.places.size(), 0.0);
  for (const int place : ground_.place_of) {
    if (place >= 0) {
      shares_[static_cast<std::size_t>(place)] += 1.0 / chiplets.count;
    }
  }
  const PlannedChiplets planned{chiplets.count, chiplets.longest, evolves_};
  if (type < 0) {
    plan(problem, planned);
  } else {
    plan(as_if_all_were(problem, type), planned);
  }
}

void ScarRun::plan(const schedule::Problem& expectations, const PlannedChiplets& chiplets) {
  partition_ = knobs_.uniform_packing ? windows::uniform(expectations, knobs_.splits)
                                      : windows::first_fit(expectations, knobs_.splits);
  plans_ = plan_windows(expectations, partition_, objective_, knobs_, chiplets);
  fronts_.resize(plans_.size());
  parts_.resize(plans_.size());
  for (std::size_t w = 0; w < plans_.size(); ++w) {
    parts_[w].resize(plans_[w].parts.size());
  }
}

std::string ScarRun::space() const {
  const std::string overruns =
      partition_.overruns == 0 ? "" : fmt::format(" ({} longer than a span)", partition_.overruns);
  return fmt::format("layers{} into windows {}, chiplets given {}, {} top segmentations of each model, {}",
                     overruns, partition_.name, knobs_.all_provisions ? "in all ways" : "by rule", knobs_.top,
                     evolves_ ? "evolution with sampled placements" : "all placements");
}

std::int64_t ScarRun::evaluations_left() const {
  return clock_->evaluations_left(*evaluations_);
}

bool ScarRun::run(Incumbent& incumbent, const StopClock& clock, std::int64_t& evaluations) {
  clock_ = &clock;
  evaluations_ = &evaluations;
  if (evolves_) {
    return evolve(incumbent);
  }
  if (!segment()) {
    return false;
  }
  walk_all();
  return place(incumbent);
}

/// Scores the segmentations of every part and mini-batch size.
bool ScarRun::segment() {
  struct Task {
    std::size_t window;
    std::size_t part;
    int size;
  };
  std::vector<Task> tasks;
  std::int64_t planned = 0;
  for (std::size_t w = 0; w < plans_.size(); ++w) {
    for (std::size_t p = 0; p < plans_[w].parts.size(); ++p) {
      const ModelPart& part = plans_[w].parts[p];
      for (const int size : part.sizes) {
        tasks.push_back({w, p, size});
        planned +=
            count_segmentations(static_cast<int>(part.cuts.size()) - 1, part.most, knobs_.segmentations);
      }
    }
  }
  if (planned > evaluations_left()) {
    return false;  // before any is done, so that the answer does not depend on which thread was quicker
  }
  std::vector<Segmentations> results(tasks.size());
  for_each_index(options_.threads, tasks.size(), [&](std::size_t t) {
    const ModelPart& part = plans_[tasks[t].window].parts[tasks[t].part];
    const SegmentationQuestion question{problem_, objective_,    trie_,     shares_,
                                        part,     tasks[t].size, knobs_.top};
    results[t].complete = !clock_->expired();
    if (results[t].complete) {
      results[t] = score_segmentations(question, *clock_);
    }
  });
  bool complete = true;
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    complete = complete && results[t].complete;
    *evaluations_ += results[t].evaluations;
    std::vector<Candidate>& candidates = parts_[tasks[t].window][tasks[t].part].candidates;
    std::move(results[t].candidates.begin(), results[t].candidates.end(), std::back_inserter(candidates));
  }
  return complete;
}

/// Of the candidates that fit the chiplets given, the best few walk, and the best of each number of segments:
/// else all of the best might want paths that the package does not have.
void ScarRun::walk_best(const std::vector<Candidate>& candidates, int chiplets,
                        std::vector<pipelines::PipelinePoint>& walks) const {
  std::vector<char> seen(static_cast<std::size_t>(chiplets) + 1, 0);
  int left = knobs_.top;
  for (const Candidate& candidate : candidates) {
    if (candidate.stages() > chiplets) {
      continue;
    }
    char& known = seen[static_cast<std::size_t>(candidate.stages())];
    if (left > 0 || known == 0) {
      add_walks(trie_, candidate, walks);
      --left;
    }
    known = 1;
  }
  thin_walks(walks);
}

void ScarRun::walk_all() {
  std::vector<std::pair<std::size_t, std::size_t>> all;
  for (std::size_t w = 0; w < plans_.size(); ++w) {
    for (std::size_t p = 0; p < plans_[w].parts.size(); ++p) {
      all.emplace_back(w, p);
    }
  }
  for_each_index(options_.threads, all.size(), [&](std::size_t i) {
    const auto [window, index] = all[i];
    PartState& part = parts_[window][index];
    std::stable_sort(part.candidates.begin(), part.candidates.end(),
                     [](const Candidate& a, const Candidate& b) { return a.score < b.score; });
    part.walks.resize(static_cast<std::size_t>(plans_[window].parts[index].most) + 1);
    for (const Provision& provision : plans_[window].provisions) {
      std::vector<pipelines::PipelinePoint>& walks = part.walks[static_cast<std::size_t>(provision[index])];
      if (walks.empty()) {
        walk_best(part.candidates, provision[index], walks);
      }
    }
  });
}

/// The rule's provision of every window first, which makes a schedule, then the others.
bool ScarRun::place(Incumbent& incumbent) {
  std::vector<Job> jobs;
  for (std::size_t w = 0; w < plans_.size(); ++w) {
    jobs.push_back({w, 0});
  }
  for (std::size_t w = 0; w < plans_.size(); ++w) {
    for (std::size_t p = 1; p < plans_[w].provisions.size(); ++p) {
      jobs.push_back({w, p});
    }
  }
  for (std::size_t first = 0; first < jobs.size();) {
    const std::size_t last = first == 0 ? plans_.size() : std::min(jobs.size(), first + kJobsAtOnce);
    if (!place_jobs(jobs, first, last)) {
      return false;
    }
    first = last;
    offer(incumbent);
    if (incumbent.near_enough()) {
      return true;
    }
  }
  require_schedules();
  return true;
}

bool ScarRun::place_jobs(const std::vector<Job>& jobs, std::size_t first, std::size_t last) {
  if (clock_->expired() || evaluations_left() < static_cast<std::int64_t>(last - first)) {
    return false;
  }
  std::vector<packing::PackedWindow> packed(last - first);
  for_each_index(options_.threads, packed.size(), [&](std::size_t i) {
    const Job& job = jobs[first + i];
    const WindowPlan& plan = plans_[job.window];
    std::vector<const std::vector<pipelines::PipelinePoint>*> walks;
    for (std::size_t p = 0; p < plan.parts.size(); ++p) {
      walks.push_back(
          &parts_[job.window][p].walks[static_cast<std::size_t>(plan.provisions[job.provision][p])]);
    }
    packed[i] = place_window(problem_, trie_, plan.parts, walks, job.window == 0, *clock_);
  });
  *evaluations_ += static_cast<std::int64_t>(packed.size());
  bool complete = true;
  for (std::size_t i = 0; i < packed.size(); ++i) {
    complete = complete && packed[i].complete;
    merge_front(fronts_[jobs[first + i].window], std::move(packed[i].points));
  }
  return complete;
}

bool ScarRun::evolve(Incumbent& incumbent) {
  for (std::size_t w = 0; w < plans_.size(); ++w) {
    const EvolutionQuestion question{problem_, objective_,        trie_,
                                     shares_,  ground_,           plans_[w],
                                     knobs_,   options_.seed + w, options_.threads};
    Evolved evolved = evolve_window(question, *clock_, evaluations_left());
    *evaluations_ += evolved.evaluations;
    merge_front(fronts_[w], std::move(evolved.front));
    if (!evolved.complete) {
      offer(incumbent);
      return false;
    }
  }
  require_schedules();
  offer(incumbent);
  return true;
}

void ScarRun::offer(Incumbent& incumbent) const {
  const bool all =
      std::none_of(fronts_.begin(), fronts_.end(), [](const auto& front) { return front.empty(); });
  if (all) {
    const auto best = best_total(fronts_, objective_, problem_.package.static_power);
    if (best) {
      incumbent.offer(best->schedule, best->latency, best->energy);
    }
  }
}

void ScarRun::require_schedules() const {
  for (std::size_t w = 0; w < fronts_.size(); ++w) {
    if (fronts_[w].empty()) {
      throw base::InfeasibleError(fmt::format(
          "{}: none of the segmentations and placements of window {} fits the chiplets", space(), w));
    }
  }
  if (!best_total(fronts_, objective_, problem_.package.static_power)) {
    throw base::InfeasibleError(space() + ": none of the placements keeps the latency limits");
  }
}

}  // namespace inlay::search::scar
