#include "inlay/cost/systolic/array_time.hpp"

#include <algorithm>

#include "inlay/base/checked.hpp"

namespace inlay::cost::systolic {

using data_centric::kC;
using data_centric::kG;
using data_centric::kK;
using data_centric::kN;
using data_centric::kR;
using data_centric::kS;
using data_centric::kX;
using data_centric::kY;

ArrayWork array_work(const Extents& tile, const hardware::Array& array) {
  ArrayWork work;
  work.weight_blocks = base::checked_product(tile[kG], base::ceil_divide(tile[kK], array.columns), tile[kR],
                                             tile[kS], base::ceil_divide(tile[kC], array.rows));
  const std::int64_t lines = base::checked_multiply(tile[kN], tile[kY]);
  const std::int64_t full = tile[kX] / array.rows;
  const std::int64_t rest = tile[kX] % array.rows;
  work.compute_commands = base::checked_product(work.weight_blocks, lines, full + (rest > 0 ? 1 : 0));
  work.operand_rows = base::checked_product(work.weight_blocks, lines, tile[kX]);
  const auto command = [&array](std::int64_t pixels) {
    return static_cast<double>(std::max(pixels, array.step_cycles));
  };
  const double entering = static_cast<double>(full) * command(array.rows) + (rest > 0 ? command(rest) : 0.0);
  const double passing = static_cast<double>(full + (rest > 0 ? 1 : 0)) * static_cast<double>(array.skew) /
                         static_cast<double>(array.overlap);
  const double sweep = static_cast<double>(lines) * std::max(entering, passing);
  const auto exchange = static_cast<double>(array.exchange_cycles);
  work.cycles = static_cast<double>(work.weight_blocks) *
                (array.exchange_hidden ? std::max(sweep, exchange) : sweep + exchange);
  return work;
}

}  // namespace inlay::cost::systolic
