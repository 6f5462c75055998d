#include "inlay/report/figures/schedule_summary.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "inlay/evaluate/transfer.hpp"

namespace inlay::report::figures {
namespace {

using schedule::Problem;
using schedule::Schedule;

/// Everything about one stage of a schedule.
struct Place {
  int window;
  int number;  // within its pipeline
  const schedule::Pipeline& pipeline;
  const schedule::Stage& stage;
  const evaluate::PipelineCost& pipeline_cost;
  const evaluate::StageCost& cost;
};

template <typename Visit>
void for_each_stage(const Schedule& schedule, const evaluate::ScheduleCost& cost, const Visit& visit) {
  for (std::size_t w = 0; w < schedule.windows.size(); ++w) {
    for (std::size_t p = 0; p < schedule.windows[w].pipelines.size(); ++p) {
      const schedule::Pipeline& pipeline = schedule.windows[w].pipelines[p];
      const evaluate::PipelineCost& pipeline_cost = cost.windows[w].pipelines[p];
      for (std::size_t s = 0; s < pipeline.stages.size(); ++s) {
        visit(Place{static_cast<int>(w), static_cast<int>(s), pipeline, pipeline.stages[s], pipeline_cost,
                    pipeline_cost.stages[s]});
      }
    }
  }
}

const hardware::Chiplet& chiplet_of(const Problem& problem, const schedule::Stage& stage) {
  return problem.package.chiplets[static_cast<std::size_t>(stage.submesh.lead())];
}

const hardware::ChipletType& type_of(const Problem& problem, const hardware::Chiplet& chiplet) {
  return problem.package.types[static_cast<std::size_t>(chiplet.type)];
}

StageTime time_of(const Place& place) {
  StageTime time;
  time.compute = place.cost.compute;
  time.memory = place.cost.in + place.cost.spill + place.cost.written;
  if (place.cost.streamed || place.pipeline_cost.mini_batches == 1) {
    time.memory += place.cost.weights;
  }
  time.network = place.cost.exchange + place.cost.passing;
  return time;
}

int longest_window(const evaluate::ScheduleCost& cost) {
  const auto longest = std::max_element(
      cost.windows.begin(), cost.windows.end(),
      [](const evaluate::WindowCost& a, const evaluate::WindowCost& b) { return a.latency < b.latency; });
  return static_cast<int>(longest - cost.windows.begin());
}

/// `whole`: s that a mini-batch takes.
void name_largest_part(const StageTime& time, bool overlapped, double whole, Bottleneck& result) {
  const double move = time.memory + time.network;
  if (time.compute >= (overlapped ? move : std::max(time.memory, time.network))) {
    result.what = "compute";
    result.share = time.compute;
  } else if (time.memory >= time.network) {
    result.what = "memory";
    result.share = time.memory;
  } else {
    result.what = "network";
    result.share = time.network;
  }
  result.share = whole > 0.0 ? result.share / whole : 0.0;
}

}  // namespace

Bottleneck find_bottleneck(const Problem& problem, const Schedule& schedule,
                           const evaluate::ScheduleCost& cost) {
  Bottleneck result;
  result.window = longest_window(cost);
  const auto w = static_cast<std::size_t>(result.window);
  const evaluate::WindowCost& window = cost.windows[w];
  if (window.memory_bound) {
    result.shared_memory = true;
    result.what = "memory";
    result.share = 1.0;
    return result;
  }
  const auto p = static_cast<std::size_t>(window.bottleneck);
  const schedule::Pipeline& pipeline = schedule.windows[w].pipelines[p];
  const evaluate::PipelineCost& pipeline_cost = window.pipelines[p];
  const auto s = static_cast<std::size_t>(pipeline_cost.bottleneck);
  const Place place{result.window, pipeline_cost.bottleneck, pipeline, pipeline.stages[s],
                    pipeline_cost, pipeline_cost.stages[s]};
  result.model = problem.scenario.models[static_cast<std::size_t>(pipeline.model)].name;
  result.stage = pipeline_cost.bottleneck;
  result.chiplet = hardware::to_string(problem.package, place.stage.submesh);
  name_largest_part(time_of(place), problem.overlap == hardware::Overlap::kOverlapped,
                    pipeline_cost.mini_batches > 1 ? place.cost.steady : place.cost.first, result);
  return result;
}

std::string to_string(const Bottleneck& bottleneck, bool with_window) {
  const std::string where = with_window ? fmt::format("window {}: ", bottleneck.window) : "";
  if (bottleneck.shared_memory) {
    return where + "memory bandwidth of the package";
  }
  return fmt::format("{}{} on {} ({}, stage {})", where, bottleneck.what, bottleneck.chiplet,
                     bottleneck.model, bottleneck.stage);
}

std::vector<StageRow> stage_rows(const Problem& problem, const Schedule& schedule,
                                 const evaluate::ScheduleCost& cost) {
  std::vector<StageRow> rows;
  for_each_stage(schedule, cost, [&](const Place& place) {
    const auto& entry = problem.scenario.models[static_cast<std::size_t>(place.pipeline.model)];
    const auto layer_name = [&](int layer) {
      return entry.model.layers[static_cast<std::size_t>(layer)].name;
    };
    const hardware::Chiplet& chiplet = chiplet_of(problem, place.stage);
    StageRow row;
    row.window = place.window;
    row.model = entry.name;
    row.stage = place.number;
    row.chiplet = hardware::to_string(problem.package, place.stage.submesh);
    row.type = type_of(problem, chiplet).name;
    row.first_layer = layer_name(place.stage.first);
    row.last_layer = layer_name(place.stage.last - 1);
    row.layers = place.stage.last - place.stage.first;
    row.mini_batch = place.pipeline.mini_batch;
    row.mini_batches = place.pipeline_cost.mini_batches;
    row.time = time_of(place);
    row.steady = place.cost.steady;
    row.first = place.cost.first;
    row.energy = place.cost.energy.total();
    row.memory_bytes = place.cost.memory_bytes;
    row.need_bytes = place.cost.need_bytes;
    row.streamed = place.cost.streamed;
    for (const int tensor : place.cost.spilled) {
      row.spilled.push_back(entry.model.tensors[static_cast<std::size_t>(tensor)].name);
    }
    rows.push_back(std::move(row));
  });
  return rows;
}

std::vector<ChipletUse> chiplet_use(const Problem& problem, const Schedule& schedule,
                                    const evaluate::ScheduleCost& cost) {
  std::vector<ChipletUse> uses;
  for (const hardware::Chiplet& chiplet : problem.package.chiplets) {
    uses.push_back({chiplet.name, type_of(problem, chiplet).name, 0.0, 0.0, 0.0});
  }
  for_each_stage(schedule, cost, [&](const Place& place) {
    const auto n = static_cast<double>(place.pipeline_cost.mini_batches);
    const double weight_loads = place.cost.streamed ? n : 1.0;
    const double moves = place.cost.in + place.cost.out + place.cost.spill + place.cost.exchange;
    for (const int chiplet : place.stage.submesh.chiplets) {
      ChipletUse& use = uses[static_cast<std::size_t>(chiplet)];
      use.computing += n * place.cost.compute / cost.latency;
      use.moving += (n * moves + weight_loads * place.cost.weights) / cost.latency;
      use.pe_utilisation += n * place.cost.utilised / cost.latency;
    }
  });
  return uses;
}

std::vector<InterfaceUse> interface_use(const Problem& problem, const Schedule& schedule,
                                        const evaluate::ScheduleCost& cost) {
  std::vector<InterfaceUse> uses;
  for (const hardware::MemoryInterface& interface : problem.package.interfaces) {
    uses.push_back(
        {interface.name, problem.package.chiplets[static_cast<std::size_t>(interface.chiplet)].name, 0, 0.0});
  }
  for_each_stage(schedule, cost, [&](const Place& place) {
    // Members move equal parts; what does not divide evenly goes to the first ones.
    const std::int64_t members = place.stage.submesh.members();
    std::int64_t rest = place.cost.memory_bytes % members;
    for (const int chiplet : place.stage.submesh.chiplets) {
      const int interface = problem.package.interface_of[static_cast<std::size_t>(chiplet)];
      uses[static_cast<std::size_t>(interface)].bytes +=
          place.cost.memory_bytes / members + (rest-- > 0 ? 1 : 0);
    }
  });
  for (InterfaceUse& use : uses) {
    use.share =
        static_cast<double>(use.bytes) / hardware::interface_bandwidth(problem.package) / cost.latency;
  }
  return uses;
}

}  // namespace inlay::report::figures
