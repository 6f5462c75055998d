#pragma once

#include <cstddef>
#include <vector>

#include "inlay/importers/onnx/draft_model.hpp"

namespace inlay::importers {

/// `count` equal groups of `size` layers, one after the other, from layer `begin` on. Each reads one tensor
/// of the group before it, and else only what all of them read.
struct Repetition {
  std::size_t begin = 0;
  std::size_t size = 0;
  std::size_t count = 0;
  int first_input = -1;     // what the first group reads in the place of another group's output
  int first_output = -1;    // of the first group
  int last_output = -1;     // of the last group
  std::vector<int> shared;  // tensors that all groups read
};

/// Repetitions in a model's layers, from the first on, none overlapping; found in linear time: groups of at
/// most 400 layers.
std::vector<Repetition> repetitions(const DraftModel& model);

}  // namespace inlay::importers
