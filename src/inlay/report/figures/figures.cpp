#include "inlay/report/figures/figures.hpp"

#include <fmt/format.h>

#include "inlay/base/error.hpp"
#include "inlay/base/quantity.hpp"

namespace inlay::report::figures {

std::string format_edp(double joule_seconds) {
  return base::format_energy(joule_seconds) + " s";
}

std::string format_rate(double per_second) {
  const std::string count = base::format_count(per_second);
  return (count.ends_with(' ') ? count.substr(0, count.size() - 1) : count) + "/s";
}

std::string format_share(double share) {
  return fmt::format("{:.1f}%", 100.0 * share);
}

std::string format_gap(bool proven, double gap) {
  return proven ? "proven" : fmt::format("gap {:.2f}%", 100.0 * gap);
}

std::string format_objective(const objective::Objective& objective, double value) {
  switch (objective) {
    case objective::Objective::kLatency:
      return base::format_time(value);
    case objective::Objective::kThroughput:
    case objective::Objective::kPeriod:
      return base::format_time(value) + " a period";
    case objective::Objective::kEnergy:
      return base::format_energy(value);
    case objective::Objective::kEdp:
      return format_edp(value);
    case objective::Objective::kFormula:
      return fmt::format("{:.6g}", value);
  }
  throw base::DefectError("an objective without a unit");
}

}  // namespace inlay::report::figures
