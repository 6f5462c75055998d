#include "inlay/workload/recurrent_layer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "inlay/base/checked.hpp"

namespace inlay::workload {

void build_recurrent(Draft& draft) {
  const Dimensions& input = draft.first_input(2, "[steps x sequences, width]");
  const std::int64_t steps = draft.size("steps");
  const std::int64_t hidden = draft.size("hidden");
  const std::int64_t outputs = base::checked_multiply(hidden, draft.size("gates"));
  const auto node = draft.optional("biases");
  const std::int64_t biases = node ? draft.value(*node) : 2;
  if (biases < 0 || biases > 2) {
    draft.fail("biases are 0, 1 or 2 for each gate");
  }
  if (input[0] % steps != 0) {
    draft.fail(fmt::format("{} rows do not divide into {} steps", input[0], steps));
  }
  const std::int64_t k = base::checked_add(input[1], hidden);
  draft.layer.shape = GemmShape{input[0] / steps, outputs, k, steps, true};
  const std::int64_t matrix = base::checked_multiply(outputs, k);
  draft.set_weights(base::checked_add(matrix, base::checked_multiply(biases, outputs)),
                    base::checked_add(matrix, biases > 0 ? outputs : 0));
  draft.output = {input[0], outputs};
}

}  // namespace inlay::workload
