// Hops and bandwidths against closed forms, and properties that hold on any package.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#include "inlay/base/error.hpp"
#include "inlay/hardware/package.hpp"
#include "inlay/hardware/topology.hpp"

namespace inlay::hardware {
namespace {

using ::testing::HasSubstr;

Package mesh(int rows, int columns, bool triangular) {
  Package package;
  package.name = "mesh";
  package.types.resize(1);
  build_mesh(package, rows, columns, triangular,
             std::vector<int>(static_cast<std::size_t>(rows * columns), 0));
  place_interfaces_left_and_right(package);
  derive_routes(package);
  return package;
}

int manhattan(int down, int right) {
  return std::abs(down) + std::abs(right);
}

// A diagonal serves one step down and one step right at once; it is of no use the other way round.
int with_diagonals(int down, int right) {
  return (down > 0) == (right > 0) ? std::max(std::abs(down), std::abs(right)) : manhattan(down, right);
}

void expect_hops(const Package& package, int (*distance)(int, int)) {
  for (std::size_t a = 0; a < package.chiplets.size(); ++a) {
    for (std::size_t b = 0; b < package.chiplets.size(); ++b) {
      const Chiplet& from = package.chiplets[a];
      const Chiplet& to = package.chiplets[b];
      ASSERT_EQ(package.hops[a][b], distance(to.row - from.row, to.column - from.column))
          << from.name << to.name;
    }
  }
}

TEST(Routes, OfAMeshAreManhattanDistances) {
  for (int rows = 1; rows <= 6; ++rows) {
    for (int columns = 1; columns <= 6; ++columns) {
      const Package package = mesh(rows, columns, false);
      EXPECT_EQ(package.links.size(), static_cast<std::size_t>(rows * (columns - 1) + columns * (rows - 1)));
      expect_hops(package, manhattan);
    }
  }
}

TEST(Routes, OfATriangularMeshUseTheDiagonal) {
  for (int rows = 1; rows <= 6; ++rows) {
    for (int columns = 1; columns <= 6; ++columns) {
      const Package package = mesh(rows, columns, true);
      EXPECT_EQ(package.links.size(), static_cast<std::size_t>(rows * (columns - 1) + columns * (rows - 1) +
                                                               (rows - 1) * (columns - 1)));
      expect_hops(package, with_diagonals);
    }
  }
}

TEST(Routes, ToMemoryOnAMeshLeadToTheNearerSide) {
  for (int columns = 1; columns <= 7; ++columns) {
    const Package package = mesh(3, columns, false);
    EXPECT_EQ(package.interfaces.size(), columns == 1 ? 3U : 6U);
    for (std::size_t i = 0; i < package.chiplets.size(); ++i) {
      const Chiplet& chiplet = package.chiplets[i];
      EXPECT_EQ(package.memory_hops[i], std::min(chiplet.column, columns - 1 - chiplet.column));
      // In the middle column of an odd mesh both sides of the row are equally near; the left one has the
      // lower index.
      const bool right = chiplet.column > columns - 1 - chiplet.column;
      EXPECT_EQ(package.interface_of[i], columns == 1 ? chiplet.row : 2 * chiplet.row + (right ? 1 : 0));
    }
  }
}

TEST(Routes, OfAThreeByThreeMeshWrittenOut) {
  const Package package = mesh(3, 3, false);
  EXPECT_EQ(package.hops[0], (std::vector<int>{0, 1, 2, 1, 2, 3, 2, 3, 4}));
  EXPECT_EQ(package.neighbours[4], (std::vector<int>{1, 3, 5, 7}));
  EXPECT_EQ(package.memory_hops, (std::vector<int>{0, 1, 0, 0, 1, 0, 0, 1, 0}));
  EXPECT_EQ(package.interface_of, (std::vector<int>{0, 0, 1, 2, 2, 3, 4, 4, 5}));
}

/// A connected package of up to 12 chiplets: a random tree and some more links.
Package random_package() {
  Package package;
  package.name = "random";
  package.types.resize(1);
  const int count = *rc::gen::inRange(1, 13);
  std::set<std::pair<int, int>> links;
  for (int i = 0; i < count; ++i) {
    package.chiplets.push_back({fmt::format("c{}", i), 0, 0, i});
    if (i > 0) {
      links.emplace(*rc::gen::inRange(0, i), i);
    }
  }
  for (int extra = *rc::gen::inRange(0, 6); extra > 0 && count > 1; --extra) {
    const int b = *rc::gen::inRange(1, count);
    links.emplace(*rc::gen::inRange(0, b), b);
  }
  package.links.assign(links.begin(), links.end());
  std::set<int> places;
  for (int more = *rc::gen::inRange(1, 4); more > 0; --more) {
    places.insert(*rc::gen::inRange(0, count));
  }
  place_interfaces(package, {places.begin(), places.end()});
  return package;
}

TEST(Routes, AreAMetric) {
  EXPECT_TRUE(rc::check("hops are symmetric, 1 across a link, and keep the triangle inequality", [] {
    Package package = random_package();
    derive_routes(package);
    const std::size_t count = package.chiplets.size();
    for (std::size_t a = 0; a < count; ++a) {
      for (std::size_t b = 0; b < count; ++b) {
        RC_ASSERT(package.hops[a][b] == package.hops[b][a]);
        RC_ASSERT((package.hops[a][b] == 0) == (a == b));
        const std::pair<int, int> link(static_cast<int>(std::min(a, b)), static_cast<int>(std::max(a, b)));
        const bool linked =
            std::find(package.links.begin(), package.links.end(), link) != package.links.end();
        RC_ASSERT((package.hops[a][b] == 1) == linked);
        for (std::size_t c = 0; c < count; ++c) {
          RC_ASSERT(package.hops[a][b] <= package.hops[a][c] + package.hops[c][b]);
        }
      }
    }
  }));
}

// Floyd and Warshall's recurrence shares nothing with a breadth-first search.
TEST(Routes, EqualAnotherAlgorithm) {
  EXPECT_TRUE(rc::check("hops are those of Floyd and Warshall", [] {
    Package package = random_package();
    derive_routes(package);
    const std::size_t count = package.chiplets.size();
    std::vector<std::vector<int>> hops(count, std::vector<int>(count, 1000));
    for (std::size_t i = 0; i < count; ++i) {
      hops[i][i] = 0;
    }
    for (const auto& [a, b] : package.links) {
      hops[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)] = 1;
      hops[static_cast<std::size_t>(b)][static_cast<std::size_t>(a)] = 1;
    }
    for (std::size_t via = 0; via < count; ++via) {
      for (std::size_t a = 0; a < count; ++a) {
        for (std::size_t b = 0; b < count; ++b) {
          hops[a][b] = std::min(hops[a][b], hops[a][via] + hops[via][b]);
        }
      }
    }
    RC_ASSERT(package.hops == hops);
  }));
}

TEST(Routes, ToMemoryAreNearest) {
  EXPECT_TRUE(rc::check("no interface is nearer, and none as near has a lower index", [] {
    Package package = random_package();
    derive_routes(package);
    for (std::size_t i = 0; i < package.chiplets.size(); ++i) {
      const auto hops_to = [&](std::size_t interface) {
        return package.hops[i][static_cast<std::size_t>(package.interfaces[interface].chiplet)];
      };
      const auto chosen = static_cast<std::size_t>(package.interface_of[i]);
      RC_ASSERT(package.memory_hops[i] == hops_to(chosen));
      for (std::size_t other = 0; other < package.interfaces.size(); ++other) {
        RC_ASSERT((other < chosen ? hops_to(other) > hops_to(chosen) : hops_to(other) >= hops_to(chosen)));
      }
    }
  }));
}

TEST(Routes, CanBeDerivedAgain) {
  Package package = mesh(2, 3, false);
  const std::vector<std::vector<int>> before = package.hops;
  derive_routes(package);
  EXPECT_EQ(package.hops, before);
  EXPECT_EQ(package.memory_hops.size(), 6U);
}

std::string refusal(const Package& original) {
  Package package = original;
  try {
    derive_routes(package);
  } catch (const base::InfeasibleError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Routes, NameWhatIsWrong) {
  Package package = mesh(2, 2, false);
  package.links = {{0, 1}, {0, 2}};
  EXPECT_EQ(refusal(package), "no chain of links joins chiplet 'c3' to chiplet 'c0' of package 'mesh'");
  package = mesh(2, 2, false);
  package.interfaces.clear();
  EXPECT_EQ(refusal(package), "chiplet 'c0' cannot reach the memory: package 'mesh' has no memory interface");
  package = mesh(2, 2, false);
  package.interfaces[1].chiplet = 4;
  EXPECT_THAT(refusal(package),
              HasSubstr("memory interface 'm1' of package 'mesh' stands at chiplet number 4"));
  package = mesh(2, 2, false);
  package.links.push_back({3, 4});
  EXPECT_THAT(refusal(package), HasSubstr("joins chiplets number 3 and 4; two different ones below 4"));
  package.links.back() = {2, 2};
  EXPECT_THAT(refusal(package), HasSubstr("joins chiplets number 2 and 2"));
  package = mesh(2, 2, false);
  package.chiplets[2].type = 1;
  EXPECT_THAT(refusal(package),
              HasSubstr("chiplet 'c2' of package 'mesh' is of type number 1, but there are 1 types"));
  EXPECT_EQ(refusal(Package{}), "package '' has no chiplet");
}

TEST(MemoryBandwidth, IsPerPackageOrPerInterface) {
  Package package = mesh(3, 2, false);
  package.memory.bandwidth = 64e9;
  package.memory.scope = BandwidthScope::kPerPackage;
  EXPECT_DOUBLE_EQ(interface_bandwidth(package), 64e9);
  EXPECT_DOUBLE_EQ(total_memory_bandwidth(package), 64e9);
  package.memory.scope = BandwidthScope::kPerInterface;
  EXPECT_DOUBLE_EQ(interface_bandwidth(package), 64e9);
  EXPECT_DOUBLE_EQ(total_memory_bandwidth(package), 6 * 64e9);
}

TEST(Mesh, RefusesAWrongNumberOfTypes) {
  Package package;
  EXPECT_THROW(build_mesh(package, 2, 2, false, {0, 0, 0}), base::DefectError);
  EXPECT_THROW(build_mesh(package, 0, 0, false, {}), base::DefectError);
}

}  // namespace
}  // namespace inlay::hardware
