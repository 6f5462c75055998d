#include "inlay/evaluate/contention.hpp"

namespace inlay::evaluate {
namespace {

/// s^2, of one resource: a pipeline cannot be delayed in more time than it has.
double work_on(double latency, double own, double all) {
  return std::min(own, latency) * std::max(0.0, all - own);
}

}  // namespace

void contend(std::span<const PipelineLoad> pipelines, WindowContention& window) {
  double memory = 0.0;
  std::vector<double>& interfaces = window.interfaces;
  interfaces.clear();
  window.ends.clear();
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
    window.ends.push_back(delayed(one.latency, work));
    if (window.ends.back() > window.latency) {
      window.latency = window.ends.back();
      window.slowest = static_cast<int>(p);
    }
  }
  double busiest = memory;
  for (const double interface : interfaces) {
    busiest = std::max(busiest, interface);
  }
  window.memory_bound = busiest > window.latency;
  window.latency = std::max(window.latency, busiest);
  // Where the bytes take longer than the pipelines, nobody knows whose bytes come last.
  for (double& end : window.ends) {
    end = std::max(end, busiest);
  }
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
