#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <unordered_set>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/importers/onnx/evaluator.hpp"
#include "inlay/importers/onnx/learned.hpp"
#include "inlay/importers/onnx/lowering.hpp"
#include "inlay/importers/onnx/quantisers.hpp"
#include "inlay/importers/onnx/read_graph.hpp"
#include "inlay/importers/onnx/shape_rules.hpp"
#include "inlay/importers/onnx/weight_inputs.hpp"

namespace inlay::importers::onnx_graph {
namespace {

class Inference {
 public:
  Inference(Declared& declared, const ReadOptions& options)
      : graph_(declared.graph), declarations_(declared.values), options_(options) {}

  std::vector<Expansion> run() {
    set_input_shapes();
    needed_.insert(graph_.outputs.begin(), graph_.outputs.end());
    for (const Node& node : graph_.nodes) {
      needed_.insert(node.inputs.begin(), node.inputs.end());
    }
    refuse_unknown_operators();
    mark_stored_tensors();
    for (Node& node : graph_.nodes) {
      if (is_needless(node)) {
        node.removed = true;
        continue;
      }
      if (waits(node) || (has_subgraphs(node) && !is_vector(node))) {
        postpone(node);
        continue;
      }
      infer(node);
      node.removed = std::all_of(node.outputs.begin(), node.outputs.end(),
                                 [&](int id) { return id < 0 || graph_.value(id).constant; });
    }
    if (!expansions_.empty()) {
      return std::move(expansions_);
    }
    refuse_unused_names();
    for (const int output : graph_.outputs) {
      if (graph_.value(output).constant) {
        throw base::InputError(fmt::format("{}: output '{}' does not depend on any input", graph_.file,
                                           graph_.value(output).name));
      }
    }
    connect(graph_);
    return {};
  }

 private:
  /// A declared size, or that of the symbol that stands for it; none if it is not set.
  std::optional<std::int64_t> size_of(const DeclaredDimension& dimension, const std::string& value,
                                      std::size_t axis) {
    const std::string name = dimension.name.empty() ? fmt::format("{}.{}", value, axis) : dimension.name;
    known_names_.insert(name);
    if (dimension.size >= 0) {
      return dimension.size;
    }
    const auto given = options_.dimensions.find(name);
    if (given == options_.dimensions.end()) {
      return std::nullopt;
    }
    used_names_.insert(name);
    return given->second;
  }

  void set_input_shapes() {
    std::set<std::string> unset;
    for (const int input : graph_.inputs) {
      Value& value = graph_.value(input);
      Dimensions shape;
      const Declaration& declaration = declarations_[input];
      for (std::size_t axis = 0; axis < declaration.shape.size(); ++axis) {
        const DeclaredDimension& dimension = declaration.shape[axis];
        const auto size = size_of(dimension, value.name, axis);
        if (!size) {
          unset.insert(dimension.name.empty() ? fmt::format("{}.{}", value.name, axis) : dimension.name);
        }
        shape.push_back(size.value_or(1));
        if (shape.back() < 1) {
          throw base::InputError(
              fmt::format("{}: input '{}' has a dimension of {}", graph_.file, value.name, shape.back()));
        }
      }
      if (options_.batch > 1 && shape.size() > 1 && shape[0] == options_.batch && !value.constant) {
        shape[0] = 1;
      }
      value.shape = std::move(shape);
      count(*value.shape);
    }
    if (!unset.empty()) {
      throw base::InputError(fmt::format("{}: sizes of its inputs are not set; say --dim {}", graph_.file,
                                         fmt::join(unset, "=1 --dim ")) +
                             "=1, or what they are; a scenario sets them under 'parameters'");
    }
  }

  void mark_stored_tensors() {
    for (std::size_t i = 0; i < graph_.values.size(); ++i) {
      if (graph_.values[i].constant && graph_.values[i].shape) {
        graph_.values[i].provenance = stored_provenance(graph_, static_cast<int>(i));
        has_initialisers_ =
            has_initialisers_ || (graph_.values[i].type != kInt64 && count(*graph_.values[i].shape) > 1);
      }
    }
  }

