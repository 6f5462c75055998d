#include "inlay/studies/scar/points.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <tuple>

namespace inlay::studies::scar {
namespace {

constexpr const char* kEdp = "edp";
constexpr const char* kExact = "exact";
constexpr const char* kStandalone = "standalone";

class Collector {
 public:
  void add(Point point) {
    if (seen_.insert(point.key()).second) {
      points_.push_back(std::move(point));
    }
  }
  std::vector<Point> by_group() {
    const auto order = [](const Point& point) {
      return std::tuple(point.strategy == kExact, point.setting, plain(point.scenario));
    };
    std::stable_sort(points_.begin(), points_.end(),
                     [&](const Point& a, const Point& b) { return order(a) < order(b); });
    return std::move(points_);
  }

 private:
  std::set<std::string> seen_;
  std::vector<Point> points_;
};

}  // namespace

std::string plain(const std::string& file) {
  return file.ends_with(".yaml") ? std::filesystem::path(file).stem().string() : file;
}

std::string Point::key() const {
  std::string text =
      fmt::format("{}; {}; {}; {}; {}", setting, plain(scenario), plain(package), strategy, objective);
  for (const auto& [name, value] : options) {
    text += fmt::format("; {}={}", name, value);
  }
  return text;
}

Point row_point(const Setting& setting, const TableRow& row, const std::string& scenario,
                const std::string& objective) {
  return {setting.name, scenario, row.package, row.strategy, objective, {}};
}

Point best_point(const Plan& plan, const Setting& setting, const Table& table, const TableRow& row,
                 const std::string& scenario, const std::string& objective) {
  if (row.strategy == kStandalone) {
    return row_point(setting, row, scenario, objective);
  }
  Point point{setting.name, scenario, row.package, table.best, objective, table.best_options};
  if (table.best == kExact) {
    point.options.emplace_back("exact.splits", fmt::format("{}", plan.exact_splits));
  }
  return point;
}

Point variant_point(const Setting& setting, const Ablation& ablation, const Variant& variant,
                    const std::string& scenario) {
  return {setting.name, scenario, variant.package, "scar", ablation.objective, variant.options};
}

Point example_point(const Setting& setting, const ExampleCase& one, bool best) {
  Point point{setting.name, one.scenario, one.package, one.strategy, kEdp, {}};
  if (one.strategy == "scar") {
    point.strategy = best ? kExact : one.strategy;
    point.options = {{point.strategy + ".splits", fmt::format("{}", one.splits)}};
  }
  return point;
}

std::vector<Point> all_points(const Plan& plan) {
  Collector all;
  for (const Setting& setting : plan.settings) {
    for (const Table& table : plan.tables) {
      for (const TableRow& row : table.rows) {
        for (const std::string& scenario : table.scenarios) {
          for (const std::string& objective : table.objectives) {
            all.add(row_point(setting, row, scenario, objective));
            all.add(best_point(plan, setting, table, row, scenario, objective));
          }
        }
      }
    }
    for (const Ablation& ablation : plan.ablations) {
      for (const Variant& variant : ablation.variants) {
        for (const std::string& scenario : ablation.scenarios) {
          all.add(variant_point(setting, ablation, variant, scenario));
        }
      }
    }
    for (const ExampleCase& one : plan.example.cases) {
      all.add(example_point(setting, one, false));
      all.add(example_point(setting, one, true));
    }
  }
  for (const Setting& setting : plan.variations) {
    for (const Reduction& reduction : plan.reductions) {
      const Table& table = *plan.table(reduction.table);
      std::vector<std::string> rows = reduction.against;
      rows.push_back(reduction.row);
      for (const std::string& row : rows) {
        for (const std::string& scenario : table.scenarios) {
          all.add(row_point(setting, table.row(row), scenario, kEdp));
        }
      }
    }
  }
  return all.by_group();
}

}  // namespace inlay::studies::scar
