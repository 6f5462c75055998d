// Mapping files of MAESTRO under our own engines: the layers are those of the imported network, and the
// mappings of most published files can be followed.
#include "inlay/importers/maestro/mapped_network.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/cost/engine.hpp"
#include "inlay/cost/engines.hpp"
#include "inlay/hardware/energy_table.hpp"
#include "inlay/importers/importer.hpp"
#include "inlay/workload/model_file.hpp"
#include "support/reference_data.hpp"

namespace inlay::importers {
namespace {

namespace fs = std::filesystem;

/// Of one pass over the network, all samples of each layer included.
std::int64_t macs_of(const maestro::MappedNetwork& network) {
  std::int64_t sum = 0;
  const auto& layers = network.scenario.models[0].model.layers;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    sum += workload::macs(layers[i].shape) * network.samples[i];
  }
  return sum;
}

hardware::ChipletType small_chiplet() {
  const maestro::HardwareFile hardware =
      maestro::read_maestro_hardware("num_pes: 256\nnoc_bw_cstr: 32\n", "hw.m");
  return maestro::chiplet_of(hardware, hardware::load_energy_table("maestro"));
}

TEST(MappedNetwork, OwnMappingIsThatOfTheImportedNetwork) {
  const std::string text = R"(Network two {
    Layer a { Type: CONV Dimensions { K 8, C 4, R 3, S 3, Y 10, X 10 }
      Dataflow { SpatialMap(1,1) K; TemporalMap(4,4) C; TemporalMap(3,3) R; TemporalMap(3,3) S;
                 TemporalMap(3,1) Y; TemporalMap(3,1) X; } }
    Layer b { Type: CONV Dimensions { K 16, C 8, R 1, S 1, Y 8, X 8 }
      Dataflow { SpatialMap(1,1) K; TemporalMap(8,8) C; TemporalMap(1,1) R; TemporalMap(1,1) S;
                 TemporalMap(1,1) Y; TemporalMap(1,1) X; } }
  })";
  const maestro::MappedNetwork network =
      maestro::mapped_network(maestro::read_maestro_mapping(text, "two.m"));
  EXPECT_EQ(network.samples, (std::vector<std::int64_t>{1, 1}));
  EXPECT_EQ(macs_of(network), 8 * 4 * 9 * 64 + 16 * 8 * 64);
  const hardware::ChipletType type = small_chiplet();
  const cost::CostTable table = maestro::mapped_costs(network, type, *cost::make_engine("data-centric"));
  double energy = 0.0;
  for (const cost::LayerCost& cost : table.models[0].entries) {
    energy += cost.energy.mac;
  }
  EXPECT_NEAR(energy / ((8 * 4 * 9 * 64 + 16 * 8 * 64) * type.energy.mac), 1.0, 1e-12);
  // One output channel for each PE, so no layer is done before one channel's products.
  EXPECT_GE(table.models[0].at(0, 0, 0).cycles, 4 * 9 * 64);
  EXPECT_GE(table.models[0].at(1, 0, 0).cycles, 8 * 64);
}

using MappedNetworkReference = testing::ReferenceTest;

TEST_F(MappedNetworkReference, PublishedMappingsAreThoseOfTheImportedNetworks) {
  const fs::path folder = testing::reference_data() / "reference" / "maestro" / "mapping";
  const auto engine = cost::make_engine("data-centric");
  const hardware::ChipletType type = small_chiplet();
  int followed = 0;
  int beyond = 0;  // with transposed convolutions, or maps of N: MAESTRO's engine alone takes them
  int refused = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    SCOPED_TRACE(entry.path());
    maestro::MappedNetwork network;
    try {
      network = maestro::mapped_network(maestro::load_maestro_mapping(entry.path()));
    } catch (const base::InputError&) {
      ++beyond;
      continue;
    }
    const workload::Model imported = workload::parse_model(import_model(entry.path()), entry.path().string());
    const std::int64_t macs = macs_of(network);
    EXPECT_EQ(macs % workload::macs(imported), 0) << "a batch is no part of an imported model";
    EXPECT_LE(macs / workload::macs(imported), network.samples[0]);
    try {
      const cost::CostTable table = maestro::mapped_costs(network, type, *engine);
      double energy = 0.0;
      for (const cost::LayerCost& cost : table.models[0].entries) {
        EXPECT_GT(cost.cycles, 0);
        energy += cost.energy.mac;
      }
      EXPECT_NEAR(energy / (static_cast<double>(macs) * type.energy.mac), 1.0, 1e-9);
      ++followed;
    } catch (const base::InfeasibleError&) {
      ++refused;
    }
  }
  std::printf("%d mappings followed, %d refused, %d for MAESTRO's engine alone\n", followed, refused, beyond);
  EXPECT_GE(followed, 25);
}

}  // namespace
}  // namespace inlay::importers
