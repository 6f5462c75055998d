#pragma once

#include <vector>

#include "inlay/studies/journal.hpp"
#include "inlay/studies/monolith/outcome.hpp"
#include "inlay/studies/monolith/plan.hpp"
#include "inlay/studies/study.hpp"

namespace inlay::studies::monolith {

/// How many machines a plan has to search: those of all its conditions.
std::size_t machine_count(const ComparisonPlan& plan);

/// Searches every machine under every condition of the plan; conditions in the order workload, batch, NoC
/// bandwidth, overlap. Monoliths and homogeneous packages are searched with each of their dataflows; of a
/// heterogeneous package's combinations a short search picks one, which alone is then searched to the end: a
/// wrong pick can only understate what heterogeneity gains. Conditions are spread over threads; the answer
/// does not depend on how many. Conditions that the journal has are taken from it. Throws
/// base::InfeasibleError if interrupted.
std::vector<ConditionResult> search_comparison(const ComparisonPlan& plan, Journal& journal,
                                               const StudyOptions& options);

}  // namespace inlay::studies::monolith
