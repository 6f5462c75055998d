// What must hold of proven optima in a fixed family of windows (docs/search.md "What is an invariant").
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/search/exact/space_search.hpp"
#include "support/problems.hpp"

namespace inlay::search {
namespace {

exact::Space space_of(const schedule::Problem& problem) {
  return {"test", windows::window_family(problem, 1), static_cast<int>(problem.package.chiplets.size())};
}

/// Nothing if there is no schedule.
std::optional<double> optimum(const schedule::Problem& problem, Objective objective,
                              const exact::Space& space) {
  try {
    return exact::search_space(problem, objective, space, {}).certificate.value;
  } catch (const base::InfeasibleError&) {
    return std::nullopt;
  }
}

void expect_never_worse(const schedule::Problem& problem, const schedule::Problem& better) {
  const exact::Space space = space_of(problem);
  for (const Objective objective : {Objective::kLatency, Objective::kEnergy, Objective::kEdp}) {
    const std::optional<double> before = optimum(problem, objective, space);
    exact::Space of_better = space;
    of_better.longest = static_cast<int>(better.package.chiplets.size());
    const std::optional<double> after = optimum(better, objective, of_better);
    RC_ASSERT((!before || after));
    RC_ASSERT((!before || *after <= *before * (1 + 1e-8)));
  }
}

void check_improvement(const char* name,
                       const std::function<void(base::Random&, schedule::Problem&)>& improve) {
  EXPECT_TRUE(rc::check(name, [&] {
    base::Random random(*rc::gen::arbitrary<std::uint64_t>());
    const schedule::Problem problem = testing::random_problem(random, {2, 2, 2, 6, 5});
    schedule::Problem better = problem;
    improve(random, better);
    expect_never_worse(problem, better);
  }));
}

TEST(FasterPartsNeverWorsenTheOptimum, Links) {
  check_improvement("links", [](base::Random& random, schedule::Problem& problem) {
    problem.package.network.bandwidth *= 1.0 + random.fraction();
    problem.package.network.hop_latency *= random.fraction();
  });
}

TEST(FasterPartsNeverWorsenTheOptimum, Memory) {
  check_improvement("memory", [](base::Random& random, schedule::Problem& problem) {
    problem.package.memory.bandwidth *= 1.0 + random.fraction();
    problem.package.memory.latency *= random.fraction();
    problem.package.memory.energy_per_bit *= random.fraction();
  });
}

TEST(FasterPartsNeverWorsenTheOptimum, Chiplets) {
  check_improvement("chiplets", [](base::Random& random, schedule::Problem& problem) {
    for (hardware::ChipletType& type : problem.package.types) {
      type.clock *= 1.0 + random.fraction();
    }
  });
}

// Only while the flags "through memory" stay as they are: they are fixed before the search and depend on L2.
TEST(FasterPartsNeverWorsenTheOptimum, LargerL2WithTheSameFlags) {
  int compared = 0;
  EXPECT_TRUE(rc::check("L2", [&] {
    base::Random random(*rc::gen::arbitrary<std::uint64_t>());
    const schedule::Problem problem = testing::random_problem(random, {2, 2, 2, 6, 5});
    schedule::Problem better = problem;
    for (hardware::ChipletType& type : better.package.types) {
      type.l2_bytes += random.between(0, type.l2_bytes);
    }
    for (std::size_t m = 0; m < problem.scenario.models.size(); ++m) {
      const int tensors = static_cast<int>(problem.scenario.models[m].model.tensors.size());
      for (int tensor = 0; tensor < tensors; ++tensor) {
        for (const std::int64_t size : problem.costs.models[m].mini_batches) {
          if (schedule::goes_through_memory(problem, static_cast<int>(m), tensor, size) !=
              schedule::goes_through_memory(better, static_cast<int>(m), tensor, size)) {
            return;
          }
        }
      }
    }
    ++compared;
    expect_never_worse(problem, better);
  }));
  EXPECT_GT(compared, 10);
}

// More chiplets at the edges of the mesh, of types that are there already: no way gets shorter or longer, and
// the smallest L2 stays what it is, so that every schedule of the smaller package costs the same on the
// larger.
TEST(LargerPackages, ThatContainTheSmallerOneWithItsHopsAreNeverWorse) {
  int larger = 0;
  check_improvement("a package inside another", [&](base::Random& random, schedule::Problem& problem) {
    hardware::Package& package = problem.package;
    const std::vector<int> hops = package.memory_hops;
    const auto count = static_cast<int>(package.chiplets.size());
    const int added = static_cast<int>(random.between(1, 2));
    for (int i = 0; i < added; ++i) {
      const int at = static_cast<int>(random.between(0, count - 1));
      const int type = package.chiplets[static_cast<std::size_t>(random.between(0, count - 1))].type;
      const auto index = static_cast<int>(package.chiplets.size());
      package.chiplets.push_back({"more" + std::to_string(i), type, 10 + i, 10 + i});
      package.links.emplace_back(at, index);
    }
    std::sort(package.links.begin(), package.links.end());
    hardware::derive_routes(package);
    RC_ASSERT(std::equal(hops.begin(), hops.end(), package.memory_hops.begin()));
    ++larger;
  });
  EXPECT_GT(larger, 50);
}

TEST(Relabelling, OfChipletsChangesNoOptimum) {
  EXPECT_TRUE(rc::check("relabelling", [] {
    base::Random random(*rc::gen::arbitrary<std::uint64_t>());
    const schedule::Problem problem = testing::random_problem(random, {2, 3, 2, 5, 4});
    schedule::Problem renamed = problem;
    const auto count = problem.package.chiplets.size();
    std::vector<int> to(count);
    for (std::size_t i = 0; i < count; ++i) {
      to[i] = static_cast<int>(i);
    }
    for (std::size_t i = count - 1; i > 0; --i) {
      std::swap(to[i], to[static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(i)))]);
    }
    hardware::Package& package = renamed.package;
    for (std::size_t i = 0; i < count; ++i) {
      package.chiplets[static_cast<std::size_t>(to[i])] = problem.package.chiplets[i];
    }
    for (auto& [a, b] : package.links) {
      a = to[static_cast<std::size_t>(a)];
      b = to[static_cast<std::size_t>(b)];
      if (a > b) {
        std::swap(a, b);
      }
    }
    std::sort(package.links.begin(), package.links.end());
    for (hardware::MemoryInterface& interface : package.interfaces) {
      interface.chiplet = to[static_cast<std::size_t>(interface.chiplet)];
    }
    hardware::derive_routes(package);
    const exact::Space space = space_of(problem);
    for (const Objective objective : {Objective::kLatency, Objective::kEnergy, Objective::kEdp}) {
      const std::optional<double> before = optimum(problem, objective, space);
      const std::optional<double> after = optimum(renamed, objective, space);
      RC_ASSERT(before.has_value() == after.has_value());
      RC_ASSERT((!before || std::abs(*before - *after) <= 1e-8 * *before));
    }
  }));
}

}  // namespace
}  // namespace inlay::search