  /// Some exporters write all their weights as Constant nodes.
  void mark_stored_by_node(int id) {
    graph_.value(id).provenance = stored_provenance(graph_, id);
    graph_.value(id).of_node = has_initialisers_;
  }

  void refuse_unused_names() const {
    for (const auto& [name, size] : options_.dimensions) {
      if (used_names_.count(name) == 0) {
        throw base::InputError(
            fmt::format("{}: no size that is to be set is called '{}'; {}", graph_.file, name,
                        base::allowed_values(name, {known_names_.begin(), known_names_.end()})));
      }
    }
  }

  void refuse_unknown_operators() const {
    std::vector<std::string> unknown;
    for (const Node& node : graph_.nodes) {
      if (!has_lowering(node) && !is_folded_only(node) && !has_subgraphs(node) &&
          !options_.unknown_as_vector) {
        unknown.push_back(fmt::format("{}{}{} (node '{}')", node.domain, node.domain.empty() ? "" : ".",
                                      node.op, node.name));
      }
    }
    if (!unknown.empty()) {
      throw base::InputError(
          fmt::format("{}: unknown operators: {}; --unknown=vector takes each for a vector "
                      "operation on every element",
                      graph_.file, fmt::join(unknown, ", ")));
    }
  }

  static bool has_subgraphs(const Node& node) {
    return node.domain.empty() && (node.op == "If" || node.op == "Loop" || node.op == "Scan");
  }

  /// Nothing reads what it makes, such as a condition whose branch has been taken.
  bool is_needless(const Node& node) {
    const bool needless = std::none_of(node.outputs.begin(), node.outputs.end(),
                                       [this](int id) { return id >= 0 && needed_.count(id) > 0; });
    for (const int output : node.outputs) {
      if (needless && output >= 0) {
        graph_.value(output).constant = true;
      }
    }
    return needless;
  }

  /// --unknown=vector is for subgraphs, too, whose work is not known.
  bool is_vector(const Node& node) const {
    try {
      times_of(node);
    } catch (const base::InputError&) {
      return options_.unknown_as_vector;
    }
    return false;
  }

  /// Whether the node reads what only another pass will know.
  bool waits(const Node& node) const {
    return std::any_of(node.inputs.begin(), node.inputs.end(),
                       [this](int id) { return waiting_.count(id) > 0; });
  }

  /// A node with subgraphs becomes known if nothing that it depends on waits for another one.
  void postpone(const Node& node) {
    const bool ready = has_subgraphs(node) && !waits(node);
    const auto first = std::find_if(node.outputs.begin(), node.outputs.end(), [](int id) { return id >= 0; });
    if (ready && first != node.outputs.end()) {
      expansions_.push_back({graph_.value(*first).name, times_of(node)});
    }
    waiting_.insert(node.outputs.begin(), node.outputs.end());
    waiting_.erase(-1);
  }

  /// Which branch an If takes, how often a Loop or a Scan runs its body.
  std::int64_t times_of(const Node& node) const {
    if (node.op == "If") {
      const auto taken = first_number(node, 0);
      if (!taken) {
        fail(graph_, node,
             "which branch it takes is only known when it runs; export the model with a constant condition, "
             "or "
             "the branch that is used");
      }
      return *taken != 0 ? 1 : 0;
    }
    const auto times = node.op == "Loop" ? iterations_of_loop(node) : iterations_of_scan(node);
    if (!times) {
      fail(
          graph_, node,
          "how often it runs is only known when it runs; export the model with a fixed number of iterations");
    }
    if (*times > kMostIterations) {
      fail(graph_, node,
           fmt::format("its {} iterations are more than the {} that are unrolled; export its body "
                       "as a model, and run that as a batch",
                       *times, kMostIterations));
    }
    return std::max<std::int64_t>(*times, 0);
  }

  std::optional<double> first_number(const Node& node, std::size_t index) const {
    const int id = Graph::input(node, index);
    const bool known = id >= 0 && graph_.value(id).content && graph_.value(id).content->size() == 1;
    return known ? std::optional<double>(graph_.value(id).content->number(0)) : std::nullopt;
  }

