#pragma once

#include "inlay/cost/maestro/model.hpp"

namespace inlay::cost::maestro {

inline constexpr double kMacNanojoule = 0.00023;  // 0.23 pJ
inline constexpr double kL1PerMac = 1.68;         // one access, in energies of a MAC
inline constexpr double kL2PerMac = 18.61;

/// Accesses to the L2, resp. to all L1s, that the energies of section 7 count.
struct AccessSums {
  std::int64_t l1 = 0;  // all six counters
  std::int64_t l2 = 0;  // all six counters
  std::int64_t l2_outside =
      0;  // of these: fills from and drains to the outside ("L2 write I, W", "L2 read O")
};

AccessSums sum_accesses(const Analysis& analysis);

/// The total that MAESTRO prints on the screen, in energies of a MAC.
double total_energy(const Analysis& analysis);

/// Area (um^2) and powers (mW), fits for 28 nm (section 7).
struct AreaAndPower {
  double area = 0.0;
  double pe_power = 0.0;
  double l1_power = 0.0;
  double l2_power = 0.0;
  double noc_power = 0.0;
  double power() const { return pe_power + l1_power + l2_power + noc_power; }
};

AreaAndPower area_and_power(const Analysis& analysis, const Hardware& hardware);

}  // namespace inlay::cost::maestro
