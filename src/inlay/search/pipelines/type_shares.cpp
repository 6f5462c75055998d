#include "inlay/search/pipelines/type_shares.hpp"

#include <algorithm>

namespace inlay::search::pipelines {

TypeShares::TypeShares(const hardware::Package& package) {
  // So that two types of a 3x3 or 4x4 package are counted to the last.
  constexpr std::size_t kMostShares = 81;
  std::vector<int> chiplets(package.types.size(), 0);
  for (const hardware::Chiplet& chiplet : package.chiplets) {
    ++chiplets[static_cast<std::size_t>(chiplet.type)];
  }
  int cap = 1;
  const auto shares_with = [&](int most) {
    std::size_t shares = 1;
    for (const int have : chiplets) {
      shares *= static_cast<std::size_t>(std::min(have, most)) + 1;
    }
    return shares;
  };
  const int largest = *std::max_element(chiplets.begin(), chiplets.end());
  while (cap < largest && shares_with(cap + 1) <= kMostShares) {
    ++cap;
  }
  for (const int have : chiplets) {
    most_.push_back(std::min(have, cap));
    limited_.push_back(have <= cap);
    step_.push_back(count_);
    count_ *= static_cast<std::size_t>(most_.back()) + 1;
  }
}

int TypeShares::of(std::size_t share, std::size_t type) const {
  return static_cast<int>(share / step_[type] % (static_cast<std::size_t>(most_[type]) + 1));
}

std::size_t TypeShares::without(std::size_t share, std::size_t type) const {
  const bool any_number = !limited_[type] && of(share, type) == most_[type];
  return any_number ? share : share - step_[type];
}

std::size_t TypeShares::left(std::size_t share, const std::vector<int>& taken) const {
  for (std::size_t type = 0; type < taken.size(); ++type) {
    for (int i = 0; i < taken[type] && of(share, type) > 0; ++i) {
      share = without(share, type);
    }
  }
  return share;
}

bool TypeShares::holds(std::size_t share, const std::vector<int>& taken) const {
  for (std::size_t type = 0; type < taken.size(); ++type) {
    const bool any_number = !limited_[type] && of(share, type) == most_[type];
    if (!any_number && taken[type] > of(share, type)) {
      return false;
    }
  }
  return true;
}

bool TypeShares::within(std::size_t part, std::size_t share) const {
  for (std::size_t type = 0; type < types(); ++type) {
    if (of(part, type) > of(share, type)) {
      return false;
    }
  }
  return true;
}

std::vector<int> TypeShares::counts(std::size_t share) const {
  std::vector<int> counts;
  for (std::size_t type = 0; type < types(); ++type) {
    counts.push_back(of(share, type));
  }
  return counts;
}

}  // namespace inlay::search::pipelines
