#include <algorithm>
#include <limits>

#include "inlay/base/checked.hpp"
#include "inlay/cost/maestro/runtime.hpp"

namespace inlay::cost::maestro {
namespace {

/// A delay over the cases of the top level.
struct DelayStatistics {
  std::int64_t lowest = std::numeric_limits<std::int64_t>::max();
  std::int64_t highest = 0;
  std::int64_t sum = 0;

  void add(std::int64_t delay, std::int64_t occurrences) {
    lowest = std::min(lowest, delay);
    highest = std::max(highest, delay);
    accumulate(sum, occurrences, delay);
  }
  Delay over(std::int64_t occurrences) const { return {lowest, highest, sum / occurrences}; }
};

/// Sums over the cases of the top level (sections 6 to 8).
class Report {
 public:
  Report(const MappedLayer& layer, const Hardware& hardware, Occurrences occurrences)
      : layer_(layer),
        hardware_(hardware),
        occurrences_(occurrences),
        runtime_(layer, hardware, occurrences) {}

  Analysis run() {
    const Level& top = runtime_.hierarchy().level[0];
    Cases cases(top, layer_.sizes, occurrences_);
    while (const Case* step = cases.next()) {
      const Volumes volume = volumes(top, *step);
      const std::int64_t products = macs(top, *step);
      // Outputs count even if the case is dropped below (section 6, step 1), and leave at every step (B1).
      accumulate(output().l2_write, step->occurrences, volume.output);
      accumulate(output().l1_read, step->occurrences, products);
      add_request(volume);
      if (volume.partial_sums > 0) {
        add(*step, volume, products);
      }
    }
    finish();
    return result_;
  }

 private:
  Accesses& output() { return result_.accesses[kOutput]; }

  /// Buffers hold the tiles of the first case that is not dropped, and the operands of those dropped before
  /// it.
  void add_request(const Volumes& volume) {
    if (result_.valid) {
      return;
    }
    ++requests_;
    result_.l2_request[kInput] += 2 * volume.input;
    result_.l2_request[kWeight] += 2 * volume.weight;
    if (volume.partial_sums > 0) {
      result_.l2_request[kOutput] = 2 * volume.output;
      result_.valid = true;
    }
  }

  void add(const Case& step, const Volumes& volume, std::int64_t products) {
    const LevelCost below = runtime_.compute(0, step, volume);
    if (below.runtime == 0) {
      throw base::InfeasibleError("the levels below the top have no work: MAESTRO divides by zero here");
    }
    const std::int64_t occurrences = step.occurrences;
    const std::int64_t operands = volume.input + volume.weight;
    const std::int64_t operands_request = result_.l2_request[kInput] + result_.l2_request[kWeight];
    // Every step is charged the transfer of the whole first tiles, even of data that stays (B3).
    const std::int64_t offchip = std::max(operands_request / hardware_.offchip_bandwidth / 2,
                                          result_.l2_request[kOutput] / hardware_.offchip_bandwidth / 2);
    accumulate(result_.runtime, occurrences,
               std::max(runtime_.step_time(step, volume, below.runtime), offchip));
    accumulate(result_.macs, occurrences, products);
    add_operand(kInput, occurrences, volume.input, products);
    add_operand(kWeight, occurrences, volume.weight, products);

    const std::int64_t traffic = std::max(operands, volume.output);
    result_.peak_bandwidth = std::max(result_.peak_bandwidth, traffic / below.runtime);
    accumulate(traffic_, 1, base::checked_multiply(occurrences, traffic) / below.runtime);
    // Halved at every case, so that early cases fade away.
    result_.offchip_bandwidth =
        std::max({result_.offchip_bandwidth, result_.l2_request[kOutput] / below.runtime,
                  operands_request / below.runtime}) /
        2;
    ingress_.add(runtime_.delay(operands), occurrences);
    egress_.add(runtime_.delay(volume.output), occurrences);
    compute_.add(below.runtime, occurrences);
    pes_ += static_cast<double>(occurrences) * below.average_pes;
    accumulate(steps_, 1, occurrences);
    result_.arithmetic_intensity = static_cast<double>(products) / static_cast<double>(operands);
  }

