#include "inlay/cost/tuning.hpp"

#include <algorithm>

#include "inlay/base/error.hpp"

namespace inlay::cost {

const std::vector<std::string>& tuning_words() {
  static const std::vector<std::string> kWords = {"latency", "energy", "edp", "none"};
  return kWords;
}

Tuning tuning_named(const std::string& word) {
  const auto& words = tuning_words();
  const auto found = std::find(words.begin(), words.end(), word);
  if (found == words.end()) {
    throw base::InputError("unknown tuning '" + word + "'; " + base::allowed_values(word, words));
  }
  return static_cast<Tuning>(found - words.begin());
}

Tuning tuning_for(const std::string& objective) {
  if (objective == "latency" || objective == "throughput" || objective == "period") {
    return Tuning::kLatency;
  }
  return objective == "energy" ? Tuning::kEnergy : Tuning::kEdp;
}

}  // namespace inlay::cost
