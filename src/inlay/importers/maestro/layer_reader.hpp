#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>

#include "inlay/importers/maestro/layer_types.hpp"
#include "inlay/importers/maestro/mapping_file.hpp"
#include "inlay/importers/word_reader.hpp"

namespace inlay::importers::maestro {

using Constants = std::map<std::string, std::int32_t>;
/// By kind of layer: whether the first one of the file declares N, which all of the kind follow (section 1).
using BatchRule = std::map<cost::maestro::LayerKind, bool>;

/// Reads one `Layer NAME { Type Stride Dimensions Dataflow }`, the word Layer already taken.
class LayerReader {
 public:
  LayerReader(WordReader& words, const Constants& constants, BatchRule& batched)
      : words_(words), constants_(constants), batched_(batched) {}
  /// Throws base::InputError.
  MappingLayer read(const Word& keyword);

 private:
  /// A size that the layer states, and where.
  struct Stated {
    std::int32_t value;
    Word word;
  };
  using StatedSizes = std::array<std::optional<Stated>, cost::maestro::kIndices>;

  void read_name();
  void read_section(const Word& word);
  void read_type();
  StatedSizes read_sizes(const char* section, const std::vector<cost::maestro::Dimension>& allowed);
  void read_dimensions(const Word& section);
  void require_dimensions(const Word& section) const;
  void derive_extents(const Word& section);
  void apply_strides();
  void read_dataflow(const Word& section);
  void read_cluster(const Word& keyword);
  void read_map(const Word& keyword, bool spatial);
  void check_rules(const Word& section) const;
  cost::maestro::Dimension take_dimension(const std::vector<cost::maestro::Dimension>& allowed);
  std::int32_t take_size(const std::string& what);
  std::int32_t size_of(const Word& dimension_word);
  const LayerType& type_before(const Word& section) const;

  WordReader& words_;
  const Constants& constants_;
  BatchRule& batched_;
  MappingLayer layer_;
  const LayerType* type_ = nullptr;
  StatedSizes strides_;
  StatedSizes declared_;
  std::array<std::int64_t, cost::maestro::kIndices> sizes_{};  // declared and derived ones; 0: none
  bool has_stride_ = false;
  bool has_dimensions_ = false;
  bool has_dataflow_ = false;
  std::array<std::vector<Word>, cost::maestro::kMaxLevels> directive_words_;
};

}  // namespace inlay::importers::maestro