  std::optional<std::int64_t> iterations_of_loop(const Node& node) const {
    const bool conditional = Graph::input(node, 1) >= 0;
    const auto condition = first_number(node, 1);
    const auto most = known_integers(graph_, node, 0);
    if (conditional && condition && *condition == 0) {
      return 0;
    }
    const bool known = most && most->size() == 1 && (!conditional || condition);
    return known ? std::optional<std::int64_t>((*most)[0]) : std::nullopt;
  }

  /// The size of what it scans, along the axis that it scans.
  std::optional<std::int64_t> iterations_of_scan(const Node& node) const {
    constexpr std::int64_t kFirstOpsetWithoutBatch = 9;
    const auto own = static_cast<std::int64_t>(node.inputs.size() - node.captured);
    const std::int64_t scanned = integer_or(node, "num_scan_inputs", 0);
    if (graph_.opset < kFirstOpsetWithoutBatch || scanned < 1 || scanned > own) {
      fail(graph_, node, "a Scan of opset 9 or later, with something to scan, is expected");
    }
    const int first = node.inputs[static_cast<std::size_t>(own - scanned)];
    if (first < 0 || !graph_.value(first).shape) {
      return std::nullopt;
    }
    const std::vector<std::int64_t> axes = integers_or(node, "scan_input_axes", {0});
    const Dimensions& shape = graph_.shape(first);
    return shape[axis_of(graph_, node, axes.empty() ? 0 : axes[0], shape.size())];
  }

  /// Operators that may only work on what is known before the model runs.
  static bool is_folded_only(const Node& node) {
    static const std::set<std::string> kNames = {"Constant", "ConstantOfShape", "Shape",  "Size",
                                                 "Range",    "EyeLike",         "NonZero"};
    return node.domain.empty() && kNames.count(node.op) > 0;
  }

  /// Scale and zero point are found out while it runs, and are used like those that stand in a file.
  static bool is_dynamic_quantisation(const Node& node) {
    return node.op == "DynamicQuantizeLinear" && node.domain.empty();
  }

  /// Whether the output of the operator on a weight is that weight, or a part of it, in another form.
  static bool keeps_weights(const Node& node) {
    static const std::set<std::string> kNames = {"Identity",         "Transpose", "Reshape", "Squeeze",
                                                 "Unsqueeze",        "Flatten",   "Cast",    "QuantizeLinear",
                                                 "DequantizeLinear", "Gather",    "Slice",   "Expand"};
    return kNames.count(node.op) > 0 || is_quantiser(node);
  }

  void infer(Node& node) {
    if (node.op == "Constant" && node.domain.empty()) {
      read_constant(node);
      return;
    }
    const bool about_shape = node.domain.empty() && (node.op == "Shape" || node.op == "Size");
    const bool constant = about_shape || std::all_of(node.inputs.begin(), node.inputs.end(), [&](int id) {
                            return id < 0 || graph_.value(id).constant;
                          });
    if (!about_shape) {
      check_operands(node, constant);
    }
    note_unknown_attributes(node);
    set_outputs(node, shapes_of(node), constant);
    check_reshape(node);
    if (about_shape) {
      set_shape_content(node);
    } else if (constant) {
      set_contents(node);
    }
  }

  /// Before any rule of an operator runs: it reads no tensor without elements. Only lists (sizes, axes,
  /// regions) may be empty, and what is evaluated; a join passes over an operand that has nothing.
  void check_operands(Node& node, bool constant) {
    if (node.op == "Concat" && node.domain.empty()) {
      const auto is_empty = [this](int id) { return id >= 0 && has_no_elements(graph_.value(id)); };
      const bool all = std::all_of(node.inputs.begin(), node.inputs.end(), is_empty);
      std::erase_if(node.inputs, [&](int id) { return !all && is_empty(id); });
    }
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const int id = node.inputs[i];
      if (id < 0 || !has_no_elements(graph_.value(id))) {
        continue;
      }
      const bool list = graph_.shape(id).size() == 1 && (i > 0 || node.op == "ConstantOfShape");
      if (!(constant && moves_elements(node)) && !(list && takes_lists(node))) {
        fail(graph_, node,
             fmt::format("its input '{}' is [{}]: a dimension of 0", graph_.value(id).name,
                         fmt::join(graph_.shape(id), ", ")));
      }
    }
  }

