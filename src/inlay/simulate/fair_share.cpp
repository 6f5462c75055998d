#include "inlay/simulate/fair_share.hpp"

#include <algorithm>
#include <utility>

namespace inlay::simulate {
namespace {

constexpr double kOpen = -1.0;

std::size_t at(int index) {
  return static_cast<std::size_t>(index);
}

}  // namespace

FairShare::FairShare(std::vector<double> capacities)
    : capacities_(std::move(capacities)),
      left_(capacities_.size(), 0.0),
      open_(capacities_.size(), 0),
      users_(capacities_.size()) {}

void FairShare::share(const std::vector<const Route*>& flows, std::vector<double>& rates) {
  rates.assign(flows.size(), kOpen);
  used_.clear();
  for (std::size_t flow = 0; flow < flows.size(); ++flow) {
    for (const int resource : *flows[flow]) {
      if (users_[at(resource)].empty()) {
        used_.push_back(resource);
        left_[at(resource)] = capacities_[at(resource)];
      }
      users_[at(resource)].push_back(static_cast<int>(flow));
      ++open_[at(resource)];
    }
  }
  std::sort(used_.begin(), used_.end());
  for (std::vector<int> candidates = used_; !candidates.empty();) {
    int tightest = -1;
    double least = 0.0;
    for (const int resource : candidates) {
      const double each = left_[at(resource)] / open_[at(resource)];
      if (tightest < 0 || each < least) {
        tightest = resource;
        least = each;
      }
    }
    fix_users_of(tightest, least, flows, rates);
    std::erase_if(candidates, [this](int resource) { return open_[at(resource)] == 0; });
  }
  for (const int resource : used_) {
    users_[at(resource)].clear();
  }
}

void FairShare::fix_users_of(int resource, double rate, const std::vector<const Route*>& flows,
                             std::vector<double>& rates) {
  for (const int flow : users_[at(resource)]) {
    if (rates[at(flow)] != kOpen) {
      continue;
    }
    rates[at(flow)] = rate;
    for (const int crossed : *flows[at(flow)]) {
      // Rounding must not leave a resource with less than nothing.
      left_[at(crossed)] = std::max(0.0, left_[at(crossed)] - rate);
      --open_[at(crossed)];
    }
  }
}

}  // namespace inlay::simulate
