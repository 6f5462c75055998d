#include "inlay/search/exact/front_search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/search/constraints/constraint_effects.hpp"
#include "inlay/search/exact/incumbent_passes.hpp"
#include "inlay/search/exact/partition_problem.hpp"
#include "inlay/search/exact/partition_search.hpp"
#include "inlay/search/pipelines/submesh_trie.hpp"

namespace inlay::search::exact {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// Points that differ by less than this in both coordinates differ by rounding only.
constexpr double kRounding = 1e-9;

/// How far a front of lower bounds is from one of schedules: 0.01 says that every point of it has a schedule
/// that is at most 1% above it in both coordinates.
double distance(const ParetoFront& lower, const ParetoFront& known) {
  double furthest = 0.0;
  for (const CostPoint& bound : lower.points()) {
    double nearest = kInfinite;
    for (const CostPoint& point : known.points()) {
      const double slower = bound.latency > 0.0 ? point.latency / bound.latency : kInfinite;
      const double dearer = bound.energy > 0.0   ? point.energy / bound.energy
                            : point.energy > 0.0 ? kInfinite
                                                 : 1.0;
      nearest = std::min(nearest, std::max({slower, dearer, 1.0}));
    }
    furthest = std::max(furthest, nearest - 1.0);
  }
  return furthest;
}

class FrontSearch {
 public:
  FrontSearch(const schedule::Problem& problem, Space space, const Options& options)
      : problem_(problem),
        problems_(problem),
        space_(std::move(space)),
        options_(options),
        clock_(options.stop),
        trie_(pipelines::trie_of(problem, space_.longest, *space_.plan_goal)) {}

  FrontAnswer run() {
    find_ends();
    for (const windows::WindowPartition& partition : space_.partitions) {
      gaps_.push_back(distance(partition_front(problems_.of(partition), partition), target_.known));
    }
    for (const Resolution& resolution : incumbent_passes(space_.longest)) {
      for (std::size_t i = 0; i < space_.partitions.size() && !stopped(); ++i) {
        search(i, resolution);
      }
    }
    // Each pass excludes more than the one before, and finds what makes the next one quick.
    for (const double gap : {0.05, 0.01, 0.002, 0.0}) {
      target_.slack = 1.0 + std::max(gap, options_.stop.gap);
      for (std::size_t i = 0; i < space_.partitions.size(); ++i) {
        prove(i);
      }
      if (gap <= options_.stop.gap) {
        break;
      }
    }
    return answer();
  }

 private:
  /// The fastest schedule, the one of least energy and the one of least EDP: proven, or as near as a part of
  /// the limits allows. Nothing beyond the ends can improve the front.
  void find_ends() {
    least_latency_ = least_with(Objective::kLatency);
    least_energy_ = least_with(Objective::kEnergy);
    best_of(space_, Objective::kEdp);
    target_.earliest = least_latency_;
  }

  /// The least latency or energy, whether shardings are planned for the front or for the objective itself.
  double least_with(const Objective& objective) {
    const double least = best_of(space_, objective);
    if (trie_.single()) {
      return least;
    }
    Space own = space_;
    own.plan_goal.reset();
    return std::min(least, best_of(own, objective));
  }

  /// Keeps the best schedule of a space and returns its lower bound.
  double best_of(const Space& space, const Objective& objective) {
    constexpr double kShare = 0.12;
    Options part = options_;
    part.progress = {};
    part.stop.time_limit = std::min(options_.stop.time_limit * kShare, left());
    part.stop.evaluations =
        std::min(clock_.evaluations_left(evaluations_),
                 static_cast<std::int64_t>(static_cast<double>(options_.stop.evaluations) * kShare));
    Answer answer = search_space(problem_, objective, space, part);
    const evaluate::ScheduleCost cost = evaluate::evaluate_reference(problem_, answer.schedule);
    evaluations_ += answer.certificate.evaluations;
    keep({std::move(answer.schedule), cost.latency, cost.energy.total()});
    return answer.certificate.lower_bound;
  }

  double left() const { return options_.stop.time_limit - clock_.seconds(); }
  bool stopped() const { return clock_.expired() || clock_.evaluations_left(evaluations_) <= 0; }

