#include "inlay/search/large/chiplet_kinds.hpp"

#include <algorithm>

namespace inlay::search::large {
namespace {

/// Gathers chiplets into kinds by the number that stands for each of them.
void add_kinds(const hardware::Package& package, const std::vector<int>& number_of, ChipletKinds& result) {
  std::vector<int> kind_of_number;
  std::vector<int> kind_of;
  for (std::size_t chiplet = 0; chiplet < package.chiplets.size(); ++chiplet) {
    const auto number = static_cast<std::size_t>(number_of[chiplet]);
    if (number >= kind_of_number.size()) {
      kind_of_number.resize(number + 1, -1);
    }
    if (kind_of_number[number] < 0) {
      kind_of_number[number] = static_cast<int>(result.kinds.size());
      result.kinds.push_back({result.place_of[chiplet], 0, {}});
    }
    kind_of.push_back(kind_of_number[number]);
    ChipletKinds::Kind& kind = result.kinds[static_cast<std::size_t>(kind_of.back())];
    ++kind.count;
    const auto hops_of = [&](int place) {
      return result.places[static_cast<std::size_t>(place)].memory_hops;
    };
    if (hops_of(result.place_of[chiplet]) < hops_of(kind.place)) {
      kind.place = result.place_of[chiplet];
    }
  }
  for (const auto& [one, other] : package.links) {
    const int a = kind_of[static_cast<std::size_t>(one)];
    const int b = kind_of[static_cast<std::size_t>(other)];
    result.kinds[static_cast<std::size_t>(a)].beside.push_back(b);
    result.kinds[static_cast<std::size_t>(b)].beside.push_back(a);
  }
  for (ChipletKinds::Kind& kind : result.kinds) {
    std::sort(kind.beside.begin(), kind.beside.end());
    kind.beside.erase(std::unique(kind.beside.begin(), kind.beside.end()), kind.beside.end());
  }
}

}  // namespace

ChipletKinds chiplet_kinds(const hardware::Package& package, int most_kinds) {
  ChipletKinds result;
  std::vector<int> types;
  for (std::size_t chiplet = 0; chiplet < package.chiplets.size(); ++chiplet) {
    const evaluate::StagePlace place{package.chiplets[chiplet].type, package.memory_hops[chiplet]};
    auto found = std::find(result.places.begin(), result.places.end(), place);
    if (found == result.places.end()) {
      found = result.places.insert(result.places.end(), place);
    }
    result.place_of.push_back(static_cast<int>(found - result.places.begin()));
    types.push_back(place.type);
  }
  const bool few = static_cast<int>(result.places.size()) <= most_kinds;
  add_kinds(package, few ? std::vector<int>(result.place_of) : types, result);
  return result;
}

}  // namespace inlay::search::large
