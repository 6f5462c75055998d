#include "inlay/search/exact/window_search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <limits>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/root_bounds.hpp"
#include "inlay/search/certificate.hpp"
#include "inlay/search/constraints/constraint_effects.hpp"
#include "inlay/search/exact/cut_bounds.hpp"
#include "inlay/search/exact/incumbent_passes.hpp"
#include "inlay/search/exact/partition_search.hpp"
#include "inlay/search/pipelines/submesh_trie.hpp"
#include "inlay/search/windows/window_moves.hpp"

namespace inlay::search::exact {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// A share of what the stop rule allows.
Options part_of(const Options& options, double share) {
  Options part = options;
  part.stop.time_limit *= share;
  if (part.stop.evaluations != std::numeric_limits<std::int64_t>::max()) {
    part.stop.evaluations = std::max<std::int64_t>(
        1, static_cast<std::int64_t>(static_cast<double>(part.stop.evaluations) * share));
  }
  return part;
}

/// What the two families have in common: a best schedule that partitions are held against.
class WindowSearch {
 public:
  WindowSearch(const schedule::Problem& problem, const Objective& objective, const Space& family,
               const Options& options, double share_of_family)
      : problem_(problem),
        objective_(objective),
        family_(family),
        options_(options),
        clock_(options.stop),
        trie_(pipelines::trie_of(problem, family.longest, sharding::plan_goal(problem, objective))),
        evaluations_(0) {
    try {
      answer_ = search_space(problem, objective, family, part_of(options, share_of_family));
      evaluations_ = answer_.certificate.evaluations;
    } catch (const StoppedEarly&) {
      throw;
    } catch (const base::InfeasibleError&) {
      why_not_ = std::current_exception();  // other windows may hold a schedule
      answer_.certificate.value = answer_.certificate.lower_bound = kInfinite;
    }
  }

 protected:
  double value() const { return answer_.certificate.value; }
  /// What is sought must be better than this.
  double threshold() const { return value() * (1.0 - options_.stop.gap); }
  bool stopped() const { return clock_.expired() || clock_.evaluations_left(evaluations_) <= 0; }

  PartitionResult search(const windows::WindowPartition& partition, const Resolution& resolution,
                         double below) {
    const PartitionQuestion question{problem_, trie_,           partition,  objective_,
                                     below,    family_.longest, resolution, options_.threads};
    PartitionResult result = search_partition(question, clock_, clock_.evaluations_left(evaluations_));
    evaluations_ += result.evaluations;
    if (result.best && result.best->value < value()) {
      answer_.schedule = result.best->schedule;
      answer_.certificate.value = result.best->value;
      if (options_.progress) {
        options_.progress(value(), answer_.certificate.lower_bound);
      }
    }
    return result;
  }

  /// Among schedules of the best latency in the best windows, one of little energy, as first-fit does.
  void save_energy() {
    if (objective_.counts_energy() || stopped() || value() == kInfinite) {
      return;
    }
    Options rest = options_;
    rest.progress = {};
    rest.start = answer_.schedule;
    rest.stop.time_limit -= clock_.seconds();
    rest.stop.evaluations = clock_.evaluations_left(evaluations_);
    const Space windows{family_.name, {windows::partition_of(problem_, answer_.schedule)}, family_.longest};
    const Answer same = search_space(problem_, objective_, windows, rest);
    evaluations_ += same.certificate.evaluations;
    answer_.schedule = same.schedule;
    answer_.certificate.value = same.certificate.value;
  }

  /// The answer with a bound for all that has been searched and what it speaks of.
  Answer finish(double bound, const std::string& space, const std::string& stopped_by) {
    if (value() == kInfinite) {
      std::rethrow_exception(why_not_);
    }
    Certificate& certificate = answer_.certificate;
    // The family may have had no schedule, and so no certificate.
    certificate.objective = objective_;
    certificate.seed = options_.seed;
    set_bound(certificate, checked_value(problem_, objective_, answer_.schedule, value()), bound,
              options_.stop.gap, stopped_by);
    certificate.space = space;
    certificate.evaluations = evaluations_;
    certificate.seconds = clock_.seconds();
    return std::move(answer_);
  }