  /// Keeps a schedule unless another is as good in both.
  void keep(FrontPoint point) {
    if (target_.known.energy_within(point.latency * (1.0 + kRounding)) <= point.energy * (1.0 + kRounding)) {
      return;
    }
    target_.known.add({point.latency, point.energy});
    std::erase_if(points_, [&](const FrontPoint& other) {
      return point.latency <= other.latency && point.energy <= other.energy;
    });
    const auto at =
        std::lower_bound(points_.begin(), points_.end(), point.latency,
                         [](const FrontPoint& other, double latency) { return other.latency < latency; });
    points_.insert(at, std::move(point));
  }

  PartitionResult search(std::size_t index, const Resolution& resolution) {
    // Beyond the cheapest schedule nothing is promising once it is known that none is cheaper.
    const FrontPoint& cheapest = points_.back();
    target_.latest =
        cheapest.energy <= least_energy_ * target_.slack * (1.0 + kRounding) ? cheapest.latency : kInfinite;
    const int longest =
        resolution.most_stages == 0 ? space_.longest : std::min(space_.longest, resolution.most_stages);
    const PartitionQuestion question{problems_.of(space_.partitions[index]),
                                     trie_,
                                     space_.partitions[index],
                                     Objective::kEdp,
                                     kInfinite,
                                     longest,
                                     resolution,
                                     options_.threads,
                                     kInfinite,
                                     nullptr,
                                     &target_};
    PartitionResult result = search_partition(question, clock_, clock_.evaluations_left(evaluations_));
    evaluations_ += result.evaluations;
    for (Found& found : result.front) {
      keep({std::move(found.schedule), found.latency, found.energy});
    }
    return result;
  }

  void prove(std::size_t index) {
    const double gap = target_.slack - 1.0;
    if (gaps_[index] <= gap) {
      return;
    }
    if (stopped()) {
      complete_ = false;
      return;
    }
    const PartitionResult result = search(index, kFine);
    complete_ = complete_ && result.complete;
    too_large_ = too_large_ || result.too_large;
    gaps_[index] =
        std::min(gaps_[index], result.complete ? gap : std::max(gap, distance(result.lower, target_.known)));
  }

  FrontAnswer answer() {
    FrontCertificate certificate;
    certificate.space = space_.name;
    certificate.least_latency = std::min(least_latency_, points_.front().latency);
    certificate.least_energy = std::min(least_energy_, points_.back().energy);
    certificate.gap = *std::max_element(gaps_.begin(), gaps_.end());
    certificate.proven = certificate.gap <= kRounding;
    certificate.stopped_by = certificate.proven                     ? "proof"
                             : certificate.gap <= options_.stop.gap ? "gap"
                             : too_large_ && !stopped()             ? "memory"
                                                                    : clock_.reason();
    certificate.seed = options_.seed;
    certificate.evaluations = evaluations_;
    certificate.seconds = clock_.seconds();
    for (const FrontPoint& point : points_) {
      check(point);
    }
    return {std::move(points_), certificate};
  }

  /// The search's own sums and the reference evaluator must agree, and bounds must hold.
  void check(const FrontPoint& point) const {
    const evaluate::ScheduleCost cost = evaluate::evaluate_reference(problem_, point.schedule);
    const double energy = cost.energy.total();
    if (std::abs(cost.latency - point.latency) > kRounding * cost.latency ||
        std::abs(energy - point.energy) > kRounding * energy) {
      throw base::DefectError(
          fmt::format("the search costs a schedule of the front at {} s, {} J, the reference evaluator at "
                      "{} s, {} J",
                      point.latency, point.energy, cost.latency, energy));
    }
  }

  const schedule::Problem& problem_;
  PartitionProblem problems_;
  Space space_;
  const Options& options_;
  StopClock clock_;
  pipelines::PathTrie trie_;
  pipelines::FrontTarget target_;
  std::vector<FrontPoint> points_;  // latency ascending, energy descending
  std::vector<double> gaps_;        // [partition] distance of its front from the known one
  double least_latency_ = 0.0;
  double least_energy_ = 0.0;
  bool complete_ = true;
  bool too_large_ = false;
  std::int64_t evaluations_ = 0;
};

}  // namespace

FrontAnswer search_front(const schedule::Problem& problem, const Space& space, const Options& options) {
  Space of_front = in_order(problem, space);
  // One set of plans for all of the front: its ends are searched among the same schedules as the rest.
  of_front.rates_bind = false;  // a front has all periods
  of_front.plan_goal = sharding::plan_goal(Objective::kEdp);
  return FrontSearch(problem, std::move(of_front), options).run();
}

}  // namespace inlay::search::exact
