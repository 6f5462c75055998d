// Max-min fair sharing and the event simulation by themselves, against closed forms.
#include "inlay/simulate/simulation.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "inlay/base/random.hpp"

namespace inlay::simulate {
namespace {

using Capacities = std::vector<double>;

/// Flows that begin together.
Transfer transfer(std::vector<Flow> flows) {
  return {0.0, std::move(flows)};
}

int add_transfer(ActivityGraph& graph, std::vector<Flow> flows, double delay = 0.0) {
  Activity activity;
  activity.seconds = delay;
  activity.transfer = graph.add_transfer(transfer(std::move(flows)));
  return graph.add(activity);
}

int add_compute(ActivityGraph& graph, double seconds) {
  Activity activity;
  activity.label.kind = ActivityKind::kCompute;
  activity.seconds = seconds;
  return graph.add(activity);
}

SimulationResult run(const ActivityGraph& graph, const Capacities& capacities) {
  return simulate(graph, capacities, Sharing::kFair);
}

TEST(Sharing, OneFlowTakesItsBytesOverTheSlowestResourceOfItsRoute) {
  ActivityGraph graph;
  add_transfer(graph, {{{0, 1}, 300.0}}, 2.0);
  EXPECT_DOUBLE_EQ(run(graph, {100.0, 50.0}).end, 2.0 + 6.0);
}

TEST(Sharing, TwoFlowsOnALinkHalveItUntilTheShorterOneIsOver) {
  ActivityGraph graph;
  const int shorter = add_transfer(graph, {{{0}, 100.0}});
  const int longer = add_transfer(graph, {{{0}, 300.0}});
  const SimulationResult result = run(graph, {100.0});
  EXPECT_DOUBLE_EQ(result.spans[static_cast<std::size_t>(shorter)].end, 2.0);
  EXPECT_DOUBLE_EQ(result.spans[static_cast<std::size_t>(longer)].end, 4.0);
  EXPECT_DOUBLE_EQ(result.carried[0], 400.0);
}

TEST(Sharing, AFlowThatComesLaterSlowsTheOneThatIsThere) {
  ActivityGraph graph;
  const int early = add_transfer(graph, {{{0}, 300.0}});
  const int late = add_transfer(graph, {{{0}, 100.0}}, 1.0);
  const SimulationResult result = run(graph, {100.0});
  EXPECT_DOUBLE_EQ(result.spans[static_cast<std::size_t>(late)].end, 3.0);
  EXPECT_DOUBLE_EQ(result.spans[static_cast<std::size_t>(early)].end, 4.0);
}

TEST(Sharing, AHotSpotIsSharedByAllThatGoThere) {
  ActivityGraph graph;
  Capacities capacities = {64.0};  // the interface
  for (int i = 1; i <= 8; ++i) {
    capacities.push_back(100.0);
    add_transfer(graph, {{{i, 0}, 160.0}});
  }
  EXPECT_DOUBLE_EQ(run(graph, capacities).end, 8 * 160.0 / 64.0);
}

// Every chiplet of a ring sends to the one after the next: each link carries two flows.
TEST(Sharing, RingOfFlowsOverTwoLinksEach) {
  ActivityGraph graph;
  for (int i = 0; i < 6; ++i) {
    add_transfer(graph, {{{i, (i + 1) % 6}, 50.0}});
  }
  EXPECT_DOUBLE_EQ(run(graph, Capacities(6, 10.0)).end, 2 * 50.0 / 10.0);
}

// Three flows on two links, the textbook case (Bertsekas, Gallager: Data Networks, section 6.5.2).
TEST(Sharing, WhatAFlowCannotUseGoesToTheOthers) {
  FairShare fair({30.0, 12.0});
  const Route both = {0, 1};
  const Route first = {0};
  const Route second = {1};
  std::vector<double> rates;
  fair.share({&both, &first, &second}, rates);
  EXPECT_EQ(rates, (std::vector<double>{6.0, 24.0, 6.0}));
}

// What max-min fairness means: every flow has a resource that is used up and on which none gets more.
TEST(Sharing, EveryFlowHasABottleneck) {
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    base::Random random(seed);
    Capacities capacities(static_cast<std::size_t>(random.between(1, 9)));
    for (double& capacity : capacities) {
      capacity = static_cast<double>(random.between(1, 20));
    }
    std::vector<Route> routes(static_cast<std::size_t>(random.between(1, 12)));
    std::vector<const Route*> flows;
    for (Route& route : routes) {
      for (int r = 0; r < static_cast<int>(capacities.size()); ++r) {
        if (random.between(0, 2) == 0) {
          route.push_back(r);
        }
      }
      if (route.empty()) {
        route.push_back(0);
      }
      flows.push_back(&route);
    }
    FairShare fair(capacities);
    std::vector<double> rates;
    fair.share(flows, rates);
    std::vector<double> used(capacities.size(), 0.0);
    std::vector<double> most(capacities.size(), 0.0);
    for (std::size_t i = 0; i < routes.size(); ++i) {
      for (const int r : routes[i]) {
        used[static_cast<std::size_t>(r)] += rates[i];
        most[static_cast<std::size_t>(r)] = std::max(most[static_cast<std::size_t>(r)], rates[i]);
      }
    }
    for (std::size_t r = 0; r < capacities.size(); ++r) {
      EXPECT_LE(used[r], capacities[r] * (1 + 1e-12));
    }
    for (std::size_t i = 0; i < routes.size(); ++i) {
      EXPECT_TRUE(std::any_of(routes[i].begin(), routes[i].end(),
                              [&](int r) {
                                const auto at = static_cast<std::size_t>(r);
                                return used[at] >= capacities[at] * (1 - 1e-12) &&
                                       rates[i] >= most[at] * (1 - 1e-12);
                              }))
          << "seed " << seed << ", flow " << i;
    }
  }
}

TEST(Sharing, AloneEveryTransferHasTheResourcesForItself) {
  ActivityGraph graph;
  add_transfer(graph, {{{0}, 100.0}, {{0}, 100.0}});  // its own flows share
  add_transfer(graph, {{{0}, 100.0}});
  const SimulationResult result = simulate(graph, {100.0}, Sharing::kAlone);
  EXPECT_DOUBLE_EQ(result.spans[0].end, 2.0);
  EXPECT_DOUBLE_EQ(result.spans[1].end, 1.0);
}

TEST(Movers, MoveOneThingAtATimeTheLowestRankFirst) {
  ActivityGraph graph;
  const int mover = graph.add_mover();
  const auto add = [&](double bytes, std::int64_t rank, int after) {
    Activity activity;
    activity.transfer = graph.add_transfer(transfer({{{0}, bytes}}));
    activity.mover = mover;
    activity.rank = rank;
    const int index = graph.add(activity);
    graph.wait(index, after);
    return index;
  };
  const int wait = add_compute(graph, 1.0);
  const int background = add(300.0, 5, -1);
  const int next = add(100.0, 6, -1);
  const int first = add(100.0, 1, wait);  // suspends the one in the background
  const SimulationResult result = run(graph, {100.0});
  EXPECT_DOUBLE_EQ(result.spans[static_cast<std::size_t>(first)].end, 2.0);
  EXPECT_DOUBLE_EQ(result.spans[static_cast<std::size_t>(background)].end, 4.0);
  EXPECT_DOUBLE_EQ(result.spans[static_cast<std::size_t>(next)].end, 5.0);
}

TEST(Movers, WhatIsWaitedForGoesFirst) {
  ActivityGraph graph;
  const int mover = graph.add_mover();
  const int begins = add_compute(graph, 1.0);
  Activity low;
  low.transfer = graph.add_transfer(transfer({{{0}, 200.0}}));
  low.mover = mover;
  low.rank = 9;
  low.urgent_after = begins;
  Activity high = low;
  high.rank = 1;
  high.urgent_after = -1;
  const int urgent = graph.add(low);
  const int other = graph.add(high);
  const SimulationResult result = run(graph, {100.0});
  EXPECT_DOUBLE_EQ(result.spans[static_cast<std::size_t>(urgent)].end, 3.0);
  EXPECT_DOUBLE_EQ(result.spans[static_cast<std::size_t>(other)].end, 4.0);
}

TEST(Deadlock, IsReportedAsTheCycleOfWaits) {
  ActivityGraph graph;
  const int start = add_compute(graph, 1.0);
  const int a = add_compute(graph, 1.0);
  const int b = add_compute(graph, 1.0);
  const int c = add_compute(graph, 1.0);
  const int behind = add_compute(graph, 1.0);
  graph.wait(a, start);
  graph.wait(a, c);
  graph.wait(b, a);
  graph.wait(c, b);
  graph.wait(behind, c);
  std::vector<int> cycle = run(graph, {}).cycle;
  std::sort(cycle.begin(), cycle.end());
  EXPECT_EQ(cycle, (std::vector<int>{a, b, c}));
}

TEST(Deadlock, NoneWhereAllIsDone) {
  ActivityGraph graph;
  graph.wait(add_compute(graph, 1.0), add_compute(graph, 2.0));
  const SimulationResult result = run(graph, {});
  EXPECT_TRUE(result.cycle.empty());
  EXPECT_DOUBLE_EQ(result.end, 3.0);
}

TEST(Simulation, NothingToDoTakesNoTime) {
  EXPECT_EQ(run(ActivityGraph(), {1.0}).end, 0.0);
}

}  // namespace
}  // namespace inlay::simulate
