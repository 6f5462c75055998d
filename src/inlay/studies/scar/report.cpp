#include "inlay/studies/scar/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "inlay/cost/engine.hpp"
#include "inlay/cost/engines.hpp"
#include "inlay/hardware/package_file.hpp"
#include "inlay/studies/rank_correlation.hpp"
#include "inlay/studies/scar/setting_file.hpp"
#include "inlay/workload/scenario_file.hpp"

namespace inlay::studies::scar {
namespace {

/// As many digits as the published tables have.
constexpr int kDigits = 3;

using Figure = std::function<double(const Outcome&)>;

double latency_of(const Outcome& outcome) {
  return outcome.latency;
}
double energy_of(const Outcome& outcome) {
  return outcome.energy;
}
double edp_of(const Outcome& outcome) {
  return outcome.edp();
}

/// J of reading the weights of every model of a scenario once.
double weights_energy(const std::string& scenario, const hardware::Package& package) {
  double bytes = 0.0;
  for (const workload::ScenarioModel& entry : workload::load_scenario(scenario).models) {
    for (const workload::Layer& layer : entry.model.layers) {
      bytes += static_cast<double>(layer.weight_bytes);
    }
  }
  return 8.0 * bytes * package.memory.energy_per_bit;
}

TableResult table_result(const Plan& plan, const Setting& setting, const Table& table,
                         const std::string& objective, const Outcomes& outcomes) {
  TableResult result{&table, setting.name, objective, {}, {}};
  for (const TableRow& row : table.rows) {
    const PublishedFigures& published = row.published.at(objective);
    std::vector<TableCell> cells;
    for (std::size_t s = 0; s < table.scenarios.size(); ++s) {
      const std::string& scenario = table.scenarios[s];
      cells.push_back({published.latency[s], published.edp[s],
                       outcomes.at(row_point(setting, row, scenario, objective).key()),
                       outcomes.at(best_point(plan, setting, table, row, scenario, objective).key())});
    }
    result.cells.push_back(std::move(cells));
  }
  const hardware::Package package = hardware::load_package(table.rows.front().package);
  for (const std::string& scenario : table.scenarios) {
    result.weights_energy.push_back(weights_energy(scenario, package));
  }
  return result;
}

/// A row's figures over the scenarios; nothing if one has no schedule.
std::optional<std::vector<double>> figures(
    const Table& table, const std::string& row, const Outcomes& outcomes, const Figure& figure,
    const std::function<Point(const TableRow&, const std::string&)>& point) {
  std::vector<double> values;
  for (const std::string& scenario : table.scenarios) {
    const Outcome& outcome = outcomes.at(point(table.row(row), scenario).key());
    if (!outcome.found()) {
      return std::nullopt;
    }
    values.push_back(figure(outcome));
  }
  return values;
}

using Values = std::function<std::optional<std::vector<double>>(const std::string& row)>;

std::optional<double> reduction_of(const Reduction& reduction, const Values& values) {
  const std::optional<std::vector<double>> own = values(reduction.row);
  std::vector<std::vector<double>> others;
  for (const std::string& row : reduction.against) {
    const std::optional<std::vector<double>> other = values(row);
    if (!own || !other) {
      return std::nullopt;
    }
    others.push_back(*other);
  }
  return mean_reduction(*own, others);
}

/// `with_best`: the third column has been searched, too.
ReductionResult reduction_result(const Plan& plan, const Setting& setting, const Reduction& reduction,
                                 const Outcomes& outcomes, bool with_best) {
  const Table& table = *plan.table(reduction.table);
  const std::string objective = "edp";
  const auto scar = [&](const Figure& figure) {
    return reduction_of(reduction, [&](const std::string& row) {
      return figures(table, row, outcomes, figure, [&](const TableRow& of, const std::string& scenario) {
        return row_point(setting, of, scenario, objective);
      });
    });
  };
  ReductionResult result{&reduction, setting.name, {}, scar(edp_of), {}, scar(latency_of)};
  result.from_published = reduction_of(
      reduction, [&](const std::string& row) { return table.row(row).published.at(objective).edp; });
  if (with_best) {
    result.best = reduction_of(reduction, [&](const std::string& row) {
      return figures(table, row, outcomes, edp_of, [&](const TableRow& of, const std::string& scenario) {
        return best_point(plan, setting, table, of, scenario, objective);
      });
    });
  }
  return result;
}

AblationResult ablation_result(const Setting& setting, const Ablation& ablation, const Outcomes& outcomes) {
  AblationResult result{&ablation, setting.name, {}};
  for (const Variant& variant : ablation.variants) {
    const auto mean = [&](const Figure& figure) -> std::optional<double> {
      std::vector<double> first;
      std::vector<double> own;
      for (const std::string& scenario : ablation.scenarios) {
        const Outcome& a =
            outcomes.at(variant_point(setting, ablation, ablation.variants[0], scenario).key());
        const Outcome& b = outcomes.at(variant_point(setting, ablation, variant, scenario).key());
        if (!a.found() || !b.found()) {
          return std::nullopt;
        }
        first.push_back(figure(a));
        own.push_back(figure(b));
      }
      return mean_reduction(first, {own});
    };
    result.variants.push_back({variant.name, mean(latency_of), mean(energy_of), mean(edp_of)});
  }
  return result;
}

std::optional<double> example_ratio(const Example& example, const ExampleRatio& ratio,
                                    const std::vector<Outcome>& outcomes) {
  const auto edp = [&](const std::string& name) -> std::optional<double> {
    for (std::size_t c = 0; c < example.cases.size(); ++c) {
      if (example.cases[c].name == name && outcomes[c].found()) {
        return outcomes[c].edp();
      }
    }
    return std::nullopt;
  };
  std::optional<double> lowest;
  for (const std::string& other : ratio.against) {
    if (const auto one = edp(other); one && (!lowest || *one < *lowest)) {
      lowest = one;
    }
  }
  const auto own = edp(ratio.of);
  return own && lowest ? std::optional(*own / *lowest) : std::nullopt;
}

ExampleResult example_result(const Plan& plan, const Setting& setting, const Outcomes& outcomes) {
  ExampleResult result{setting.name, {}, {}, {}, {}};
  for (const ExampleCase& one : plan.example.cases) {
    result.scar.push_back(outcomes.at(example_point(setting, one, false).key()));
    result.best.push_back(outcomes.at(example_point(setting, one, true).key()));
  }
  for (const ExampleRatio& ratio : plan.example.ratios) {
    result.scar_ratios.push_back(example_ratio(plan.example, ratio, result.scar));
    result.best_ratios.push_back(example_ratio(plan.example, ratio, result.best));
  }
  return result;
}

std::optional<double> correlation(const TableResult& result, std::size_t scenario,
                                  const std::function<double(const TableCell&)>& published,
                                  const std::function<const Outcome&(const TableCell&)>& outcome,
                                  const Figure& figure) {
  std::vector<double> theirs;
  std::vector<double> ours;
  for (const std::vector<TableCell>& row : result.cells) {
    if (!outcome(row[scenario]).found()) {
      return std::nullopt;
    }
    theirs.push_back(published(row[scenario]));
    ours.push_back(rounded(figure(outcome(row[scenario])), kDigits));
  }
  return kendall_tau(theirs, ours);
}

}  // namespace

double mean_reduction(const std::vector<double>& values, const std::vector<std::vector<double>>& others) {
  double sum = 0.0;
  std::size_t count = 0;
  for (const std::vector<double>& other : others) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      sum += 1.0 - values[i] / other.at(i);
      ++count;
    }
  }
  return count == 0 ? 0.0 : sum / static_cast<double>(count);
}

