#include "inlay/solve/solved.hpp"

#include <fmt/format.h>

#include <utility>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/evaluate/statement.hpp"
#include "inlay/verify/verify.hpp"

namespace inlay::solve {
namespace {

schedule::CertificateClaim claim_of(const search::Certificate& certificate) {
  schedule::CertificateClaim claim{certificate.strategy,
                                   objective::to_string(certificate.objective),
                                   certificate.value,
                                   certificate.lower_bound,
                                   certificate.gap,
                                   certificate.proven,
                                   certificate.space,
                                   certificate.binds,
                                   certificate.stopped_by,
                                   certificate.seed,
                                   certificate.evaluations,
                                   certificate.seconds,
                                   {}};
  for (const auto& [name, value] : certificate.options) {
    claim.options.push_back({name, value});
  }
  return claim;
}

}  // namespace

schedule::ScheduleDocument document_of(const StatedProblem& stated, schedule::Schedule schedule,
                                       const evaluate::ScheduleCost& cost) {
  schedule::ScheduleDocument document;
  document.problem = stated.problem;
  document.schedule = std::move(schedule);
  document.statement = evaluate::statement_of(stated.problem, cost);
  document.statement.inputs = stated.inputs;
  return document;
}

void require_valid(const schedule::ScheduleDocument& document) {
  const verify::Verdict verdict = verify::verify(document);
  for (const verify::Finding& finding : verdict.findings) {
    if (finding.severity == verify::Severity::kError) {
      throw base::DefectError(
          fmt::format("the search's answer fails verification: {}: {}", finding.place, finding.message));
    }
  }
}

Solved solve_verified(const StatedProblem& stated, const objective::Objective& objective,
                      const std::string& strategy, const search::Options& options) {
  search::Answer answer = search::solve(stated.problem, objective, strategy, options);
  Solved solved;
  solved.certificate = answer.certificate;
  solved.cost = evaluate::evaluate_reference(stated.problem, answer.schedule);
  solved.document = document_of(stated, std::move(answer.schedule), solved.cost);
  solved.document.statement.certificate = claim_of(answer.certificate);
  require_valid(solved.document);
  return solved;
}

}  // namespace inlay::solve
