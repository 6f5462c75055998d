#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace inlay::workload {

/// How the shapes of an operator without MACs follow from its inputs; data/operators/vector_operations.yaml
/// says what each means and what its operations are counted for.
enum class VectorRule {
  kElementWise,
  kNormalisation,
  kPool,
  kGlobalPool,
  kEmbedding,
  kPositionEmbedding,
  kLearnedTokens,
  kPositionBias,
  kConcatenation,
  kReshape,
  kSelection,
  kScatter,
  kReduction,
  kResize,
  kRegionPool,
  kStated,
  kSampling,
  kVolumePool,
};

/// Along which axis the elements of an output depend on each other, so that a layer cannot be divided there.
enum class CoupledAxis { kNone, kFirst, kLast, kAll };

/// An operator without MACs, as the data file describes it.
struct VectorOperator {
  VectorRule rule = VectorRule::kElementWise;
  std::int64_t operations = 0;  // lane-operations for each thing that the rule counts
  bool many_inputs = false;     // two or more inputs instead of one
  bool fused = false;           // done on the way of its input from its maker to L2 (workload/fusion.hpp)
  std::int64_t learned = 0;     // learned numbers for each index of the axis (normalisation)
  bool first_axis = false;      // the axis of a normalisation is the first dimension, not the last
  CoupledAxis couples = CoupledAxis::kNone;  // of element-wise operators and normalisations
  std::string reason;
};

/// Operators without MACs by name.
using VectorOperators = std::map<std::string, VectorOperator, std::less<>>;

/// The shipped table, data/operators/vector_operations.yaml. Throws base::InputError.
VectorOperators load_vector_operators();

/// A table read from text, as if it were a file of that name. Throws base::InputError.
VectorOperators parse_vector_operators(const std::string& text, const std::string& file);

/// All operators that a model file may use: those with MACs first, then the table's.
std::vector<std::string> operator_names(const VectorOperators& vector_operators);

}  // namespace inlay::workload
