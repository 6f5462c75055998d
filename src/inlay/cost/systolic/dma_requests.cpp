#include "inlay/cost/systolic/dma_requests.hpp"

#include <algorithm>
#include <numeric>

#include "inlay/base/checked.hpp"

namespace inlay::cost::systolic {
namespace {

/// Aligned blocks of `block` bytes that [begin, begin + bytes) touches.
std::int64_t blocks_touched(std::int64_t begin, std::int64_t bytes, std::int64_t block) {
  return base::ceil_divide(begin % block + bytes, block);
}

/// Mean over all beginnings that are multiples of `alignment`, modulo `block`.
double mean_touched(std::int64_t bytes, std::int64_t alignment, std::int64_t block) {
  const std::int64_t step = std::gcd(alignment, block);
  std::int64_t touched = 0;
  for (std::int64_t begin = 0; begin < block; begin += step) {
    touched += blocks_touched(begin, bytes, block);
  }
  return static_cast<double>(touched) / static_cast<double>(block / step);
}

}  // namespace

DmaRun dma_run(std::int64_t bytes, std::int64_t piece, std::int64_t alignment,
               const hardware::Offchip& offchip) {
  DmaRun run;
  const std::int64_t full = bytes / piece;
  const std::int64_t rest = bytes % piece;
  const std::int64_t begins = std::gcd(alignment, piece);
  const auto add = [&](std::int64_t length, std::int64_t count) {
    run.requests += static_cast<double>(count) * mean_touched(length, begins, offchip.request_bytes);
    run.beats +=
        static_cast<double>(count) * static_cast<double>(base::ceil_divide(length, offchip.bytes_per_cycle));
  };
  if (full > 0) {
    add(piece, full);
  }
  if (rest > 0) {
    add(rest, 1);
  }
  run.lines = mean_touched(bytes, alignment, offchip.line_bytes);
  return run;
}

}  // namespace inlay::cost::systolic
