#include "inlay/evaluate/schedule_cost.hpp"

namespace inlay::evaluate {

EnergyBreakdown& EnergyBreakdown::operator+=(const EnergyBreakdown& other) {
  mac += other.mac;
  l1 += other.l1;
  l2 += other.l2;
  noc += other.noc;
  vector += other.vector;
  l2_traffic += other.l2_traffic;
  network += other.network;
  memory += other.memory;
  static_power += other.static_power;
  return *this;
}

EnergyBreakdown EnergyBreakdown::scaled(double factor) const {
  return {mac * factor,        l1 * factor,      l2 * factor,     noc * factor,         vector * factor,
          l2_traffic * factor, network * factor, memory * factor, static_power * factor};
}

}  // namespace inlay::evaluate
