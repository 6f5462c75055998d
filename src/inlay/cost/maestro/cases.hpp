#pragma once

#include <optional>

#include "inlay/cost/maestro/levels.hpp"

namespace inlay::cost::maestro {

enum class Position : std::uint8_t { kInit, kSteady, kEdge };

/// What one directive does in a case (section 4).
struct State {
  Position position;
  bool full;  // the tile is the whole dimension
  bool edge;  // the tile is an edge tile (temporal), or not all units work (spatial)
  bool part;  // the last active unit holds a smaller tile (spatial)
  std::int64_t occurrences;
};

/// One choice of state per directive.
struct Case {
  std::array<State, kDimensions> state;  // by dimension; of two directives on one the last one wins
  int changed;                           // index of the last directive that is not in Init, -1: all are
  std::int64_t occurrences;
};

/// Walks the cases of a level for actual tile sizes in MAESTRO's order; the first one is all Init.
class Cases {
 public:
  /// Throws base::InfeasibleError if the number of cases is beyond a million.
  Cases(const Level& level, const Sizes& sizes, Occurrences occurrences);
  /// The next case, or nullptr after the last. Throws base::InfeasibleError where a wrapped count ends
  /// MAESTRO (B8).
  const Case* next();

 private:
  struct Loop {
    std::uint8_t directive;
    std::int64_t inner;  // cases of the loops inside this one
    FixedList<State, 3> states;
  };
  bool decides(std::size_t directive) const;
  void set(std::size_t directive, const State& state);

  const Level& level_;
  Occurrences occurrences_;
  FixedList<Loop, kMaxDirectives> loops_;  // directives with more than one state
  std::int64_t count_ = 1;
  std::int64_t index_ = 0;
  Case case_;
};

}  // namespace inlay::cost::maestro
