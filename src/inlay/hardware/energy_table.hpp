#pragma once

#include <string>
#include <vector>

#include "inlay/base/yaml.hpp"
#include "inlay/hardware/package.hpp"
#include "inlay/workload/model.hpp"

namespace inlay::hardware {

/// Reads a table such as data/energy/maestro.yaml (docs/formats-hardware.md). Buffers whose energies depend
/// on their size have that of the smallest size until `fit_buffers` is told sizes. Throws base::InputError.
EnergyTable read_energy_table(const base::YamlNode& root);

/// By the name of a shipped table or by path. Throws base::InputError.
EnergyTable load_energy_table(const std::string& name);

/// Gives the accesses the energies of buffers of these sizes, where the table makes them depend on it.
void fit_buffers(EnergyTable& table, std::int64_t l1_bytes, std::int64_t l2_bytes);

/// As fit_buffers, for a chiplet type; its array's accumulator costs what an L2 of its size does.
void fit_energy(ChipletType& type);

/// The chiplet type with another energy table, fitted to its buffers.
ChipletType with_energy(ChipletType type, const EnergyTable& table);

/// On the straight line in log-log through the two points next to the size; `points` must not be empty.
double energy_at(const std::vector<EnergyPoint>& points, double size);

/// A multiply-accumulate (J). With parts: the multiplier's at the geometric mean of the operands' widths plus
/// the adder's at the accumulator's; else the 8-bit one times the product of the widths over 64 (between 8
/// and 32 bits a multiplication becomes 15.5 times as costly: Horowitz, ISSCC 2014, table of 45 nm energies).
double mac_energy(const EnergyTable& table, const workload::Precision& precision);

/// A lane-operation (J): proportional to the bits of an element.
double vector_energy(const EnergyTable& table, std::int64_t bits);

}  // namespace inlay::hardware
