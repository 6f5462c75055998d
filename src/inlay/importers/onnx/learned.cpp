#include "inlay/importers/onnx/learned.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "inlay/base/checked.hpp"
#include "inlay/importers/onnx/slices.hpp"

namespace inlay::importers::onnx_graph {
namespace {

using Axis = TensorPart::Axis;
using Runs = std::vector<std::pair<std::int64_t, std::int64_t>>;  // begin and end of each
constexpr std::int64_t kMostOffsets = std::int64_t{1} << 16U;

std::vector<Axis> row_major(const Dimensions& shape) {
  std::vector<Axis> axes(shape.size());
  std::int64_t stride = 1;
  for (std::size_t i = shape.size(); i-- > 0;) {
    axes[i] = {shape[i], stride, {}};
    stride = base::checked_multiply(stride, std::max<std::int64_t>(shape[i], 1));
  }
  return axes;
}

/// The part is one run of elements in their order.
bool is_run(const TensorPart& part) {
  std::int64_t stride = 1;
  for (std::size_t i = part.axes.size(); i-- > 0;) {
    const Axis& axis = part.axes[i];
    if (axis.count == 1 && axis.offsets.empty()) {
      continue;
    }
    if (!axis.offsets.empty() || axis.stride != stride) {
      return false;
    }
    stride = base::checked_multiply(stride, axis.count);
  }
  return true;
}

void slice_axis(TensorPart& part, std::size_t at, const AxisSlice& slice) {
  Axis& axis = part.axes[at];
  if (axis.offsets.empty()) {
    part.base += slice.start * axis.stride;
    axis.stride = slice.count <= 1 ? 0 : axis.stride * slice.step;  // one element: any step will do
    axis.count = slice.count;
    return;
  }
  std::vector<std::int64_t> offsets;
  for (std::int64_t i = 0; i < slice.count; ++i) {
    offsets.push_back(axis.offset(slice.start + i * slice.step));
  }
  axis = {slice.count, 0, std::move(offsets)};
}

bool slice(const Graph& graph, const Node& node, Provenance& of) {
  const auto slices = slice_of(graph, node, graph.shape(node.inputs[0]));
  if (!slices) {
    return false;
  }
  for (std::size_t i = 0; i < slices->size(); ++i) {
    slice_axis(of.parts[0], i, (*slices)[i]);
  }
  return true;
}

bool split(const Graph& graph, const Node& node, std::size_t output, Provenance& of) {
  const std::size_t axis =
      axis_of(graph, node, integer_or(node, "axis", 0), graph.shape(node.inputs[0]).size());
  std::int64_t start = 0;
  for (std::size_t i = 0; i < output; ++i) {
    if (node.outputs[i] < 0 || !graph.value(node.outputs[i]).shape) {
      return false;
    }
    start += graph.shape(node.outputs[i])[axis];
  }
  slice_axis(of.parts[0], axis, {start, 1, graph.shape(node.outputs[output])[axis]});
  return true;
}

/// Rows whose numbers are known.
bool gather(const Graph& graph, const Node& node, Provenance& of) {
  const Dimensions& data = graph.shape(node.inputs[0]);
  const int indices = Graph::input(node, 1);
  const std::size_t axis = axis_of(graph, node, integer_or(node, "axis", 0), data.size());
  if (indices < 0 || !graph.value(indices).content || graph.value(indices).content->real) {
    return false;
  }
  std::vector<std::int64_t> offsets;
  for (const std::int64_t index : graph.value(indices).content->integers) {
    const std::int64_t place = index < 0 ? index + data[axis] : index;
    if (place < 0 || place >= data[axis]) {
      return false;
    }
    offsets.push_back(of.parts[0].axes[axis].offset(place));
  }
  const auto at = of.parts[0].axes.begin() + static_cast<std::ptrdiff_t>(axis);
  const std::size_t rank = graph.shape(indices).size();
  if (rank == 0) {
    of.parts[0].base += offsets.at(0);
    of.parts[0].axes.erase(at);
  } else {
    *at = {static_cast<std::int64_t>(offsets.size()), 0, offsets};
    of.aligned = rank == 1;
  }
  return true;
}

bool transpose(const Graph& graph, const Node& node, Provenance& of) {
  const std::size_t rank = graph.shape(node.inputs[0]).size();
  std::vector<std::int64_t> order = integers_or(node, "perm", {});
  for (std::size_t i = rank; order.size() < rank && i-- > 0;) {
    order.push_back(static_cast<std::int64_t>(i));
  }
  std::vector<Axis> axes;
  for (const std::int64_t axis : order) {
    if (axis < 0 || axis >= static_cast<std::int64_t>(rank)) {
      return false;
    }
    axes.push_back(of.parts[0].axes[static_cast<std::size_t>(axis)]);
  }
  of.parts[0].axes = std::move(axes);
  return true;
}

/// The same elements in another shape; if they are not one run, only that they are those is kept.
void reshape(const Dimensions& shape, Provenance& of) {
  if (is_run(of.parts[0])) {
    of.parts[0].axes = row_major(shape);
  } else {
    of.aligned = false;
  }
}

/// Moves of an aligned constant; none if the operator is none of them.
std::optional<Provenance> moved(const Graph& graph, const Node& node, std::size_t output, Provenance of) {
  static const std::set<std::string> kReshapes = {"Reshape", "Flatten", "Squeeze", "Unsqueeze"};
  bool known = true;
  if (node.op == "Slice") {
    known = slice(graph, node, of);
  } else if (node.op == "Split") {
    known = split(graph, node, output, of);
  } else if (node.op == "Gather") {
    known = gather(graph, node, of);
  } else if (node.op == "Transpose") {
    known = transpose(graph, node, of);
  } else if (kReshapes.count(node.op) > 0) {
    reshape(graph.shape(node.outputs[output]), of);
  } else if (node.op == "Expand" || node.op == "Tile") {
    of.aligned = false;
  } else {
    return std::nullopt;
  }
  of.aligned = of.aligned && known;
  return of;
}

bool is_move(const Node& node) {
  static const std::set<std::string> kMoves = {
      "Identity", "Cast",    "CastLike",       "Dropout",  "QuantizeLinear", "DequantizeLinear",
      "Slice",    "Split",   "Gather",         "GatherND", "GatherElements", "Transpose",
      "Reshape",  "Flatten", "Squeeze",        "Expand",   "Unsqueeze",      "Tile",
      "Concat",   "Pad",     "ScatterElements"};
  return node.domain.empty() && kMoves.count(node.op) > 0;
}

bool makes_no_learned_numbers(const Node& node) {
  static const std::set<std::string> kNames = {
      "Sin",  "Cos", "Shape",       "Size",    "Range",          "NonZero", "OneHot", "ArgMax", "Equal",
      "Less", "Not", "LessOrEqual", "Greater", "GreaterOrEqual", "IsNaN",   "IsInf",  "ArgMin", "EyeLike"};
  return node.domain.empty() && kNames.count(node.op) > 0;
}

/// Numbers of any width that a network computes with; not 64-bit integers, truth values and strings.
bool may_be_learned(int type) {
  return type != kInt64 && type != kBool && type != 8 && bits_of(type) > 0;
}

using Places = std::vector<std::size_t>;

/// Operands that may hold learned numbers, where not all may.
const std::map<std::string, Places>& learned_places() {
  static const std::map<std::string, Places> kPlaces = [] {
    std::map<std::string, Places> places = {
        {"QLinearConv", {3, 8}},
        {"QLinearMatMul", {3}},
        {"ConvInteger", {1}},
        {"MatMulInteger", {0, 1}},
        {"BatchNormalization", {1, 2}},
        {"LSTM", {1, 2, 3, 7}},
        {"GRU", {1, 2, 3}},
        {"RNN", {1, 2, 3}},
        {"Where", {1, 2}},
        {"ScatterND", {0, 2}},
        {"ScatterElements", {0, 2}},
        {"Attention", {0, 1, 2}},
        {"RotaryEmbedding", {}},
        {"com.microsoft.QLinearAdd", {0, 3}},
        {"com.microsoft.QLinearMul", {0, 3}},
        {"com.microsoft.QGemm", {3, 6}},
        {"com.microsoft.Attention", {1, 2}},
        {"com.microsoft.QAttention", {1, 2}},
        {"com.microsoft.MultiHeadAttention", {3}},
        {"com.microsoft.GroupQueryAttention", {}},
        {"com.microsoft.RotaryEmbedding", {}},
        {"com.microsoft.EmbedLayerNormalization", {2, 3, 4, 5, 6}},
        {"qonnx.MultiThreshold", {1}},
    };
    for (const char* name : {"QuantizeLinear",
                             "DequantizeLinear",
                             "Gather",
                             "GatherElements",
                             "GatherND",
                             "Reshape",
                             "Expand",
                             "Slice",
                             "Tile",
                             "Pad",
                             "Resize",
                             "Upsample",
                             "TopK",
                             "Clip",
                             "Pow",
                             "Dropout",
                             "CumSum",
                             "Trilu",
                             "Squeeze",
                             "Unsqueeze",
                             "Split",
                             "RoiAlign",
                             "Cast",
                             "CastLike",
                             "Compress",
                             "OneHot",
                             "GridSample",
                             "NonMaxSuppression",
                             "ReduceSum",
                             "ReduceMean",
                             "ReduceMax",
                             "ReduceMin",
                             "ReduceProd",
                             "ReduceL1",
                             "ReduceL2",
                             "ReduceSumSquare",
                             "ReduceLogSum",
                             "ReduceLogSumExp",
                             "com.microsoft.QLinearSigmoid",
                             "com.microsoft.QLinearLeakyRelu",
                             "com.microsoft.QLinearSoftmax",
                             "com.microsoft.QLinearAveragePool",
                             "com.microsoft.QLinearGlobalAveragePool",
                             "qonnx.Quant",
                             "qonnx.IntQuant",
                             "qonnx.FloatQuant",
                             "qonnx.BipolarQuant",
                             "qonnx.Trunc"}) {
      places[name] = {0};
    }
    return places;
  }();
  return kPlaces;
}

/// Operators whose constants are as often plain numbers as learned ones.
bool is_arithmetic(const Node& node) {
  static const std::set<std::string> kNames = {
      "Add", "Sub",   "Mul",    "Div",   "Min",  "Max",         "Mean",    "Sum",
      "Mod", "Where", "Concat", "Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"};
  return node.domain.empty() && kNames.count(node.op) > 0;
}

std::vector<int> operands(const Node& node) {
  std::vector<int> result;
  if (node.op == "QLinearConcat") {  // behind the result's scale and zero point: x, scale, zero point, ...
    for (std::size_t i = 2; i < node.inputs.size(); i += 3) {
      result.push_back(node.inputs[i]);
    }
    return result;
  }
  const auto found = learned_places().find(node.domain.empty() ? node.op : node.domain + "." + node.op);
  if (found == learned_places().end()) {
    return node.inputs;
  }
  for (const std::size_t place : found->second) {
    result.push_back(Graph::input(node, place));
  }
  return result;
}

/// Stands in the file as an initialiser, or is an input that is a weight.
bool is_initialiser(const Graph& graph, const TensorPart& part) {
  return !graph.value(part.tensor).of_node;
}

/// The runs of elements of a part, sorted and joined. A part of very many runs counts as all from its first
/// to its last element.
Runs runs_of(const TensorPart& part) {
  std::vector<Axis> axes = part.axes;
  std::int64_t run = 1;
  while (!axes.empty() && axes.back().offsets.empty() &&
         (axes.back().count == 1 || axes.back().stride == run)) {
    run *= axes.back().count;
    axes.pop_back();
  }
  std::vector<std::int64_t> starts = {part.base};
  for (const Axis& axis : axes) {
    if (axis.offsets.empty() && axis.stride == 0) {
      continue;  // repeated
    }
    if (static_cast<std::int64_t>(starts.size()) * axis.count > kMostOffsets) {
      return {};
    }
    std::vector<std::int64_t> next;
    for (const std::int64_t start : starts) {
      for (std::int64_t i = 0; i < axis.count; ++i) {
        next.push_back(start + axis.offset(i));
      }
    }
    starts = std::move(next);
  }
  std::sort(starts.begin(), starts.end());
  Runs runs;
  for (const std::int64_t start : starts) {
    if (!runs.empty() && start <= runs.back().second) {
      runs.back().second = std::max(runs.back().second, start + run);
    } else {
      runs.emplace_back(start, start + run);
    }
  }
  return runs;
}

Runs runs_or_all(const Graph& graph, const TensorPart& part) {
  const std::int64_t all = count(graph.shape(part.tensor));
  if (is_run(part)) {
    std::int64_t elements = 1;
    for (const Axis& axis : part.axes) {
      elements *= axis.count;
    }
    return {{part.base, part.base + elements}};
  }
  auto runs = runs_of(part);
  return runs.empty() ? Runs{{0, all}} : runs;
}

}  // namespace

Provenance stored_provenance(const Graph& graph, int value) {
  const Value& of = graph.value(value);
  if (!of.shape || !may_be_learned(of.type)) {
    return {};
  }
  return {{{value, 0, row_major(*of.shape)}}, true};
}

Provenance made_provenance(const Graph& graph, const Node& node, std::size_t output) {
  if (makes_no_learned_numbers(node)) {
    return {};
  }
  Provenance all;
  std::int64_t largest = 0;
  std::size_t sources = 0;
  for (const int operand : operands(node)) {
    if (operand < 0) {
      continue;
    }
    const Provenance& of = graph.value(operand).provenance;
    largest = std::max(largest, count(graph.shape(operand)));
    sources += of.parts.empty() ? 0 : 1;
    all.parts.insert(all.parts.end(), of.parts.begin(), of.parts.end());
    all.aligned = of.aligned;
  }
  const Dimensions& shape = graph.shape(node.outputs[output]);
  if (all.parts.empty() || (!is_move(node) && node.op != "MatMul" && count(shape) > largest)) {
    return {};
  }
  all.aligned = all.aligned && sources == 1 && all.parts.size() == 1;
  if (all.aligned && node.domain.empty()) {
    if (auto result = moved(graph, node, output, all)) {
      return std::move(*result);
    }
  }
  all.aligned = all.aligned && !node.inputs.empty() && node.inputs[0] >= 0 &&
                graph.shape(node.inputs[0]) == shape && node.op != "GatherElements";
  return all;
}

std::vector<int> learned_operands(const Graph& graph, const Node& node, bool surely) {
  std::vector<int> result;
  for (const int operand : operands(node)) {
    if (operand < 0 || !graph.value(operand).constant || graph.value(operand).provenance.parts.empty()) {
      continue;
    }
    const std::vector<TensorPart>& parts = graph.value(operand).provenance.parts;
    const bool stored = std::any_of(parts.begin(), parts.end(), [&](const TensorPart& part) {
      return is_initialiser(graph, part) && graph.value(part.tensor).type != kInt32;
    });
    if (surely || !is_arithmetic(node) || (stored && count(graph.shape(operand)) > 1)) {
      result.push_back(operand);
    }
  }
  return result;
}

std::int64_t LearnedNumbers::count_new(const std::vector<int>& constants, int layer, bool whole) {
  std::int64_t fresh = 0;
  for (const int constant : constants) {
    for (const TensorPart& part : graph_.value(constant).provenance.parts) {
      Intervals& counted = counted_[part.tensor];
      const Runs all = {{0, count(graph_.shape(part.tensor))}};
      for (auto [begin, end] : whole ? all : runs_or_all(graph_, part)) {
        auto next = counted.upper_bound(begin);
        if (next != counted.begin() && std::prev(next)->second.end > begin) {
          begin = std::prev(next)->second.end;
        }
        while (begin < end) {
          const std::int64_t until = next == counted.end() ? end : std::min(end, next->first);
          if (until > begin) {
            counted.emplace(begin, Interval{until, layer});
            fresh += until - begin;
          }
          begin = next == counted.end() ? end : std::max(until, next->second.end);
          next = next == counted.end() ? next : std::next(next);
        }
      }
    }
  }
  return fresh;
}

int LearnedNumbers::owner(int constant) const {
  int owner = -1;
  for (const TensorPart& part : graph_.value(constant).provenance.parts) {
    const auto counted = counted_.find(part.tensor);
    if (counted == counted_.end()) {
      return -1;
    }
    for (auto [begin, end] : runs_or_all(graph_, part)) {
      while (begin < end) {
        auto at = counted->second.upper_bound(begin);
        if (at == counted->second.begin() || (--at)->second.end <= begin ||
            (owner >= 0 && owner != at->second.layer)) {
          return -1;
        }
        owner = at->second.layer;
        begin = at->second.end;
      }
    }
  }
  return owner;
}

}  // namespace inlay::importers::onnx_graph
