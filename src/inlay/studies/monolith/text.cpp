#include "inlay/studies/monolith/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace inlay::studies::monolith {
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

std::string introduction(const std::vector<ComparisonStudy>& studies) {
  const ComparisonStudy& study = studies.front();
  const ComparisonPlan& plan = study.plan;
  return fmt::format(
      "Study {}: {}\n"
      "{} points{} for each engine: {} workloads x {} batches x {} NoC bandwidths x {} overlaps x {} "
      "packages;\n"
      "communication {}, strategy exact, objective EDP, stop at a gap of {:.1f}%, {} splits, for packages "
      "and\n"
      "monoliths alike. Ratios of throughput and of energy efficiency (above 1: better) against\n"
      "  (i)   the best output-stationary monolith    (ii) the best monolith of any dataflow\n"
      "  (iii) the best homogeneous package           (iv) as (i), of MAESTRO's own mappings alone\n"
      "For each, {}.\n\n",
      plan.name, plan.title, study.points.size(), study.quick ? " (quick subset)" : "", plan.workloads.size(),
      plan.batches.size(), plan.noc_bandwidths.size(), plan.overlaps.size(), plan.packages.size(),
      schedule::to_string(plan.communication), 100.0 * plan.gap, plan.splits, kBaselineRule);
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
  if (point.published_monolith.repeated_writes > 0.0) {
    row("(i)   without the energy of repeated output writes (B1)",
        point.without_repeated_writes.output_stationary_monolith);
  }
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
  const auto share_of_b1 = [](const Outcome& outcome) { return outcome.repeated_writes / outcome.energy; };
  const bool counts_b1 = study.headline.published_monolith.repeated_writes > 0.0;
  return fmt::format("All {} points that the headline is the best of:\n", candidates.size()) +
         line("throughput against (i)",
              [](const Point& point) { return point.against.output_stationary_monolith.throughput; }) +
         line("energy efficiency against (i)",
              [](const Point& point) { return point.against.output_stationary_monolith.energy_efficiency; }) +
         line("heterogeneity_gain: EDP against (iii)",
              [](const Point& point) { return point.against.homogeneous.edp(); }) +
         (counts_b1
              ? line("share of B1 in the energy of baseline (i)",
                     [&](const Point& point) { return share_of_b1(point.output_stationary_monolith); }) +
                    line("share of B1 in the energy of baseline (iv)",
                         [&](const Point& point) { return share_of_b1(point.published_monolith); })
              : std::string()) +
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

/// The study's own headline under every engine.
std::string beside_text(const std::vector<ComparisonStudy>& studies) {
  constexpr const char* kRow = "  {:<14} {:<30} {:>11}  {:>11}  {:>11}  {:>11}\n";
  const Point& headline = studies.front().headline;
  std::string text =
      fmt::format("The headline of {} under each engine: {}\n  {}\n", studies.front().plan.engine,
                  headline.outcome.package, condition_text(headline.condition));
  text += fmt::format(kRow, "engine", "with", "(i)", "(ii)", "(iii)", "(iv)");
  for (const ComparisonStudy& study : studies) {
    const Point& point = same_place(study, headline);
    text += fmt::format(kRow, study.plan.engine, fmt::format("{}", fmt::join(point.outcome.dataflows, " + ")),
                        text_of(point.against.output_stationary_monolith), text_of(point.against.monolith),
                        text_of(point.against.homogeneous), text_of(point.against.published_monolith));
  }
  return text + "\n";
}

std::string results_text(const ComparisonStudy& study) {
  const std::string title = heading(study);
  return title + "\n" + std::string(title.size(), '=') + "\n" + table(study) + headline_text(study) +
         range_text(study) + steps_text(study) + "\n";
}

}  // namespace

std::string comparison_text(const std::vector<ComparisonStudy>& studies) {
  std::string text = introduction(studies);
  for (const ComparisonStudy& study : studies) {
    text += results_text(study);
  }
  return text + beside_text(studies);
}

}  // namespace inlay::studies::monolith
