#include "inlay/evaluate/root_bounds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "inlay/base/checked.hpp"

// Lower bounds on docs/model.md "What a schedule costs". Throughout: a layer stands in exactly one stage;
// that stage runs n = ceil(b / b') mini-batches of b' samples; a chiplet holds at most one stage per window;
// a pipeline lasts sum_k first(k) + (n - 1) max_k steady(k).

namespace inlay::evaluate {
namespace {

/// Bytes that pass the memory in every schedule because of one layer.
struct Compulsory {
  std::int64_t read = 0;     // per sample: gathered rows, and inputs of the model that no earlier layer uses
  std::int64_t written = 0;  // per sample: outputs that the user wants
  std::int64_t weights = 0;  // once
  int transfers = 0;         // per mini-batch that certainly happen: see below
  bool loads = false;        // the model's weight load that certainly happens
};

/// The model's input is read by every stage that uses it, so at least by the one of its first user; an output
/// is written by its maker; each layer's weights are loaded at least once. All transfers of one kind of a
/// stage are one transfer, so of each kind only one per model is certain to pay the memory's latency: charged
/// to the first layer.
std::vector<Compulsory> compulsory_traffic(const workload::Model& model) {
  std::vector<Compulsory> layers(model.layers.size());
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    layers[i].read = model.layers[i].gathered_bytes;
    layers[i].weights = model.layers[i].weight_bytes;
  }
  for (const workload::Tensor& tensor : model.tensors) {
    if (tensor.producer < 0 && !tensor.users.empty()) {
      auto& first_user = layers[static_cast<std::size_t>(tensor.users.front())];
      first_user.read = base::checked_add(first_user.read, tensor.bytes);
    } else if (tensor.producer >= 0 && tensor.is_output) {
      auto& maker = layers[static_cast<std::size_t>(tensor.producer)];
      maker.written = base::checked_add(maker.written, tensor.bytes);
    }
  }
  const auto reads =
      std::find_if(layers.begin(), layers.end(), [](const auto& layer) { return layer.read > 0; });
  const auto writes =
      std::find_if(layers.begin(), layers.end(), [](const auto& layer) { return layer.written > 0; });
  const auto loads =
      std::find_if(layers.begin(), layers.end(), [](const auto& layer) { return layer.weights > 0; });
  if (reads != layers.end()) {
    ++reads->transfers;
  }
  if (writes != layers.end()) {
    ++writes->transfers;
  }
  if (loads != layers.end()) {
    loads->loads = true;
  }
  return layers;
}

/// Seconds or joules, and how much of them each cause is certain to take.
struct Parts {
  double layers = 0.0;
  double memory = 0.0;
  double total() const { return layers + memory; }
  Parts& operator+=(const Parts& other) {
    layers += other.layers;
    memory += other.memory;
    return *this;
  }
};

/// One layer with all that its bounds are made of.
struct LayerView {
  const schedule::Problem& problem;
  const cost::ModelCosts& costs;
  std::int64_t batch;
  int layer;
  const Compulsory& compulsory;

  /// That must pass the memory; where the schedule is repeated they may stay.
  double weights() const { return problem.repeated ? 0.0 : static_cast<double>(compulsory.weights); }

  std::int64_t mini_batches(std::size_t size) const {
    return base::ceil_divide(batch, costs.mini_batches[size]);
  }
  const cost::LayerCost& cost(std::size_t size, int type) const {
    return costs.at(layer, static_cast<int>(size), type);
  }
  bool submeshes() const { return problem.costs.shares != nullptr || !costs.divided.empty(); }
  /// Where layers are divided and nobody has worked out what that takes at least, it may be nothing.
  cost::LeastCost divided(std::size_t size) const {
    return submeshes() && costs.divided.empty() ? cost::LeastCost{0.0, 0.0, 0.0}
                                                : costs.least(layer, static_cast<int>(size));
  }
  std::int64_t bytes_per_sample() const { return base::checked_add(compulsory.read, compulsory.written); }
};

/// Seconds of layers with or without the loading of their weights, which overlapped stages may hide.
struct TimeParts {
  Parts without_loads;
  Parts without_first;  // with the loads, but without computing the first mini-batch
  double loads = 0.0;

