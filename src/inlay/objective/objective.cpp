#include "inlay/objective/objective.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "inlay/base/error.hpp"

namespace inlay::objective {
namespace {

// In the order of Objective::Kind.
constexpr std::array<const char*, 5> kNames = {"latency", "energy", "edp", "throughput", "period"};

}  // namespace

Objective Objective::of(double samples) const {
  Objective result = *this;
  result.samples_ = samples;
  return result;
}

std::vector<std::string> names() {
  return {kNames.begin(), kNames.end()};
}

Objective from_text(const std::string& name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found != kNames.end()) {
    return static_cast<Objective::Kind>(found - kNames.begin());
  }
  return Objective(std::make_shared<const Formula>(name));
}

std::string to_string(const Objective& objective) {
  return objective == Objective::kFormula ? objective.formula().text()
                                          : kNames[static_cast<std::size_t>(objective)];
}

double Objective::value(double latency, double energy) const {
  switch (kind_) {
    case kEnergy:
      return energy;
    case kEdp:
      return latency * energy;
    case kFormula:
      return formula_->value(latency, energy, samples_);
    case kLatency:
    case kThroughput:
    case kPeriod:
      break;
  }
  return latency;
}

double Objective::bound(double latency, double energy) const {
  return non_decreasing() ? std::max(0.0, value(latency, energy)) : 0.0;
}

double Objective::partial_value(double latency, double energy) const {
  return kind_ == kFormula ? latency * energy : value(latency, energy);
}

void Objective::require_not_negative(double value) const {
  if (value < 0.0) {
    throw base::InputError(fmt::format(
        "objective '{}' is {} here; it is minimised and must not be negative: to get much of something, "
        "divide by it",
        to_string(*this), value));
  }
}

}  // namespace inlay::objective
