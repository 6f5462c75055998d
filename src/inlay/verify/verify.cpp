#include "inlay/verify/verify.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/base/version.hpp"
#include "inlay/evaluate/latency_limits.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/evaluate/statement.hpp"
#include "inlay/schedule/check.hpp"
#include "inlay/verify/claims.hpp"

namespace inlay::verify {
namespace {

/// The cost by the reference evaluator and the root bounds, or errors that say why there are none.
void recompute(const schedule::ScheduleDocument& document, Verdict& verdict) {
  try {
    verdict.cost = evaluate::evaluate_reference(document.problem, document.schedule);
    verdict.root_bounds = evaluate::root_bounds(document.problem);
    for (const std::string& broken :
         evaluate::broken_latency_limits(document.problem, document.schedule, *verdict.cost)) {
      verdict.findings.push_back({Severity::kError, "schedule", broken});
    }
  } catch (const base::InfeasibleError& error) {
    verdict.findings.push_back({Severity::kError, "schedule", error.what()});
  } catch (const base::OverflowError& error) {
    verdict.cost.reset();
    verdict.findings.push_back({Severity::kError, "problem", error.what()});
  }
}

bool below(double value, double bound) {
  return value < bound && !same(value, bound);
}

/// No schedule is below a root bound. If this one is, by our own evaluation, the program contradicts itself.
void check_root_bounds(const schedule::MetricsClaim& claimed, const evaluate::ScheduleCost& cost,
                       const evaluate::RootBounds& bounds, std::vector<Finding>& findings) {
  struct Check {
    const char* place;
    double claimed;
    double recomputed;
    double bound;
    const std::string& binds;
  };
  for (const Check& check :
       {Check{"metrics.latency", claimed.latency, cost.latency, bounds.latency, bounds.latency_binds},
        Check{"metrics.energy.total", claimed.energy.total, cost.energy.total(), bounds.energy,
              bounds.energy_binds}}) {
    if (below(check.recomputed, check.bound)) {
      throw base::DefectError(fmt::format("the root bound {} of {} is above {}, which a valid schedule costs",
                                          check.bound, check.place, check.recomputed));
    }
    if (below(check.claimed, check.bound)) {
      findings.push_back(
          {Severity::kError, check.place,
           fmt::format("{} is below {}, which no schedule of this problem can be (binding: {})",
                       check.claimed, check.bound, check.binds)});
    }
  }
}

void note_version(const schedule::Statement& statement, std::vector<Finding>& findings) {
  if (statement.program_version != base::version()) {
    findings.push_back({Severity::kNote, "program_version",
                        fmt::format("written by version {}, verified by version {}",
                                    statement.program_version, base::version())});
  }
}

}  // namespace

std::string to_string(Severity severity) {
  return severity == Severity::kNote ? "note" : "error";
}

Verdict verify(const schedule::ScheduleDocument& document) {
  Verdict verdict;
  note_version(document.statement, verdict.findings);
  for (const std::string& violation : schedule::check(document.problem, document.schedule)) {
    verdict.findings.push_back({Severity::kError, "schedule", violation});
  }
  const auto is_error = [](const Finding& finding) { return finding.severity == Severity::kError; };
  const bool sound = std::none_of(verdict.findings.begin(), verdict.findings.end(), is_error);
  if (sound) {
    recompute(document, verdict);
  }
  if (verdict.cost && verdict.root_bounds) {
    compare_claims(document.statement, evaluate::statement_of(document.problem, *verdict.cost),
                   verdict.findings);
    check_root_bounds(document.statement.metrics, *verdict.cost, *verdict.root_bounds, verdict.findings);
    if (document.statement.certificate) {
      check_certificate(*document.statement.certificate, *verdict.cost, *verdict.root_bounds,
                        verdict.findings);
    }
  }
  verdict.valid = std::none_of(verdict.findings.begin(), verdict.findings.end(), is_error);
  return verdict;
}

}  // namespace inlay::verify
