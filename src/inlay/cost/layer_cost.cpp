#include "inlay/cost/layer_cost.hpp"

namespace inlay::cost {

const std::vector<std::string>& bound_words() {
  static const std::vector<std::string> kWords = {"-", "compute", "NoC in", "NoC out", "vector"};
  return kWords;
}

const std::string& to_string(BoundBy bound) {
  return bound_words()[static_cast<std::size_t>(bound)];
}

}  // namespace inlay::cost
