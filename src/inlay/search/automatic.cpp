#include "inlay/search/automatic.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "inlay/base/error.hpp"
#include "inlay/search/certificate.hpp"
#include "inlay/search/exact/exact.hpp"
#include "inlay/search/large/large.hpp"
#include "inlay/search/pipelines/path_trie.hpp"
#include "inlay/search/pipelines/submesh_trie.hpp"
#include "inlay/search/stop_clock.hpp"

namespace inlay::search {
namespace {

/// Of the time that is left; the rest is for the bound of `large` where `exact` does not come to its end.
constexpr double kShareOfExact = 0.75;
/// Where stages have one shape `large` bounds well, and needs more of it.
constexpr double kShareOfExactOnShapes = 0.4;
/// On packages of fewer chiplets `exact` is quick whatever the family.
constexpr int kFewChiplets = 5;

class Automatic {
 public:
  Automatic(const schedule::Problem& problem, const Objective& objective, const Options& options)
      : problem_(problem),
        objective_(objective),
        options_(options),
        clock_(options.stop),
        best_value_(std::numeric_limits<double>::infinity()) {}

  Answer run() {
    const auto chiplets = static_cast<int>(problem_.package.chiplets.size());
    const bool single = problem_.submeshes == schedule::SubmeshFamily::kSingle;
    if (problem_.submeshes == schedule::SubmeshFamily::kTiles ||
        (single && pipelines::affordable_stages(problem_) < chiplets)) {
      run("large", large::solve, options_of("large"));
      return combined();
    }
    Options quick = options_of("large");
    for (const char* effort : {"large.partitions", "large.rounds", "large.changes"}) {
      quick.settings.set(effort, "0");
    }
    run("large", large::solve, quick);
    const bool bounded = problem_.submeshes == schedule::SubmeshFamily::kUniform && chiplets >= kFewChiplets;
    if (!enough()) {
      Options whole = options_of("exact");
      whole.stop.time_limit *= bounded ? kShareOfExactOnShapes : kShareOfExact;
      if (!limited()) {
        whole.stop.evaluations = options_.settings.integer("auto.evaluations");
      }
      run("exact", exact::solve, whole);
    }
    if (!enough()) {
      run("large", large::solve, options_of("large"));
    }
    if (!enough() && bounded && std::isfinite(options_.stop.time_limit)) {
      run("exact", exact::solve,
          options_of("exact"));  // `large` has come to its end before the time was over
    }
    return combined();
  }

 private:
  /// Whether the user has said when to stop.
  bool limited() const {
    return std::isfinite(options_.stop.time_limit) ||
           options_.stop.evaluations < std::numeric_limits<std::int64_t>::max();
  }

  Options options_of(const std::string& strategy) const {
    Options options = options_;
    options.settings.set(strategy + ".splits", std::to_string(options_.settings.integer("auto.splits")));
    options.stop.time_limit = std::max(0.0, options_.stop.time_limit - clock_.seconds());
    if (best_) {
      options.start = best_->schedule;
    }
    if (options_.progress) {
      options.progress = [this](double value, double bound) {
        if (value < best_value_) {
          best_value_ = value;
          options_.progress(value, std::min(value, std::max(bound, bound_)));
        }
      };
    }
    return options;
  }

  using Strategy = Answer (*)(const schedule::Problem&, const Objective&, const Options&);
  void run(const std::string& strategy, Strategy solve, const Options& options) {
    if (std::find(ran_.begin(), ran_.end(), strategy) == ran_.end()) {
      ran_.push_back(strategy);
    }
    Answer answer = solve(problem_, objective_, options);
    const Certificate& certificate = answer.certificate;
    evaluations_ += certificate.evaluations;
    // Bounds of all schedules hold for the family of windows, too.
    if (certificate.lower_bound > bound_ || !best_) {
      bound_ = certificate.lower_bound;
      source_ = certificate;
    }
    stopped_by_ = certificate.stopped_by;
    if (!best_ || certificate.value < best_->certificate.value) {
      best_ = std::move(answer);
    }
    best_value_ = std::min(best_value_, best_->certificate.value);
  }

  bool enough() const {
    const double value = best_->certificate.value;
    return value - bound_ <= std::max(1e-9, options_.stop.gap) * value || clock_.expired();
  }

  /// The best schedule; with the highest bound, unless that speaks of a space outside of which the schedule
  /// lies.
  Answer combined() const {
    Answer answer = *best_;
    Certificate& certificate = answer.certificate;
    double bound = certificate.lower_bound;
    if (bound_ > bound && bound_ <= certificate.value * (1.0 + 1e-9)) {
      bound = bound_;
      certificate.space = source_.space;
      certificate.binds = source_.binds;
    }
    set_bound(certificate, certificate.value, bound, options_.stop.gap, stopped_by_);
    certificate.space += fmt::format("; strategies that ran: {}", fmt::join(ran_, ", "));
    certificate.evaluations = evaluations_;
    certificate.seconds = clock_.seconds();
    return answer;
  }

  const schedule::Problem& problem_;
  const Objective& objective_;
  const Options& options_;
  StopClock clock_;
  std::vector<std::string> ran_;
  std::optional<Answer> best_;
  double bound_ = 0.0;      // the highest,
  Certificate source_;      // and whose it is
  std::string stopped_by_;  // the latest of them
  mutable double best_value_;
  std::int64_t evaluations_ = 0;
};

}  // namespace

Answer automatic(const schedule::Problem& problem, const Objective& objective, const Options& options) {
  return Automatic(problem, objective, options).run();
}

std::vector<OptionRecord> automatic_records() {
  return {{"auto.splits",
           "most boundaries between windows: exact.splits and large.splits are set to it",
           OptionRecord::Kind::kInteger,
           "4",
           0,
           16,
           {}},
          {"auto.evaluations",
           "evaluations after which exact gives up where neither a time nor evaluations are limited",
           OptionRecord::Kind::kInteger,
           "2000000000",
           0,
           1e15,
           {}}};
}

}  // namespace inlay::search
