#include "inlay/studies/scar/plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "inlay/base/error.hpp"
#include "inlay/hardware/reference.hpp"
#include "inlay/search/search.hpp"
#include "inlay/studies/scar/quick_subset.hpp"
#include "inlay/studies/scar/setting_file.hpp"

namespace inlay::studies::scar {
namespace {

using base::YamlMap;
using base::YamlNode;

/// The path of a file that the study names, or the name of a shipped one, checked to be there.
std::string read_file_name(const YamlNode& node, const std::string& room) {
  return hardware::referenced_file(node, room).string();
}

std::vector<std::string> read_scenarios(const YamlNode& node) {
  std::vector<std::string> names;
  for (const YamlNode& entry : node.list()) {
    read_file_name(entry, "scenarios");
    names.push_back(entry.name());
  }
  if (names.empty()) {
    node.fail("an empty list; at least one entry is needed");
  }
  return names;
}

/// Refers to something of the plan by name.
template <typename Things>
std::string read_reference(const YamlNode& node, const Things& things) {
  std::vector<std::string> names;
  for (const auto& thing : things) {
    names.push_back(thing.name);
  }
  return names[node.choice(names)];
}

template <typename Things>
std::vector<std::string> read_references(const YamlNode& node, const Things& things) {
  std::vector<std::string> names;
  for (const YamlNode& entry : node.list()) {
    names.push_back(read_reference(entry, things));
  }
  return names;
}

std::string read_strategy(const YamlNode& node) {
  const std::vector<std::string> names = search::strategy_names();
  return names[node.choice(names)];
}

std::string read_objective(const YamlNode& node) {
  const std::vector<std::string> names = objective::names();
  return names[node.choice(names)];
}

std::vector<double> read_figures(const YamlNode& node, std::size_t count) {
  std::vector<double> figures;
  for (const YamlNode& entry : node.list()) {
    figures.push_back(entry.number(0.0));
  }
  if (figures.size() != count) {
    node.fail(fmt::format("{} figures; the table has {} scenarios", figures.size(), count));
  }
  return figures;
}

TableRow read_row(const YamlNode& node, const Table& table) {
  YamlMap keys = node.map();
  TableRow row;
  row.name = keys.required("name").name();
  row.package = read_file_name(keys.required("package"), "packages");
  row.strategy = read_strategy(keys.required("strategy"));
  YamlMap published = keys.required("published").map();
  for (const std::string& objective : table.objectives) {
    YamlMap figures = published.required(objective).map();
    row.published[objective] = {read_figures(figures.required("latency"), table.scenarios.size()),
                                read_figures(figures.required("edp"), table.scenarios.size())};
    figures.finish();
  }
  published.finish();
  keys.finish();
  return row;
}

StrategyOptions read_options(const YamlNode& node) {
  StrategyOptions options;
  YamlMap map = node.map();
  for (const auto& [name, value] : map.entries()) {
    try {
      search::Settings().set(name, value.text());
    } catch (const base::InputError& error) {
      value.fail(error.what());
    }
    options.emplace_back(name, value.text());
  }
  return options;
}

Table read_table(const YamlNode& node) {
  YamlMap keys = node.map();
  Table table;
  table.name = keys.required("name").name();
  table.title = keys.required("title").text();
  table.scenarios = read_scenarios(keys.required("scenarios"));
  for (const YamlNode& entry : keys.required("objectives").list()) {
    table.objectives.push_back(read_objective(entry));
  }
  table.best = read_strategy(keys.required("best"));
  if (const auto options = keys.optional("best_options")) {
    table.best_options = read_options(*options);
  }
  const auto relative = keys.optional("relative_to");
  for (const YamlNode& entry : keys.required("rows").list()) {
    table.rows.push_back(read_row(entry, table));
  }
  if (relative) {
    table.relative_to = read_reference(*relative, table.rows);
  }
  keys.finish();
  return table;
}

Reduction read_reduction(const YamlNode& node, const Plan& plan) {
  YamlMap keys = node.map();
  Reduction reduction;
  reduction.name = keys.required("name").name();
  reduction.table = read_reference(keys.required("table"), plan.tables);
  const Table& table = *plan.table(reduction.table);
  reduction.row = read_reference(keys.required("row"), table.rows);
  reduction.against = read_references(keys.required("against"), table.rows);
  if (const auto published = keys.optional("published")) {
    reduction.published = published->number(-1.0, 1.0);
  }
  keys.finish();
  return reduction;
}

Ablation read_ablation(const YamlNode& node) {
  YamlMap keys = node.map();
  Ablation ablation;
  ablation.name = keys.required("name").name();
  ablation.title = keys.required("title").text();
  ablation.scenarios = read_scenarios(keys.required("scenarios"));
  ablation.objective = read_objective(keys.required("objective"));
  const std::string package = read_file_name(keys.required("package"), "packages");
  for (const YamlNode& entry : keys.required("variants").list()) {
    YamlMap variant = entry.map();
    ablation.variants.push_back({variant.required("name").name(), package, {}});
    if (const auto other = variant.optional("package")) {
      ablation.variants.back().package = read_file_name(*other, "packages");
    }
    if (const auto options = variant.optional("options")) {
      ablation.variants.back().options = read_options(*options);
    }
    variant.finish();
  }
  if (const auto published = keys.optional("published")) {
    YamlMap figures = published->map();
    ablation.published_variant = read_reference(figures.required("variant"), ablation.variants);
    ablation.published_latency = figures.required("latency").number(-1.0, 1.0);
    ablation.published_energy = figures.required("energy").number(-1.0, 1.0);
    figures.finish();
  }
  keys.finish();
  return ablation;
}

Example read_example(const YamlNode& node) {
  YamlMap keys = node.map();
  Example example;
  example.title = keys.required("title").text();
  for (const YamlNode& entry : keys.required("cases").list()) {
    YamlMap one = entry.map();
    example.cases.push_back(
        {one.required("name").name(), read_file_name(one.required("scenario"), "scenarios"),
         read_file_name(one.required("package"), "packages"), read_strategy(one.required("strategy")), 0});
    if (const auto splits = one.optional("splits")) {
      example.cases.back().splits = static_cast<int>(splits->integer(0, 16));
    }
    one.finish();
  }
  for (const YamlNode& entry : keys.required("ratios").list()) {
    YamlMap one = entry.map();
    ExampleRatio ratio;
    ratio.of = read_reference(one.required("of"), example.cases);
    ratio.against = read_references(one.required("against"), example.cases);
    ratio.published = one.required("published").number(0.0);
    one.finish();
    example.ratios.push_back(std::move(ratio));
  }
  keys.finish();
  return example;
}

void read_search(const YamlNode& node, Plan& plan) {
  YamlMap keys = node.map();
  plan.seed = static_cast<std::uint64_t>(keys.required("seed").integer(0));
  YamlMap exact = keys.required("exact").map();
  plan.exact_evaluations = exact.required("evaluations").integer(1);
  plan.exact_gap = exact.required("gap").number(0.0, 0.5);
  plan.exact_splits = static_cast<int>(exact.required("splits").integer(0, 16));
  exact.finish();
  keys.finish();
}

void read_sensitivity(const YamlNode& node, Plan& plan) {
  YamlMap keys = node.map();
  const std::string base = read_reference(keys.required("setting"), plan.settings);
  const auto found = std::find_if(plan.settings.begin(), plan.settings.end(),
                                  [&](const Setting& setting) { return setting.name == base; });
  plan.variations.push_back(*found);
  for (const YamlNode& entry : keys.required("variations").list()) {
    plan.variations.push_back(read_setting(entry, *found));
  }
  keys.finish();
}

}  // namespace

const TableRow& Table::row(const std::string& wanted) const {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const TableRow& row) { return row.name == wanted; });
  if (found == rows.end()) {
    throw base::DefectError(fmt::format("table '{}' has no row '{}'", name, wanted));
  }
  return *found;
}

