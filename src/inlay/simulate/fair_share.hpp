// Max-min fair sharing of resources by flows: no flow can get more without another one, that has no more,
// getting less. This is what SimGrid's CM02 model does without cross traffic and with bandwidth factor 1;
// tests/simulate holds the two against each other.
#pragma once

#include <vector>

namespace inlay::simulate {

/// Indices of resources that a flow uses at its full rate, each once.
using Route = std::vector<int>;

class FairShare {
 public:
  /// `capacities`: [resource] B/s, above zero.
  explicit FairShare(std::vector<double> capacities);

  /// [flow] B/s. Every route must name a resource. Progressive filling: the resource with the least left for
  /// each of its flows fixes them; ties: the lowest index.
  void share(const std::vector<const Route*>& flows, std::vector<double>& rates);

 private:
  void fix_users_of(int resource, double rate, const std::vector<const Route*>& flows,
                    std::vector<double>& rates);

  std::vector<double> capacities_;
  // Scratch, by resource.
  std::vector<double> left_;
  std::vector<int> open_;                // flows without a rate
  std::vector<std::vector<int>> users_;  // all flows
  std::vector<int> used_;                // resources with flows, ascending
};

}  // namespace inlay::simulate
