#pragma once

#include "inlay/evaluate/reference.hpp"
#include "inlay/evaluate/statement.hpp"
#include "inlay/schedule/schedule_json.hpp"
#include "support/problems.hpp"

namespace inlay::testing {

/// A document that claims what the reference evaluator says. Throws base::InfeasibleError.
inline schedule::ScheduleDocument document_of(const schedule::Problem& problem,
                                              const schedule::Schedule& schedule) {
  schedule::Statement statement =
      evaluate::statement_of(problem, evaluate::evaluate_reference(problem, schedule));
  return {problem, schedule, std::move(statement)};
}

/// The worked example, as found and proven for latency by a search that never ran: a certificate to test
/// with.
inline schedule::ScheduleDocument worked_example_document() {
  schedule::ScheduleDocument document = document_of(worked_example(), worked_example_schedule());
  document.statement.inputs = {{"worked-example.yaml", "00112233445566ff"}};
  schedule::CertificateClaim certificate;
  certificate.strategy = "by hand";
  certificate.objective = "latency";
  certificate.value = document.statement.metrics.latency;
  certificate.lower_bound = certificate.value / 2;
  certificate.gap = 0.5;
  certificate.space = "one window";
  certificate.binds = "compute";
  certificate.stopped_by = "gap";
  certificate.evaluations = 1;
  document.statement.certificate = certificate;
  return document;
}

}  // namespace inlay::testing
