#include "inlay/search/scar/provisioning.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace inlay::search::scar {
namespace {

/// Gives models from `next` on what is `left`, to the last one all that it may have.
class Ways {
 public:
  Ways(const std::vector<int>& most, std::size_t limit)
      : most_(most), limit_(limit), rest_(most.size() + 1, 0) {
    for (std::size_t m = most.size(); m-- > 0;) {
      rest_[m] = rest_[m + 1] + most[m];
    }
  }
  std::vector<Provision> of(int chiplets) {
    give(0, std::min(chiplets, rest_[0]));
    return ways_.size() > limit_ ? std::vector<Provision>{} : std::move(ways_);
  }

 private:
  void give(std::size_t next, int left) {
    if (ways_.size() > limit_) {
      return;
    }
    if (next == most_.size()) {
      ways_.push_back(given_);
      return;
    }
    const int others = static_cast<int>(most_.size() - next) - 1;
    // Whatever this one leaves, the others must be able to take.
    const int least = std::max(1, left - rest_[next + 1]);
    for (int here = least; here <= std::min(most_[next], left - others); ++here) {
      given_.push_back(here);
      give(next + 1, left - here);
      given_.pop_back();
    }
  }

  const std::vector<int>& most_;
  std::size_t limit_;
  std::vector<int> rest_;  // [m] that models m and later may have together
  Provision given_;
  std::vector<Provision> ways_;
};

}  // namespace

Provision provision_by_rule(const std::vector<double>& weights, const std::vector<int>& most, int chiplets) {
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  Provision given;
  std::vector<double> shares;
  for (std::size_t m = 0; m < weights.size(); ++m) {
    shares.push_back(total > 0.0 ? weights[m] / total * chiplets
                                 : static_cast<double>(chiplets) / static_cast<double>(weights.size()));
    given.push_back(std::clamp(static_cast<int>(std::lround(shares.back())), 1, most[m]));
  }
  while (std::accumulate(given.begin(), given.end(), 0) > chiplets) {
    std::size_t taken_from = given.size();
    double furthest = 0.0;
    for (std::size_t m = 0; m < given.size(); ++m) {
      const double beyond = given[m] - shares[m];
      if (given[m] > 1 && (taken_from == given.size() || beyond > furthest)) {
        taken_from = m;
        furthest = beyond;
      }
    }
    --given[taken_from];
  }
  return given;
}

std::vector<Provision> all_provisions(const std::vector<int>& most, int chiplets, std::size_t limit) {
  return Ways(most, limit).of(chiplets);
}

}  // namespace inlay::search::scar
