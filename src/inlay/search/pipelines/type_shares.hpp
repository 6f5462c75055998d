#pragma once

#include <vector>

#include "inlay/hardware/package.hpp"

namespace inlay::search::pipelines {

/// How many chiplets of each type a pipeline may take: all vectors of counts, numbered. What is said of a
/// package by counts alone, adjacency dropped, is a relaxation. The largest count of a type means any number
/// where the package has more of them than can be told apart.
class TypeShares {
 public:
  explicit TypeShares(const hardware::Package& package);

  std::size_t count() const { return count_; }
  std::size_t types() const { return most_.size(); }
  /// Everything that the package has.
  std::size_t whole() const { return count_ - 1; }
  /// How many of a type.
  int of(std::size_t share, std::size_t type) const;
  /// With one chiplet of a type less; the share must have one.
  std::size_t without(std::size_t share, std::size_t type) const;
  /// What is left of `share` where `taken`, which counts chiplets by type, is gone; nothing is below zero.
  std::size_t left(std::size_t share, const std::vector<int>& taken) const;
  /// Whether so many chiplets of each type are no more than the share.
  bool holds(std::size_t share, const std::vector<int>& taken) const;
  /// Whether one holds at most as many of each type as the other.
  bool within(std::size_t part, std::size_t share) const;
  std::vector<int> counts(std::size_t share) const;

 private:
  std::vector<int> most_;      // [type] largest count
  std::vector<bool> limited_;  // [type] whether it is the package's own
  std::vector<std::size_t> step_;
  std::size_t count_ = 1;
};

}  // namespace inlay::search::pipelines
