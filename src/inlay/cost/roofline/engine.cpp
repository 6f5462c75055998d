#include "inlay/cost/roofline/engine.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "inlay/base/checked.hpp"
#include "inlay/cost/engine_parts.hpp"
#include "inlay/hardware/energy_table.hpp"

namespace inlay::cost::roofline {
namespace {

using base::checked_add;
using base::checked_multiply;
using base::checked_product;
using hardware::ChipletType;

/// Multiply-accumulates of a mini-batch, and the elements of its operands and results, each once.
struct Demand {
  std::int64_t macs = 0;
  std::int64_t inputs = 0;
  std::int64_t weights = 0;
  std::int64_t outputs = 0;
};

/// The sums a*i + b*j, for i below `a_count` and j below `b_count`.
struct Sums {
  std::int64_t a_count;
  std::int64_t a;
  std::int64_t b_count;
  std::int64_t b;
};

/// How many pairs (i, j) have a sum from `first` up to `end`, `end` not included.
std::int64_t pairs_within(Sums sums, std::int64_t first, std::int64_t end) {
  if (sums.a_count < sums.b_count) {
    std::swap(sums.a_count, sums.b_count);
    std::swap(sums.a, sums.b);
  }
  std::int64_t pairs = 0;
  for (std::int64_t j = 0; j < sums.b_count; ++j) {
    const auto below = [&](std::int64_t limit) {  // i with a sum below it
      const std::int64_t room = limit - sums.b * j;
      return room <= 0 ? 0 : std::min(sums.a_count, base::ceil_divide(room, sums.a));
    };
    pairs += below(end) - below(first);
  }
  return pairs;
}

/// How many distinct rows (or columns) from `first` up to `end` the `taps` taps of a filter read for
/// `outputs` positions. Output o and tap r read row s*o + d*r. With g = gcd(s, d) the pair (o + d/g, r - s/g)
/// reads the same one; such links are all there are between pairs of one row, so rows are pairs less links.
std::int64_t distinct_rows(std::int64_t outputs, std::int64_t taps, std::int64_t stride,
                           std::int64_t dilation, std::int64_t first, std::int64_t end) {
  const std::int64_t common = std::gcd(stride, dilation);
  const std::int64_t skipped = stride / common;
  const std::int64_t shift = checked_multiply(dilation, skipped);
  const Sums links{std::max<std::int64_t>(0, outputs - dilation / common), stride,
                   std::max<std::int64_t>(0, taps - skipped), dilation};
  return pairs_within({outputs, stride, taps, dilation}, first, end) -
         pairs_within(links, first - shift, end - shift);
}

/// The rows that exist among those that are read: all, or those that are not padding.
std::int64_t rows_read(std::int64_t outputs, std::int64_t taps, std::int64_t stride, std::int64_t dilation,
                       std::int64_t padding, std::int64_t extent) {
  const std::int64_t window = checked_add(
      checked_add(checked_multiply(outputs - 1, stride), checked_multiply(taps - 1, dilation)), 1);
  return extent == 0 ? distinct_rows(outputs, taps, stride, dilation, 0, window)
                     : distinct_rows(outputs, taps, stride, dilation, padding, checked_add(padding, extent));
}

Demand demand_of(const workload::ConvolutionShape& shape, std::int64_t mini_batch) {
  const std::int64_t rows = rows_read(shape.out_height, shape.kernel_height, shape.stride_y, shape.dilation_y,
                                      shape.padding_y, shape.in_height);
  const std::int64_t columns = rows_read(shape.out_width, shape.kernel_width, shape.stride_x,
                                         shape.dilation_x, shape.padding_x, shape.in_width);
  Demand demand;
  demand.macs = checked_multiply(workload::macs(workload::Shape(shape)), mini_batch);
  demand.inputs = checked_product(mini_batch, shape.in_channels, rows, columns);
  demand.weights = checked_product(shape.out_channels, shape.in_channels / shape.groups, shape.kernel_height,
                                   shape.kernel_width);
  demand.outputs = checked_product(mini_batch, shape.out_channels, shape.out_height, shape.out_width);
  return demand;
}

Demand demand_of(const workload::GemmShape& shape, std::int64_t mini_batch) {
  Demand demand;
  demand.inputs = checked_product(mini_batch, shape.repeats, shape.m, shape.k);
  demand.weights = checked_product(shape.weights ? 1 : mini_batch, shape.repeats, shape.k, shape.n);
  demand.macs = checked_multiply(workload::macs(workload::Shape(shape)), mini_batch);
  demand.outputs = checked_product(mini_batch, shape.repeats, shape.m, shape.n);
  return demand;
}

LayerCost cost_of(const Demand& demand, const workload::Precision& precision, const ChipletType& type) {
  const std::int64_t in = checked_add(checked_multiply(demand.inputs, precision.inputs),
                                      checked_multiply(demand.weights, precision.weights));
  const std::int64_t out = checked_multiply(demand.outputs, precision.outputs);
  const std::int64_t bits_per_cycle = checked_multiply(8, type.noc_bytes_per_cycle);
  // Operands and results travel in opposite directions, each with the whole bandwidth.
  const std::int64_t computing = base::ceil_divide(demand.macs, type.pes);
  const std::int64_t moving = base::ceil_divide(std::max(in, out), bits_per_cycle);
  LayerCost cost;
  cost.cycles = std::max(computing, moving);
  cost.bound_by = computing >= moving ? BoundBy::kCompute : in >= out ? BoundBy::kNocIn : BoundBy::kNocOut;
  const auto macs = static_cast<double>(demand.macs);
  const double moved = (static_cast<double>(in) + static_cast<double>(out)) / 8.0;
  const double operands = static_cast<double>(precision.inputs + precision.weights) / 8.0;
  cost.energy.mac = macs * hardware::mac_energy(type.energy, precision);
  cost.energy.l1 = (operands * macs + moved) * type.energy.l1_access;
  cost.energy.l2 = moved * type.energy.l2_access;
  cost.energy.noc = moved * static_cast<double>(type.noc_hops) * type.energy.noc_hop;
  cost.utilisation = macs / static_cast<double>(cost.cycles) / static_cast<double>(type.pes);
  return cost;
}

class RooflineEngine : public CostEngine {
 public:
  std::string name() const override { return "roofline"; }
  std::string version() const override { return "2"; }

  std::vector<std::string> assumptions() const override {
    return {
        "roofline: all PEs and the whole NoC bandwidth busy at once, operands and results each moved once",
        "roofline: two L1 reads per multiply-accumulate, one L1 write per operand and result; tiles need no "
        "L2: a bound, not an estimate",
        "roofline: padding is computed on like data, but not read"};
  }

  LayerCost evaluate(const workload::Layer& layer, std::int64_t mini_batch,
                     const ChipletType& type) const override {
    return evaluate_layer(layer, mini_batch, type, [&](const workload::Shape& shape, std::int64_t samples) {
      if (const auto* gemm = std::get_if<workload::GemmShape>(&shape)) {
        return cost_of(demand_of(*gemm, samples), layer.precision, type);
      }
      return cost_of(demand_of(std::get<workload::ConvolutionShape>(shape), samples), layer.precision, type);
    });
  }
};

}  // namespace

std::unique_ptr<CostEngine> make_engine() {
  return std::make_unique<RooflineEngine>();
}

}  // namespace inlay::cost::roofline
