#include "inlay/workload/vector_layers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "inlay/base/checked.hpp"
#include "inlay/workload/description.hpp"
#include "inlay/workload/volume_layers.hpp"

namespace inlay::workload {
namespace {

/// Dimensions are compared from the last one on; where one is 1 or missing, its tensor is repeated along it.
Dimensions broadcast(const Draft& draft, const Dimensions& a, const Dimensions& b) {
  Dimensions result = a.size() < b.size() ? b : a;
  for (std::size_t i = 1; i <= std::min(a.size(), b.size()); ++i) {
    const std::int64_t one = a[a.size() - i];
    const std::int64_t other = b[b.size() - i];
    if (one != other && one != 1 && other != 1) {
      draft.fail(fmt::format("{} and {} neither have one shape nor can one be repeated to have the other's",
                             describe(a), describe(b)));
    }
    result[result.size() - i] = std::max(one, other);
  }
  return result;
}

std::int64_t build_element_wise(Draft& draft, const VectorOperator& description) {
  if (description.many_inputs) {
    draft.expect_at_least(2);
  } else {
    draft.expect_inputs(1);
  }
  draft.output = draft.input(0);
  for (std::size_t i = 1; i < draft.input_count(); ++i) {
    draft.output = broadcast(draft, draft.output, draft.input(i));
  }
  const auto times = static_cast<std::int64_t>(std::max<std::size_t>(draft.input_count(), 2) - 1);
  return base::checked_multiply(elements(draft.output), times);
}

/// Further inputs are gains, offsets or statistics that other layers compute.
std::int64_t build_normalisation(Draft& draft, const VectorOperator& description) {
  draft.expect_at_least(1);
  draft.output = draft.input(0);
  const std::int64_t learned = base::checked_multiply(
      description.learned, description.first_axis ? draft.output.front() : draft.output.back());
  draft.set_weights(learned, learned);
  return elements(draft.output);
}

std::int64_t build_pool(Draft& draft) {
  const Dimensions& input = draft.only_input(3, "[channels, height, width]");
  const Window window = read_window(draft, input, true);
  draft.output = {input[0], window.out[0], window.out[1]};
  return base::checked_product(elements(draft.output), window.kernel[0], window.kernel[1]);
}

std::int64_t build_global_pool(Draft& draft) {
  const Dimensions& input = draft.only_input(3, "[channels, height, width]");
  draft.output = draft.flag_or("keep", false) ? Dimensions{input[0], 1, 1} : Dimensions{input[0]};
  return elements(input);
}

std::int64_t build_embedding(Draft& draft) {
  const Dimensions& input = draft.only_input(1, "[tokens]");
  const std::int64_t width = draft.size("width");
  draft.set_table(draft.size("rows"), input[0], width);
  draft.output = {input[0], width};
  return elements(draft.output);
}

std::int64_t build_position_embedding(Draft& draft) {
  const Dimensions& input = draft.only_input(2, "[tokens, width]");
  const std::int64_t rows = draft.size("rows");
  if (input[0] > rows) {
    draft.fail(fmt::format("{} tokens are more than the {} positions of the table", input[0], rows));
  }
  draft.set_table(rows, input[0], input[1]);
  draft.output = input;
  return elements(draft.output);
}

std::int64_t build_learned_tokens(Draft& draft) {
  const Dimensions& input = draft.only_input(2, "[tokens, width]");
  const std::int64_t rows = draft.size("rows");
  const std::int64_t learned = base::checked_multiply(rows, input[1]);
  draft.set_weights(learned, learned);
  draft.output = {base::checked_add(rows, input[0]), input[1]};
  return learned;
}

std::int64_t build_position_bias(Draft& draft) {
  draft.expect_inputs(1);
  const std::int64_t learned = base::checked_multiply(draft.size("rows"), draft.size("columns"));
  draft.set_weights(learned, learned);
  draft.output = draft.input(0);
  return elements(draft.output);
}

std::int64_t build_concatenation(Draft& draft) {
  draft.expect_at_least(2);
  draft.output = draft.input(0);
  const std::size_t at = draft.axis();
  for (std::size_t i = 1; i < draft.input_count(); ++i) {
    Dimensions expected = draft.input(i);
    if (expected.size() == draft.output.size()) {
      expected[at] = draft.output[at];
    }
    if (expected != draft.output) {
      draft.fail(fmt::format("{} and {} differ in more than axis {}", describe(draft.input(0)),
                             describe(draft.input(i)), at));
    }
    draft.output[at] = base::checked_add(draft.output[at], draft.input(i)[at]);
  }
  return elements(draft.output);
}

std::int64_t build_reshape(Draft& draft) {
  draft.expect_inputs(1);
  draft.output = read_values(draft, draft.required("shape"), 1);
  if (elements(draft.output) != elements(draft.input(0))) {
    draft.fail(fmt::format("{} and {} do not have the same number of elements", describe(draft.input(0)),
                           describe(draft.output)));
  }
  return elements(draft.output);
}

std::int64_t build_selection(Draft& draft) {
  draft.output = read_values(draft, draft.required("shape"), 1);
  std::int64_t available = 0;
  for (std::size_t i = 0; i < draft.input_count(); ++i) {
    available = base::checked_add(available, elements(draft.input(i)));
  }
  if (elements(draft.output) > available) {
    draft.fail(
        fmt::format("{} are more than the {} elements that it reads", describe(draft.output), available));
  }
  return elements(draft.output);
}

/// Rows are added to some rows of the first operand, in place; further operands say to which.
std::int64_t build_scatter(Draft& draft) {
  draft.expect_at_least(2);
  const Dimensions& sum = draft.input(0);
  const Dimensions& rows = draft.input(1);
  const bool fits = sum.size() == 2 && rows.size() == 2 && sum[1] == rows[1] && rows[0] <= sum[0];
  if (!fits) {
    draft.fail(fmt::format("adds rows [rows, width] to as many of [tokens, width], not {} to {}",
                           describe(rows), describe(sum)));
  }
  draft.output = sum;
  return elements(rows);
}

std::int64_t build_stated(Draft& draft) {
  draft.output = read_values(draft, draft.required("shape"), 1);
  std::int64_t most = elements(draft.output);
  for (std::size_t i = 0; i < draft.input_count(); ++i) {
    most = std::max(most, elements(draft.input(i)));
  }
  return most;
}

/// Elements are made of those of the first input, at places that the others say or that are known before.
std::int64_t build_sampling(Draft& draft) {
  draft.output = read_values(draft, draft.required("shape"), 1);
  return elements(draft.output);
}

std::int64_t build_reduction(Draft& draft) {
  draft.expect_inputs(1);
  draft.output = draft.input(0);
  draft.output.erase(draft.output.begin() + static_cast<std::ptrdiff_t>(draft.axis()));
  if (draft.output.empty()) {
    draft.output = {1};
  }
  return elements(draft.input(0));
}

std::int64_t build_resize(Draft& draft) {
  const Dimensions& input = draft.only_input(3, "[channels, height, width]");
  const auto size = draft.optional("size");
  const auto scale = draft.optional("scale");
  if (size.has_value() == scale.has_value()) {
    draft.fail("needs either 'scale' or 'size'");
  }
  const auto given = read_pair(draft, size ? "size" : "scale", std::nullopt);
  draft.output = {input[0], size ? given[0] : base::checked_multiply(input[1], given[0]),
                  size ? given[1] : base::checked_multiply(input[2], given[1])};
  return elements(draft.output);
}

std::int64_t build_region_pool(Draft& draft) {
  const Dimensions& input = draft.first_input(3, "[channels, height, width]");
  const auto size = read_pair(draft, "size", std::nullopt);
  draft.output = {input[0], base::checked_multiply(draft.size("regions"), size[0]), size[1]};
  return elements(draft.output);
}

/// How many times the operator's operations are done for one sample.
std::int64_t build_rule(Draft& draft, const VectorOperator& description) {
  switch (description.rule) {
    case VectorRule::kElementWise:
      return build_element_wise(draft, description);
    case VectorRule::kNormalisation:
      return build_normalisation(draft, description);
    case VectorRule::kPool:
      return build_pool(draft);
    case VectorRule::kGlobalPool:
      return build_global_pool(draft);
    case VectorRule::kEmbedding:
      return build_embedding(draft);
    case VectorRule::kPositionEmbedding:
      return build_position_embedding(draft);
    case VectorRule::kLearnedTokens:
      return build_learned_tokens(draft);
    case VectorRule::kPositionBias:
      return build_position_bias(draft);
    case VectorRule::kConcatenation:
      return build_concatenation(draft);
    case VectorRule::kReshape:
      return build_reshape(draft);
    case VectorRule::kSelection:
      return build_selection(draft);
    case VectorRule::kScatter:
      return build_scatter(draft);
    case VectorRule::kReduction:
      return build_reduction(draft);
    case VectorRule::kResize:
      return build_resize(draft);
    case VectorRule::kRegionPool:
      return build_region_pool(draft);
    case VectorRule::kStated:
      return build_stated(draft);
    case VectorRule::kSampling:
      return build_sampling(draft);
    case VectorRule::kVolumePool:
      return build_volume_pool(draft);
  }
  return 0;
}

/// Elements that it reads: of a table or a slice those that it takes, else all of its inputs.
std::int64_t elements_read(const Draft& draft, VectorRule rule) {
  if (rule == VectorRule::kEmbedding || rule == VectorRule::kSelection) {
    return elements(draft.output);
  }
  if (rule == VectorRule::kScatter) {  // the rows, and those that they are added to
    return base::checked_multiply(elements(draft.input(1)), 2);
  }
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < draft.input_count(); ++i) {
    sum = base::checked_add(sum, elements(draft.input(i)));
  }
  return sum;
}

}  // namespace

void build_vector(Draft& draft, const VectorOperator& description) {
  const std::int64_t times = build_rule(draft, description);
  VectorShape shape;
  // What is only a matter of addresses moves nothing.
  if (description.rule == VectorRule::kLearnedTokens) {  // what was there before stays where it is
    shape = {base::checked_multiply(times, description.operations), times, times};
  } else if (description.operations > 0) {
    shape = {base::checked_multiply(times, description.operations), elements_read(draft, description.rule),
             elements(description.rule == VectorRule::kScatter ? draft.input(1) : draft.output)};
  }
  draft.layer.shape = shape;
}

}  // namespace inlay::workload