  void add_operand(Tensor tensor, std::int64_t occurrences, std::int64_t ingress, std::int64_t products) {
    accumulate(result_.accesses[tensor].l2_read, occurrences, ingress);
    accumulate(result_.accesses[tensor].l1_read, occurrences, products);
  }

  void finish() {
    const Hierarchy& hierarchy = runtime_.hierarchy();
    result_.clustered = hierarchy.levels > 1;
    output().l1_write = output().l1_read;
    for (const Tensor tensor : {kInput, kWeight}) {
      Accesses& accesses = result_.accesses[tensor];
      accesses.l1_write = accesses.l2_read;  // a multicast word counts once
    }
    fill_pixels(hierarchy.tensors);
    result_.accesses[kInput].l2_write = result_.pixels[kInput];
    result_.accesses[kWeight].l2_write = result_.pixels[kWeight];
    output().l2_read = result_.pixels[kOutput];
    fill_l1_requests(hierarchy);
    if (!result_.valid) {
      return;
    }
    result_.average_bandwidth = static_cast<double>(traffic_) / static_cast<double>(steps_);
    result_.average_pes = pes_ / static_cast<double>(steps_);
    result_.ingress = ingress_.over(steps_);
    result_.egress = egress_.over(steps_);
    result_.compute = compute_.over(steps_);
  }

  /// Double-buffered tiles of a PE. Without any case there is no result of a level below: then the top level
  /// stands for the innermost one, and there too each dropped case adds its operands.
  void fill_l1_requests(const Hierarchy& hierarchy) {
    const bool top_is_innermost = !result_.valid || hierarchy.levels == 1;
    const Level& level = hierarchy.level[top_is_innermost ? 0 : hierarchy.levels - 1];
    for (std::size_t tensor = 0; tensor < kTensors; ++tensor) {
      std::int64_t tile = 2 * (top_is_innermost && tensor != kOutput ? requests_ : 1);
      for (const Dimension dimension : hierarchy.tensors.ordered[tensor]) {
        tile = base::checked_multiply(tile, level.full_tile[dimension]);
      }
      result_.l1_request[tensor] = tile;
    }
  }

  /// Sizes of the whole tensors; the output's is what a stride of 1 would give (section 7).
  void fill_pixels(const TensorDimensions& tensors) {
    for (std::size_t tensor = 0; tensor < kTensors; ++tensor) {
      result_.pixels[tensor] = 1;
      for (const Dimension dimension : tensors.ordered[tensor]) {
        std::int64_t extent = layer_.sizes[dimension];
        if (tensor == kOutput && dimension == kY) {
          extent += 1 - layer_.sizes[kR];
        } else if (tensor == kOutput && dimension == kX) {
          extent += 1 - layer_.sizes[kS];
        }
        result_.pixels[tensor] = base::checked_multiply(result_.pixels[tensor], extent);
      }
    }
  }

  const MappedLayer& layer_;
  const Hardware& hardware_;
  Occurrences occurrences_;
  Runtime runtime_;
  Analysis result_;
  DelayStatistics ingress_;
  DelayStatistics egress_;
  DelayStatistics compute_;
  std::int64_t requests_ = 0;  // cases whose operands were added to the buffer requirement
  std::int64_t traffic_ = 0;
  std::int64_t steps_ = 0;
  double pes_ = 0.0;
};

void check(const Hardware& hardware) {
  constexpr std::int64_t kMostPes = std::int64_t{1} << 30;
  if (hardware.pes < 1 || hardware.pes > kMostPes || hardware.noc_bandwidth < 1 || hardware.noc_hops < 0 ||
      hardware.offchip_bandwidth < 1 || hardware.simd_lanes < 1) {
    throw base::InfeasibleError(
        "PEs (at most 2^30), bandwidths and SIMD lanes must be positive and hops not negative");
  }
}

}  // namespace

Analysis analyse(const MappedLayer& layer, const Hardware& hardware, Occurrences occurrences) {
  check(hardware);
  return Report(layer, hardware, occurrences).run();
}

}  // namespace inlay::cost::maestro
