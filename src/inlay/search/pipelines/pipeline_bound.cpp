#include "inlay/search/pipelines/pipeline_bound.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "inlay/base/checked.hpp"
#include "inlay/search/constraints/constraint_effects.hpp"

namespace inlay::search::pipelines {
namespace {

/// What a window must read and write for a model, however it is cut into stages. Bytes of one sample.
struct CompulsoryBytes {
  double weights = 0.0;     // once
  double per_sample = 0.0;  // inputs made outside, gathered rows, results needed outside
};

CompulsoryBytes compulsory_bytes(const workload::Model& model, const windows::LayerRange& range) {
  CompulsoryBytes bytes;
  for (int layer = range.first; layer < range.last; ++layer) {
    const workload::Layer& node = model.layers[static_cast<std::size_t>(layer)];
    bytes.weights += static_cast<double>(node.weight_bytes);
    bytes.per_sample += static_cast<double>(node.gathered_bytes);
  }
  for (const workload::Tensor& tensor : model.tensors) {
    const bool made_here = range.first <= tensor.producer && tensor.producer < range.last;
    const bool used_here = std::any_of(tensor.users.begin(), tensor.users.end(),
                                       [&](int user) { return range.first <= user && user < range.last; });
    const bool needed_later =
        tensor.is_output || (!tensor.users.empty() && tensor.users.back() >= range.last);
    if ((made_here && needed_later) || (!made_here && used_here)) {
      bytes.per_sample += static_cast<double>(tensor.bytes);
    }
  }
  return bytes;
}

/// The cheapest that a byte to or from memory can be anywhere in the package.
struct CheapestByte {
  double seconds = std::numeric_limits<double>::infinity();
  double joules = std::numeric_limits<double>::infinity();
};

CheapestByte cheapest_byte(const hardware::Package& package, bool submeshes) {
  CheapestByte cheapest;
  for (std::size_t chiplet = 0; chiplet < package.chiplets.size(); ++chiplet) {
    const int hops = package.memory_hops[chiplet];
    const double bandwidth =
        hops == 0 ? hardware::interface_bandwidth(package)
                  : std::min(hardware::interface_bandwidth(package), package.network.bandwidth);
    const hardware::ChipletType& type =
        package.types[static_cast<std::size_t>(package.chiplets[chiplet].type)];
    // The members of a submesh read from several interfaces at once.
    cheapest.seconds =
        std::min(cheapest.seconds, 1.0 / (submeshes ? hardware::total_memory_bandwidth(package) : bandwidth));
    cheapest.joules = std::min(cheapest.joules,
                               8.0 * (package.memory.energy_per_bit + hops * package.network.energy_per_bit) +
                                   type.energy.l2_access);
  }
  return cheapest;
}

}  // namespace

CompulsoryMoves compulsory_moves(const schedule::Problem& problem, int model,
                                 const windows::LayerRange& range, int size_index) {
  const auto at = static_cast<std::size_t>(model);
  const workload::ScenarioModel& entry = problem.scenario.models[at];
  const std::int64_t size = problem.costs.models[at].mini_batches[static_cast<std::size_t>(size_index)];
  const CompulsoryBytes bytes = compulsory_bytes(entry.model, range);
  const CheapestByte byte =
      cheapest_byte(problem.package, problem.submeshes != schedule::SubmeshFamily::kSingle);
  const bool timed = problem.package.memory.weight_loads == hardware::WeightLoads::kTimed;
  const auto n = static_cast<double>(base::ceil_divide(entry.batch, size));
  const double each = bytes.per_sample * static_cast<double>(size);
  CompulsoryMoves moves;
  moves.load = timed ? bytes.weights * byte.seconds : 0.0;
  moves.sample = each * byte.seconds;
  moves.bytes = (problem.repeated ? 0.0 : bytes.weights) + n * each;
  moves.energy = moves.bytes * byte.joules;
  return moves;
}

PipelineBound pipeline_bound(const schedule::Problem& problem, int model, const windows::LayerRange& range,
                             int size_index) {
  const hardware::Package& package = problem.package;
  const cost::ModelCosts& costs = problem.costs.models[static_cast<std::size_t>(model)];
  const workload::ScenarioModel& entry = problem.scenario.models[static_cast<std::size_t>(model)];
  const std::int64_t size = costs.mini_batches[static_cast<std::size_t>(size_index)];
  const auto n = static_cast<double>(base::ceil_divide(entry.batch, size));

  double compute = 0.0;
  double work = 0.0;  // chiplet-seconds
  double slowest_layer = 0.0;
  double energy = 0.0;
  for (int layer = range.first; layer < range.last; ++layer) {
    double fastest = std::numeric_limits<double>::infinity();
    double cheapest = std::numeric_limits<double>::infinity();
    for (const hardware::Chiplet& chiplet : package.chiplets) {
      const cost::LayerCost& cost = costs.at(layer, size_index, chiplet.type);
      if (!cost.mappable) {
        continue;
      }
      fastest = std::min(fastest, static_cast<double>(cost.cycles) /
                                      package.types[static_cast<std::size_t>(chiplet.type)].clock);
      cheapest = std::min(cheapest, cost.energy.total());
    }
    const cost::LeastCost divided = costs.least(layer, size_index);
    work += std::min(fastest, divided.chiplet_seconds);
    fastest = std::min(fastest, divided.seconds);
    cheapest = std::min(cheapest, divided.joules);
    compute += fastest;
    slowest_layer = std::max(slowest_layer, fastest);
    energy += cheapest;
  }
  if (!std::isfinite(compute)) {
    return {compute, compute, compute};  // some layer has no chiplet that can run this mini-batch
  }
  const CompulsoryMoves moves = compulsory_moves(problem, model, range, size_index);
  const double steady = std::max(slowest_layer, work / static_cast<double>(package.chiplets.size()));
  PipelineBound bound{0.0, n * energy + moves.energy, moves.bytes};
  if (problem.repeated) {
    bound.latency = n * steady;
    return bound;
  }
  // sum of first >= compute + compulsory transfers, where loads of weights may hide behind computing or the
  // other way round; steady >= the compute of some stage.
  const bool serial = problem.overlap == hardware::Overlap::kSerial;
  const double first = serial ? compute + moves.load : std::max(compute, moves.load);
  bound.latency = first + moves.sample + (n - 1.0) * steady;
  return bound;
}

PipelineBound pipeline_bound(const schedule::Problem& problem, int model, const windows::LayerRange& range) {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  PipelineBound least{kInfinite, kInfinite, kInfinite};
  for (const int size : constraints::allowed_sizes(problem, model)) {
    const PipelineBound bound = pipeline_bound(problem, model, range, size);
    least.latency = std::min(least.latency, bound.latency);
    least.energy = std::min(least.energy, bound.energy);
    least.bytes = std::min(least.bytes, bound.bytes);
  }
  if (!std::isfinite(least.latency)) {
    least.bytes = 0.0;  // no size can run; infinitely many bytes in no time would not be a number
  }
  return least;
}

}  // namespace inlay::search::pipelines
