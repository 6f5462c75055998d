#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "inlay/base/yaml.hpp"

namespace inlay::dataflow {

enum class DirectiveKind { kTemporal, kSpatial, kCluster };

/// Who says how large a directive's size is.
enum class Sizing {
  kWritten,  // the file
  kTuned,    // `auto` or `auto(SIZE)`: an engine that tunes, for each layer
  kEven,  // `even` or `even(SIZE)`, of a SpatialMap: what is cut is shared out evenly among the units, once
};

/// TemporalMap(size, offset) dim, SpatialMap(size, offset) dim, or Cluster(size), MAESTRO's directive
/// language (Kwon et al., MICRO 2019). Sizes are integer expressions over the layer's dimensions, such as `8
/// + S - 1`. Where they are tuned or even, size and offset are what engines take that do not tune, and empty
/// if nothing is said for them.
struct Directive {
  DirectiveKind kind = DirectiveKind::kTemporal;
  std::string size;
  std::string offset;     // empty for kCluster
  std::string dimension;  // K C R S Y X Y' X' (convolution) or M N K (GEMM); empty for kCluster
  Sizing sizing = Sizing::kWritten;
};

/// How a GEMM is fed to the section for convolutions, where a dataflow has no GEMM section of its own.
enum class TokenLayout {
  kColumn,  // the M rows lie along Y, X = 1
  kFolded,  // the M rows lie on a rectangle Y x X as square as M's divisors allow, Y >= X
};

/// A named mapping of layers to the PEs of a chiplet.
struct Dataflow {
  std::string name;
  std::string description;
  std::string source;
  std::string stationary;  // "weight", "output", "input" or "row": what the mapping keeps in place
  std::vector<Directive> convolution;  // outermost loop first
  std::vector<Directive> gemm;         // empty: 1x1 convolution with the token layout below
  TokenLayout token_layout = TokenLayout::kColumn;
  std::vector<Dataflow> untuned;  // none, or the one that stands in where sizes are not tuned
};

/// Is any size left to be tuned?
bool has_free_sizes(const Dataflow& dataflow);
/// What an engine that does not tune maps with: the dataflow that stands in for it, or the dataflow itself.
const Dataflow& untuned(const Dataflow& dataflow);
/// The size that an engine takes which does not tune. Throws base::InfeasibleError for `auto` without one.
const std::string& untuned_size(const Directive& directive);

/// Names that sizes of the section for convolutions, resp. for GEMMs, may use: the dimensions, and for
/// convolutions StrideY and StrideX. Y and X are extents of the input that is read.
const std::vector<std::string>& convolution_names();
const std::vector<std::string>& gemm_names();

/// Deepest cluster tree: Cluster directives per section.
inline constexpr int kMaxClusters = 3;

/// Reads a dataflow. Throws base::InputError with file, line, column and field for unknown keys, words that
/// are no directive, unknown dimensions, malformed sizes, too many clusters, levels without a SpatialMap, and
/// an `untuned` dataflow that is none. Its path starts at the folder of the file in which it is written.
Dataflow read_dataflow(const base::YamlNode& node);
/// As read_dataflow, from a file.
Dataflow load_dataflow(const std::filesystem::path& path);

/// A directive as it is written: "TemporalMap(8 + S - 1, 8) X", "SpatialMap(auto) K".
std::string to_string(const Directive& directive);

}  // namespace inlay::dataflow
