#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "inlay/studies/comparison_report.hpp"

namespace inlay::studies {
namespace {

std::string text_of(const Ratios& ratios) {
  return fmt::format("{:5.2f} {:5.2f}", ratios.throughput, ratios.energy_efficiency);
}

std::string condition_text(const Condition& condition) {
  return fmt::format("{}, batch {}, NoC {} B/cycle per chiplet, {}", condition.workload, condition.batch,
                     condition.noc_bytes_per_cycle, schedule::to_string(condition.overlap));
}

std::string machine_text(const Outcome& outcome) {
  return fmt::format("{} with {}", outcome.package, fmt::join(outcome.dataflows, " + "));
}

/// Of one workload and option, the package and batch with the largest product of both ratios against (i).
std::vector<const Point*> best_of_each(const ComparisonStudy& study) {
  std::vector<const Point*> best;
  for (const Point& point : study.points) {
    const auto same = std::find_if(best.begin(), best.end(), [&](const Point* other) {
      return other->condition.workload == point.condition.workload &&
             other->condition.noc_bytes_per_cycle == point.condition.noc_bytes_per_cycle &&
             other->condition.overlap == point.condition.overlap;
    });
    if (same == best.end()) {
      best.push_back(&point);
    } else if (point.against.output_stationary_monolith.edp() >
               (*same)->against.output_stationary_monolith.edp()) {
      *same = &point;
    }
  }
  return best;
}

std::string introduction(const ComparisonStudy& study) {
  const ComparisonPlan& plan = study.plan;
  return fmt::format(
      "Study {}: {}\n{}\n"
      "{} points{}: {} workloads x {} batches x {} NoC bandwidths x {} overlaps x {} packages; communication "
      "{},\n"
      "strategy exact, objective EDP, stop at a gap of {:.1f}%, {} splits, for packages and monoliths "
      "alike.\n"
      "Ratios of throughput and of energy efficiency (above 1: better) against\n"
      "  (i)   the best output-stationary monolith    (ii) the best monolith of any dataflow\n"
      "  (iii) the best homogeneous package           (iv) as (i), of MAESTRO's own mappings alone\n"
      "For each, {}.\n\n",
      plan.name, plan.title, heading(study), study.points.size(), study.quick ? " (quick subset)" : "",
      plan.workloads.size(), plan.batches.size(), plan.noc_bandwidths.size(), plan.overlaps.size(),
      plan.packages.size(), schedule::to_string(plan.communication), 100.0 * plan.gap, plan.splits,
      kBaselineRule);
}

std::string table(const ComparisonStudy& study) {
  constexpr const char* kRow = "{:<20} {:>5} {:<10} {:>5}  {:<21} {:>11}  {:>11}  {:>11}  {:>11}\n";
  std::string text = "The best package and batch for each workload and option:\n";
  text += fmt::format(kRow, "workload", "NoC", "overlap", "batch", "package", "(i)", "(ii)", "(iii)", "(iv)");
  text += std::string(116, '-') + "\n";
  for (const Point* point : best_of_each(study)) {
    const Condition& condition = point->condition;
    text += fmt::format(kRow, condition.workload, condition.noc_bytes_per_cycle,
                        schedule::to_string(condition.overlap), condition.batch, point->outcome.package,
                        text_of(point->against.output_stationary_monolith), text_of(point->against.monolith),
                        text_of(point->against.homogeneous), text_of(point->against.published_monolith));
  }
  return text + "\n";
}

std::string headline_text(const ComparisonStudy& study) {
  constexpr const char* kRow = "  {:<62} {:>10} {:>10}\n";
  const Point& point = study.headline;
  std::string text = fmt::format("Headline: {}\n  {}, gap {:.1f}%\n", condition_text(point.condition),
                                 machine_text(point.outcome), 100.0 * point.outcome.gap);
  text += fmt::format(kRow, "", "throughput", "efficiency");
  const auto row = [&](const std::string& title, const Ratios& ratios) {
    text += fmt::format(kRow, title, fmt::format("{:.2f}", ratios.throughput),
                        fmt::format("{:.2f}", ratios.energy_efficiency));
  };
  row("published, against an optimised output-stationary monolith",
      {study.plan.published_throughput_ratio, study.plan.published_energy_efficiency_ratio});
  row("(i)   against " + machine_text(point.output_stationary_monolith),
      point.against.output_stationary_monolith);
  row("(ii)  against " + machine_text(point.monolith), point.against.monolith);
  row("(iii) against " + machine_text(point.homogeneous), point.against.homogeneous);
  row("(iv)  against " + machine_text(point.published_monolith), point.against.published_monolith);
  row("(i)   each ratio against the monolith that is best in it alone",
      point.against_individually_best.output_stationary_monolith);
  row("(i)   without the energy of repeated output writes (B1)",
      point.without_repeated_writes.output_stationary_monolith);
  return text + fmt::format("  Rule: {}.\n\n", kHeadlineRule);
}

std::string range_text(const ComparisonStudy& study) {
  const std::vector<Point> candidates = headline_candidates(study);
  const auto line = [&](const std::string& title, const auto& figure) {
    std::vector<double> values;
    for (const Point& point : candidates) {
      values.push_back(figure(point));
    }
    const Spread range = spread(std::move(values));
    return fmt::format("  {:<42} {:5.2f} .. {:5.2f}, median {:5.2f}\n", title, range.lowest, range.highest,
                       range.median);
  };
  return fmt::format("All {} points that the headline is the best of:\n", candidates.size()) +
         line("throughput against (i)",
              [](const Point& point) { return point.against.output_stationary_monolith.throughput; }) +
         line("energy efficiency against (i)",
              [](const Point& point) { return point.against.output_stationary_monolith.energy_efficiency; }) +
         line("heterogeneity_gain: EDP against (iii)",
              [](const Point& point) { return point.against.homogeneous.edp(); }) +
         line("share of B1 in the energy of baseline (i)",
              [](const Point& point) {
                return point.output_stationary_monolith.repeated_writes /
                       point.output_stationary_monolith.energy;
              }) +
         line("share of B1 in the energy of baseline (iv)",
              [](const Point& point) {
                return point.published_monolith.repeated_writes / point.published_monolith.energy;
              }) +
         "\n";
}

std::string explanation(const std::string& step) {
  if (step == "dataflow") {
    return "dataflow: (i) -> (ii)";
  }
  if (step == "chiplets") {
    return "chiplets: (ii) -> homogeneous, sequential";
  }
  if (step == "side by side") {
    return "models side by side: sequential -> (iii)";
  }
  return step + ": (iii) -> this package";
}

std::string steps_text(const ComparisonStudy& study) {
  constexpr const char* kRow = "  {:<46} {:>12} {:>22}\n";
  std::string text = "Where the ratios against (i) come from (the steps multiply to them):\n";
  text += fmt::format(kRow, "", "headline", "geometric mean of all");
  const std::vector<Step> means = mean_steps(headline_candidates(study));
  for (std::size_t i = 0; i < means.size(); ++i) {
    text += fmt::format(kRow, explanation(means[i].name), text_of(study.headline.steps[i].gain),
                        text_of(means[i].gain));
  }
  if (study.headline.standalone) {
    text +=
        fmt::format(kRow, "beside: (ii) -> homogeneous, standalone", text_of(*study.headline.standalone), "");
  }
  return text;
}

}  // namespace

std::string comparison_text(const ComparisonStudy& study) {
  return introduction(study) + table(study) + headline_text(study) + range_text(study) + steps_text(study);
}

}  // namespace inlay::studies