std::vector<Correlation> correlations(const TableResult& result) {
  const auto latency = [](const TableCell& cell) { return cell.published_latency; };
  const auto edp = [](const TableCell& cell) { return cell.published_edp; };
  const auto scar = [](const TableCell& cell) -> const Outcome& { return cell.scar; };
  const auto best = [](const TableCell& cell) -> const Outcome& { return cell.best; };
  std::vector<Correlation> all;
  for (std::size_t s = 0; s < result.table->scenarios.size(); ++s) {
    all.push_back(
        {correlation(result, s, latency, scar, latency_of), correlation(result, s, edp, scar, edp_of),
         correlation(result, s, latency, best, latency_of), correlation(result, s, edp, best, edp_of)});
  }
  return all;
}

Report make_report(const Plan& plan, const Outcomes& outcomes) {
  Report report;
  report.plan = &plan;
  for (const Setting& setting : plan.settings) {
    for (const Table& table : plan.tables) {
      for (const std::string& objective : table.objectives) {
        report.tables.push_back(table_result(plan, setting, table, objective, outcomes));
      }
    }
    for (const Reduction& reduction : plan.reductions) {
      report.reductions.push_back(reduction_result(plan, setting, reduction, outcomes, true));
    }
    for (const Ablation& ablation : plan.ablations) {
      report.ablations.push_back(ablation_result(setting, ablation, outcomes));
    }
    report.examples.push_back(example_result(plan, setting, outcomes));
  }
  for (const Setting& setting : plan.variations) {
    for (const Reduction& reduction : plan.reductions) {
      report.sensitivity.push_back(reduction_result(plan, setting, reduction, outcomes, false));
    }
  }
  return report;
}

std::vector<std::string> assumptions_of(const Setting& setting) {
  std::vector<std::string> lines = cost::make_engine(setting.engine)->assumptions();
  for (std::string& line : changes_of(setting)) {
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace inlay::studies::scar