  /// libonnx does not compare how many elements there are.
  void check_reshape(const Node& node) const {
    if (node.op != "Reshape" || !node.domain.empty() || Graph::input(node, 0) < 0 || node.outputs.empty() ||
        needed_.count(node.outputs[0]) == 0) {
      return;
    }
    const Dimensions& from = graph_.shape(node.inputs[0]);
    const Dimensions& to = graph_.shape(node.outputs[0]);
    if (count(from) != count(to)) {
      fail(graph_, node,
           fmt::format("[{}] and [{}] do not have the same number of elements", fmt::join(from, ", "),
                       fmt::join(to, ", ")));
    }
  }

  static bool has_no_elements(const Value& value) {
    return value.shape && std::find(value.shape->begin(), value.shape->end(), 0) != value.shape->end();
  }

  static bool moves_elements(const Node& node) {
    static const std::set<std::string> kNames = {"Identity", "Cast",   "Concat", "Slice",    "Gather",
                                                 "Reshape",  "Expand", "Tile",   "Squeeze",  "Unsqueeze",
                                                 "NonZero",  "Split",  "Where",  "Transpose"};
    return node.domain.empty() && kNames.count(node.op) > 0;
  }

  static bool takes_lists(const Node& node) {
    static const std::set<std::string> kNames = {
        "Resize", "Upsample", "Reshape",   "Expand", "ConstantOfShape",
        "Slice",  "Squeeze",  "Unsqueeze", "Pad",    "Tile"};
    return node.domain.empty() && (kNames.count(node.op) > 0 || node.op.rfind("Reduce", 0) == 0);
  }

  void note_unknown_attributes(const Node& node) {
    for (const std::string& name : unknown_attributes(graph_, node)) {
      graph_.notes.push_back(
          fmt::format("node '{}' ({}): its attribute '{}' is not one of opset {}, and is ignored", node.name,
                      node.op, name, graph_.opset));
    }
  }

  void set_contents(const Node& node) {
    Contents contents = evaluator_.outputs(graph_, node);
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      if (node.outputs[i] >= 0 && needed_.count(node.outputs[i]) > 0) {
        graph_.value(node.outputs[i]).content = std::move(contents[i]);
      }
    }
    if (!node.outputs.empty() && needed_.count(node.outputs[0]) > 0) {
      join_partly_known(node);
    }
  }

  /// A list of sizes may be joined of what is computed and of what an exporter has put into a file of
  /// weights.
  void join_partly_known(const Node& node) {
    Value& joined = graph_.value(node.outputs[0]);
    if (node.op != "Concat" || joined.content || joined.shape->size() != 1 || joined.shape->front() > 16) {
      return;
    }
    for (const int input : node.inputs) {
      const Value& part = graph_.value(input);
      const bool known = part.content && !part.content->real;
      const Dimensions sizes =
          known ? part.content->integers : Dimensions(static_cast<std::size_t>(count(*part.shape)), -1);
      joined.partial.insert(joined.partial.end(), sizes.begin(), sizes.end());
    }
  }

  /// A reshape to sizes of which one is not known makes of that what is left.
  std::optional<Dimensions> reshaped_to_partly_known(const Node& node) const {
    const int sizes = node.op == "Reshape" && node.domain.empty() ? Graph::input(node, 1) : -1;
    if (sizes < 0 || graph_.value(sizes).partial.empty() || Graph::input(node, 0) < 0) {
      return std::nullopt;
    }
    Dimensions shape = graph_.value(sizes).partial;
    std::int64_t known = 1;
    for (const std::int64_t size : shape) {
      known = size > 0 ? base::checked_multiply(known, size) : known;
    }
    const std::int64_t all = count(graph_.shape(node.inputs[0]));
    const bool one =
        std::count(shape.begin(), shape.end(), -1) == 1 && std::count(shape.begin(), shape.end(), 0) == 0;
    if (!one || all % known != 0) {
      return std::nullopt;
    }
    *std::find(shape.begin(), shape.end(), -1) = all / known;
    return shape;
  }

