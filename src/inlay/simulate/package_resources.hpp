// What flows of a package share, and which of it a flow crosses (docs/replay.md "Resources").
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "inlay/hardware/package.hpp"
#include "inlay/simulate/fair_share.hpp"

namespace inlay::simulate {

/// Directed links; into and out of every chiplet where the network's bandwidth is stated per chiplet; memory
/// interfaces; the memory as a whole.
class PackageResources {
 public:
  enum class Kind { kLink, kOutOfChiplet, kIntoChiplet, kInterface, kMemory };

  explicit PackageResources(const hardware::Package& package);

  int count() const { return static_cast<int>(capacities_.size()); }
  const std::vector<double>& capacities() const { return capacities_; }  // [resource] B/s
  Kind kind(int resource) const { return kinds_[static_cast<std::size_t>(resource)]; }
  /// "link c0 -> c1", "out of c0", "into c1", "interface m0", "memory".
  const std::string& name(int resource) const { return names_[static_cast<std::size_t>(resource)]; }

  /// Between a chiplet and its memory interface; a chiplet at which the interface stands uses no link.
  Route from_memory(int chiplet) const;
  Route to_memory(int chiplet) const;
  /// Along hardware::route.
  Route between(int from, int to) const;
  /// From one chiplet to several along the given links (from, to): each link is crossed once.
  Route along(const std::vector<std::pair<int, int>>& links, const std::vector<int>& senders,
              const std::vector<int>& receivers) const;

  /// Seconds before the first byte arrives.
  double memory_latency(int chiplet) const;
  double hop_latency(int hops) const { return hops * package_.network.hop_latency; }

 private:
  void add(Kind kind, std::string name, double capacity);
  int link(int from, int to) const;
  void add_links_of(const std::vector<int>& chiplets, Route& route) const;
  /// Where it is limited.
  void add_out_of(int chiplet, Route& route) const;
  void add_into(int chiplet, Route& route) const;
  void add_memory_at(int chiplet, Route& route) const;

  const hardware::Package& package_;
  std::vector<Kind> kinds_;
  std::vector<std::string> names_;
  std::vector<double> capacities_;
  int first_out_ = -1;  // -1: what enters and leaves a chiplet is not limited
  int first_into_ = -1;
  int first_interface_ = 0;
  int memory_ = 0;
};

}  // namespace inlay::simulate
