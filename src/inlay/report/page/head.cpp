#include <fmt/format.h>

#include "inlay/base/counted.hpp"
#include "inlay/base/quantity.hpp"
#include "inlay/report/figures/figures.hpp"
#include "inlay/report/figures/timing.hpp"
#include "inlay/report/page/parts.hpp"
#include "inlay/report/page/sections.hpp"

namespace inlay::report::page {
namespace {

void tile(Markup& page, const std::string& name, const std::string& value, const std::string& more) {
  page.open("div", {{"class", "tile"}}).leaf("dt", name).open("dd");
  page.leaf("div", value, {{"class", "value"}}).leaf("div", more, {{"class", "more"}});
  page.close().close();
}

void fact(Markup& page, const std::string& name, const std::string& value) {
  page.leaf("dt", name).leaf("dd", value);
}

std::string models_of(const schedule::Problem& problem) {
  std::string text;
  for (const workload::ScenarioModel& entry : problem.scenario.models) {
    text += fmt::format("{}{} (batch {}, {})", text.empty() ? "" : ", ", entry.name, entry.batch,
                        base::counted(entry.model.layers.size(), "layer"));
  }
  return text;
}

void tiles(const PageSchedule& best, Markup& page) {
  const evaluate::ScheduleCost& cost = best.cost;
  page.open("dl", {{"class", "tiles"}});
  tile(page, best.document.problem.repeated ? "period" : "latency", base::format_time(cost.latency),
       base::counted(cost.windows.size(), "window"));
  tile(page, "throughput", figures::format_rate(cost.throughput()),
       fmt::format("samples; {} steady", figures::format_rate(cost.steady_throughput)));
  tile(page, "energy", base::format_energy(cost.energy.total()),
       fmt::format("{:.4g} samples/J", cost.energy_efficiency()));
  tile(page, "EDP", figures::format_edp(cost.edp()), "energy x latency");
  if (const auto& certificate = best.document.statement.certificate) {
    const std::string gap = figures::format_gap(certificate->proven, certificate->gap);
    tile(page, "gap", gap, certificate->proven ? "the best of its space" : "to the lower bound");
  }
  page.close();
}

void certificate_facts(const schedule::CertificateClaim& certificate, Markup& page) {
  const objective::Objective objective = objective::from_text(certificate.objective);
  fact(page, "objective",
       fmt::format("{}: {}", objective_word(certificate.objective),
                   figures::format_objective(objective, certificate.value)));
  fact(page, "lower bound",
       fmt::format("{} ({})", figures::format_objective(objective, certificate.lower_bound),
                   figures::format_gap(certificate.proven, certificate.gap)));
  fact(page, "what binds it", certificate.binds);
  fact(page, "space", certificate.space);
  fact(page, "search",
       fmt::format("{}, stopped by {} after {:.2f} s, {} evaluations, seed {}", certificate.strategy,
                   certificate.stopped_by, certificate.seconds, certificate.evaluations, certificate.seed));
}

void facts(const PageInput& input, const PageSchedule& best, Markup& page) {
  const schedule::Problem& problem = best.document.problem;
  const schedule::Statement& statement = best.document.statement;
  page.open("div", {{"class", "columns"}}).open("dl", {{"class", "facts"}});
  fact(page, "models", models_of(problem));
  for (const figures::TimingRow& row : figures::timing_rows(problem, best.document.schedule, best.cost)) {
    if (!row.rate.empty()) {
      fact(page, fmt::format("rate of {}", row.model), row.rate);
    }
    if (!row.deadline.empty()) {
      fact(page, fmt::format("deadline of {}", row.model), row.deadline);
    }
  }
  if (statement.certificate) {
    certificate_facts(*statement.certificate, page);
  }
  page.close().open("dl", {{"class", "facts"}});
  fact(page, "schedule", name_of(input, best));
  fact(page, "cost engine", fmt::format("{} {}", problem.costs.engine, problem.costs.engine_version));
  fact(page, "communication", schedule::to_string(problem.communication));
  fact(page, "overlap", schedule::to_string(problem.overlap));
  fact(page, "memory traffic", base::format_bytes(static_cast<double>(best.cost.memory_bytes)));
  fact(page, "program", fmt::format("Inlay {}", statement.program_version));
  page.close().close();
}

/// What a reader wants to know first, in words.
std::string lead(const PageInput& input, const PageSchedule& best) {
  const auto& certificate = best.document.statement.certificate;
  std::string text;
  if (input.comparison && certificate) {
    text = fmt::format("By {}, the best of {} is {}", objective_word(certificate->objective),
                       input.comparison->rows.size(), name_of(input, best));
    const text::Comparison& comparison = *input.comparison;
    const std::size_t row = text::best_row(comparison).value();
    const std::size_t first = text::reference_row(comparison).value();
    if (const double ratio = text::improvement(comparison, comparison.rows[row]);
        row != first && ratio >= 1.005) {
      text += fmt::format(": {:.2f} times better than {}, {}", ratio, comparison.rows[first].package,
                          comparison.rows[first].strategy);
    }
  } else {
    text = fmt::format("The schedule found for {}", name_of(input, best));
  }
  return fmt::format("{}. It is held back by {}.", text, held_back_by(best));
}

}  // namespace

void write_head(const PageInput& input, Markup& page) {
  page.open("header").leaf("p", "Inlay report", {{"class", "eyebrow"}});
  if (input.schedules.empty()) {
    page.leaf("h1", input.comparison->scenario);
    page.leaf("p", "None of what was compared has a schedule; the table says why.", {{"class", "lead"}});
    page.close();
    return;
  }
  const PageSchedule& best = input.schedules.front();
  page.leaf("h1",
            fmt::format("{} on {}", best.document.problem.scenario.name, best.document.problem.package.name));
  page.leaf("p", lead(input, best), {{"class", "lead"}});
  tiles(best, page);
  facts(input, best, page);
  page.close();
}

void write_assumptions(const PageInput& input, Markup& page) {
  const std::vector<std::string>& assumptions = input.schedules.empty()
                                                    ? input.comparison->assumptions
                                                    : input.schedules.front().document.statement.assumptions;
  open_section(page, "assumptions", "Assumptions and inputs");
  page.open("ul");
  for (const std::string& assumption : assumptions) {
    page.leaf("li", assumption);
  }
  page.close();
  if (!input.schedules.empty()) {
    std::vector<std::vector<std::string>> rows;
    for (const schedule::InputHash& file : input.schedules.front().document.statement.inputs) {
      rows.push_back({file.file, file.hash});
    }
    write_table(page, "Files that the best schedule was made from.", {{"file"}, {"hash of its content"}},
                rows);
  }
  page.close();
}

}  // namespace inlay::report::page
