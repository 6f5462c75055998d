#include "inlay/importers/onnx/einsum.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "inlay/base/checked.hpp"

namespace inlay::importers::onnx_graph {
namespace {

constexpr const char* kEllipsis = "...";
constexpr std::size_t kMostEllipsis = 8;

bool has(const std::string& labels, char label) {
  return labels.find(label) != std::string::npos;
}

/// The dimension of "..." that is number `from_end` from its end. Characters that nobody can write.
char ellipsis_label(std::size_t from_end) {
  return static_cast<char>(from_end + 1);
}

std::string ellipsis_labels(std::size_t dimensions) {
  std::string labels;
  for (std::size_t i = dimensions; i-- > 0;) {
    labels += ellipsis_label(i);
  }
  return labels;
}

class Parser {
 public:
  Parser(const Graph& graph, const Node& node) : graph_(graph), node_(node) {
    text_ = text_or(node, "equation", "");
    std::erase(text_, ' ');
  }

  EinsumEquation equation() {
    const std::size_t arrow = text_.find("->");
    const std::vector<std::string> parts = split(text_.substr(0, arrow));
    if (parts.size() != node_.inputs.size() || parts.empty()) {
      refuse(fmt::format("it has {} operands, the node {}", parts.size(), node_.inputs.size()));
    }
    std::vector<std::string> operands;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      operands.push_back(operand(parts[i], i));
    }
    EinsumEquation result;
    result.sizes = sizes_;
    result.result = arrow == std::string::npos ? implied(operands) : stated(text_.substr(arrow + 2));
    for (std::size_t i = 0; i < operands.size(); ++i) {
      result.operands.push_back(described(operands, i, result));
    }
    return result;
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const {
    fail(graph_, node_, fmt::format("the equation '{}' does not fit: {}", text_, what));
  }

  static std::vector<std::string> split(const std::string& left) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at <= left.size();) {
      const std::size_t end = std::min(left.find(',', at), left.size());
      parts.push_back(left.substr(at, end - at));
      at = end + 1;
    }
    return parts;
  }

  void check_letters(const std::string& labels) const {
    for (const char label : labels) {
      if (std::isalpha(static_cast<unsigned char>(label)) == 0) {
        refuse(fmt::format("'{}' is no label", label));
      }
    }
  }

  /// One label for each dimension of the operand.
  std::string operand(std::string labels, std::size_t index) {
    if (node_.inputs[index] < 0) {
      refuse(fmt::format("operand {} is missing", index));
    }
    const Dimensions& shape = graph_.shape(node_.inputs[index]);
    const std::size_t dots = labels.find(kEllipsis);
    if (dots != std::string::npos) {
      labels.erase(dots, 3);
    }
    check_letters(labels);
    if (dots != std::string::npos && labels.size() <= shape.size() &&
        shape.size() - labels.size() <= kMostEllipsis) {
      const std::size_t more = shape.size() - labels.size();
      labels.insert(dots, ellipsis_labels(more));
      ellipsis_ = std::max(ellipsis_, more);
    }
    if (labels.size() != shape.size()) {
      refuse(fmt::format("operand {} has {} dimensions", index, shape.size()));
    }
    for (std::size_t axis = 0; axis < labels.size(); ++axis) {
      std::int64_t& size = sizes_.emplace(labels[axis], 1).first->second;
      if (size != 1 && shape[axis] != 1 && size != shape[axis]) {
        refuse(fmt::format("a label has the sizes {} and {}", size, shape[axis]));
      }
      size = std::max(size, shape[axis]);
    }
    return labels;
  }

  std::string stated(std::string labels) const {
    const std::size_t dots = labels.find(kEllipsis);
    if (dots != std::string::npos) {
      labels.erase(dots, 3);
    }
    check_letters(labels);
    if (dots != std::string::npos) {
      labels.insert(dots, ellipsis_labels(ellipsis_));
    }
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (sizes_.count(labels[i]) == 0 || labels.find(labels[i], i + 1) != std::string::npos) {
        refuse(fmt::format("'{}' stands in the result only, or twice in it", labels[i]));
      }
    }
    return labels;
  }

  /// The labels of "...", then those that occur once, in alphabetical order.
  std::string implied(const std::vector<std::string>& operands) const {
    std::map<char, int> times;
    for (const std::string& operand : operands) {
      for (const char label : operand) {
        ++times[label];
      }
    }
    std::string labels = ellipsis_labels(ellipsis_);
    for (const auto& [label, count] : times) {
      labels +=
          count == 1 && std::isalpha(static_cast<unsigned char>(label)) != 0 ? std::string(1, label) : "";
    }
    return labels;
  }

  EinsumOperand described(const std::vector<std::string>& operands, std::size_t index,
                          const EinsumEquation& equation) const {
    EinsumOperand result;
    const std::string& all = operands[index];
    for (std::size_t axis = 0; axis < all.size(); ++axis) {
      const bool repeated = has(result.labels, all[axis]);
      result.diagonal = result.diagonal || repeated;
      const std::int64_t own = graph_.shape(node_.inputs[index])[axis];
      if (!repeated && own == sizes_.at(all[axis])) {
        result.labels += all[axis];
      }
    }
    for (const char label : result.labels) {
      bool elsewhere = has(equation.result, label);
      for (std::size_t other = 0; other < operands.size(); ++other) {
        elsewhere = elsewhere || (other != index && has(operands[other], label));
      }
      result.summed += elsewhere ? "" : std::string(1, label);
    }
    return result;
  }

  const Graph& graph_;
  const Node& node_;
  std::string text_;
  std::size_t ellipsis_ = 0;  // the most dimensions that it stands for
  std::map<char, std::int64_t> sizes_;
};

}  // namespace

std::int64_t EinsumEquation::extent(const std::string& labels) const {
  return count(shape(labels));
}

Dimensions EinsumEquation::shape(const std::string& labels) const {
  Dimensions dimensions;
  for (const char label : labels) {
    dimensions.push_back(sizes.at(label));
  }
  return dimensions;
}

EinsumEquation einsum_equation(const Graph& graph, const Node& node) {
  return Parser(graph, node).equation();
}

Contraction contraction_of(const EinsumEquation& equation, const std::string& left, const std::string& right,
                           const std::string& needed) {
  Contraction contraction;
  std::string rows;
  std::string columns;
  for (const char label : left) {
    const bool shared = has(right, label);
    std::int64_t& extent = !shared              ? contraction.rows
                           : has(needed, label) ? contraction.heads
                                                : contraction.inner;
    extent = base::checked_multiply(extent, equation.sizes.at(label));
    rows += !shared ? std::string(1, label) : "";
    contraction.labels += shared && has(needed, label) ? std::string(1, label) : "";
  }
  for (const char label : right) {
    if (!has(left, label)) {
      contraction.columns = base::checked_multiply(contraction.columns, equation.sizes.at(label));
      columns += label;
    }
  }
  contraction.labels += rows + columns;
  return contraction;
}

}  // namespace inlay::importers::onnx_graph
