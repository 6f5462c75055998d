// Timeloop's mapping in YAML: a list of directives with target, type, factors and permutation.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "inlay/importers/mappings/formats.hpp"
#include "inlay/importers/mappings/timeloop_names.hpp"

namespace inlay::importers::mappings {
namespace {

using base::YamlMap;
using base::YamlNode;
using cost::mapped::Dimension;
using cost::mapped::FixedMapping;
using cost::mapped::MappedLoop;
using cost::mapped::Storage;

/// A loop as it is written, 0 for "whatever is left".
struct Factor {
  Dimension dimension;
  std::int64_t factor;
};

bool is_product(const FixedMapping& mapping) {
  return std::holds_alternative<workload::GemmShape>(mapping.shape);
}

Dimension dimension_at(const YamlNode& node, const std::string& name, bool product) {
  try {
    return foreign_dimension(name, product, timeloop_dimensions());
  } catch (const base::InputError& error) {
    node.fail(error.what());
  }
}

/// "C=4" or "C4".
Factor factor_of(const YamlNode& node, const std::string& text, bool product) {
  const std::size_t digits = text.find_first_of("0123456789");
  const std::string name = text.substr(0, std::min(digits, text.find('=')));
  Factor factor{};
  const char* end = text.data() + text.size();
  const char* begin = digits == std::string::npos ? end : text.data() + digits;
  const auto [rest, error] = std::from_chars(begin, end, factor.factor);
  if (name.empty() || error != std::errc{} || rest != end || factor.factor < 0) {
    node.fail(fmt::format("'{}' is not a factor; write C=4 (C=0 stands for what is left)", text));
  }
  factor.dimension = dimension_at(node, name, product);
  return factor;
}

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : text + " ") {
    if (c == ' ' || c == ',' || c == '\t' || c == '\n') {
      if (!word.empty()) {
        words.push_back(std::move(word));
      }
      word.clear();
    } else {
      word += c;
    }
  }
  return words;
}

/// A string, a list, or a mapping of dimensions to numbers.
std::vector<Factor> read_factors(const YamlNode& node, bool product) {
  std::vector<Factor> factors;
  if (node.is_map()) {
    YamlMap map = node.map();
    for (const auto& [name, value] : map.entries()) {
      factors.push_back({dimension_at(value, name, product), value.integer(0)});
    }
  } else if (node.is_list()) {
    for (const YamlNode& item : node.list()) {
      factors.push_back(factor_of(item, item.text(), product));
    }
  } else {
    for (const std::string& word : words_of(node.text())) {
      factors.push_back(factor_of(node, word, product));
    }
  }
  return factors;
}

/// Dimensions from the innermost to the outermost.
std::vector<Dimension> read_permutation(const YamlNode& node, bool product) {
  std::vector<std::string> names;
  if (node.is_list()) {
    for (const YamlNode& item : node.list()) {
      names.push_back(item.text());
    }
  } else if (node.text().find_first_of(" ,") != std::string::npos) {
    names = words_of(node.text());
  } else {
    for (const char letter : node.text()) {
      names.emplace_back(1, letter);
    }
  }
  std::vector<Dimension> order;
  for (const std::string& name : names) {
    order.push_back(dimension_at(node, name, product));
  }
  return order;
}

/// Loops from the outermost to the innermost; a dimension that the permutation leaves out stands outside.
std::vector<MappedLoop> loops_of(std::vector<Factor> factors, const std::vector<Dimension>& inner_first,
                                 bool spatial) {
  const auto place = [&](const Factor& factor) {
    return std::find(inner_first.begin(), inner_first.end(), factor.dimension) - inner_first.begin();
  };
  std::stable_sort(factors.begin(), factors.end(),
                   [&](const Factor& a, const Factor& b) { return place(a) > place(b); });
  std::vector<MappedLoop> loops;
  for (const Factor& factor : factors) {
    loops.push_back({factor.dimension, factor.factor, spatial});
  }
  return loops;
}

class Reader {
 public:
  explicit Reader(const MappingRequest& request) : request_(request), mapping_(empty_mapping(request)) {}

  FixedMapping read(const YamlNode& root) {
    if (root.is_map()) {
      YamlMap map = root.map();
      if (const auto problem = map.optional("problem"); problem && !request_.layer) {
        read_problem(*problem);
      }
      read_directives(map.required("mapping"));
      for (const auto& [key, value] : map.entries()) {
        if (key != "mapping" && key != "problem") {
          mapping_.notes.push_back(fmt::format("section '{}' of the file is not used", key));
        }
      }
    } else {
      read_directives(root);
    }
    fill_rest(root);
    if (!request_.layer && !has_problem_) {
      infer_convolution(mapping_);
    }
    return std::move(mapping_);
  }

