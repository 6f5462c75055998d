#include "inlay/report/page/comparison_file.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "inlay/base/error.hpp"
#include "inlay/schedule/json_reader.hpp"
#include "inlay/schedule/json_text.hpp"

namespace inlay::report::page {
namespace {

using schedule::JsonReader;

/// Numbers that follow from others, here or in the schedule files, are read and left aside.
void read_ratios(JsonReader& reader) {
  double ratio = 0.0;
  reader.number("objective", ratio);
  reader.number("throughput", ratio);
  reader.number("energy_efficiency", ratio);
}

void read_metrics(JsonReader& reader, text::ComparisonResult& result) {
  reader.number("latency", result.latency, true);
  reader.number("throughput", result.throughput, true);
  reader.number("energy", result.energy);
  reader.number("energy_efficiency", result.energy_efficiency);
  reader.number("edp", result.edp);
}

void read_certificate(JsonReader& reader, search::Certificate& certificate) {
  reader.text("strategy", certificate.strategy);
  reader.number("value", certificate.value);
  reader.number("lower_bound", certificate.lower_bound);
  reader.number("gap", certificate.gap);
  reader.boolean("proven", certificate.proven);
  reader.text("space", certificate.space);
  reader.text("binds", certificate.binds);
  reader.text("stopped_by", certificate.stopped_by);
  reader.natural("seed", certificate.seed);
  reader.integer("evaluations", certificate.evaluations, 0);
  reader.number("seconds", certificate.seconds);
}

void read_row(JsonReader& reader, objective::Objective objective, text::ComparisonRow& row) {
  reader.text("package", row.package);
  reader.text("strategy", row.strategy);
  bool feasible = false;
  reader.boolean("feasible", feasible);
  if (!feasible) {
    reader.text("reason", row.infeasible);
    return;
  }
  bool best = false;
  reader.boolean("best", best);
  text::ComparisonResult& result = row.result.emplace();
  reader.part("metrics", [&](JsonReader& inner) { read_metrics(inner, result); });
  reader.part("ratios", [](JsonReader& inner) { read_ratios(inner); });
  reader.text("bottleneck", result.bottleneck);
  reader.part("certificate", [&](JsonReader& inner) { read_certificate(inner, result.certificate); });
  result.certificate.objective = objective;
  reader.text("schedule", row.schedule_file);
  if (row.schedule_file.empty() || row.schedule_file.find_first_of("/\\") != std::string::npos) {
    reader.fail("schedule", fmt::format("the name of a file in the same folder is expected, not '{}'",
                                        row.schedule_file));
  }
}

}  // namespace

text::Comparison read_comparison(const std::string& text, const std::string& file,
                                 std::string& program_version) {
  const nlohmann::ordered_json json = schedule::parse_json(text, file);
  JsonReader reader(json, "", file);
  text::Comparison comparison;
  reader.fixed("format", "inlay-comparison");
  reader.fixed("format_version", 1);
  reader.text("program_version", program_version);
  reader.text("scenario", comparison.scenario);
  std::string objective;
  reader.text("objective", objective);
  try {
    comparison.objective = objective::from_text(objective);
  } catch (const base::InputError& error) {
    reader.fail("objective", error.what());
  }
  reader.text("engine", comparison.engine);
  reader.text("communication", comparison.communication);
  reader.texts("assumptions", comparison.assumptions);
  reader.list("rows", comparison.rows, [&](JsonReader& inner, text::ComparisonRow& row) {
    read_row(inner, comparison.objective, row);
  });
  reader.finish();
  return comparison;
}

}  // namespace inlay::report::page
