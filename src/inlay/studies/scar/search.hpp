#pragma once

#include "inlay/studies/journal.hpp"
#include "inlay/studies/scar/points.hpp"
#include "inlay/studies/study.hpp"

namespace inlay::studies::scar {

/// The package with what a setting changes of it. Throws base::InputError.
hardware::Package package_under(const Setting& setting, const std::string& package);

/// Does all searches that the journal does not have, on several threads; the outcomes do not depend on how
/// many. What is finished is in the journal at once. Throws base::InfeasibleError if it was interrupted.
Outcomes search_points(const Plan& plan, const std::vector<Point>& points, Journal& journal,
                       const StudyOptions& options);

}  // namespace inlay::studies::scar