  TimeParts& operator+=(const TimeParts& other) {
    without_loads += other.without_loads;
    without_first += other.without_first;
    loads += other.loads;
    return *this;
  }
  /// A stage that hides its loads takes at least as long as either.
  Parts bound(hardware::Overlap overlap) const {
    if (overlap == hardware::Overlap::kSerial) {
      return {without_loads.layers, without_loads.memory + loads};
    }
    return without_loads.total() < without_first.total() ? without_first : without_loads;
  }
};

/// What time is counted of: of the pipeline, or of all the chiplets that a stage takes.
enum class Occupied { kPipeline, kChiplets };

/// Time that a layer adds to its stages' `first` once and to `steady` for `share` of the n - 1 further
/// mini-batches:
///   min over b' of compute + move + (n - 1) share s,  s = compute + move (serial) or compute (overlapped),
/// and the weight load once. `first` >= compute + move + W (serial) or move + max(compute, W) (overlapped),
/// whether weights are resident or streamed, and steady >= s, both summed over the layers of a stage. On a
/// submesh of p chiplets p x steady >= the chiplet-seconds of its layers, and the p of all stages are at most
/// the package's chiplets. A chiplet at an interface moves a byte fastest: BW_mem at 0 hops. Every window may
/// choose its own b', hence the minimum for each layer alone.
TimeParts time_of(const LayerView& view, Occupied occupied, double share) {
  const hardware::Package& package = view.problem.package;
  const double bandwidth =
      view.submeshes() ? hardware::total_memory_bandwidth(package) : hardware::interface_bandwidth(package);
  Parts best{std::numeric_limits<double>::infinity(), 0.0};
  Parts later = best;  // all but computing the first mini-batch
  for (std::size_t size = 0; size < view.costs.mini_batches.size(); ++size) {
    double compute = std::numeric_limits<double>::infinity();
    for (const hardware::Chiplet& chiplet : package.chiplets) {
      const double clock = package.types[static_cast<std::size_t>(chiplet.type)].clock;
      const cost::LayerCost& cost = view.cost(size, chiplet.type);
      if (cost.mappable) {
        compute = std::min(compute, static_cast<double>(cost.cycles) / clock);
      }
    }
    const double move = static_cast<double>(view.costs.mini_batches[size]) *
                            static_cast<double>(view.bytes_per_sample()) / bandwidth +
                        view.compulsory.transfers * package.memory.latency;
    const bool repeated = view.problem.repeated;
    const double further = static_cast<double>(view.mini_batches(size) - (repeated ? 0 : 1)) * share;
    const bool serial = view.problem.overlap == hardware::Overlap::kSerial;
    const cost::LeastCost divided = view.divided(size);
    const double work = std::min(compute, divided.chiplet_seconds);
    const double once = occupied == Occupied::kChiplets ? work : std::min(compute, divided.seconds);
    // A schedule that is repeated in a single window fills its pipelines once for all.
    const double fills = repeated ? 0.0 : 1.0;
    const Parts parts{once * fills + work * further, move * (fills + (serial ? further : 0.0))};
    best = parts.total() < best.total() ? parts : best;
    const Parts refills{work * further, parts.memory};
    later = refills.total() < later.total() ? refills : later;
  }
  double loads = 0.0;
  if (package.memory.weight_loads == hardware::WeightLoads::kTimed && !view.problem.repeated) {
    loads = static_cast<double>(view.compulsory.weights) / bandwidth +
            (view.compulsory.loads ? package.memory.latency : 0.0);
  }
  return {best, {later.layers, later.memory + loads}, loads};
}

/// min over b' and chiplets of n E(b', type) + bytes x (memory + hops + L2 access): a layer's compulsory
/// bytes come to or leave the chiplet that runs it, so one choice of chiplet decides both.
Parts energy_of(const LayerView& view) {
  const hardware::Package& package = view.problem.package;
  Parts best{std::numeric_limits<double>::infinity(), 0.0};
  for (std::size_t at = 0; at < package.chiplets.size(); ++at) {
    const int type = package.chiplets[at].type;
    const double per_byte = 8.0 * package.memory.energy_per_bit +
                            8.0 * package.memory_hops[at] * package.network.energy_per_bit +
                            package.types[static_cast<std::size_t>(type)].energy.l2_access;
    for (std::size_t size = 0; size < view.costs.mini_batches.size(); ++size) {
      // What no chiplet runs whole may run divided.
      const double divided = view.divided(size).joules;
      const double layers =
          view.cost(size, type).mappable ? std::min(view.cost(size, type).energy.total(), divided) : divided;
      const auto n = static_cast<double>(view.mini_batches(size));
      const double bytes = n * static_cast<double>(view.costs.mini_batches[size]) *
                               static_cast<double>(view.bytes_per_sample()) +
                           view.weights();
      const Parts parts{n * layers, bytes * per_byte};
      best = parts.total() < best.total() ? parts : best;
    }
  }
  return best;
}

/// min over b' of n b' samples' bytes, and the weights once: what the memory counts.
double bytes_of(const LayerView& view) {
  double samples = std::numeric_limits<double>::infinity();
  for (std::size_t size = 0; size < view.costs.mini_batches.size(); ++size) {
    samples = std::min(samples, static_cast<double>(view.mini_batches(size)) *
                                    static_cast<double>(view.costs.mini_batches[size]));
  }
  return samples * static_cast<double>(view.bytes_per_sample()) + view.weights();
}

/// Sums over the layers of one model.
struct ModelBounds {
  TimeParts alone;  // however the model is cut into stages
  TimeParts work;   // occupied on chiplets
  Parts energy;     // J
  double bytes = 0.0;
};

ModelBounds bounds_of(const schedule::Problem& problem, std::size_t model) {
  const workload::ScenarioModel& entry = problem.scenario.models[model];
  const std::vector<Compulsory> traffic = compulsory_traffic(entry.model);
  // The largest steady is at least the mean over the stages, of which there are at most as many as chiplets
  // and layers.
  const std::size_t chiplets = problem.package.chiplets.size();
  const bool submeshes = problem.costs.shares != nullptr || !problem.costs.models[model].divided.empty();
  const double share =
      1.0 / static_cast<double>(submeshes ? chiplets : std::min(entry.model.layers.size(), chiplets));
  ModelBounds bounds;
  for (std::size_t i = 0; i < entry.model.layers.size(); ++i) {
    const LayerView view{problem, problem.costs.models[model], entry.batch, static_cast<int>(i), traffic[i]};
    bounds.alone += time_of(view, Occupied::kPipeline, share);
    // A chiplet is taken for first + (n - 1) steady, which no window is shorter than.
    bounds.work += time_of(view, Occupied::kChiplets, 1.0);
    bounds.energy += energy_of(view);
    bounds.bytes += bytes_of(view);
  }
  return bounds;
}

}  // namespace