  const schedule::Problem& problem_;
  const Objective& objective_;
  const Space& family_;
  const Options& options_;
  StopClock clock_;
  Answer answer_;
  std::exception_ptr why_not_;  // why the family has no schedule, if it has none
  pipelines::PathTrie trie_;
  std::int64_t evaluations_;
};

class BlockWindowSearch : WindowSearch {
 public:
  BlockWindowSearch(const schedule::Problem& problem, const Objective& objective, const Space& family,
                    const Options& options)
      : WindowSearch(problem, objective, family, options, 0.4) {}

  Answer run() {
    double bound = answer_.certificate.lower_bound;
    bool too_large = false;
    CutTree tree(problem_, objective_,
                 cut_bounds({problem_, objective_, threshold(), family_.longest, options_.threads}, clock_));
    CutTree::Leaf leaf;
    while (!stopped() && tree.next(threshold(), clock_, leaf)) {
      if (!constraints::keeps_order(problem_, leaf.partition)) {
        continue;
      }
      search(leaf.partition, kMedium, value());
      const double sought = threshold();
      const PartitionResult fine = search(leaf.partition, kFine, sought);
      if (!fine.complete) {
        bound = std::min(bound, std::max(leaf.bound, std::min(sought, fine.bound)));
        too_large = too_large || fine.too_large;
      }
    }
    too_large = too_large || tree.too_large();
    save_energy();
    bound = std::min({bound, tree.bound(), threshold()});
    return finish(
        bound,
        fmt::format("all cuts into two windows between blocks, each model at one of its blocks or not "
                    "at all; and {}",
                    family_.name),
        too_large && !stopped() ? "memory" : clock_.reason());
  }
};

class FreeWindowSearch : WindowSearch {
 public:
  FreeWindowSearch(const schedule::Problem& problem, const Objective& objective, const Space& family,
                   const Options& options)
      : WindowSearch(problem, objective, family, options, 0.3) {}

  Answer run() {
    bool moved = value() < kInfinite;
    while (moved && !stopped()) {
      moved = false;
      for (const int step : {16, 4, 1}) {
        moved = improve(step) || moved;
      }
    }
    save_energy();
    const evaluate::RootBounds root = evaluate::root_bounds(problem_);
    answer_.certificate.binds = !objective_.counts_energy() ? root.latency_binds
                                : !objective_.counts_latency()
                                    ? root.energy_binds
                                    : root.latency_binds + " and " + root.energy_binds;
    return finish(
        objective_.bound(root.latency, root.energy),
        all_schedules(problem_) + "; searched: windows moved layer by layer from the best of " + family_.name,
        stopped() ? clock_.reason() : "its end");
  }

 private:
  /// Goes to the first neighbour that is better, again and again. True if there was one.
  bool improve(int step) {
    bool any = false;
    bool moved = true;
    while (moved && !stopped()) {
      moved = false;
      for (const windows::WindowPartition& next :
           windows::neighbours_of(windows::partition_of(problem_, answer_.schedule), step)) {
        if (stopped()) {
          break;
        }
        if (!constraints::keeps_order(problem_, next)) {
          continue;
        }
        const double before = value();
        search(next, kMedium, before * (1.0 - 1e-6));
        if (value() < before) {
          search(next, kFine, value());
          moved = true;
          any = true;
          break;
        }
      }
    }
    return any;
  }
};

}  // namespace

Answer search_block_windows(const schedule::Problem& problem, const Objective& objective, const Space& family,
                            const Options& options) {
  return BlockWindowSearch(problem, objective, family, options).run();
}

Answer search_free_windows(const schedule::Problem& problem, const Objective& objective, const Space& family,
                           const Options& options) {
  return FreeWindowSearch(problem, objective, family, options).run();
}

}  // namespace inlay::search::exact
