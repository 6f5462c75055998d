#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "inlay/dataflow/dataflow.hpp"
#include "inlay/hardware/array.hpp"

namespace inlay::hardware {

/// Energy (J) at a size: a buffer's bytes, or an operand's bits.
struct EnergyPoint {
  double size = 1.0;
  double energy = 0.0;
  bool operator==(const EnergyPoint&) const = default;
};

/// How energies follow from sizes: straight lines in log-log through the points, which ascend, prolonged
/// beyond them. No point: the energy is the same at every size. Documents do not carry it: they hold what
/// followed.
struct EnergyScaling {
  std::vector<EnergyPoint> l1_access;  // by the bytes of L1
  std::vector<EnergyPoint> l2_access;  // by the bytes of L2
  std::vector<EnergyPoint> multiply;   // by the geometric mean of the operands' bits
  std::vector<EnergyPoint> add;        // by the bits of the accumulator
};

/// Joules per event on operands of 8 bits; hardware/energy_table.hpp has them for other widths.
struct EnergyTable {
  std::string name;
  std::string source;
  double mac = 0.0;               // one multiply-accumulate
  double l1_access = 0.0;         // read or write of one byte, PE-local buffer
  double l2_access = 0.0;         // read or write of one byte, chiplet's shared buffer
  double vector_operation = 0.0;  // one lane-operation of the vector unit
  double noc_hop = 0.0;           // one byte over one hop of the network-on-chip
  EnergyScaling scaling = {};
};

/// What a chiplet is made of.
struct ChipletType {
  std::string name;
  std::string source;
  dataflow::Dataflow dataflow;
  std::int64_t pes = 1;
  std::int64_t l1_bytes = 0;  // per PE
  std::int64_t l2_bytes = 0;
  std::int64_t noc_bytes_per_cycle = 1;
  std::int64_t noc_hops = 1;
  double clock = 0.0;  // Hz
  std::int64_t vector_lanes = 1;
  EnergyTable energy;
  /// What the engine `maestro` charges for off-chip transfers in every step (B3); 0: nothing. No other engine
  /// uses it.
  std::int64_t offchip_bytes_per_cycle = 0;
  std::optional<Array> array = std::nullopt;      // none: PEs that work on their own
  std::optional<Offchip> offchip = std::nullopt;  // none: off-chip transfers are the package's alone
};

/// Whether a bandwidth in a file is what one has, or what all share.
enum class BandwidthScope { kPerLink, kPerChiplet, kPerInterface, kPerPackage };

/// Links between chiplets.
struct NetworkOnPackage {
  double bandwidth = 0.0;  // B/s that one transfer gets
  BandwidthScope scope = BandwidthScope::kPerChiplet;
  double hop_latency = 0.0;     // s
  double energy_per_bit = 0.0;  // J per bit and hop
  /// Weights that several members of a submesh need are read from memory once and forwarded; else each member
  /// reads its own copy.
  bool multicast = false;
};

/// Whether loading a stage's weights takes time. It always takes energy, and its bytes always count.
enum class WeightLoads { kTimed, kUntimed };

/// The one off-package address space.
struct Memory {
  double bandwidth = 0.0;  // B/s: of each interface, or of the package
  BandwidthScope scope = BandwidthScope::kPerPackage;
  double latency = 0.0;         // s
  double energy_per_bit = 0.0;  // J
  WeightLoads weight_loads = WeightLoads::kTimed;
};

struct Chiplet {
  std::string name;
  int type = 0;  // index into Package::types
  int row = 0;   // place in the drawing
  int column = 0;
};

/// A place where the package reaches the memory.
struct MemoryInterface {
  std::string name;
  int chiplet = 0;  // chiplet it stands at; that chiplet reaches it with 0 hops
};

/// Chiplets that a stage may run on together although they are no rectangle of the drawing: rows x columns of
/// them, row by row, neighbours linked.
struct ChipletGroup {
  std::string name;
  int rows = 1;
  int columns = 1;
  std::vector<int> chiplets;
};

/// Stages in a row either wait for their transfers or hide them behind computing (docs/model.md).
enum class Overlap { kSerial, kOverlapped };

/// Chiplets, links and memory. The derived tables are filled by `derive_routes`.
struct Package {
  std::string name;
  std::string source;
  std::vector<ChipletType> types;
  std::vector<Chiplet> chiplets;
  std::vector<std::pair<int, int>> links;  // undirected, each once, smaller index first, sorted
  NetworkOnPackage network;
  Memory memory;
  std::vector<MemoryInterface> interfaces;
  std::vector<ChipletGroup> groups = {};
  double static_power = 0.0;  // W
  Overlap overlap = Overlap::kSerial;

  // Derived:
  std::vector<std::vector<int>> hops;        // [from][to], fewest links
  std::vector<std::vector<int>> neighbours;  // ascending
  std::vector<int> interface_of;             // nearest interface, ties: lowest index
  std::vector<int> memory_hops;              // hops to it
};

/// Fills the derived tables. Throws base::InfeasibleError naming a chiplet that cannot reach another or the
/// memory, and for a type, link or interface with a number that does not exist.
void derive_routes(Package& package);

/// B/s that one transfer through one interface gets while no other runs: the package's whole bandwidth where
/// it is stated per package, the interface's where it is stated per interface.
double interface_bandwidth(const Package& package);
/// B/s of all interfaces together: stated per interface, it is their sum.
double total_memory_bandwidth(const Package& package);

}  // namespace inlay::hardware
