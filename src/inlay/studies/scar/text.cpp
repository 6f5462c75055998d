#include "inlay/studies/scar/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace inlay::studies::scar {
namespace {

std::string number(double value) {
  return value >= 9999.5 ? fmt::format("{:.0f}", value) : fmt::format("{:.3g}", value);
}

std::string percent(const std::optional<double>& value) {
  return value ? fmt::format("{:+.1f}%", 100.0 * *value) : "-";
}

std::string correlation_text(const std::optional<double>& value) {
  return value ? fmt::format("{:+.2f}", *value) : "-";
}

std::string ratio_text(const std::optional<double>& value) {
  return value ? fmt::format("{:.2f}", *value) : "-";
}

/// "scar-calibrated (a fit, not a finding)".
std::string setting_text(const Plan& plan, const std::string& name) {
  for (const Setting& setting : plan.settings) {
    if (setting.name == name && setting.fit) {
      return fmt::format("{} ({})", name, kFitLabel);
    }
  }
  return name;
}

/// The words of a setting that is about to be compared.
std::string settings_text(const Plan& plan) {
  std::string text;
  for (const Setting& setting : plan.settings) {
    text += fmt::format("  {:<16} {}{}\n", setting.name, setting.about,
                        setting.fit ? fmt::format(": {}", kFitLabel) : "");
  }
  return text;
}

/// A figure of ours, absolute or over that of the row that the table is relative to.
std::string ours(const Outcome& outcome, const Outcome* relative_to, double (*figure)(const Outcome&)) {
  if (!outcome.found() || (relative_to != nullptr && !relative_to->found())) {
    return "-";
  }
  return number(figure(outcome) / (relative_to == nullptr ? 1.0 : figure(*relative_to)));
}

double latency(const Outcome& outcome) {
  return outcome.latency;
}
double edp(const Outcome& outcome) {
  return outcome.edp();
}
double energy(const Outcome& outcome) {
  return outcome.energy;
}

std::size_t relative_row(const Table& table) {
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    if (table.rows[r].name == table.relative_to) {
      return r;
    }
  }
  return table.rows.size();
}

constexpr const char* kTableLine =
    "{:<9} {:<16} {:>8} {:>8} {:>8}   {:>8} {:>8} {:>8}   {:>8} {:>8} {:>8}  {:>6}\n";

std::string table_lines(const TableResult& result, std::size_t scenario) {
  const Table& table = *result.table;
  const std::size_t base = relative_row(table);
  std::string text;
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    const TableCell& cell = result.cells[r][scenario];
    const bool absolute = base == table.rows.size();
    const Outcome* scar = absolute ? nullptr : &result.cells[base][scenario].scar;
    const Outcome* best = absolute ? nullptr : &result.cells[base][scenario].best;
    const double implied = cell.published_edp / cell.published_latency;
    const double weights = result.weights_energy[scenario];
    text +=
        fmt::format(fmt::runtime(kTableLine), r == 0 ? plain(table.scenarios[scenario]) : "",
                    table.rows[r].name, number(cell.published_latency), ours(cell.scar, scar, latency),
                    ours(cell.best, best, latency), number(cell.published_edp), ours(cell.scar, scar, edp),
                    ours(cell.best, best, edp), number(implied) + (absolute && implied < weights ? "<" : ""),
                    ours(cell.scar, scar, energy), absolute ? number(weights) : "",
                    cell.best.found() ? fmt::format("{:.1f}%", 100.0 * cell.best.gap) : "-");
  }
  return text;
}

std::string table_text(const Plan& plan, const TableResult& result) {
  const Table& table = *result.table;
  const bool absolute = table.relative_to.empty();
  std::string text = fmt::format(
      "{}: {} search, setting {}\n{}\n", table.title, result.objective, setting_text(plan, result.setting),
      absolute ? "latency in s, EDP in J s, energy in J; '<': less than reading all weights once takes"
               : fmt::format("all relative to {} of the same column", table.relative_to));
  text += fmt::format(fmt::runtime(kTableLine), "", "", "latency", "", "", "EDP", "", "", "energy", "", "",
                      "gap of");
  text += fmt::format(fmt::runtime(kTableLine), "scenario", "strategy", "publ.", "scar", table.best, "publ.",
                      "scar", table.best, "implied", "scar", absolute ? "weights" : "", table.best);
  const std::vector<Correlation> all = correlations(result);
  for (std::size_t s = 0; s < table.scenarios.size(); ++s) {
    text += table_lines(result, s);
    text += fmt::format(
        "{:<9} rank correlation with the published order: latency {} scar, {} {}; EDP {} scar, {} {}\n", "",
        correlation_text(all[s].scar_latency), correlation_text(all[s].best_latency), table.best,
        correlation_text(all[s].scar_edp), correlation_text(all[s].best_edp), table.best);
  }
  return text + '\n';
}

