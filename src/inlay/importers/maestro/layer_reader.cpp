#include "inlay/importers/maestro/layer_reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "inlay/cost/maestro/levels.hpp"

namespace inlay::importers::maestro {

using namespace cost::maestro;

namespace {

constexpr std::int64_t kLargest = std::int64_t{1} << 30;

std::string listed(const std::vector<Dimension>& dimensions) {
  return fmt::format("{}", fmt::join(names_of(dimensions), ", "));
}

}  // namespace

MappingLayer LayerReader::read(const Word& keyword) {
  layer_.position = words_.position(keyword);
  layer_.mapped.sizes.fill(1);
  read_name();
  words_.expect("{", "behind the layer's name");
  while (!words_.sees("}")) {
    read_section(words_.take("Type, Stride, Dimensions, Dataflow or '}'"));
  }
  const Word end = words_.take("'}'");
  if (!has_dimensions_) {
    words_.fail(end, fmt::format("layer '{}' has no Dimensions", layer_.name));
  }
  return layer_;
}

/// '-' separates: MAESTRO calls "Conv2d-1" simply "1".
void LayerReader::read_name() {
  while (!words_.sees("{")) {
    const Word& word = words_.take("the layer's name and '{'");
    if (word.text == "}" || word.text == "Type") {
      words_.fail(word, fmt::format("expected a name and '{{', found '{}'", word.text));
    }
    layer_.name += layer_.name.empty() ? word.text : "-" + word.text;
    layer_.short_name = word.text;
  }
  if (layer_.name.empty()) {
    words_.fail(words_.take("a name"), "expected the layer's name, found '{'");
  }
}

void LayerReader::read_section(const Word& word) {
  const std::vector<std::string> names = {"Type", "Stride", "Dimensions", "Dataflow"};
  const auto found = std::find(names.begin(), names.end(), word.text);
  if (found == names.end()) {
    words_.fail(word, fmt::format("unknown word '{}' in a layer; {}", word.text,
                                  base::allowed_values(word.text, names)));
  }
  const Word section = word;
  const std::array<bool, 4> seen = {type_ != nullptr, has_stride_, has_dimensions_, has_dataflow_};
  const auto index = static_cast<std::size_t>(found - names.begin());
  if (seen[index]) {
    words_.fail(section, fmt::format("layer '{}' has a second {}", layer_.name, section.text));
  }
  if (index == 0) {
    read_type();
  } else if (index == 1) {
    if (has_dimensions_) {
      words_.fail(section, "Stride must stand before Dimensions");
    }
    const bool convolution = type_before(section).convolution();
    strides_ =
        read_sizes("Stride", convolution ? std::vector{kY, kX, kOutY, kOutX} : std::vector<Dimension>{});
    has_stride_ = true;
  } else if (index == 2) {
    read_dimensions(section);
  } else {
    read_dataflow(section);
  }
}

void LayerReader::read_type() {
  const Word& word = words_.take("a layer type");
  std::vector<std::string> names;
  for (const LayerType& type : layer_types()) {
    names.emplace_back(type.name);
    if (word.text == type.name) {
      type_ = &type;
      layer_.type = type.name;
      layer_.mapped.kind = type.kind;
      return;
    }
  }
  const bool unread = word.text == "FC" || word.text == "POOL" || word.text == "LSTM";
  words_.fail(
      word, fmt::format("{} '{}'; {}{}", unread ? "MAESTRO cannot read the layer type" : "unknown layer type",
                        word.text, base::allowed_values(word.text, names),
                        word.text == "FC" ? "; a CONV with R = Y and S = X is a fully connected layer" : ""));
}

const LayerType& LayerReader::type_before(const Word& section) const {
  if (type_ == nullptr) {
    words_.fail(section, fmt::format("Type must stand before {}", section.text));
  }
  return *type_;
}

Dimension LayerReader::take_dimension(const std::vector<Dimension>& allowed) {
  const std::vector<std::string> names = names_of(allowed);
  const Word& word = words_.take(fmt::format("a dimension ({})", fmt::join(names, ", ")));
  const auto found = std::find(names.begin(), names.end(), word.text);
  if (found == names.end()) {
    words_.fail(word, fmt::format("'{}' is no dimension of a {} layer here; {}", word.text, layer_.type,
                                  base::allowed_values(word.text, names)));
  }
  return allowed[static_cast<std::size_t>(found - names.begin())];
}

/// A number, a constant or Sz(dimension).
std::int32_t LayerReader::take_size(const std::string& what) {
  const Word word = words_.take(what);
  if (word.text == "Sz") {
    return size_of(word);
  }
  if (is_number(word.text)) {
    return static_cast<std::int32_t>(words_.number_in(word, what, 1, kLargest));
  }
  const auto constant = constants_.find(word.text);
  if (constant == constants_.end()) {
    std::vector<std::string> names = {"Sz(dimension)"};
    for (const auto& [name, value] : constants_) {
      names.push_back(name);
    }
    words_.fail(word, fmt::format("expected {}, found '{}'; a whole number, or {}", what, word.text,
                                  base::allowed_values(word.text, names)));
  }
  if (word.minus || constant->second < 1 || constant->second > kLargest) {
    words_.fail(word, fmt::format("{} is {}{}; allowed: 1 to {}", what, word.minus ? "-" : "",
                                  constant->second, kLargest));
  }
  return constant->second;
}

std::int32_t LayerReader::size_of(const Word& sz) {
  const std::vector<Dimension> all = type_->dimensions();
  const Dimension dimension = take_dimension(all);
  const std::int64_t size = sizes_[dimension];
  if (size < 1) {
    std::vector<Dimension> known;
    std::copy_if(all.begin(), all.end(), std::back_inserter(known),
                 [this](Dimension d) { return sizes_[d] > 0; });
    words_.fail(sz, fmt::format("Sz({}) has no value here; sizes known: {}", kDimensionNames[dimension],
                                known.empty() ? "none" : listed(known)));
  }
  return static_cast<std::int32_t>(size);
}

LayerReader::StatedSizes LayerReader::read_sizes(const char* section, const std::vector<Dimension>& allowed) {
  StatedSizes stated;
  words_.expect("{", fmt::format("behind {}", section));
  while (!words_.sees("}")) {
    if (allowed.empty()) {
      words_.fail(words_.take("'}'"), fmt::format("a {} layer has no {}", layer_.type, section));
    }
    const Word place = words_.peek();
    const Dimension dimension = take_dimension(allowed);
    if (stated[dimension]) {
      words_.fail(place, fmt::format("{} states {} twice", section, kDimensionNames[dimension]));
    }
    const bool inside = section == std::string_view("Dimensions");
    stated[dimension] = {
        take_size(fmt::format("the {} {}", inside ? "size of" : "stride of", kDimensionNames[dimension])),
        place};
    if (inside) {
      sizes_[dimension] = stated[dimension]->value;
    }
  }
  words_.take("'}'");
  return stated;
}

void LayerReader::read_dimensions(const Word& section) {
  const LayerType& type = type_before(section);
  declared_ = read_sizes("Dimensions", type.dimensions());
  has_dimensions_ = true;
  require_dimensions(section);
  if (type.convolution()) {
    derive_extents(section);
    apply_strides();
    layer_.mapped.batched = batched_.try_emplace(type.kind, declared_[kN].has_value()).first->second;
  }
  for (std::size_t d = 0; d < kDimensions; ++d) {
    layer_.mapped.sizes[d] = sizes_[d] == 0 ? 1 : static_cast<std::int32_t>(sizes_[d]);
  }
}

void LayerReader::require_dimensions(const Word& section) const {
  std::vector<Dimension> missing;
  for (const Dimension dimension : type_->required) {
    if (!declared_[dimension]) {
      missing.push_back(dimension);
    }
  }
  if (!missing.empty()) {
    words_.fail(section, fmt::format("a {} layer needs {}; missing: {}", layer_.type, listed(type_->required),
                                     listed(missing)));
  }
  if (!type_->convolution()) {
    return;
  }
  const bool input = declared_[kY] && declared_[kX] && !declared_[kOutY] && !declared_[kOutX];
  const bool output = declared_[kOutY] && declared_[kOutX] && !declared_[kY] && !declared_[kX];
  if (!input && !output) {
    words_.fail(section,
                "either Y and X (extents of the input) or Y' and X' (of the output) must be declared");
  }
}

/// Section 1: the stride plays no part here.
void LayerReader::derive_extents(const Word& section) {
  const auto derive = [&](Dimension in, Dimension out, Dimension filter) {
    if (declared_[in]) {
      sizes_[out] = sizes_[in] - sizes_[filter] + 1;
      return;
    }
    sizes_[in] = sizes_[out] + sizes_[filter] - 1;
    if (sizes_[in] > kLargest) {
      words_.fail(section,
                  fmt::format("{} becomes {}; allowed: 1 to {}", kDimensionNames[in], sizes_[in], kLargest));
    }
  };
  derive(kY, kOutY, kR);
  derive(kX, kOutX, kS);
}

/// A stride of an extent that is not declared would be lost without a word.
void LayerReader::apply_strides() {
  for (const Dimension extent : {kY, kX, kOutY, kOutX}) {
    if (strides_[extent] && !declared_[extent]) {
      words_.fail(strides_[extent]->word,
                  fmt::format("a stride of {}, which Dimensions does not declare: MAESTRO would ignore it",
                              kDimensionNames[extent]));
    }
  }
  const auto stride = [this](Dimension extent) { return strides_[extent] ? strides_[extent]->value : 1; };
  const bool output = declared_[kOutY].has_value();
  layer_.mapped.stride_x = output ? stride(kOutY) : stride(kX);  // swapped (B11)
  layer_.mapped.stride_y = output ? stride(kOutX) : stride(kY);
}

void LayerReader::read_dataflow(const Word& section) {
  if (!has_dimensions_) {
    words_.fail(section, "Dimensions must stand before Dataflow");
  }
  has_dataflow_ = true;
  layer_.mapped.levels = 1;
  words_.expect("{", "behind Dataflow");
  while (!words_.sees("}")) {
    const Word keyword = words_.take("TemporalMap, SpatialMap, Cluster or '}'");
    if (keyword.text == "Cluster") {
      read_cluster(keyword);
    } else if (keyword.text == "TemporalMap" || keyword.text == "SpatialMap") {
      read_map(keyword, keyword.text == "SpatialMap");
    } else {
      words_.fail(keyword,
                  fmt::format("unknown directive '{}'; {}", keyword.text,
                              base::allowed_values(keyword.text, {"TemporalMap", "SpatialMap", "Cluster"})));
    }
  }
  words_.take("'}'");
  check_rules(section);
}

void LayerReader::read_cluster(const Word& keyword) {
  MappedLayer& mapped = layer_.mapped;
  if (mapped.levels == kMaxLevels) {
    words_.fail(keyword, fmt::format("at most {} Clusters are allowed", kMaxLevels - 1));
  }
  mapped.cluster_sizes[mapped.levels] = take_size("the size of the cluster");
  const Word& letter = words_.take("P or L");
  if (letter.text != "P" && letter.text != "L") {
    words_.fail(letter,
                fmt::format("expected P or L (which mean the same) in Cluster(size, letter), found '{}'",
                            letter.text));
  }
  ++mapped.levels;
}

void LayerReader::read_map(const Word& keyword, bool spatial) {
  DirectiveList& list = layer_.mapped.directives[layer_.mapped.levels - 1];
  if (list.full()) {
    words_.fail(keyword, fmt::format("a level has more than {} directives", kMaxDirectives));
  }
  const std::int32_t size = take_size("the size of the tile");
  const std::int32_t offset = take_size("the offset of the tile");
  list.push_back({spatial, take_dimension(type_->dimensions()), size, offset});
  directive_words_[layer_.mapped.levels - 1].push_back(keyword);
}

/// The rules themselves are the analysis's; here they get a place in the file.
void LayerReader::check_rules(const Word& section) const {
  try {
    check_mapping(layer_.mapped);
  } catch (const MappingError& error) {
    const auto& words = directive_words_[error.level];
    words_.fail(error.directive < words.size() ? words[error.directive] : section, error.what());
  } catch (const base::InfeasibleError& error) {
    words_.fail(section, error.what());
  }
}

}  // namespace inlay::importers::maestro
