// Mapping files of MAESTRO under our own engines: the layers are those of the imported network, and the
// mappings of most published files can be followed.
#include "inlay/importers/mapped_network.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/cost/engine.hpp"
#include "inlay/hardware/energy_table.hpp"
#include "inlay/importers/importer.hpp"
#include "inlay/workload/model_file.hpp"

namespace inlay::importers {
namespace {

namespace fs = std::filesystem;

/// Of one pass over the network, all samples of each layer included.
std::int64_t macs_of(const MappedNetwork& network) {
  std::int64_t sum = 0;
  const auto& layers = network.scenario.models[0].model.layers;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    sum += workload::macs(layers[i].shape) * network.samples[i];
  }
  return sum;
}

TEST(MappedNetwork, PublishedMappingsAreThoseOfTheImportedNetworks) {
  const fs::path folder = fs::path(SHARED_DIR) / "reference" / "maestro" / "mapping";
  if (!fs::exists(folder)) {
    GTEST_SKIP() << "skipped: no reference files of MAESTRO";
  }
  const auto engine = cost::make_engine("data-centric");
  const HardwareFile hardware = read_maestro_hardware("num_pes: 256\nnoc_bw_cstr: 32\n", "hw.m");
  const hardware::ChipletType type = chiplet_of(hardware, hardware::load_energy_table("maestro"));
  int followed = 0;
  int beyond = 0;  // with transposed convolutions, or maps of N: MAESTRO's engine alone takes them
  int refused = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    SCOPED_TRACE(entry.path());
    MappedNetwork network;
    try {
      network = mapped_network(load_maestro_mapping(entry.path()));
    } catch (const base::InputError&) {
      ++beyond;
      continue;
    }
    const workload::Model imported = workload::parse_model(import_model(entry.path()), entry.path().string());
    const std::int64_t macs = macs_of(network);
    EXPECT_EQ(macs % workload::macs(imported), 0) << "a batch is no part of an imported model";
    EXPECT_LE(macs / workload::macs(imported), network.samples[0]);
    try {
      const cost::CostTable table = mapped_costs(network, type, *engine);
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
