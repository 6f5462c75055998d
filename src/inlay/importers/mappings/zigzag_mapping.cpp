// ZigZag's mapping in YAML: spatial unrolling per axis of the array, and loops in time from inside to
// outside.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "inlay/base/checked.hpp"
#include "inlay/cost/data_centric/analysis.hpp"
#include "inlay/cost/data_centric/layer_figures.hpp"
#include "inlay/importers/mappings/formats.hpp"

namespace inlay::importers::mappings {
namespace {

using base::YamlMap;
using base::YamlNode;
using cost::mapped::Dimension;
using cost::mapped::FixedMapping;
using cost::mapped::MappedLoop;
using cost::mapped::Storage;

const std::map<std::string, Dimension>& zigzag_dimensions() {
  static const std::map<std::string, Dimension> kNames = {
      {"B", cost::data_centric::kN},  {"G", cost::data_centric::kG},  {"K", cost::data_centric::kK},
      {"C", cost::data_centric::kC},  {"OX", cost::data_centric::kX}, {"OY", cost::data_centric::kY},
      {"FX", cost::data_centric::kS}, {"FY", cost::data_centric::kR}};
  return kNames;
}

class Reader {
 public:
  explicit Reader(const MappingRequest& request) : request_(request), mapping_(empty_mapping(request)) {
    product_ = std::holds_alternative<workload::GemmShape>(mapping_.shape);
  }

  FixedMapping read(const YamlNode& root) {
    const YamlNode entry = entry_of(root);
    YamlMap map = entry.map();
    map.optional("name");
    for (const char* key : {"core_allocation", "memory_operand_links", "spatial_mapping_hint"}) {
      if (map.optional(key)) {
        mapping_.notes.push_back(fmt::format("'{}' of the file is not used", key));
      }
    }
    if (const auto spatial = map.optional("spatial_mapping")) {
      read_spatial(*spatial);
    }
    if (const auto order = map.optional("temporal_ordering")) {
      read_temporal(*order);
    }
    map.finish();
    if (request_.layer) {
      fill_rest(entry);
    } else {
      refuse_rest(entry);
      loops_at(mapping_, Storage::kL2) = all_loops();
      infer_convolution(mapping_);
    }
    allocate();
    return std::move(mapping_);
  }

 private:
  /// The entry for the layer's operator, else the one called `default`, else the only one.
  YamlNode entry_of(const YamlNode& root) const {
    std::optional<YamlNode> chosen;
    const std::vector<YamlNode> items = root.list();
    if (items.empty()) {
      root.fail("the list has no mapping");
    }
    for (const YamlNode& item : items) {
      YamlMap map = item.map();
      const auto name = map.optional("name");
      const bool own = name && request_.layer && name->text() == request_.layer->name;
      if (own || (name && name->text() == "default" && !chosen)) {
        chosen = item;
      }
      if (own) {
        break;
      }
    }
    if (!chosen && items.size() > 1) {
      root.fail("several mappings, none of them called 'default' or like the layer");
    }
    return chosen ? *chosen : items.front();
  }

  Dimension dimension(const YamlNode& node, const std::string& name) const {
    try {
      return foreign_dimension(name, product_, zigzag_dimensions());
    } catch (const base::InputError& error) {
      node.fail(error.what());
    }
  }

  void read_spatial(const YamlNode& node) {
    YamlMap axes = node.map();
    for (const auto& [axis, list] : axes.entries()) {
      for (const YamlNode& item : list.list()) {
        MappedLoop loop = read_loop(item);
        loop.spatial = true;
        spatial_.push_back(loop);
      }
    }
  }

  /// "K, 16" or [K, 16]; "*" and "all" stand for what is left.
  MappedLoop read_loop(const YamlNode& node) const {
    std::string name;
    std::string size;
    if (node.is_list()) {
      const std::vector<YamlNode> parts = node.list();
      if (parts.size() != 2) {
        node.fail("a loop is a dimension and a size, such as [K, 16]");
      }
      name = parts[0].text();
      size = parts[1].text();
    } else {
      const std::string text = node.text();
      const std::size_t comma = text.find(',');
      name = text.substr(0, comma);
      const std::size_t digits = comma == std::string::npos ? comma : text.find_first_not_of(' ', comma + 1);
      size = digits == std::string::npos ? "" : text.substr(digits);
    }
    MappedLoop loop{dimension(node, name), 0, false};
    if (size == "*" || size == "all") {
      return loop;
    }
    loop.factor = 0;
    for (const char c : size) {
      if (c < '0' || c > '9' || loop.factor > (std::int64_t{1} << 40)) {
        loop.factor = 0;
        break;
      }
      loop.factor = loop.factor * 10 + (c - '0');
    }
    if (loop.factor < 1) {
      node.fail(fmt::format("'{}' is not a size of a loop; a whole number of at least 1, or \"*\"", size));
    }
    return loop;
  }

