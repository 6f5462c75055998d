#include "inlay/importers/timeloop/problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "inlay/base/checked.hpp"
#include "inlay/base/yaml.hpp"
#include "inlay/importers/nested_layer.hpp"

namespace inlay::importers::timeloop {
namespace {

constexpr std::int64_t kLargest = std::int64_t{1} << 40U;

/// A dimension times a coefficient, of an axis of a data space.
struct Term {
  std::string dimension;
  std::string coefficient;  // "": 1
};

struct DataSpace {
  std::string name;
  bool written = false;
  std::vector<std::vector<Term>> axes;
  std::set<std::string> dimensions;
};

/// The loop nest of a problem: names, and what each has in this instance.
class Problem {
 public:
  explicit Problem(base::YamlMap keys) : place_(keys.node()) {
    base::YamlMap shape = keys.required("shape").map();
    for (const base::YamlNode& dimension : shape.required("dimensions").list()) {
      dimensions_.push_back(dimension.name());
    }
    if (const auto coefficients = shape.optional("coefficients")) {
      for (const base::YamlNode& node : coefficients->list()) {
        base::YamlMap coefficient = node.map();
        sizes_[coefficient.required("name").name()] = coefficient.required("default").integer(1, kLargest);
      }
    }
    const auto spaces = shape.optional("data-spaces");
    for (const base::YamlNode& node : (spaces ? *spaces : shape.required("data_spaces")).list()) {
      spaces_.push_back(data_space(node.map()));
    }
    for (const auto& [name, node] : keys.required("instance").map().entries()) {
      const bool known = sizes_.count(name) > 0 ||
                         std::find(dimensions_.begin(), dimensions_.end(), name) != dimensions_.end();
      if (known) {  // densities and the like change no size
        sizes_[name] = node.integer(1, kLargest);
      }
    }
    for (const std::string& dimension : dimensions_) {
      if (sizes_.count(dimension) == 0) {
        place_.fail(fmt::format("the instance does not say the size of '{}'", dimension));
      }
    }
    find_operands();
  }

  NestedLayer layer() const {
    NestedLayer layer;
    std::set<std::string> seen;
    const int windows = read_windows(layer, seen);
    layer.gemm = windows == 0;
    for (const std::string& dimension : dimensions_) {
      if (seen.count(dimension) == 0) {
        std::int64_t& extent = extent_of(dimension, layer);
        extent = base::checked_multiply(extent, sizes_.at(dimension));
      }
    }
    return layer;
  }

 private:
  static Term term_of(const base::YamlNode& node) {
    if (node.is_scalar()) {
      return {node.name(), ""};
    }
    const std::vector<base::YamlNode> parts = node.list();
    if (parts.empty() || parts.size() > 2) {
      node.fail("a dimension, or a dimension and its coefficient, is expected");
    }
    return {parts[0].name(), parts.size() == 2 ? parts[1].name() : ""};
  }

  DataSpace data_space(base::YamlMap keys) const {
    DataSpace space;
    space.name = keys.required("name").name();
    const auto written = keys.optional("read-write");
    const auto also = written ? written : keys.optional("read_write");
    // Timeloop's own files write True, as Python does.
    space.written = also && also->choice({"true", "True", "false", "False"}) < 2;
    for (const base::YamlNode& node : keys.required("projection").list()) {
      std::vector<Term> axis;
      for (const base::YamlNode& term : node.is_scalar() ? std::vector{node} : node.list()) {
        axis.push_back(term_of(term));
        const std::string& dimension = axis.back().dimension;
        if (std::find(dimensions_.begin(), dimensions_.end(), dimension) == dimensions_.end()) {
          term.fail(fmt::format("'{}' is no dimension of the problem; {}", dimension,
                                base::allowed_values(dimension, dimensions_)));
        }
        space.dimensions.insert(dimension);
      }
      space.axes.push_back(std::move(axis));
    }
    return space;
  }

  [[noreturn]] void refuse(const std::string& what) const {
    place_.fail(what +
                "; a convolution or a product of matrices is expected, of two data spaces that are read "
                "and one that is written");
  }

