#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "inlay/base/error.hpp"
#include "inlay/objective/formula.hpp"
#include "inlay/verify/claims.hpp"

namespace inlay::verify {
namespace {

/// An objective's value and the root bound on it, both to be minimised.
struct ObjectiveFigures {
  double value;
  double root_bound;
  std::string binds;
};

/// Period and throughput are searched for as the latency of a repeated schedule; a bound on each factor
/// bounds EDP.
std::map<std::string, ObjectiveFigures> objectives(const evaluate::ScheduleCost& cost,
                                                   const evaluate::RootBounds& bounds) {
  const ObjectiveFigures latency{cost.latency, bounds.latency, bounds.latency_binds};
  return {
      {"latency", latency},
      {"throughput", latency},
      {"period", latency},
      {"energy", {cost.energy.total(), bounds.energy, bounds.energy_binds}},
      {"edp",
       {cost.edp(), bounds.latency * bounds.energy, bounds.latency_binds + " and " + bounds.energy_binds}}};
}

/// Nothing if the claimed objective is neither a name nor a formula.
std::optional<ObjectiveFigures> figures_of(const std::string& objective, const evaluate::ScheduleCost& cost,
                                           const evaluate::RootBounds& bounds) {
  const auto known = objectives(cost, bounds);
  if (const auto found = known.find(objective); found != known.end()) {
    return found->second;
  }
  try {
    const objective::Formula formula(objective);
    const auto samples = static_cast<double>(cost.samples);
    const double value = formula.value(cost.latency, cost.energy.total(), samples);
    if (!formula.non_decreasing()) {
      return ObjectiveFigures{value, 0.0, "nothing: the formula is not proven to be non-decreasing"};
    }
    return ObjectiveFigures{value, std::max(0.0, formula.value(bounds.latency, bounds.energy, samples)),
                            bounds.latency_binds + " and " + bounds.energy_binds};
  } catch (const base::InputError&) {
    return std::nullopt;
  }
}

void check_arithmetic(const schedule::CertificateClaim& certificate, std::vector<Finding>& findings) {
  const auto error = [&](const char* field, const std::string& message) {
    findings.push_back({Severity::kError, std::string("certificate.") + field, message});
  };
  if (certificate.lower_bound > certificate.value && !same(certificate.lower_bound, certificate.value)) {
    error("lower_bound",
          fmt::format("the lower bound {} is above the value {} of the schedule: one of them is wrong",
                      certificate.lower_bound, certificate.value));
    return;
  }
  const double gap =
      certificate.value > 0.0 ? (certificate.value - certificate.lower_bound) / certificate.value : 0.0;
  if (std::abs(gap - certificate.gap) > kTolerance) {
    error("gap", fmt::format("{} is claimed, {} is right", certificate.gap, gap));
  }
  if (certificate.proven && gap > kTolerance) {
    error("proven", fmt::format("a proof is claimed, but value and lower bound leave a gap of {}", gap));
  }
}

}  // namespace

void check_certificate(const schedule::CertificateClaim& certificate, const evaluate::ScheduleCost& cost,
                       const evaluate::RootBounds& bounds, std::vector<Finding>& findings) {
  check_arithmetic(certificate, findings);
  const std::optional<ObjectiveFigures> found = figures_of(certificate.objective, cost, bounds);
  if (!found) {
    findings.push_back(
        {Severity::kNote, "certificate.objective",
         fmt::format("'{}' is no objective known here: its value {} and lower bound {} are claimed by "
                     "search, not confirmed",
                     certificate.objective, certificate.value, certificate.lower_bound)});
    return;
  }
  const ObjectiveFigures& objective = *found;
  if (!same(certificate.value, objective.value)) {
    findings.push_back({Severity::kError, "certificate.value",
                        fmt::format("{} is claimed, {} is right", certificate.value, objective.value)});
  }
  const bool confirmed = certificate.lower_bound <= objective.root_bound * (1.0 + kTolerance);
  findings.push_back(
      {Severity::kNote, "certificate.lower_bound",
       confirmed
           ? fmt::format("{} is confirmed: the root bound is {} (binding: {})", certificate.lower_bound,
                         objective.root_bound, objective.binds)
           : fmt::format(
                 "{} is claimed by search for the space '{}'; confirmed is the root bound {} (binding: {})",
                 certificate.lower_bound, certificate.space, objective.root_bound, objective.binds)});
}

}  // namespace inlay::verify