  void read_temporal(const YamlNode& node) {
    for (const YamlNode& item : node.list()) {
      temporal_.insert(temporal_.begin(), read_loop(item));  // the file begins inside
    }
  }

  /// Loops in time from outside to inside, then the spatial ones.
  std::vector<MappedLoop> all_loops() const {
    std::vector<MappedLoop> loops = temporal_;
    loops.insert(loops.end(), spatial_.begin(), spatial_.end());
    return loops;
  }

  void refuse_rest(const YamlNode& node) const {
    for (const MappedLoop& loop : all_loops()) {
      if (loop.factor == 0) {
        node.fail(
            "a size of \"*\" stands for what is left of the layer, and no layer is known; name a model and "
            "'--layer'");
      }
    }
  }

  /// Spatial loops take at most what the layer has; a loop in time of size "*", or one that the file leaves
  /// out, the rest.
  void fill_rest(const YamlNode& node) {
    const auto extents = cost::mapped::extents_of(mapping_.shape, mapping_.mini_batch);
    for (std::size_t d = 0; d < cost::mapped::kDimensions; ++d) {
      std::int64_t known = 1;
      MappedLoop* open = nullptr;
      for (std::vector<MappedLoop>* loops : {&spatial_, &temporal_}) {
        for (MappedLoop& loop : *loops) {
          if (loop.dimension != static_cast<Dimension>(d)) {
            continue;
          }
          if (loop.factor == 0 && open != nullptr) {
            node.fail(fmt::format("two loops over {} take what is left", cost::mapped::dimension_words()[d]));
          }
          open = loop.factor == 0 ? &loop : open;
          known = base::checked_multiply(known, std::max<std::int64_t>(1, loop.factor));
        }
      }
      const std::int64_t rest = extents[d] / known;
      if (open != nullptr) {
        open->factor = std::max<std::int64_t>(1, rest);
      } else if (rest > 1 && extents[d] % known == 0) {
        temporal_.insert(temporal_.begin(), {static_cast<Dimension>(d), rest, false});
        mapping_.notes.push_back(fmt::format("the file leaves out a loop over {}: {} stands outermost",
                                             cost::mapped::dimension_words()[d], rest));
      }
    }
  }

  /// As ZigZag does: a level holds as many of the innermost loops as its size allows.
  void allocate() {
    const std::vector<MappedLoop> temporal = temporal_;
    std::size_t l1 = 0;
    while (l1 < temporal.size() && place(temporal, l1 + 1, l1 + 1)) {
      ++l1;
    }
    std::size_t l2 = temporal.size();
    while (l2 > l1 && !place(temporal, l1, l2)) {
      --l2;
    }
    place(temporal, l1, l2);
    mapping_.notes.push_back(fmt::format(
        "loops are given to levels from inside: {} to L1, {} to L2 and {} to the memory, as many as fit", l1,
        l2 - l1, temporal.size() - l2));
  }

  /// The innermost `l1` loops in time at L1, those up to the `l2`th from inside at L2, the others at the
  /// memory. False if a tile exceeds its buffer.
  bool place(const std::vector<MappedLoop>& temporal, std::size_t l1, std::size_t l2) {
    for (cost::mapped::MappedLevel& level : mapping_.levels) {
      level.loops.clear();
    }
    for (std::size_t i = 0; i < temporal.size(); ++i) {
      const std::size_t from_inside = temporal.size() - 1 - i;
      const Storage storage = from_inside < l1   ? Storage::kL1
                              : from_inside < l2 ? Storage::kL2
                                                 : Storage::kMemory;
      loops_at(mapping_, storage).push_back(temporal[i]);
    }
    std::vector<MappedLoop>& at_l2 = loops_at(mapping_, Storage::kL2);
    at_l2.insert(at_l2.end(), spatial_.begin(), spatial_.end());
    if (request_.type == nullptr) {
      return true;
    }
    const auto nest = cost::mapped::loop_nest(mapping_);
    const auto tiles = cost::data_centric::tile_extents(nest);
    return cost::data_centric::fits(cost::data_centric::tile_elements(nest, tiles.pe),
                                    cost::data_centric::tile_elements(nest, tiles.top_step),
                                    mapping_.precision, false, *request_.type);
  }

  const MappingRequest& request_;
  FixedMapping mapping_;
  bool product_ = false;
  std::vector<MappedLoop> spatial_;
  std::vector<MappedLoop> temporal_;  // outermost first
};

}  // namespace

FixedMapping read_zigzag(const YamlNode& root, const MappingRequest& request) {
  return Reader(request).read(root);
}

}  // namespace inlay::importers::mappings
