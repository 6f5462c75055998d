#include "inlay/cost/maestro/csv.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "inlay/cost/maestro/energy.hpp"

namespace inlay::cost::maestro {
namespace {

std::string real(double value) {
  return std::isnan(value) ? "-nan" : fmt::format("{:.6g}", value);
}

double ratio(std::int64_t a, std::int64_t b) {
  return static_cast<double>(a) / static_cast<double>(b);
}

std::int64_t sum(const std::array<std::int64_t, kTensors>& values) {
  return std::accumulate(values.begin(), values.end(), std::int64_t{0});
}

/// Averages over no case at all are what a conversion of "not a number" leaves in a 64-bit integer.
Delay shown(const Delay& delay, bool valid) {
  constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::min();
  return valid ? delay : Delay{kNone, 0, kNone};
}

std::string cells(const Accesses& accesses) {
  return fmt::format("{}, {}, {}, {}, {}", accesses.l1_read, accesses.l1_write, accesses.l2_read,
                     accesses.l2_write, real(ratio(accesses.l1_read, accesses.l1_write)));
}

std::string cells(const Delay& delay) {
  return fmt::format("{}, {}, {}", delay.lowest, delay.highest, delay.average);
}

/// A number compared with itself (B14).
std::string multicast_factor(const Accesses& accesses) {
  return real(ratio(accesses.l2_read, accesses.l2_read));
}

}  // namespace

std::string CsvWriter::header() {
  return "Neural Network Name, Layer Number, NumPEs, Runtime (Cycles), Activity count-based Energy (nJ), "
         "Throughput (MACs/Cycle), Throughput Per Energy (GMACs/s*J), Area, Power, NoC BW Req "
         "(Elements/cycle), "
         "Avg BW Req, Peak BW Req, Vector Width, Offchip BW Req (Elements/cycle),  L2 SRAM Size Req (Bytes), "
         "L1 SRAM Size Req (Bytes), Multicasting Factor (Weight), Multicasting Factor (Input), "
         "Num Total Input Pixels, Num Total Weight Pixels, Ops/J, Num MACs, PE power, L1 power, L2 power, "
         "NOC power, "
         "input l1 read, input l1 write, input l2 read, input l2 write, input reuse factor,filter l1 read, "
         "filter l1 write, filter l2 read, filter l2 write, filter reuse factor,output l1 read, output l1 "
         "write, "
         "output l2 read, output l2 write, output reuse factor,Ingress Delay (Min), Ingress Delay (Max), "
         "Ingress Delay (Avg), Egress Delay (Min), Egress Delay (Max),  Egress Delay (Avg),Compute Delay "
         "(Min), "
         "Compute Delay (Min), Compute Delay (Avg),Avg number of utilized PEs, Arithmetic Intensity";
}

double CsvWriter::energy_column(const Analysis& analysis) const {
  const AccessSums sums = sum_accesses(analysis);
  const std::int64_t l1 = analysis.clustered && analysis.valid ? previous_l1_ : sums.l1;
  const std::int64_t l2 = sums.l2 - analysis.accesses[kOutput].l2_read;
  return kMacNanojoule * (kL2PerMac * static_cast<double>(l2) + kL1PerMac * static_cast<double>(l1));
}

std::string CsvWriter::row(const std::string& network, const std::string& layer, const Analysis& analysis) {
  const double energy = energy_column(analysis);
  previous_l1_ = sum_accesses(analysis).l1;
  const AreaAndPower physical = area_and_power(analysis, hardware_);
  const auto macs = static_cast<double>(analysis.macs);
  const double throughput = ratio(analysis.macs, analysis.runtime);
  const double undefined = std::numeric_limits<double>::quiet_NaN();
  std::string text = fmt::format(
      "{},{},{},{},{},{},{},{},{}", network, layer, hardware_.pes, analysis.runtime, real(energy),
      real(throughput), real(throughput / energy * 1e9), real(physical.area), real(physical.power()));
  text += fmt::format(",{},{},{},{},{}", analysis.peak_bandwidth,
                      real(analysis.valid ? analysis.average_bandwidth : undefined), analysis.peak_bandwidth,
                      hardware_.simd_lanes, analysis.offchip_bandwidth);
  text += fmt::format(",{},{},{},{},{},{},{},{}", sum(analysis.l2_request), sum(analysis.l1_request),
                      multicast_factor(analysis.accesses[kWeight]),
                      multicast_factor(analysis.accesses[kInput]), analysis.pixels[kInput],
                      analysis.pixels[kWeight], real(macs / energy * 1e9), analysis.macs);
  text += fmt::format(",{},{},{},{}", real(physical.pe_power), real(physical.l1_power),
                      real(physical.l2_power), real(physical.noc_power));
  for (const Accesses& accesses : analysis.accesses) {
    text += ',';
    text += cells(accesses);
  }
  for (const Delay& delay : {analysis.ingress, analysis.egress, analysis.compute}) {
    text += ',';
    text += cells(shown(delay, analysis.valid));
  }
  return text + fmt::format(",{},{}", real(analysis.average_pes), real(analysis.arithmetic_intensity));
}

}  // namespace inlay::cost::maestro
