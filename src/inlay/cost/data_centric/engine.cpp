#include "inlay/cost/data_centric/engine.hpp"

#include <variant>

#include "inlay/cost/data_centric/layer_figures.hpp"
#include "inlay/cost/data_centric/offchip.hpp"
#include "inlay/cost/data_centric/tile_search.hpp"
#include "inlay/cost/engine_parts.hpp"

namespace inlay::cost::data_centric {
namespace {

using hardware::ChipletType;

class DataCentricEngine : public CostEngine {
 public:
  explicit DataCentricEngine(Tuning tuning) : tuning_(tuning) {}

  std::string name() const override { return "data-centric"; }
  std::string version() const override { return "5"; }

  std::vector<std::string> assumptions() const override {
    return {
        "one multiplication per PE and cycle, whatever the bit widths; an L1 holds partial sums as wide as "
        "the accumulator, L2 holds complete outputs as wide as the output",
        "L2 and one L1 per PE, both double-buffered; an L1 holds its PE's innermost tile and no more",
        "one L2 read, and one passage of the NoC, serves all PEs that need an element in the same step; PEs "
        "that share an output sum up on its way to L2 for free",
        "padding is computed on like data, but no memory is read for it; a mini-batch of a convolution and "
        "its groups run one after the other; a dataflow's C maps the channels of a depthwise convolution; a "
        "transposed convolution runs as the plain ones that make it up, one after the other",
        "operators without MACs read and write L2 and use the vector lanes; activations and batch norm are "
        "fused into their producers",
        tuning_ == Tuning::kNone
            ? "free tile sizes (auto) are not tuned"
            : "free tile sizes (auto) have the least " + tuning_objective() +
                  " of each layer alone that fits L1 and L2 and keeps the dataflow's stationary tensor in "
                  "place"};
  }

  LayerCost evaluate(const workload::Layer& layer, std::int64_t mini_batch,
                     const ChipletType& type) const override {
    return evaluate_layer(layer, mini_batch, type, [&](const workload::Shape& shape, std::int64_t samples) {
      return cost(shape, layer.precision, samples, type, nullptr);
    });
  }

  std::string tiling(const workload::Layer& layer, std::int64_t mini_batch,
                     const ChipletType& type) const override {
    std::string text;
    if (worth_caching(type)) {
      evaluate_layer(layer, mini_batch, type, [&](const workload::Shape& shape, std::int64_t samples) {
        return cost(shape, layer.precision, samples, type, &text);
      });
    }
    return text;
  }

  bool worth_caching(const ChipletType& type) const override {
    return tuning_ != Tuning::kNone && has_free_sizes(type.dataflow);
  }

  std::string tuning_objective() const override { return tuning_words()[static_cast<std::size_t>(tuning_)]; }

 private:
  /// Appends to `tiling`, where it is wanted, the sizes that were chosen.
  LayerCost cost(const workload::Shape& shape, const workload::Precision& precision, std::int64_t mini_batch,
                 const ChipletType& type, std::string* tiling) const {
    const Mapping mapping = map(as_run(shape, type), mini_batch, type);
    if (tuning_ != Tuning::kNone && mapping.has_free_sizes()) {
      const Tuned tuned = tune(mapping, precision, type, tuning_);
      if (tiling != nullptr) {
        *tiling += (tiling->empty() ? "" : "; ") + tiling_text(mapping, tuned.sizes);
      }
      return with_offchip(tuned.cost, mapping.nest(tuned.sizes), shape, precision, type);
    }
    const LoopNest nest = mapping.nest({});
    const auto analysis = analyse(nest, network_of(type, precision));
    check_capacity(analysis, precision, type);
    return with_offchip(cost_of(analysis, precision, type), nest, shape, precision, type);
  }

  static LayerCost with_offchip(LayerCost cost, const LoopNest& nest, const workload::Shape& shape,
                                const workload::Precision& precision, const ChipletType& type) {
    if (type.offchip) {
      const bool product = std::holds_alternative<workload::GemmShape>(shape);
      charge_offchip(memory_traffic(without_loops(nest), precision),
                     product ? type.offchip->product_cycles : type.offchip->convolution_cycles, *type.offchip,
                     cost);
    }
    return cost;
  }

  /// An array that takes patches runs a convolution as the product of patches and filters, one per group.
  static workload::Shape as_run(const workload::Shape& shape, const ChipletType& type) {
    const auto* convolution = std::get_if<workload::ConvolutionShape>(&shape);
    if (convolution == nullptr || !type.array || !type.array->im2col) {
      return shape;
    }
    const std::int64_t channels = convolution->in_channels / convolution->groups;
    return workload::GemmShape{
        base::checked_product(convolution->images, convolution->out_height, convolution->out_width),
        convolution->out_channels / convolution->groups,
        base::checked_product(channels, convolution->kernel_height, convolution->kernel_width),
        convolution->groups, true};
  }

  Mapping map(const workload::Shape& shape, std::int64_t mini_batch, const ChipletType& type) const {
    const bool tuned = tuning_ != Tuning::kNone;
    const dataflow::Dataflow& dataflow = tuned ? type.dataflow : untuned(type.dataflow);
    if (const auto* gemm = std::get_if<workload::GemmShape>(&shape)) {
      return {*gemm, mini_batch, dataflow, type.pes, tuned};
    }
    return {std::get<workload::ConvolutionShape>(shape), mini_batch, dataflow, type.pes, tuned};
  }

  Tuning tuning_;
};

}  // namespace

std::unique_ptr<CostEngine> make_engine(Tuning tuning) {
  return std::make_unique<DataCentricEngine>(tuning);
}

}  // namespace inlay::cost::data_centric
