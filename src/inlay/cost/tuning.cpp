#include "inlay/cost/tuning.hpp"

namespace inlay::cost {

const std::vector<std::string>& tuning_words() {
  static const std::vector<std::string> kWords = {"latency", "energy", "edp", "none"};
  return kWords;
}

Tuning tuning_for(const std::string& objective) {
  if (objective == "latency" || objective == "throughput") {
    return Tuning::kLatency;
  }
  return objective == "energy" ? Tuning::kEnergy : Tuning::kEdp;
}

}  // namespace inlay::cost
