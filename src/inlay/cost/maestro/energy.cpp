#include "inlay/cost/maestro/energy.hpp"

#include <algorithm>
#include <numeric>

namespace inlay::cost::maestro {

AccessSums sum_accesses(const Analysis& analysis) {
  AccessSums sums;
  for (const Accesses& accesses : analysis.accesses) {
    sums.l1 += accesses.l1_read + accesses.l1_write;
    sums.l2 += accesses.l2_read + accesses.l2_write;
  }
  sums.l2_outside = analysis.accesses[kInput].l2_write + analysis.accesses[kWeight].l2_write +
                    analysis.accesses[kOutput].l2_read;
  return sums;
}

double total_energy(const Analysis& analysis) {
  const AccessSums sums = sum_accesses(analysis);
  return kL2PerMac * static_cast<double>(sums.l2) + kL1PerMac * static_cast<double>(sums.l1) +
         static_cast<double>(analysis.macs);
}

AreaAndPower area_and_power(const Analysis& analysis, const Hardware& hardware) {
  const auto buffer = [](const std::array<std::int64_t, kTensors>& request) {
    return static_cast<double>(
        std::max<std::int64_t>(1, std::accumulate(request.begin(), request.end(), 0LL)));
  };
  const double l1 = buffer(analysis.l1_request);
  const double l2 = buffer(analysis.l2_request);
  const auto pes = static_cast<double>(hardware.pes);
  const auto lanes = static_cast<double>(hardware.simd_lanes);
  const auto bandwidth = static_cast<double>(hardware.noc_bandwidth);
  const double bus = 14.662 * pes + 28.895;
  const double arbiter = 1.2886 * pes * pes + 5.5814 * pes - 23.711;
  AreaAndPower result;
  result.area = pes * (283 * lanes + 0.104 * l1) + 0.104 * l2 + 101.7938 * bus * bandwidth +
                std::max(395.473 * arbiter, 395.473);
  result.pe_power = 1.2223 * pes * lanes;
  result.l1_power = 0.00345 * pes * l1;
  result.l2_power = 0.00345 * l2;
  result.noc_power = 0.8 * bus * bandwidth / 1000 + std::max(0.34 * arbiter / 1000, 0.34);
  return result;
}

}  // namespace inlay::cost::maestro
