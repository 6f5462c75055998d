#include "inlay/evaluate/contention.hpp"

#include <limits>

namespace inlay::evaluate {
namespace {

/// s^2, of one resource: a pipeline cannot be delayed in more time than it has.
double work_on(double latency, double own, double all) {
  return std::min(own, latency) * std::max(0.0, all - own);
}

/// Whole memory, as an index of an interface.
constexpr std::size_t kWholeMemory = std::numeric_limits<std::size_t>::max();

/// s that pipelines keep a resource busy.
double load_of(const PipelineLoad& pipeline, std::size_t interface) {
  return interface == kWholeMemory                ? pipeline.memory
         : interface < pipeline.interfaces.size() ? pipeline.interfaces[interface]
                                                  : 0.0;
}

/// s that a resource takes for the bytes of one pipeline, served equally with all the others: of each other
/// one it moves no more meanwhile than of this one.
double served_equally(std::span<const PipelineLoad> pipelines, std::size_t own, std::size_t interface) {
  double seconds = 0.0;
  for (const PipelineLoad& other : pipelines) {
    seconds += std::min(load_of(other, interface), load_of(pipelines[own], interface));
  }
  return seconds;
}

/// Another pipeline at a resource that the delayed one uses for `own` seconds.
struct Meeting {
  double own = 0.0;
  double other = 0.0;
};

/// The least T with T >= latency + sum over meetings of own * min(1, other / T): over the time T the other
/// pipeline keeps the resource busy for a share of other / T, and never for more than all of it.
double delayed_by(double latency, std::span<const Meeting> meetings) {
  double end = std::numeric_limits<double>::infinity();
  while (true) {
    double always = 0.0;  // from those that ask for more than T
    double work = 0.0;    // from the others, s^2
    for (const Meeting& one : meetings) {
      (one.other > end ? always : work) += one.other > end ? one.own : one.own * one.other;
    }
    // Each step knows of more pipelines that ask for more than T; the first one of none.
    const double next = delayed(latency + always, work);
    if (!(next < end)) {
      return end;
    }
    end = next;
  }
}

void add_meetings(std::span<const PipelineLoad> pipelines, std::size_t own, std::size_t interface,
                  std::vector<Meeting>& meetings) {
  const double mine = std::min(load_of(pipelines[own], interface), pipelines[own].latency);
  for (std::size_t other = 0; other < pipelines.size() && mine > 0.0; ++other) {
    if (other != own) {
      meetings.push_back({mine, load_of(pipelines[other], interface)});
    }
  }
}

}  // namespace

void contend(std::span<const PipelineLoad> pipelines, WindowContention& window) {
  double memory = 0.0;
  std::vector<double>& interfaces = window.interfaces;
  interfaces.clear();
  window.latency = 0.0;
  window.slowest = 0;
  for (const PipelineLoad& one : pipelines) {
    memory += one.memory;
    interfaces.resize(std::max(interfaces.size(), one.interfaces.size()), 0.0);
    for (std::size_t i = 0; i < one.interfaces.size(); ++i) {
      interfaces[i] += one.interfaces[i];
    }
  }
  for (std::size_t p = 0; p < pipelines.size(); ++p) {
    const PipelineLoad& one = pipelines[p];
    double through_interfaces = 0.0;
    for (std::size_t i = 0; i < one.interfaces.size(); ++i) {
      through_interfaces += work_on(one.latency, one.interfaces[i], interfaces[i]);
    }
    const double work = std::max(work_on(one.latency, one.memory, memory), through_interfaces);
    const double end = delayed(one.latency, work);
    if (end > window.latency) {
      window.latency = end;
      window.slowest = static_cast<int>(p);
    }
  }
  double busiest = memory;
  for (const double interface : interfaces) {
    busiest = std::max(busiest, interface);
  }
  window.memory_bound = busiest > window.latency;
  window.latency = std::max(window.latency, busiest);
}

std::vector<double> contended_ends(std::span<const PipelineLoad> pipelines) {
  std::size_t interfaces = 0;
  for (const PipelineLoad& one : pipelines) {
    interfaces = std::max(interfaces, one.interfaces.size());
  }
  std::vector<double> ends = shared_ends(pipelines);
  std::vector<Meeting> meetings;
  for (std::size_t p = 0; p < pipelines.size(); ++p) {
    meetings.clear();
    add_meetings(pipelines, p, kWholeMemory, meetings);
    ends[p] = std::max(ends[p], delayed_by(pipelines[p].latency, meetings));
    meetings.clear();
    for (std::size_t i = 0; i < interfaces; ++i) {
      add_meetings(pipelines, p, i, meetings);
      ends[p] = std::max(ends[p], served_equally(pipelines, p, i));
    }
    ends[p] = std::max(ends[p], delayed_by(pipelines[p].latency, meetings));
  }
  return ends;
}

std::vector<double> shared_ends(std::span<const PipelineLoad> pipelines) {
  std::vector<double> ends;
  for (std::size_t p = 0; p < pipelines.size(); ++p) {
    ends.push_back(std::max(pipelines[p].latency, served_equally(pipelines, p, kWholeMemory)));
  }
  return ends;
}

bool interfaces_limit(const hardware::Package& package) {
  return hardware::interface_bandwidth(package) < hardware::total_memory_bandwidth(package);
}

void add_load(const hardware::Package& package, const hardware::Submesh& submesh, std::int64_t bytes,
              PipelineLoad& load) {
  const auto all = static_cast<double>(bytes);
  load.memory += all / hardware::total_memory_bandwidth(package);
  if (!interfaces_limit(package)) {
    return;
  }
  load.interfaces.resize(package.interfaces.size(), 0.0);
  const double part = all / submesh.members() / hardware::interface_bandwidth(package);
  for (const int chiplet : submesh.chiplets) {
    load.interfaces[static_cast<std::size_t>(package.interface_of[static_cast<std::size_t>(chiplet)])] +=
        part;
  }
}

}  // namespace inlay::evaluate