  void read_constant(const Node& node) {
    if (node.outputs.size() != 1 || node.outputs[0] < 0) {
      fail(graph_, node, "a constant has one output");
    }
    Value& value = graph_.value(node.outputs[0]);
    value.constant = true;
    value.origin = node.outputs[0];
    Constant content;
    if (const Attribute* tensor = attribute(node, "value"); tensor != nullptr) {
      value.type = tensor->tensor.type;
      value.shape = tensor->tensor.shape;
      value.content = tensor->tensor.content;
      mark_stored_by_node(node.outputs[0]);
      return;
    }
    if (const Attribute* one = attribute(node, "value_int"); one != nullptr) {
      content.integers = {one->integer};
      value.shape.emplace();
    } else if (const Attribute* many = attribute(node, "value_ints"); many != nullptr) {
      content.integers = many->integers;
      value.shape = Dimensions{static_cast<std::int64_t>(content.integers.size())};
    } else if (const Attribute* real = attribute(node, "value_float"); real != nullptr) {
      content.real = true;
      content.reals = {real->real};
      value.shape.emplace();
    } else if (const Attribute* reals = attribute(node, "value_floats"); reals != nullptr) {
      content.real = true;
      content.reals = reals->reals;
      value.shape = Dimensions{static_cast<std::int64_t>(content.reals.size())};
    } else {
      fail(graph_, node, "a constant without a value that can be read");
    }
    value.type = content.real ? kFloat : kInt64;
    value.content = std::move(content);
    mark_stored_by_node(node.outputs[0]);
  }

  std::vector<OutputType> shapes_of(const Node& node) {
    if (const auto shape = reshaped_to_partly_known(node)) {
      return {{graph_.value(node.inputs[0]).type, *shape}};
    }
    for (const auto rule : {shapes_from_constants, own_shapes}) {
      if (auto own = rule(graph_, node)) {
        return std::move(*own);
      }
    }
    if (auto known = has_subgraphs(node) ? std::nullopt : library_shapes(graph_, node)) {
      return std::move(*known);
    }
    if (!options_.unknown_as_vector) {
      fail(graph_, node, fmt::format("opset {} does not have this operator", graph_.opset));
    }
    // An operator that nobody knows keeps the shape of what it reads, unless the file says otherwise.
    OutputType same;
    for (const int input : node.inputs) {
      if (input >= 0 && !graph_.value(input).constant) {
        same = {graph_.value(input).type, graph_.value(input).shape};
        break;
      }
    }
    std::vector<OutputType> shapes;
    for (const int output : node.outputs) {
      const auto declared = declarations_.find(output);
      const bool said = declared != declarations_.end() && declared->second.has_shape;
      shapes.push_back(said ? OutputType{declared->second.type, std::nullopt} : same);
    }
    return shapes;
  }

