#include "inlay/search/certificate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/reference.hpp"

namespace inlay::search {
namespace {
constexpr double kRounding = 1e-9;  // relative
}  // namespace

double checked_value(const schedule::Problem& problem, const Objective& objective,
                     const schedule::Schedule& schedule, double value) {
  const evaluate::ScheduleCost cost = evaluate::evaluate_reference(problem, schedule);
  const double checked = objective.value(cost.latency, cost.energy.total());
  objective.require_not_negative(checked);
  if (std::abs(checked - value) > kRounding * checked) {
    throw base::DefectError(
        fmt::format("the search costs its schedule at {}, the reference evaluator at {}", value, checked));
  }
  return checked;
}

void set_bound(Certificate& certificate, double value, double bound, double accepted_gap,
               const std::string& otherwise) {
  if (bound > value * (1.0 + kRounding)) {
    throw base::DefectError(fmt::format("the lower bound {} is above the schedule's {}", bound, value));
  }
  certificate.value = value;
  certificate.lower_bound = std::min(bound, value);
  certificate.gap = value > 0.0 ? (value - certificate.lower_bound) / value : 0.0;
  certificate.proven = certificate.gap <= kRounding;
  certificate.stopped_by = certificate.proven ? "proof" : certificate.gap <= accepted_gap ? "gap" : otherwise;
}

std::string all_schedules(const schedule::Problem& problem) {
  switch (problem.submeshes) {
    case schedule::SubmeshFamily::kSingle:
      return "all schedules of stages on single chiplets";
    case schedule::SubmeshFamily::kTiles:
      return "all schedules of stages on tiles of the package";
    case schedule::SubmeshFamily::kUniform:
    case schedule::SubmeshFamily::kRectangles:
      break;
  }
  return "all schedules";
}

}  // namespace inlay::search