 private:
  /// `problem: {instance: {C: 3, K: 64, ...}}`: a convolution layer of Timeloop's cnn-layer shape.
  void read_problem(const YamlNode& node) {
    YamlMap map = node.map();
    const auto instance = map.optional("instance");
    YamlMap sizes = instance ? instance->map() : node.map();
    workload::ConvolutionShape shape;
    for (const auto& [name, value] : sizes.entries()) {
      std::int64_t* target = name == "C"                  ? &shape.in_channels
                             : name == "K" || name == "M" ? &shape.out_channels
                             : name == "P"                ? &shape.out_width
                             : name == "Q"                ? &shape.out_height
                             : name == "R"                ? &shape.kernel_width
                             : name == "S"                ? &shape.kernel_height
                             : name == "N"                ? &mapping_.mini_batch
                             : name == "Wstride"          ? &shape.stride_x
                             : name == "Hstride"          ? &shape.stride_y
                             : name == "Wdilation"        ? &shape.dilation_x
                             : name == "Hdilation"        ? &shape.dilation_y
                                                          : nullptr;
      if (target != nullptr) {
        *target = value.integer(1, std::int64_t{1} << 40);
      } else if (name != "shape" && name != "densities") {
        value.fail(fmt::format("'{}' is unknown in a problem; {}", name,
                               base::allowed_values(name, {"C", "K", "M", "P", "Q", "R", "S", "N", "Wstride",
                                                           "Hstride", "Wdilation", "Hdilation"})));
      }
    }
    mapping_.shape = shape;
    mapping_.layer = "the file's problem";
    has_problem_ = true;
  }

  void read_directives(const YamlNode& node) {
    for (const YamlNode& item : node.list()) {
      read_directive(item);
    }
  }

  void read_directive(const YamlNode& node) {
    YamlMap map = node.map();
    const YamlNode target = map.required("target");
    static const std::vector<std::string> kTypes = {"temporal", "spatial", "bypass", "datatype"};
    const std::size_t type = map.required("type").choice(kTypes);
    const Storage storage = storage_named(target);
    if (type >= 2) {
      for (const char* key : {"keep", "bypass"}) {
        if (map.optional(key)) {
          mapping_.notes.push_back(
              fmt::format("'{}' of level '{}' is not used: the chiplet type says which tensors a level holds",
                          key, target.text()));
        }
      }
    } else {
      const bool spatial = type == 1;
      const auto permutation = map.optional("permutation");
      if (spatial && map.optional("split")) {
        mapping_.notes.push_back(
            fmt::format("'split' of level '{}' is not used: no cost depends on it", target.text()));
      }
      std::vector<MappedLoop>& loops = loops_at(mapping_, storage);
      const std::vector<MappedLoop> read = loops_of(
          read_factors(map.required("factors"), is_product(mapping_)),
          permutation ? read_permutation(*permutation, is_product(mapping_)) : std::vector<Dimension>{},
          spatial);
      // Spatial loops are the innermost of their level, wherever the file has them.
      const auto place = spatial ? loops.end()
                                 : std::find_if(loops.begin(), loops.end(),
                                                [](const MappedLoop& loop) { return loop.spatial; });
      loops.insert(place, read.begin(), read.end());
    }
    map.finish();
  }

  Storage storage_named(const YamlNode& target) {
    const auto given = request_.levels.find(target.text());
    const std::string name = given != request_.levels.end() ? given->second : target.text();
    if (const auto storage = timeloop_storage(name)) {
      return *storage;
    }
    target.fail(
        fmt::format("level '{}' is not known by its name; say which one it is with --level {}=LEVEL, "
                    "LEVEL one of memory, l2, accumulator, l1",
                    target.text(), target.text()));
  }

  /// A factor of 0 stands for what the other levels leave of the layer.
  void fill_rest(const YamlNode& root) {
    for (cost::mapped::MappedLevel& level : mapping_.levels) {
      for (MappedLoop& loop : level.loops) {
        if (loop.factor != 0) {
          continue;
        }
        if (!request_.layer && !has_problem_) {
          root.fail(
              "a factor of 0 stands for what is left of the layer, and no layer is known; name a model and "
              "'--layer', or state 'problem'");
        }
        loop.factor = 1;
        const std::int64_t others = product_of(mapping_, loop.dimension);
        if (others == 0) {
          root.fail(fmt::format("two factors of {} are 0; one alone can stand for what is left",
                                cost::mapped::dimension_name(mapping_, loop.dimension)));
        }
        const std::int64_t extent =
            cost::mapped::extents_of(mapping_.shape, mapping_.mini_batch)[loop.dimension];
        loop.factor = std::max<std::int64_t>(1, extent / others);
      }
    }
  }

  const MappingRequest& request_;
  FixedMapping mapping_;
  bool has_problem_ = false;
};

}  // namespace

FixedMapping read_timeloop(const YamlNode& root, const MappingRequest& request) {
  return Reader(request).read(root);
}

}  // namespace inlay::importers::mappings