  /// Windows slide over the input; of two operands without any the first is the input.
  void find_operands() {
    std::vector<const DataSpace*> read;
    for (const DataSpace& space : spaces_) {
      if (space.written) {
        if (output_ != nullptr) {
          refuse(fmt::format("'{}' and '{}' are both written", output_->name, space.name));
        }
        output_ = &space;
      } else {
        read.push_back(&space);
      }
    }
    if (output_ == nullptr || read.size() != 2) {
      refuse(fmt::format("it has {} data spaces that are read", read.size()));
    }
    const auto slides = [](const DataSpace& space) {
      return std::any_of(space.axes.begin(), space.axes.end(),
                         [](const auto& axis) { return axis.size() > 1; });
    };
    const auto is_named = [](const DataSpace& space) { return space.name.find("nput") != std::string::npos; };
    const bool second = slides(*read[1]) || (!slides(*read[0]) && is_named(*read[1]));
    input_ = read[second ? 1 : 0];
    weights_ = read[second ? 0 : 1];
    if (slides(*weights_) || slides(*output_)) {
      refuse("windows slide over more than its input");
    }
  }

  bool in(const DataSpace* space, const std::string& dimension) const {
    return space->dimensions.count(dimension) > 0;
  }

  std::int64_t coefficient(const Term& term) const {
    if (term.coefficient.empty()) {
      return 1;
    }
    const auto found = sizes_.find(term.coefficient);
    if (found == sizes_.end()) {
      place_.fail(fmt::format("the coefficient '{}' has no value", term.coefficient));
    }
    return found->second;
  }

  /// Each axis of the input with two terms: one of the filter, one of the output. The first is along the
  /// columns where there are two, as in Timeloop's own shapes. Returns how many there are.
  int read_windows(NestedLayer& layer, std::set<std::string>& seen) const {
    std::vector<std::pair<Term, Term>> windows;
    for (const std::vector<Term>& axis : input_->axes) {
      if (axis.size() == 1) {
        continue;
      }
      const bool two = axis.size() == 2;
      const bool filter_first = two && in(weights_, axis[0].dimension);
      const Term& filter = axis[two && !filter_first ? 1 : 0];
      const Term& place = axis[filter_first ? 1 : 0];
      if (!two || !in(weights_, filter.dimension) || in(output_, filter.dimension) ||
          !in(output_, place.dimension) || in(weights_, place.dimension) ||
          !seen.insert(filter.dimension).second || !seen.insert(place.dimension).second) {
        refuse("an axis of its input is no sum of a filter's dimension and one of the output");
      }
      windows.emplace_back(filter, place);
    }
    if (windows.size() > 2) {
      refuse(fmt::format("its windows slide over {} axes, at most two are read", windows.size()));
    }
    for (std::size_t i = 0; i < windows.size(); ++i) {
      const std::size_t axis = windows.size() - 1 - i;
      const auto& [filter, place] = windows[i];
      layer.kernel[axis] = sizes_.at(filter.dimension);
      layer.dilation[axis] = coefficient(filter);
      layer.out[axis] = sizes_.at(place.dimension);
      layer.stride[axis] = coefficient(place);
    }
    return static_cast<int>(windows.size());
  }

  /// What a dimension that no window slides along counts.
  std::int64_t& extent_of(const std::string& dimension, NestedLayer& layer) const {
    const bool input = in(input_, dimension);
    const bool weights = in(weights_, dimension);
    const bool output = in(output_, dimension);
    if (input && weights) {
      return output ? layer.groups : layer.inner;
    }
    if (weights && output) {
      return layer.features;
    }
    if (!input || !output) {
      refuse(fmt::format("the dimension '{}' is in one data space alone", dimension));
    }
    return layer.gemm ? layer.out[0] : layer.batch;
  }

  base::YamlNode place_;
  std::vector<std::string> dimensions_;
  std::map<std::string, std::int64_t> sizes_;  // of dimensions and coefficients
  std::vector<DataSpace> spaces_;
  const DataSpace* input_ = nullptr;
  const DataSpace* weights_ = nullptr;
  const DataSpace* output_ = nullptr;
};

}  // namespace

bool has_problem(const std::string& text) {
  return text.rfind("problem:", 0) == 0 || text.find("\nproblem:") != std::string::npos;
}

bool is_timeloop_problem(const std::string& text) {
  if (!has_problem(text)) {
    return false;
  }
  try {
    base::YamlMap root = base::YamlNode::parse(text, "").map();
    base::YamlMap problem = root.required("problem").map();
    const auto shape = problem.optional("shape");
    return problem.optional("instance").has_value() || (shape && shape->is_map());
  } catch (const base::InputError&) {
    return false;
  }
}

std::string timeloop_yaml(const std::string& text, const std::string& file, const std::string& source) {
  base::YamlMap root = base::YamlNode::parse(text, file).map();
  const Problem problem(root.required("problem").map());
  return nested_layer_yaml(problem.layer(), source, "A problem of Timeloop.");
}

}  // namespace inlay::importers::timeloop
