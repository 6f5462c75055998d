#pragma once

#include <string>

#include "inlay/evaluate/schedule_cost.hpp"
#include "inlay/schedule/schedule_json.hpp"
#include "inlay/search/search.hpp"
#include "inlay/solve/problem_setup.hpp"

namespace inlay::solve {

/// An answer as it is printed and written.
struct Solved {
  schedule::ScheduleDocument document;
  search::Certificate certificate;
  evaluate::ScheduleCost cost;  // by the reference evaluator
};

/// Searches, and verifies what was found before anybody sees it. Throws base::InputError and
/// base::InfeasibleError as search::solve, and base::DefectError if the answer does not stand up to
/// verification.
Solved solve_verified(const StatedProblem& stated, const objective::Objective& objective,
                      const std::string& strategy, const search::Options& options);

/// A schedule with all that a file says of it but a certificate.
schedule::ScheduleDocument document_of(const StatedProblem& stated, schedule::Schedule schedule,
                                       const evaluate::ScheduleCost& cost);
/// Throws base::DefectError if a document that a search has made does not stand up to verification.
void require_valid(const schedule::ScheduleDocument& document);

}  // namespace inlay::solve
