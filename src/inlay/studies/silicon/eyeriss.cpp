#include "inlay/studies/silicon/eyeriss.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "inlay/base/error.hpp"
#include "inlay/cost/data_centric/layer_figures.hpp"
#include "inlay/hardware/energy_table.hpp"

namespace inlay::studies::silicon {
namespace {

using cost::data_centric::kC;
using cost::data_centric::kG;
using cost::data_centric::kK;
using cost::data_centric::kN;
using cost::data_centric::kR;
using cost::data_centric::kS;
using cost::data_centric::kX;
using cost::data_centric::kY;
using cost::data_centric::LoopNest;

constexpr std::int64_t kBatch = 4;
constexpr double kIdleWatts = 0.030;  // nn_dataflow, test_nn_dataflow.py
constexpr workload::Precision kWords = {16, 16, 16, 16};

/// A layer of AlexNet and how Eyeriss maps it: sets of filter rows x `width` output rows, `filters` sets side
/// by side with 16 filters each and `channels` with input channels of their own.
struct AlexNetLayer {
  const char* name;
  std::int64_t groups, out, in, size, kernel, stride, input;
  std::int64_t width, filters, channels;
  bool batch_inside;  // one pass takes all images, so that filters are loaded once for them
};

constexpr std::array<AlexNetLayer, 5> kLayers = {{{"conv1", 1, 96, 3, 55, 11, 4, 227, 7, 2, 1, false},
                                                  {"conv2", 2, 256, 96, 27, 5, 1, 27, 27, 1, 1, false},
                                                  {"conv3", 1, 384, 256, 13, 3, 1, 13, 13, 4, 1, true},
                                                  {"conv4", 2, 384, 384, 13, 3, 1, 13, 13, 2, 2, true},
                                                  {"conv5", 2, 256, 384, 13, 3, 1, 13, 13, 2, 2, true}}};

const AlexNetLayer& layer_named(const std::string& name) {
  const auto found = std::find_if(kLayers.begin(), kLayers.end(),
                                  [&](const AlexNetLayer& layer) { return layer.name == name; });
  if (found == kLayers.end()) {
    throw base::InputError(fmt::format("'{}' is none of Eyeriss' measured layers conv1 to conv5", name));
  }
  return *found;
}

/// Input channels per PE: as many as 12 words of inputs hold rows of the filter, a divisor of what is left.
std::int64_t channels_per_pe(const AlexNetLayer& layer) {
  const std::int64_t all = layer.in / layer.groups / layer.channels;
  std::int64_t channels = std::max<std::int64_t>(1, 12 / layer.kernel);
  while (all % channels != 0) {
    --channels;
  }
  return channels;
}

LoopNest nest_of(const AlexNetLayer& layer, std::int64_t batch) {
  LoopNest nest;
  nest.extent = {
      batch,        layer.groups, layer.out / layer.groups, layer.in / layer.groups, layer.size, layer.size,
      layer.kernel, layer.kernel};
  const std::int64_t padding = ((layer.size - 1) * layer.stride + layer.kernel - layer.input) / 2;
  nest.vertical = nest.horizontal = {layer.stride, 1, padding, padding + layer.input};
  return nest;
}

/// Groups, images and strips of output rows outside; then filters and input channels; images of one pass and
/// columns inside, so that filters stay.
LoopNest mapped(const AlexNetLayer& layer) {
  constexpr std::int64_t kFiltersPerPe = 16;
  LoopNest nest = nest_of(layer, kBatch);
  nest.loops.push_back({kG, 1, 1});
  if (!layer.batch_inside) {
    nest.loops.push_back({kN, 1, 1});
  }
  nest.loops.push_back({kY, 1, layer.width});
  nest.loops.push_back({kK, kFiltersPerPe, layer.filters});
  nest.loops.push_back({kC, channels_per_pe(layer), layer.channels});
  nest.loops.push_back({kR, 1, layer.kernel});
  if (layer.batch_inside) {
    nest.loops.push_back({kN, 1, 1});
  }
  nest.loops.push_back({kX, 1, 1});
  return nest;
}

/// Mean PEs at work: products over the steps' products of the busiest PE.
std::int64_t active_pes(const AlexNetLayer& layer) {
  return layer.kernel * layer.width * layer.filters * layer.channels;
}

/// A fully connected layer or a convolution of ISCA 2016, Figure 10, batch 16.
struct PublishedEnergy {
  const char* layer;
  double alu, dram, rf;  // 10^9 MACs
  std::int64_t groups, out, in, size, kernel, stride, input;
};

constexpr std::array<PublishedEnergy, 8> kFigure10 = {{{"conv1", 1.69, 2.46, 6.75, 1, 96, 3, 55, 11, 4, 227},
                                                       {"conv2", 3.58, 2.27, 14.33, 2, 256, 96, 27, 5, 1, 27},
                                                       {"conv3", 2.39, 2.02, 9.57, 1, 384, 256, 13, 3, 1, 13},
                                                       {"conv4", 1.79, 1.57, 7.18, 2, 384, 384, 13, 3, 1, 13},
                                                       {"conv5", 1.20, 1.05, 4.78, 2, 256, 384, 13, 3, 1, 13},
                                                       {"fc1", 0.60, 7.78, 2.42, 1, 4096, 256, 1, 6, 1, 6},
                                                       {"fc2", 0.27, 3.39, 1.07, 1, 4096, 4096, 1, 1, 1, 1},
                                                       {"fc3", 0.07, 0.84, 0.26, 1, 1000, 4096, 1, 1, 1, 1}}};

AccessEnergy ratios_of(const std::string& name, const hardware::EnergyTable& table, std::int64_t bits) {
  constexpr std::int64_t kRegisterFile = 512;
  constexpr std::int64_t kBuffer = 108 * 1024;
  hardware::EnergyTable fitted = table;
  hardware::fit_buffers(fitted, kRegisterFile, kBuffer);
  const double mac = hardware::mac_energy(fitted, {bits, bits, bits, bits});
  const double bytes = static_cast<double>(bits) / 8.0;
  AccessEnergy energy;
  energy.table = name;
  energy.mac = mac;
  energy.register_file = fitted.l1_access * bytes / mac;
  energy.buffer = fitted.l2_access * bytes / mac;
  energy.buffer_over_register_file = fitted.l2_access / fitted.l1_access;
  return energy;
}

}  // namespace

std::vector<EyerissPrediction> study_eyeriss(const std::vector<EyerissRow>& rows,
                                             const hardware::ChipletType& type) {
  std::vector<EyerissPrediction> predictions;
  const auto network = cost::data_centric::network_of(type, kWords);
  for (const EyerissRow& row : rows) {
    const AlexNetLayer& layer = layer_named(row.layer);
    const auto analysis = cost::data_centric::analyse(mapped(layer), network);
    const cost::LayerCost cost = cost::data_centric::cost_of(analysis, kWords, type);
    EyerissPrediction prediction;
    prediction.row = &row;
    prediction.active_pes = active_pes(layer);
    prediction.energy = cost.energy;
    const double seconds = static_cast<double>(cost.cycles) / type.clock;
    prediction.milliseconds = 1e3 * seconds;
    prediction.ideal_milliseconds = 1e3 * static_cast<double>(analysis.products) /
                                    static_cast<double>(prediction.active_pes) / type.clock;
    prediction.milliwatts = 1e3 * (cost.energy.total() / seconds + kIdleWatts);
    predictions.push_back(prediction);
  }
  return predictions;
}

std::vector<EnergyByLevel> energy_by_level() {
  constexpr std::int64_t kImages = 16;
  constexpr double kDram = 200.0;  // MACs per word
  std::vector<EnergyByLevel> list;
  for (const PublishedEnergy& published : kFigure10) {
    const AlexNetLayer layer = {published.layer,
                                published.groups,
                                published.out,
                                published.in,
                                published.size,
                                published.kernel,
                                published.stride,
                                published.input,
                                1,
                                1,
                                1,
                                false};
    const auto analysis = cost::data_centric::analyse(nest_of(layer, kImages), {1, 1, kWords});
    EnergyByLevel energy;
    energy.layer = published.layer;
    energy.alu_published = published.alu;
    energy.rf_published = published.rf;
    energy.dram_published = published.dram;
    const auto giga = [](std::int64_t count) { return static_cast<double>(count) / 1e9; };
    energy.alu = giga(analysis.products);
    // Three operand reads and one write of a register file per MAC, at one MAC's energy each.
    energy.rf = 4.0 * giga(analysis.products);
    energy.dram_least = kDram * giga(analysis.accesses[cost::data_centric::kInput].l2_read +
                                     analysis.accesses[cost::data_centric::kWeight].l2_read +
                                     analysis.accesses[cost::data_centric::kOutput].l2_write);
    list.push_back(energy);
  }
  return list;
}

std::vector<AccessEnergy> access_energies() {
  constexpr double kPico = 1e-12;
  std::vector<AccessEnergy> list = {
      {"published: ISCA 2016, 65 nm, 16 bits (ratios alone)", 0.0, 1.0, 6.0, 6.0},
      {"published: JSSC 2017 as in nn_dataflow, 65 nm, 16 bits", 2.0 * kPico, 0.5, 7.5, 15.0}};
  for (const char* name : {"horowitz-45nm", "set-isca2023", "maestro", "eyeriss-65nm"}) {
    for (const std::int64_t bits : {8, 16}) {
      list.push_back(
          ratios_of(fmt::format("{}, {} bits", name, bits), hardware::load_energy_table(name), bits));
    }
  }
  return list;
}

}  // namespace inlay::studies::silicon
