#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "inlay/base/random.hpp"
#include "inlay/schedule/problem.hpp"

namespace inlay::testing {

/// At least one chiplet, ascending; half of the others as well.
inline std::vector<int> random_chiplets(base::Random& random, const schedule::Problem& problem) {
  const auto last = static_cast<std::int64_t>(problem.package.chiplets.size()) - 1;
  std::vector<int> chiplets = {static_cast<int>(random.between(0, last))};
  for (int chiplet = 0; chiplet <= last; ++chiplet) {
    if (chiplet != chiplets.front() && random.between(0, 1) == 0) {
      chiplets.push_back(chiplet);
    }
  }
  std::sort(chiplets.begin(), chiplets.end());
  return chiplets;
}

inline int random_model_of(base::Random& random, const schedule::Problem& problem) {
  return static_cast<int>(random.between(0, static_cast<std::int64_t>(problem.scenario.models.size()) - 1));
}

inline schedule::Pin random_pin(base::Random& random, const schedule::Problem& problem) {
  schedule::Pin pin;
  pin.model = random_model_of(random, problem);
  const auto layers = static_cast<std::int64_t>(
      problem.scenario.models[static_cast<std::size_t>(pin.model)].model.layers.size());
  pin.last = static_cast<int>(layers);
  if (random.between(0, 1) == 0) {
    pin.first = static_cast<int>(random.between(0, layers - 1));
    pin.last = static_cast<int>(random.between(pin.first + 1, layers));
  }
  pin.chiplets = random_chiplets(random, problem);
  return pin;
}

inline schedule::Ban random_ban(base::Random& random, const schedule::Problem& problem) {
  const auto last = static_cast<std::int64_t>(problem.package.chiplets.size()) - 1;
  const int model = random.between(0, 1) == 0 ? -1 : random_model_of(random, problem);
  return {model, {static_cast<int>(random.between(0, last))}};
}

inline schedule::FixedMiniBatch random_mini_batch(base::Random& random, const schedule::Problem& problem) {
  const int model = random_model_of(random, problem);
  const auto& sizes = problem.costs.models[static_cast<std::size_t>(model)].mini_batches;
  return {model,
          sizes[static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(sizes.size()) - 1))]};
}

/// The later of two models after the earlier one, or now and then the other way round: no cycles with two
/// models, where one of them is drawn.
inline void add_random_dependency(base::Random& random, const schedule::Problem& problem,
                                  schedule::Constraints& constraints) {
  const int a = random_model_of(random, problem);
  const int b = random_model_of(random, problem);
  if (a != b) {
    constraints.dependencies.push_back({a, b});
  }
}

/// Up to two of each kind but latency limits, whose scale only an evaluation can tell; often clashing.
inline schedule::Constraints random_constraints(base::Random& random, const schedule::Problem& problem) {
  schedule::Constraints constraints;
  for (std::int64_t i = random.between(0, 2); i > 0; --i) {
    constraints.pins.push_back(random_pin(random, problem));
  }
  if (random.between(0, 3) == 0) {
    constraints.bans.push_back(random_ban(random, problem));
  }
  if (random.between(0, 2) == 0) {
    constraints.mini_batches.push_back(random_mini_batch(random, problem));
  }
  if (random.between(0, 2) == 0) {
    constraints.caps.push_back({random_model_of(random, problem), static_cast<int>(random.between(1, 3))});
  }
  if (random.between(0, 2) == 0) {
    add_random_dependency(random, problem, constraints);
  }
  return constraints;
}

}  // namespace inlay::testing