  void set_outputs(const Node& node, const std::vector<OutputType>& types, bool constant) {
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      if (node.outputs[i] < 0) {
        continue;
      }
      Value& value = graph_.value(node.outputs[i]);
      if (needed_.count(node.outputs[i]) == 0) {
        value.constant = true;  // and has no shape: nobody asks
        continue;
      }
      const OutputType type = i < types.size() ? types[i] : OutputType{};
      value.type = type.type;
      value.shape = type.shape;
      value.bits = type.bits;
      complete(node, node.outputs[i]);
      value.constant = constant || (i > 0 && is_dynamic_quantisation(node));
      if (value.constant) {
        const bool same = keeps_weights(node) && !node.inputs.empty() && node.inputs[0] >= 0;
        value.origin = same ? graph_.value(node.inputs[0]).origin : node.outputs[i];
        set_provenance(node, i);
      }
      check_sizes(node, value);
    }
  }

  /// Files that are published without their weights fill these with one number.
  void set_provenance(const Node& node, std::size_t output) {
    if (node.op == "ConstantOfShape" && node.domain.empty()) {
      graph_.value(node.outputs[output]).provenance = stored_provenance(graph_, node.outputs[output]);
      graph_.value(node.outputs[output]).of_node = true;
    } else {
      graph_.value(node.outputs[output]).provenance = made_provenance(graph_, node, output);
    }
  }

  /// Sizes that follow from no rule may stand in the file, as numbers or as names to be set.
  void complete(const Node& node, int id) {
    Value& value = graph_.value(id);
    const auto found = declarations_.find(id);
    const bool declared = found != declarations_.end() && found->second.has_shape && options_.batch == 1;
    if (!value.shape && declared) {
      value.shape = Dimensions(found->second.shape.size(), -1);
    }
    if (value.type == 0 && found != declarations_.end()) {
      value.type = found->second.type;
    }
    if (!value.shape && !has_lowering(node) && Graph::input(node, 0) >= 0) {
      value.shape = graph_.shape(node.inputs[0]);  // --unknown=vector: an operation on every element
    }
    if (!value.shape) {
      fail(graph_, node, fmt::format("the shape of '{}' cannot be worked out", value.name));
    }
    for (std::size_t axis = 0; axis < value.shape->size(); ++axis) {
      std::int64_t& size = (*value.shape)[axis];
      if (size >= 0) {
        continue;
      }
      const bool named = found != declarations_.end() && axis < found->second.shape.size();
      const DeclaredDimension dimension = named ? found->second.shape[axis] : DeclaredDimension{};
      const auto given = size_of(dimension, value.name, axis);
      if (!given) {
        fail(graph_, node,
             fmt::format("size {} of '{}' is only known when it runs{}; say --dim {}=N", axis, value.name,
                         evaluator_.exhausted()
                             ? fmt::format(" (constants were evaluated up to the limit of {} elements)",
                                           kMostEvaluatedWork)
                             : "",
                         dimension.name.empty() ? fmt::format("{}.{}", value.name, axis) : dimension.name));
      }
      size = *given;
    }
  }

  void check_sizes(const Node& node, const Value& value) const {
    for (const std::int64_t size : *value.shape) {
      if (size < 0 || (size == 0 && !value.constant)) {
        fail(graph_, node, fmt::format("'{}' has a dimension of {}", value.name, size));
      }
    }
    count(*value.shape);
  }

  void set_shape_content(const Node& node) {
    if (node.outputs.size() != 1 || node.outputs[0] < 0 || Graph::input(node, 0) < 0) {
      fail(graph_, node, "one input and one output are expected");
    }
    const Dimensions& shape = graph_.shape(node.inputs[0]);
    Value& value = graph_.value(node.outputs[0]);
    Constant content;
    if (node.op == "Size") {
      content.integers = {count(shape)};
    } else {
      const auto rank = static_cast<std::int64_t>(shape.size());
      const auto place = [rank](std::int64_t axis) {
        return std::clamp<std::int64_t>(axis < 0 ? axis + rank : axis, 0, rank);
      };
      const std::int64_t begin = place(integer_or(node, "start", 0));
      const std::int64_t end = std::max(place(integer_or(node, "end", rank)), begin);
      content.integers.assign(shape.begin() + begin, shape.begin() + end);
    }
    if (static_cast<std::int64_t>(content.size()) == count(*value.shape)) {
      value.content = std::move(content);
    }
  }

  Graph& graph_;
  std::map<int, Declaration>& declarations_;
  const ReadOptions& options_;
  Evaluator evaluator_;
  bool has_initialisers_ = false;   // of more than one number
  std::unordered_set<int> needed_;  // values that a node reads or that are outputs
  std::set<std::string> known_names_;
  std::set<std::string> used_names_;
  std::unordered_set<int> waiting_;  // values that a node with subgraphs makes, and what depends on them
  std::vector<Expansion> expansions_;
};

}  // namespace

std::vector<Expansion> infer_shapes(Declared& declared, const ReadOptions& options) {
  mark_weight_inputs(declared, options);
  return Inference(declared, options).run();
}

}  // namespace inlay::importers::onnx_graph