const Table* Plan::table(const std::string& wanted) const {
  const auto found =
      std::find_if(tables.begin(), tables.end(), [&](const Table& table) { return table.name == wanted; });
  return found == tables.end() ? nullptr : &*found;
}

Plan read_plan(const YamlNode& root, bool quick) {
  YamlMap keys = root.map();
  Plan plan;
  plan.name = keys.required("name").name();
  plan.title = keys.required("title").text();
  plan.source = keys.required("source").text();
  for (const YamlNode& entry : keys.required("settings").list()) {
    plan.settings.push_back(read_setting(entry, {}));
  }
  read_search(keys.required("search"), plan);
  for (const YamlNode& entry : keys.required("tables").list()) {
    plan.tables.push_back(read_table(entry));
  }
  for (const YamlNode& entry : keys.required("reductions").list()) {
    plan.reductions.push_back(read_reduction(entry, plan));
  }
  for (const YamlNode& entry : keys.required("ablations").list()) {
    plan.ablations.push_back(read_ablation(entry));
  }
  plan.example = read_example(keys.required("example"));
  read_sensitivity(keys.required("sensitivity"), plan);
  Plan subset = plan;
  keep_quick_subset(keys.required("quick"), subset);
  keys.finish();
  return quick ? subset : plan;
}

}  // namespace inlay::studies::scar
