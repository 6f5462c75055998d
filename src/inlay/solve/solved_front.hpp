#pragma once

#include <vector>

#include "inlay/solve/solved.hpp"

namespace inlay::solve {

/// A front as it is printed and written.
struct SolvedFront {
  /// A schedule of the front: no certificate of its own, the front's speaks for it.
  struct Point {
    schedule::ScheduleDocument document;
    evaluate::ScheduleCost cost;  // by the reference evaluator
  };
  std::vector<Point> points;  // latency ascending, energy descending
  search::FrontCertificate certificate;
};

/// Searches the front of latency and energy, and verifies every point before anybody sees it. Throws as
/// search::solve_front, and base::DefectError if a point does not stand up to verification.
SolvedFront solve_front_verified(const StatedProblem& stated, const std::string& strategy,
                                 const search::Options& options);

}  // namespace inlay::solve
