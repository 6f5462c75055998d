#pragma once

#include <string>
#include <vector>

namespace inlay::cost {

/// What an engine chooses free sizes for. Of equal choices the one with less energy (for kLatency), or fewer
/// cycles (otherwise), then the one that needs less L2, then the one with the smaller sizes is taken.
enum class Tuning {
  kLatency,
  kEnergy,
  kEdp,   // energy x cycles
  kNone,  // sizes as engines take them that do not tune
};

/// "latency", "energy", "edp", "none", in the order of the enumeration.
const std::vector<std::string>& tuning_words();
/// Throws base::InputError with the nearest spelling.
Tuning tuning_named(const std::string& word);
/// What serves a search for this objective: latency and throughput want few cycles, energy little energy, all
/// others little of their product.
Tuning tuning_for(const std::string& objective);

}  // namespace inlay::cost
