#pragma once

#include "inlay/cost/share_costs.hpp"
#include "inlay/schedule/schedule_json.hpp"

// Equality of whole problems. Structured bindings name every member, so that a member added to a struct stops
// this file from compiling until someone has decided whether documents carry it.

namespace inlay::testing {

/// Member functions, so that each finds all others.
struct Same {
  template <typename Item>
  static bool of(const std::vector<Item>& a, const std::vector<Item>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const Item& x, const Item& y) { return of(x, y); });
  }

  static bool of(const workload::Tensor& a, const workload::Tensor& b) {
    const auto& [name, dimensions, bits, bytes, producer, users, is_output] = a;
    return name == b.name && dimensions == b.dimensions && bits == b.bits && bytes == b.bytes &&
           producer == b.producer && users == b.users && is_output == b.is_output;
  }

  static bool of(const workload::Layer& a, const workload::Layer& b) {
    const auto& [name, op, shape, inputs, outputs, parameters, weight_bytes, gathered_bytes, tied_to,
                 fused_operations, fused, precision] = a;
    return name == b.name && op == b.op && shape == b.shape && inputs == b.inputs && outputs == b.outputs &&
           parameters == b.parameters && weight_bytes == b.weight_bytes &&
           gathered_bytes == b.gathered_bytes && tied_to == b.tied_to &&
           fused_operations == b.fused_operations && fused == b.fused && precision == b.precision;
  }

  static bool of(const workload::ScenarioModel& a, const workload::ScenarioModel& b) {
    const auto& [name, model, batch, rate, deadline, probability, depends_on] = a;
    const auto& [model_name, source, description, layers, tensors, settings] = model;
    return name == b.name && batch == b.batch && rate == b.rate && deadline == b.deadline &&
           probability == b.probability && depends_on == b.depends_on && model_name == b.model.name &&
           source == b.model.source && description == b.model.description && settings == b.model.settings &&
           of(layers, b.model.layers) && of(tensors, b.model.tensors);
  }

  static bool of(const dataflow::Directive& a, const dataflow::Directive& b) {
    const auto& [kind, size, offset, dimension, sizing] = a;
    return kind == b.kind && size == b.size && offset == b.offset && dimension == b.dimension &&
           sizing == b.sizing;
  }

  static bool of(const dataflow::Dataflow& a, const dataflow::Dataflow& b) {
    const auto& [name, description, source, stationary, convolution, gemm, token_layout, untuned] = a;
    return name == b.name && description == b.description && source == b.source &&
           stationary == b.stationary && of(convolution, b.convolution) && of(gemm, b.gemm) &&
           token_layout == b.token_layout && of(untuned, b.untuned);
  }

  static bool of(const hardware::EnergyTable& a, const hardware::EnergyTable& b) {
    // `scaling` is not carried: what it leads to is.
    [[maybe_unused]] const auto& [name, source, mac, l1_access, l2_access, vector_operation, noc_hop,
                                  scaling] = a;
    return name == b.name && source == b.source && mac == b.mac && l1_access == b.l1_access &&
           l2_access == b.l2_access && vector_operation == b.vector_operation && noc_hop == b.noc_hop;
  }

  static bool of(const hardware::ChipletType& a, const hardware::ChipletType& b) {
    const auto& [name, source, dataflow, pes, l1, l2, noc, noc_hops, clock, vector_lanes, energy, charged,
                 array, offchip] = a;
    return name == b.name && source == b.source && of(dataflow, b.dataflow) && pes == b.pes &&
           l1 == b.l1_bytes && l2 == b.l2_bytes && noc == b.noc_bytes_per_cycle && noc_hops == b.noc_hops &&
           clock == b.clock && vector_lanes == b.vector_lanes && of(energy, b.energy) &&
           charged == b.offchip_bytes_per_cycle && array == b.array && offchip == b.offchip;
  }

  static bool of(const hardware::Chiplet& a, const hardware::Chiplet& b) {
    const auto& [name, type, row, column] = a;
    return name == b.name && type == b.type && row == b.row && column == b.column;
  }

  static bool of(const hardware::MemoryInterface& a, const hardware::MemoryInterface& b) {
    const auto& [name, chiplet] = a;
    return name == b.name && chiplet == b.chiplet;
  }

  static bool of(const hardware::NetworkOnPackage& a, const hardware::NetworkOnPackage& b) {
    const auto& [bandwidth, scope, hop_latency, energy_per_bit, multicast] = a;
    return multicast == b.multicast && bandwidth == b.bandwidth && scope == b.scope &&
           hop_latency == b.hop_latency && energy_per_bit == b.energy_per_bit;
  }

  static bool of(const hardware::Memory& a, const hardware::Memory& b) {
    const auto& [bandwidth, scope, latency, energy_per_bit, weight_loads] = a;
    return bandwidth == b.bandwidth && scope == b.scope && latency == b.latency &&
           energy_per_bit == b.energy_per_bit && weight_loads == b.weight_loads;
  }

  static bool of(const hardware::Package& a, const hardware::Package& b) {
    const auto& [name, source, types, chiplets, links, network, memory, interfaces, groups, static_power,
                 overlap, hops, neighbours, interface_of, memory_hops] = a;
    return name == b.name && source == b.source && of(types, b.types) && of(chiplets, b.chiplets) &&
           links == b.links && of(groups, b.groups) && of(network, b.network) && of(memory, b.memory) &&
           of(interfaces, b.interfaces) && static_power == b.static_power && overlap == b.overlap &&
           hops == b.hops && neighbours == b.neighbours && interface_of == b.interface_of &&
           memory_hops == b.memory_hops;
  }

  static bool of(const hardware::ChipletGroup& a, const hardware::ChipletGroup& b) {
    const auto& [name, rows, columns, chiplets] = a;
    return name == b.name && rows == b.rows && columns == b.columns && chiplets == b.chiplets;
  }

  static bool of(const cost::LeastCost& a, const cost::LeastCost& b) {
    const auto& [seconds, chiplet_seconds, joules] = a;
    return seconds == b.seconds && chiplet_seconds == b.chiplet_seconds && joules == b.joules;
  }

  static bool same_shares(const cost::CostTable& a, const cost::CostTable& b) {
    return a.shares == nullptr || b.shares == nullptr ? a.shares == b.shares
                                                      : a.shares->all() == b.shares->all();
  }

  static bool of(const cost::ModelCosts& a, const cost::ModelCosts& b) {
    const auto& [mini_batches, class_of, types, entries, divided] = a;
    return of(divided, b.divided) && mini_batches == b.mini_batches && class_of == b.class_of &&
           types == b.types && entries == b.entries;
  }

  static bool of(const schedule::Problem& a, const schedule::Problem& b) {
    const auto& [scenario, package, costs, communication, overlap, constraints, submeshes, most_members,
                 repeated] = a;
    return repeated == b.repeated && submeshes == b.submeshes && most_members == b.most_members &&
           same_shares(costs, b.costs) && scenario.name == b.scenario.name &&
           scenario.source == b.scenario.source && of(scenario.models, b.scenario.models) &&
           of(package, b.package) && costs.engine == b.costs.engine &&
           costs.engine_version == b.costs.engine_version && costs.assumptions == b.costs.assumptions &&
           of(costs.models, b.costs.models) && communication == b.communication && overlap == b.overlap &&
           constraints == b.constraints;
  }

  static bool of(const schedule::ScheduleDocument& a, const schedule::ScheduleDocument& b) {
    const auto& [problem, schedule, statement] = a;
    return of(problem, b.problem) && schedule == b.schedule && statement == b.statement;
  }
};

}  // namespace inlay::testing
