#pragma once

#include <cstdint>
#include <string>

#include "inlay/dataflow/dataflow.hpp"
#include "inlay/hardware/package.hpp"

namespace inlay::hardware {

/// Index of the type that most chiplets have; ties: the lowest index.
int majority_type(const Package& package);

/// The single chiplet that a package is compared with: PEs, L2, NoC bandwidth and vector lanes are the sums
/// over all chiplets; dataflow, L1 per PE, NoC hops and energy table are those of the given type
/// (an access of the larger L2 costs what the table says for its size). It stands
/// at one memory interface that has the bandwidth of all the package's interfaces together (a chip that large
/// touches them all), and keeps memory latency and energy, static power and overlap. Throws base::InputError
/// if the chiplets' clocks differ: then no one clock keeps both the peak compute and the peak NoC bandwidth
/// of every part.
Package monolith_of(const Package& package, int type);

/// As monolith_of, for a choice on the command line: empty for the majority type, the name of a type of the
/// package, or the name of a dataflow for the majority type. Throws base::InputError with the nearest
/// spelling.
Package monolith_by_choice(const Package& package, const std::string& choice);

/// The package with another dataflow on the chiplets of this type.
Package with_dataflow(Package package, int type, dataflow::Dataflow dataflow);

/// The package with this NoC bandwidth inside every chiplet. To scale a monolith, scale the package first.
Package with_noc_bandwidth(Package package, std::int64_t bytes_per_cycle);

}  // namespace inlay::hardware