RootBounds root_bounds(const schedule::Problem& problem) {
  RootBounds bounds;
  const auto raise = [&](double latency, const std::string& binds) {
    if (latency > bounds.latency || bounds.latency_binds.empty()) {
      bounds.latency = latency;
      bounds.latency_binds = binds;
    }
  };
  const auto heavier = [](const Parts& parts) {
    return parts.layers >= parts.memory ? "compute" : "memory transfers";
  };
  TimeParts occupied;
  Parts energy;
  double bytes = 0.0;
  for (std::size_t model = 0; model < problem.scenario.models.size(); ++model) {
    const ModelBounds one = bounds_of(problem, model);
    const Parts alone = one.alone.bound(problem.overlap);
    raise(alone.total(),
          fmt::format("{} of model '{}'", heavier(alone), problem.scenario.models[model].name));
    occupied += one.work;
    energy += one.energy;
    bytes += one.bytes;
  }
  // Per window, the times that its chiplets are taken add up to at most chiplets x its latency.
  const Parts work = occupied.bound(problem.overlap);
  raise(work.total() / static_cast<double>(problem.package.chiplets.size()),
        fmt::format("{} on all chiplets", heavier(work)));
  if (schedule::shares_memory(problem.communication)) {
    raise(bytes / hardware::total_memory_bandwidth(problem.package), "memory bandwidth");
  }
  const double static_energy = problem.package.static_power * bounds.latency;
  bounds.energy = energy.total() + static_energy;
  bounds.energy_binds = energy.layers >= energy.memory ? "layers" : "memory traffic";
  if (static_energy > std::max(energy.layers, energy.memory)) {
    bounds.energy_binds = "static power";
  }
  return bounds;
}

}  // namespace inlay::evaluate