std::string reductions_text(const Report& report) {
  if (report.reductions.empty()) {
    return "";
  }
  std::string text = "Mean reduction of EDP against the homogeneous packages (EDP search)\n";
  text += fmt::format("{:<10} {:<12} {:<39} {:>9} {:>12} {:>9} {:>9}\n", "headline", "row", "setting",
                      "published", "its table", "scar", "best");
  for (const ReductionResult& result : report.reductions) {
    const Reduction& reduction = *result.reduction;
    text += fmt::format("{:<10} {:<12} {:<39} {:>9} {:>12} {:>9} {:>9}\n", reduction.name, reduction.row,
                        setting_text(*report.plan, result.setting), percent(reduction.published),
                        percent(result.from_published), percent(result.scar), percent(result.best));
  }
  return text + '\n';
}

std::string ablation_text(const Plan& plan, const AblationResult& result) {
  const Ablation& ablation = *result.ablation;
  const std::string& first = ablation.variants.front().name;
  std::string text =
      fmt::format("Ablation: {}, setting {}\nhow much less '{}' takes, mean over {}\n", ablation.title,
                  setting_text(plan, result.setting), first, fmt::join(ablation.scenarios, ", "));
  text += fmt::format("{:<24} {:>9} {:>9} {:>9}   {}\n", "against", "latency", "energy", "EDP", "published");
  for (std::size_t v = 1; v < result.variants.size(); ++v) {
    const VariantResult& variant = result.variants[v];
    const std::string published =
        variant.name == ablation.published_variant
            ? fmt::format("latency {}, energy {}", percent(ablation.published_latency),
                          percent(ablation.published_energy))
            : "no figures";
    text += fmt::format("{:<24} {:>9} {:>9} {:>9}   {}\n", variant.name, percent(variant.latency),
                        percent(variant.energy), percent(variant.edp), published);
  }
  return text + '\n';
}

std::string example_text(const Plan& plan, const ExampleResult& result) {
  const Example& example = plan.example;
  std::string text =
      fmt::format("{}, setting {}\nratios of EDP\n", example.title, setting_text(plan, result.setting));
  text += fmt::format("{:<52} {:>9} {:>9} {:>9}\n", "", "published", "scar", "exact");
  for (std::size_t r = 0; r < example.ratios.size(); ++r) {
    const ExampleRatio& ratio = example.ratios[r];
    text += fmt::format("{:<52} {:>9} {:>9} {:>9}\n",
                        fmt::format("{} / {}{}", ratio.of, ratio.against.size() > 1 ? "lowest of " : "",
                                    fmt::join(ratio.against, ", ")),
                        ratio_text(ratio.published), ratio_text(result.scar_ratios[r]),
                        ratio_text(result.best_ratios[r]));
  }
  return text + '\n';
}

std::string sensitivity_text(const Report& report) {
  if (report.sensitivity.empty()) {
    return "";
  }
  std::string text =
      "Sensitivity: mean reductions (EDP; latency) by strategy scar with one thing changed; + heterogeneous "
      "is better\n";
  text += fmt::format("{:<32}", "");
  for (const Reduction& reduction : report.plan->reductions) {
    text += fmt::format(" {:>20}", reduction.name);
  }
  std::string setting;
  for (const ReductionResult& result : report.sensitivity) {
    if (result.setting != setting) {
      setting = result.setting;
      text += fmt::format("\n{:<32}", setting);
    }
    text += fmt::format(" {:>20}", percent(result.scar) + "; " + percent(result.scar_latency));
  }
  return text + "\n";
}

}  // namespace

std::string report_text(const Report& report) {
  const Plan& plan = *report.plan;
  std::string text =
      fmt::format("Study {}: {}{}\n", plan.name, plan.title, report.quick ? " (quick subset)" : "");
  text +=
      "Published | strategy scar (simba, standalone) in our model | the best that Inlay finds. Settings:\n";
  text += settings_text(plan) + '\n';
  for (const TableResult& result : report.tables) {
    text += table_text(plan, result);
  }
  text += reductions_text(report);
  for (const AblationResult& result : report.ablations) {
    text += ablation_text(plan, result);
  }
  for (const ExampleResult& result : report.examples) {
    text += example_text(plan, result);
  }
  return text + sensitivity_text(report);
}

}  // namespace inlay::studies::scar
