#include <fmt/format.h>

#include <algorithm>

#include "inlay/base/error.hpp"
#include "inlay/search/search.hpp"

namespace inlay::search {
namespace {

const std::vector<std::string>& names() {
  static const std::vector<std::string> kNames = {"latency", "energy", "edp", "throughput"};
  return kNames;
}

}  // namespace

std::vector<std::string> objective_names() {
  return names();
}

Objective objective_named(const std::string& name) {
  const auto found = std::find(names().begin(), names().end(), name);
  if (found == names().end()) {
    throw base::InputError(
        fmt::format("'{}' is no objective; {}", name, base::allowed_values(name, names())));
  }
  return static_cast<Objective>(found - names().begin());
}

std::string to_string(Objective objective) {
  return names()[static_cast<std::size_t>(objective)];
}

double objective_value(Objective objective, double latency, double energy) {
  switch (objective) {
    case Objective::kEnergy:
      return energy;
    case Objective::kEdp:
      return latency * energy;
    case Objective::kLatency:
    case Objective::kThroughput:
      break;
  }
  return latency;
}

}  // namespace inlay::search
