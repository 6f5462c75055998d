#include "inlay/cost/data_centric/choice_figures.hpp"

#include <algorithm>
#include <cmath>

namespace inlay::cost::data_centric {

std::int64_t floor_of(double value) {
  constexpr double kSlack = 1e-12;  // some dozens of roundings of 2^-53 each
  return static_cast<std::int64_t>(std::floor(value * (1.0 - kSlack)));
}

Analysis figures_of(std::span<const StepSums> sums, std::span<const std::size_t> transitions,
                    const Network& network) {
  Analysis figures;
  Accesses& input = figures.accesses[kInput];
  Accesses& weight = figures.accesses[kWeight];
  std::int64_t entries = 0;
  double cycles = 0.0;
  const workload::Precision& bits = network.precision;
  const auto bits_per_cycle = 8.0 * static_cast<double>(network.bytes_per_cycle);
  const auto leaving_bits = static_cast<double>(std::min(bits.outputs, bits.accumulator));
  const auto travel = [](std::int64_t elements, std::int64_t width) {
    return static_cast<double>(elements) * static_cast<double>(width);
  };
  for (std::size_t i = 0; i < transitions.size(); ++i) {
    const StepSums& step = sums[i];
    const bool first = transitions[i] == kWrapAround;  // nothing is there yet, and nothing is kept
    const std::int64_t kept = first ? 0 : 1;
    const std::int64_t inputs = step[kSumInputTouched] - kept * step[kSumInputKept];
    const std::int64_t weights = step[kSumWeightTouched] - kept * step[kSumWeightKept];
    const std::int64_t entering = step[kSumOutputTouched] - kept * step[kSumOutputKept];
    const std::int64_t leaving = step[kSumOutputBefore] - kept * step[kSumOutputKept];
    const std::int64_t partial = first ? 0 : entering - (step[kSumFirstTouched] - step[kSumFirstKept]);
    input.l2_read += inputs;
    weight.l2_read += weights;
    input.l1_write += step[kSumInputCopies] - kept * step[kSumInputCopiesKept];
    weight.l1_write += step[kSumWeightCopies] - kept * step[kSumWeightCopiesKept];
    entries += entering;
    figures.partial_sums += partial;
    const auto compute = static_cast<double>(step[kSumProductsBefore]);
    const double in =
        (travel(inputs, bits.inputs) + travel(weights, bits.weights) + travel(partial, bits.accumulator)) /
        bits_per_cycle;
    const double out = static_cast<double>(leaving) * leaving_bits / bits_per_cycle;
    cycles += first ? compute + in + out : std::max({compute, in, out});
  }
  cycles += 2.0 * static_cast<double>(std::max<std::int64_t>(0, network.hops - 1));
  figures.accesses[kOutput] = {entries, figures.partial_sums, figures.partial_sums, entries};
  figures.cycles = std::max<std::int64_t>(1, floor_of(cycles));
  return figures;
}

void add_products(Analysis& analysis) {
  for (Accesses& accesses : analysis.accesses) {
    accesses.l1_read += analysis.products;
  }
  analysis.accesses[kOutput].l1_write += analysis.products;
}

}  // namespace inlay::cost::data_centric
