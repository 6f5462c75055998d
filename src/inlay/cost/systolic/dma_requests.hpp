#pragma once

#include <cstdint>

#include "inlay/hardware/array.hpp"

namespace inlay::cost::systolic {

/// What moving one run of neighbouring bytes takes, on average over the places where it may begin.
struct DmaRun {
  double requests = 0.0;
  double beats = 0.0;
  double lines = 0.0;  // of the cache that it touches
};

/// `bytes` in pieces of at most `piece` bytes; runs begin at multiples of `alignment` bytes. A request stays
/// within an aligned block of the largest request's size, a beat within one of the port's width.
DmaRun dma_run(std::int64_t bytes, std::int64_t piece, std::int64_t alignment,
               const hardware::Offchip& offchip);

}  // namespace inlay::cost::systolic
