// The shipped hardware files are what issue and papers say.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "inlay/base/error.hpp"
#include "inlay/cost/cost_table.hpp"
#include "inlay/cost/engine.hpp"
#include "inlay/cost/engines.hpp"
#include "inlay/hardware/chiplet_type.hpp"
#include "inlay/hardware/package_file.hpp"
#include "inlay/hardware/reference.hpp"
#include "inlay/workload/model_file.hpp"

namespace inlay::hardware {
namespace {

std::string types_of(const Package& package) {
  std::string text;
  for (const Chiplet& chiplet : package.chiplets) {
    text += package.types[static_cast<std::size_t>(chiplet.type)].name + " ";
  }
  return text;
}

TEST(ShippedPackages, HaveTheirArrangements) {
  EXPECT_EQ(types_of(load_package("simba-nvd-2x2")), "WS WS WS WS ");
  EXPECT_EQ(types_of(load_package("simba-shi-2x2")), "OS OS OS OS ");
  EXPECT_EQ(types_of(load_package("het-3ws-1os-2x2")), "WS WS WS OS ");
  EXPECT_EQ(types_of(load_package("het-sides-2x2")), "WS OS WS OS ");
  EXPECT_EQ(types_of(load_package("het-checkerboard-2x2")), "WS OS OS WS ");
  EXPECT_EQ(types_of(load_package("het-checkerboard-3x3")), "WS OS WS OS WS OS WS OS WS ");
  EXPECT_EQ(types_of(load_package("het-sides-3x3")), "WS OS WS WS OS WS WS OS WS ");
}

/// How many chiplets are of type WS.
std::ptrdiff_t weight_stationary(const std::string& name) {
  const Package package = load_package(name);
  return std::count_if(package.chiplets.begin(), package.chiplets.end(), [&package](const Chiplet& chiplet) {
    return package.types[static_cast<std::size_t>(chiplet.type)].name == "WS";
  });
}

TEST(ShippedPackages, ShareTheTypesAsDocumented) {
  EXPECT_EQ(weight_stationary("simba-nvd-6x6"), 36);
  EXPECT_EQ(weight_stationary("simba-shi-6x6"), 0);
  EXPECT_EQ(weight_stationary("het-checkerboard-6x6"), 18);
  EXPECT_EQ(weight_stationary("het-sides-6x6"), 24);  // two thirds, as in 3x3
  EXPECT_EQ(weight_stationary("het-cross-6x6"), 16);  // four corners of 2x2
}

// A variant differs from the package that it is a variant of in what its name says, and in nothing else.
TEST(ShippedPackages, VariantsHaveTheArrangementOfTheirMesh) {
  for (const std::string& name : shipped_names("packages")) {
    const Package package = load_package(name);
    const std::size_t digits = name.find('x') + 1;
    const std::string base = name.substr(0, name.find_first_not_of("0123456789", digits));
    EXPECT_EQ(types_of(package), types_of(load_package(base))) << name;
    const std::size_t side = std::stoul(name.substr(digits));
    EXPECT_EQ(package.chiplets.size(), side * side) << name;
    EXPECT_EQ(package.interfaces.size(), 2 * side) << name;
    const std::size_t diagonals = name.find("-t") != std::string::npos ? (side - 1) * (side - 1) : 0;
    EXPECT_EQ(package.links.size(), 2 * side * (side - 1) + diagonals) << name;
  }
}

// Figures of SCAR's Table II, written out here a second time.
TEST(ShippedPackages, HaveTheFiguresOfScar) {
  const std::vector<std::string> names = shipped_names("packages");
  EXPECT_GE(names.size(), 48U);
  for (const std::string& name : names) {
    SCOPED_TRACE(name);
    const Package package = load_package(name);
    EXPECT_EQ(package.name, name);
    EXPECT_DOUBLE_EQ(package.network.bandwidth, 100e9);
    EXPECT_DOUBLE_EQ(package.network.hop_latency, 35e-9);
    EXPECT_DOUBLE_EQ(package.network.energy_per_bit, 2.04e-12);
    EXPECT_DOUBLE_EQ(package.memory.bandwidth, 64e9);
    // The packages of 16x16 are ours: SCAR's memory at every interface.
    const bool ours = name.ends_with("-16x16");
    EXPECT_DOUBLE_EQ(total_memory_bandwidth(package), ours ? 32 * 64e9 : 64e9);
    EXPECT_DOUBLE_EQ(package.memory.latency, 200e-9);
    EXPECT_DOUBLE_EQ(package.memory.energy_per_bit, 14.8e-12);
    const std::int64_t pes = name.ends_with("-256pe") ? 256 : 4096;
    for (const ChipletType& type : package.types) {
      EXPECT_EQ(type.pes, pes);
      EXPECT_EQ(type.vector_lanes, pes / 16);
      EXPECT_EQ(type.l1_bytes, 512);
      EXPECT_EQ(type.l2_bytes, 10'000'000);
      EXPECT_EQ(type.noc_bytes_per_cycle, pes == 4096 ? 1024 : 256);
      EXPECT_DOUBLE_EQ(type.clock, 500e6);
      const std::string large = type.name == "WS" ? "ws_tuned" : "os_tuned";
      const std::string small = type.name == "WS" ? "ws_tuned32" : "os_tuned_small";
      EXPECT_EQ(type.dataflow.name, pes == 4096 ? large : small);
      EXPECT_DOUBLE_EQ(type.energy.mac, 0.23e-12);
      EXPECT_DOUBLE_EQ(type.energy.l1_access, 0.3864e-12);
      EXPECT_DOUBLE_EQ(type.energy.l2_access, 4.2803e-12);
      EXPECT_DOUBLE_EQ(type.energy.vector_operation, 0.23e-12);
    }
  }
}

/// The type with another dataflow.
ChipletType with(ChipletType type, const dataflow::Dataflow& dataflow) {
  type.dataflow = dataflow;
  return type;
}

/// Nothing if the dataflow does not fit the chiplet's array.
std::optional<std::int64_t> maestro_cycles_on(const ChipletType& type) {
  static const std::vector<workload::Model> models = {workload::load_model("gpt2-small"),
                                                      workload::load_model("resnet-50")};
  const auto engine = cost::make_engine("maestro");
  std::int64_t cycles = 0;
  try {
    for (const workload::Model& model : models) {
      for (const workload::Layer& layer : model.layers) {
        cycles += engine->evaluate(layer, 1, type).cycles;
      }
    }
  } catch (const base::InfeasibleError&) {
    return std::nullopt;
  }
  return cycles;
}

/// The networks of SCAR that run on chiplets of this size: those for data centres, or XRBench's.
std::vector<std::string> networks_for(const ChipletType& type) {
  return type.pes == 4096
             ? std::vector<std::string>{"gpt2-large", "bert-large", "resnet-50", "googlenet", "unet"}
             : std::vector<std::string>{"d2go",     "emformer",    "eyecod",     "hand-shape-pose",
                                        "hrvit-b1", "midas-small", "plane-rcnn", "sparse-to-dense"};
}

/// Geometric mean of time x energy over networks; nothing if one of them cannot run.
std::optional<double> tuned_edp_on(const ChipletType& type) {
  const auto engine = cost::make_engine("data-centric", cost::Tuning::kEdp);
  const std::vector<std::string> networks = networks_for(type);
  double logarithms = 0.0;
  for (const std::string& network : networks) {
    workload::Scenario scenario;
    scenario.models.push_back({network, workload::load_model(network), 1});
    double cycles = 0.0;
    double joules = 0.0;
    try {
      const cost::CostTable table = cost::build_cost_table(scenario, {type}, *engine);
      for (std::size_t layer = 0; layer < scenario.models[0].model.layers.size(); ++layer) {
        const cost::LayerCost& cost = table.models[0].at(static_cast<int>(layer), 0, 0);
        cycles += static_cast<double>(cost.cycles);
        joules += cost.energy.total();
      }
    } catch (const base::InfeasibleError&) {
      return std::nullopt;
    }
    logarithms += std::log(cycles * joules);
  }
  return std::exp(logarithms / static_cast<double>(networks.size()));
}

/// Holds a chiplet's dataflow against all shipped ones of its stationarity that are tuned, or that are not.
template <typename Figure>
void expect_best(const ChipletType& type, bool tuned, const Figure& figure) {
  const auto best = figure(type);
  ASSERT_TRUE(best.has_value());
  int others = 0;
  for (const std::string& other : shipped_names("dataflows")) {
    const dataflow::Dataflow dataflow = find_dataflow(other);
    if (dataflow.stationary != type.dataflow.stationary || has_free_sizes(dataflow) != tuned ||
        other == type.dataflow.name) {
      continue;
    }
    ++others;
    if (const auto worse = figure(with(type, dataflow))) {
      EXPECT_LE(*best, *worse) << type.name << ": " << other << " is better than " << type.dataflow.name;
    }
  }
  EXPECT_GE(others, 2) << "nothing to choose from";
}

constexpr const char* kChiplets[] = {"nvdla-ws-4096", "nvdla-ws-256", "shidiannao-os-4096",
                                     "shidiannao-os-256"};

// What the chiplets' files and the documentation say of the choice: neither side is a straw man.
TEST(ShippedChiplets, HaveTheBestTunedDataflowOfTheirStationarity) {
  for (const std::string name : kChiplets) {
    expect_best(load_chiplet_type(name), true, tuned_edp_on);
  }
}

TEST(ShippedChiplets, HaveTheFastestFixedDataflowUnderMaestrosRules) {
  for (const std::string name : kChiplets) {
    const ChipletType type = load_chiplet_type(name);
    const ChipletType fixed = with(type, untuned(type.dataflow));
    ASSERT_FALSE(has_free_sizes(fixed.dataflow));
    EXPECT_EQ(maestro_cycles_on(type), maestro_cycles_on(fixed));
    expect_best(fixed, false, maestro_cycles_on);
  }
}

}  // namespace
}  // namespace inlay::hardware
