#include "inlay/evaluate/statement.hpp"

#include <fmt/format.h>

#include "inlay/base/version.hpp"

namespace inlay::evaluate {
namespace {

schedule::EnergyClaim claim_of(const EnergyBreakdown& energy) {
  return {energy.mac,        energy.l1,      energy.l2,     energy.noc,          energy.vector,
          energy.l2_traffic, energy.network, energy.memory, energy.static_power, energy.total()};
}

schedule::StageClaim claim_of(const StageCost& stage) {
  schedule::StageClaim claim;
  claim.streamed = stage.streamed;
  claim.spilled = stage.spilled;
  claim.need_bytes = stage.need_bytes;
  claim.compute = stage.compute;
  claim.in = stage.in;
  claim.out = stage.out;
  claim.spill = stage.spill;
  claim.weights = stage.weights;
  claim.steady = stage.steady;
  claim.first = stage.first;
  claim.energy = claim_of(stage.energy);
  claim.memory_bytes = stage.memory_bytes;
  return claim;
}

schedule::PipelineClaim claim_of(const PipelineCost& pipeline) {
  schedule::PipelineClaim claim;
  claim.mini_batches = pipeline.mini_batches;
  claim.latency = pipeline.latency;
  claim.largest_steady = pipeline.largest_steady;
  claim.bottleneck = pipeline.bottleneck;
  claim.energy = claim_of(pipeline.energy);
  claim.memory_bytes = pipeline.memory_bytes;
  for (const StageCost& stage : pipeline.stages) {
    claim.stages.push_back(claim_of(stage));
  }
  return claim;
}

schedule::WindowClaim claim_of(const WindowCost& window) {
  schedule::WindowClaim claim;
  claim.latency = window.latency;
  claim.memory_time = window.memory_time;
  claim.bottleneck = window.memory_bound || window.pipelines.empty() ? -1 : window.bottleneck;
  claim.memory_bytes = window.memory_bytes;
  for (const PipelineCost& pipeline : window.pipelines) {
    claim.pipelines.push_back(claim_of(pipeline));
  }
  return claim;
}

}  // namespace

std::vector<std::string> evaluation_assumptions(const schedule::Problem& problem) {
  std::vector<std::string> lines = {
      "weights of a stage are resident in L2 all or nothing; what does not fit is streamed in every "
      "mini-batch",
      "the last mini-batch counts in full, and a window ends when its slowest pipeline does",
      problem.communication == schedule::Communication::kPaper
          ? "communication 'paper': every transfer is alone on its links and interface"
      : problem.communication == schedule::Communication::kContended
          ? "communication 'contended': pipelines of a window delay each other at the memory and its "
            "interfaces; links are not shared"
          : "communication 'shared': as 'paper', and all bytes of a window share the memory's total "
            "bandwidth",
      problem.overlap == hardware::Overlap::kSerial
          ? "overlap 'serial': a stage computes and moves data one after the other"
          : "overlap 'overlapped': a stage moves data and loads the weights of later layers "
            "while it computes"};
  for (const hardware::ChipletType& type : problem.package.types) {
    if (type.offchip_bytes_per_cycle > 0) {
      lines.push_back(fmt::format(
          "chiplet type '{}': {} off-chip {} B/cycle", type.name,
          problem.costs.engine == "maestro"
              ? "its cycles hold MAESTRO's charge for transfers in every step (B3), beside the package's own,"
              : "not used by this engine:",
          type.offchip_bytes_per_cycle));
    }
  }
  if (problem.package.memory.weight_loads == hardware::WeightLoads::kUntimed) {
    lines.emplace_back(
        "weight loads 'untimed': reading weights takes energy and counts as bytes, but takes a stage no "
        "time");
  }
  if (problem.repeated) {
    lines.emplace_back(
        "steady state: the schedule is repeated without end; latency, energy and bytes are those of a "
        "period. In a "
        "single window pipelines run on and weights that stay are loaded once for all");
  }
  if (problem.package.static_power == 0.0) {
    lines.emplace_back("static power: none is given by the package, none is counted");
  }
  return lines;
}

schedule::Statement statement_of(const schedule::Problem& problem, const ScheduleCost& cost) {
  schedule::Statement statement;
  statement.program_version = base::version();
  statement.assumptions = problem.costs.assumptions;
  for (const std::string& refusal : problem.costs.refusals) {
    statement.assumptions.push_back("not used, since it cannot run: " + refusal);
  }
  for (std::string& line : evaluation_assumptions(problem)) {
    statement.assumptions.push_back(std::move(line));
  }
  statement.metrics = {cost.latency,      claim_of(cost.energy),  cost.edp(),
                       cost.throughput(), cost.steady_throughput, cost.energy_efficiency(),
                       cost.samples,      cost.memory_bytes,      {}};
  if (problem.repeated) {
    statement.metrics.pass = cost.pass;
  }
  for (const WindowCost& window : cost.windows) {
    statement.windows.push_back(claim_of(window));
  }
  return statement;
}

}  // namespace inlay::evaluate
