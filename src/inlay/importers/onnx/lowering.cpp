#include "inlay/importers/onnx/lowering.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/importers/onnx/quantisers.hpp"

namespace inlay::importers::onnx_graph {
namespace {

std::string key_of(const Node& node) {
  return node.domain.empty() ? node.op : node.domain + "." + node.op;
}

Rule rule_of(const Node& node) {
  for (const Rules* rules :
       {&image_rules(), &product_rules(), &movement_rules(), &element_rules(), &recurrent_rules(),
        &sampling_rules(), &attention_rules(), &fused_rules(), &einsum_rules()}) {
    const auto found = rules->find(key_of(node));
    if (found != rules->end()) {
      return found->second;
    }
  }
  return nullptr;
}

/// Letters, digits and what else a model's names may have; of long names only what stands behind the last
/// slash.
std::string plain(const std::string& name) {
  constexpr std::size_t kLongest = 64;
  std::string result;
  const std::size_t from = name.size() > kLongest ? name.find_last_of('/', name.size() - 2) + 1 : 0;
  for (const char c : name.substr(std::max(from, name.size() - std::min(name.size(), kLongest)))) {
    const bool allowed =
        std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.' || c == '/';
    result += allowed ? c : '_';
  }
  const std::size_t begin = result.find_first_not_of('/');
  return begin == std::string::npos ? "layer" : result.substr(begin);
}

/// Sizes, axes and places: what computes them is read by no layer, as their values are stated in the model.
bool is_size_operand(const Node& node, std::size_t index) {
  static const std::map<std::string, std::set<std::size_t>> kOperands = {
      {"Reshape", {1}},      {"Expand", {1}},    {"Slice", {1, 2, 3, 4}}, {"Tile", {1}},
      {"Resize", {1, 2, 3}}, {"Upsample", {1}},  {"TopK", {1}},           {"Pad", {1, 2, 3}},
      {"Squeeze", {1}},      {"Unsqueeze", {1}}, {"Split", {1}},          {"OneHot", {1, 2}},
      {"Dropout", {1, 2}},   {"CumSum", {1}},    {"Trilu", {1}},          {"NonMaxSuppression", {2, 3, 4}}};
  const auto found = kOperands.find(node.op);
  const bool axes = node.op.rfind("Reduce", 0) == 0 && index == 1;
  return node.domain.empty() && (axes || (found != kOperands.end() && found->second.count(index) > 0));
}

std::string shape_key(const Dimensions& shape) {
  return fmt::format(", shape: [{}]", fmt::join(shape, ", "));
}

}  // namespace

Dimensions sample_shape(const Dimensions& shape) {
  if (shape.empty()) {
    return {1};
  }
  return shape.size() > 1 && shape[0] == 1 ? Dimensions(shape.begin() + 1, shape.end()) : shape;
}

bool has_lowering(const Node& node) {
  return rule_of(node) != nullptr;
}

void lower(Lowering& lowering, const Node& node) {
  if (const Rule rule = rule_of(node)) {
    rule(lowering, node);
    return;
  }
  std::vector<int> inputs;
  for (const int input : node.inputs) {
    if (input >= 0 && !lowering.constant(input)) {
      inputs.push_back(lowering.held(input));
    }
  }
  for (const int output : node.outputs) {
    if (output >= 0 &&
        !(lowering.graph().value(output).users.empty() && !lowering.graph().value(output).is_output)) {
      const Dimensions shape = sample_shape(lowering.shape(output));
      lowering.add_layer(node, output, "vector", shape_key(shape), inputs, shape);
    }
  }
}

DraftModel Lowering::run() {
  add_inputs();
  for (const Node& node : graph_.nodes) {
    ++node_;
    const std::size_t first = draft_.layers.size();
    try {
      lower(*this, node);
    } catch (const base::OverflowError&) {
      refuse(node, "its sizes do not fit into 64 bits");
    }
    check_outputs(node);
    check_reads(node, first);
  }
  for (const int output : graph_.outputs) {
    DraftTensor& tensor = draft_.tensor(held(output));
    if (tensor.maker >= 0 && !tensor.is_output) {
      tensor.is_output = true;
      draft_.outputs.push_back(held(output));
    }
  }
  if (draft_.layers.empty() || draft_.outputs.empty()) {
    throw base::InputError(
        fmt::format("{}: no layer is left: nothing is computed from the inputs", graph_.file));
  }
  drop_unread();
  drop_reshapes();
  count_learned();
  return std::move(draft_);
}

/// Places of a pooling, masks of a dropout and the like are no tensors of a model.
void Lowering::check_outputs(const Node& node) const {
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    const int output = node.outputs[i];
    const bool wanted =
        output >= 0 && (graph_.value(output).is_output || !graph_.value(output).users.empty());
    if (wanted && !constant(output) && !is_held(output)) {
      refuse(node,
             fmt::format("its output {} ('{}') is not supported, and is used", i, graph_.value(output).name));
    }
  }
}

/// The tensor whose elements these are, before reshapes.
int Lowering::root_of(int tensor) const {
  int maker = draft_.tensor(tensor).maker;
  while (maker >= 0 && draft_.layers[static_cast<std::size_t>(maker)].op == "reshape") {
    tensor = draft_.layers[static_cast<std::size_t>(maker)].inputs[0];
    maker = draft_.tensor(tensor).maker;
  }
  return tensor;
}

void Lowering::check_reads(const Node& node, std::size_t first) const {
  std::set<int> read;
  for (std::size_t i = first; i < draft_.layers.size(); ++i) {
    for (const int tensor : draft_.layers[i].inputs) {
      read.insert(root_of(tensor));
    }
  }
  for (const int output : node.outputs) {
    if (output >= 0 && is_held(output)) {
      read.insert(root_of(held(output)));
    }
  }
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const int id = node.inputs[i];
    const bool data = id >= 0 && !constant(id) && !is_size_operand(node, i);
    // A part that its product has already made is read there.
    const bool made_before = first == draft_.layers.size();
    if (data && !made_before && read.count(root_of(held(id))) == 0) {
      refuse(node,
             fmt::format("its input {} ('{}') is computed from the model's inputs, and is only supported "
                         "as a constant there",
                         i, graph_.value(id).name));
    }
  }
}

void Lowering::add_inputs() {
  for (const int input : graph_.inputs) {
    const Value& value = graph_.value(input);
    if (!value.constant && !value.users.empty()) {
      const int tensor = new_tensor(unique(value.name), sample_shape(*value.shape), bits(input));
      draft_.inputs.push_back(tensor);
      hold(input, tensor);
    }
  }
  if (draft_.inputs.empty()) {
    throw base::InputError(fmt::format("{}: no output depends on an input", graph_.file));
  }
}

int Lowering::input(const Node& node, std::size_t index) const {
  const int id = Graph::input(node, index);
  if (id < 0) {
    refuse(node, fmt::format("its input {} is missing", index));
  }
  return id;
}

int Lowering::activation(const Node& node, std::size_t index) const {
  const int id = input(node, index);
  if (constant(id)) {
    refuse(node, fmt::format("its input {} ('{}') must depend on the model's inputs", index,
                             graph_.value(id).name));
  }
  return id;
}

int Lowering::weight(const Node& node, std::size_t index) const {
  const int id = input(node, index);
  if (!constant(id)) {
    refuse(node, fmt::format("its input {} ('{}') must be a weight, and {}", index, graph_.value(id).name,
                             graph_.value(id).is_input
                                 ? "--weight NAME makes an input one"
                                 : "is computed from the model's inputs, which is not supported there"));
  }
  return id;
}

int Lowering::weight_or_none(const Node& node, std::size_t index) const {
  const int id = Graph::input(node, index);
  return id >= 0 && constant(id) ? id : -1;
}

std::vector<int> Lowering::activations_from(const Node& node, std::size_t index) const {
  std::vector<int> tensors;
  for (std::size_t i = index; i < node.inputs.size(); ++i) {
    if (node.inputs[i] >= 0 && !constant(node.inputs[i])) {
      tensors.push_back(held(node.inputs[i]));
    }
  }
  return tensors;
}

int Lowering::as_shape(int value, const Dimensions& shape) {
  return reshaped(held(value), shape);
}

int Lowering::reshaped(int tensor, const Dimensions& shape) {
  if (draft_.tensor(tensor).shape == shape) {
    return tensor;
  }
  const auto [entry, is_new] = reshaped_.emplace(std::pair(tensor, shape), -1);
  if (is_new) {
    const DraftTensor from = draft_.tensor(tensor);
    const std::string name = unique(from.name + "-shape");
    entry->second = new_tensor(name, shape, from.bits);
    draft_.tensor(entry->second).maker = static_cast<int>(draft_.layers.size());
    DraftLayer layer;
    layer.name = name;
    layer.op = "reshape";
    layer.keys = shape_key(shape);
    layer.inputs = {tensor};
    layer.outputs = {entry->second};
    layer.node = node_;
    draft_.layers.push_back(std::move(layer));
  }
  return entry->second;
}

void Lowering::check_images(const Node& node, std::int64_t images) const {
  if (images != 1 && images_ == Images::kBatch) {
    throw BatchFound{images, node.name};
  }
}

int Lowering::as_image(const Node& node, int value) {
  const Dimensions& dimensions = shape(value);
  if (dimensions.size() != 3 && dimensions.size() != 4) {
    refuse(node, fmt::format("an image of one or two axes is expected, its input has {} dimensions",
                             dimensions.size()));
  }
  check_images(node, dimensions[0]);
  Dimensions image = {dimensions[1], dimensions[2], dimensions.size() == 3 ? 1 : dimensions[3]};
  image.insert(image.begin(), dimensions[0] == 1 ? 0 : 1, dimensions[0]);
  return as_shape(value, image);
}

int Lowering::as_maps(const Node& node, int value) {
  const Dimensions& dimensions = shape(value);
  if (dimensions.size() < 3) {
    refuse(node, fmt::format("an image is expected, its input has {} dimensions", dimensions.size()));
  }
  check_images(node, dimensions[0]);
  const std::int64_t maps = base::checked_multiply(dimensions[0], dimensions[1]);
  const std::int64_t columns = count(Dimensions(dimensions.begin() + 3, dimensions.end()));
  return as_shape(value, {maps, dimensions[2], columns});
}

int Lowering::as_rows(int value, std::int64_t columns) {
  const Dimensions& from = held_shape(value);
  if (from.back() == columns) {
    return held(value);
  }
  const std::int64_t rows = count(from) / columns;
  return as_shape(value, rows == 1 ? Dimensions{columns} : Dimensions{rows, columns});
}

std::int64_t Lowering::bits_as_read(int value) const {
  const Value& of = graph_.value(value);
  std::int64_t widest = 0;
  for (const int id : of.users) {
    const Node& user = graph_.node(id);
    const int output = user.outputs.empty() ? -1 : user.outputs[0];
    const bool first = user.inputs[0] == value && output >= 0;
    const int type = first ? graph_.value(output).type : 0;
    const bool cast = first && user.op == "Cast" && user.domain.empty() && type != kBool &&
                      bits_of(type) < bits_of(of.type);
    const std::int64_t bits = first && is_quantiser(user)                      ? graph_.value(output).bits
                              : cast || (first && user.op == "QuantizeLinear") ? bits_of(type)
                                                                               : 0;
    if (bits == 0) {
      return 0;
    }
    widest = std::max(widest, bits);
  }
  return of.is_output ? 0 : widest;
}

std::int64_t Lowering::bits(int value) const {
  const Value& of = graph_.value(value);
  const std::int64_t read = bits_as_read(value);
  const std::int64_t stated = read > 0 ? read : of.bits;
  const bool whole_number = of.is_input && (of.type == kInt64 || of.type == kInt32);
  const std::int64_t file = stated > 0 ? stated : bits_of(of.type) == 0 ? 32 : bits_of(of.type);
  return widths_.activations == 0 || whole_number ? file : widths_.activations;
}

std::int64_t Lowering::weight_bits(int value) const {
  const Value& of = graph_.value(value);
  const int type = of.origin >= 0 ? graph_.value(of.origin).type : of.type;
  return widths_.weights != 0 ? widths_.weights
         : of.bits > 0        ? of.bits
         : bits_of(type) == 0 ? 32
                              : bits_of(type);
}

void Lowering::add(const Node& node, const std::string& op, const std::string& keys,
                   const std::vector<int>& inputs, const Dimensions& shape) {
  if (node.outputs.empty() || node.outputs[0] < 0) {
    refuse(node, "it has no output");
  }
  add_layer(node, node.outputs[0], op, keys, inputs, shape);
}

void Lowering::add_layer(const Node& node, int output, const std::string& op, const std::string& keys,
                         const std::vector<int>& inputs, const Dimensions& shape, int weights) {
  hold(output, add_part(node, "", output, op, keys, inputs, shape, weights));
}

int Lowering::add_part(const Node& node, const std::string& part, int output, const std::string& op,
                       const std::string& keys, const std::vector<int>& inputs, const Dimensions& shape,
                       int weights) {
  const std::string name = unique(node.name + part);
  const int tensor = new_tensor(name, shape, bits(output));
  draft_.tensor(tensor).maker = static_cast<int>(draft_.layers.size());
  DraftLayer layer;
  layer.name = name;
  layer.op = op;
  layer.keys = keys;
  layer.inputs = inputs;
  layer.outputs = {tensor};
  layer.weight_bits = weights < 0 ? 0 : weight_bits(weights);
  layer.weights = weights;
  layer.node = node_;
  draft_.layers.push_back(std::move(layer));
  return tensor;
}

void Lowering::split_last(const std::vector<Part>& parts) {
  std::vector<std::int64_t> columns;
  for (const Part& part : parts) {
    columns.push_back(part.columns);
  }
  const std::vector<int> tensors = split_last_columns(columns);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    hold(parts[i].value, tensors[i]);
  }
}

std::vector<int> Lowering::split_last_columns(const std::vector<std::int64_t>& columns) {
  const DraftTensor whole = draft_.tensor(draft_.layers.back().outputs[0]);
  std::vector<int> tensors;
  for (const std::int64_t width : columns) {
    Dimensions shape = whole.shape;
    shape.back() = width;
    const int tensor =
        new_tensor(unique(fmt::format("{}.{}", whole.name, tensors.size())), shape, whole.bits);
    draft_.tensor(tensor).maker = whole.maker;
    tensors.push_back(tensor);
  }
  draft_.layers.back().outputs = tensors;
  return tensors;
}

void Lowering::set_packed_weights(std::int64_t bits) {
  draft_.layers.back().learned = DraftLayer::kAsImplied;
  if (widths_.weights == 0) {
    draft_.layers.back().weight_bits = bits;
  }
}

void Lowering::count_learned() {
  LearnedNumbers numbers(graph_);
  for (std::size_t begin = 0; begin < draft_.layers.size();) {
    std::size_t end = begin + 1;
    while (end < draft_.layers.size() && draft_.layers[end].node == draft_.layers[begin].node) {
      ++end;
    }
    count_learned_of(begin, end, numbers);
    begin = end;
  }
}

/// Layers begin to end are one node's. Each counts the weights that it was made with, several with the same
/// ones an even share (directions of an LSTM), the last what else is learned, as a bias.
void Lowering::count_learned_of(std::size_t begin, std::size_t end, LearnedNumbers& numbers) {
  const Node& node = graph_.node(draft_.layers[begin].node);
  std::vector<int> constants = learned_operands(graph_, node);
  constants.insert(constants.end(), node.joined.begin(), node.joined.end());
  std::map<int, std::vector<std::size_t>> by_weights;
  std::vector<int> order;
  for (std::size_t i = begin; i < end && !constants.empty(); ++i) {
    const DraftLayer& layer = draft_.layers[i];
    if (layer.learned == DraftLayer::kAsImplied) {
      return;
    }
    if (layer.weight_bits > 0) {
      by_weights[layer.weights].push_back(i);
      order.push_back(layer.weights);
    }
  }
  if (constants.empty()) {
    return;
  }
  if (order.empty()) {
    draft_.layers[end - 1].weight_bits = weight_bits(constants.front());
    draft_.layers[end - 1].weights = constants.front();
    by_weights[constants.front()] = {end - 1};
    order.push_back(constants.front());
  }
  if (order.size() == 1) {
    tie(by_weights[order[0]][0], constants, numbers);
  }
  for (auto& [weights, layers] : by_weights) {
    std::vector<int> own = constants;
    std::erase_if(own, [&, &of = weights](int id) {
      return id != of && (of != order.back() || by_weights.count(id) > 0);
    });
    count_for(layers, own, numbers);
  }
}

void Lowering::count_for(const std::vector<std::size_t>& layers, const std::vector<int>& constants,
                         LearnedNumbers& numbers) {
  // Positions that a shorter sequence does not reach are learned, too.
  const bool table = draft_.layers[layers[0]].op == "position-embedding";
  const std::int64_t fresh = numbers.count_new(constants, static_cast<int>(layers[0]), table);
  const auto shares = static_cast<std::int64_t>(layers.size());
  for (const std::size_t layer : layers) {
    draft_.layers[layer].learned = fresh / shares;
  }
  draft_.layers[layers[0]].learned += fresh % shares;
}

/// If all its weights are those of another layer; a product may still have a bias of its own.
void Lowering::tie(std::size_t at, const std::vector<int>& constants, const LearnedNumbers& numbers) {
  DraftLayer& layer = draft_.layers[at];
  const int owner = numbers.owner(constants.front());
  const bool all = std::all_of(constants.begin(), constants.end(),
                               [&](int constant) { return numbers.owner(constant) == owner; });
  if (owner < 0 || (!all && layer.op != "gemm") ||
      !draft_.layers[static_cast<std::size_t>(owner)].tied_to.empty()) {
    return;
  }
  DraftLayer& target = draft_.layers[static_cast<std::size_t>(owner)];
  target.tied_from = true;
  layer.tied_to = target.name;
  layer.states_learned = true;
}

/// Sizes that are computed while the model runs are stated here, so that what computes them is read by
/// nobody.
void Lowering::drop_unread() {
  std::vector<bool> read(draft_.tensors.size(), false);
  std::vector<bool> dropped(draft_.layers.size(), false);
  for (std::size_t i = draft_.layers.size(); i-- > 0;) {
    const DraftLayer& layer = draft_.layers[i];
    dropped[i] = std::none_of(layer.outputs.begin(), layer.outputs.end(), [&](int output) {
      return read[static_cast<std::size_t>(output)] || draft_.tensor(output).is_output;
    });
    for (const int input : layer.inputs) {
      read[static_cast<std::size_t>(input)] = read[static_cast<std::size_t>(input)] || !dropped[i];
    }
  }
  std::erase_if(draft_.inputs, [&read](int input) { return !read[static_cast<std::size_t>(input)]; });
  drop(dropped);
}

void Lowering::drop(const std::vector<bool>& dropped) {
  std::vector<int> places(draft_.layers.size(), 0);
  std::vector<DraftLayer> kept;
  for (std::size_t i = 0; i < draft_.layers.size(); ++i) {
    places[i] = static_cast<int>(kept.size());
    if (!dropped[i]) {
      kept.push_back(std::move(draft_.layers[i]));
    }
  }
  draft_.layers = std::move(kept);
  for (DraftTensor& tensor : draft_.tensors) {
    tensor.maker = tensor.maker < 0 ? -1 : places[static_cast<std::size_t>(tensor.maker)];
  }
}

/// A product that is only read in rows x (heads * columns) makes that at once.
void Lowering::drop_reshapes() {
  std::vector<int> readers(draft_.tensors.size(), 0);
  for (const DraftLayer& layer : draft_.layers) {
    for (const int input : layer.inputs) {
      ++readers[static_cast<std::size_t>(input)];
    }
  }
  std::vector<bool> dropped(draft_.layers.size(), false);
  for (std::size_t i = 0; i < draft_.layers.size(); ++i) {
    const DraftLayer& layer = draft_.layers[i];
    if (layer.op != "reshape") {
      continue;
    }
    DraftTensor& from = draft_.tensor(layer.inputs[0]);
    const DraftTensor& to = draft_.tensor(layer.outputs[0]);
    const bool only =
        readers[static_cast<std::size_t>(layer.inputs[0])] == 1 && !from.is_output && from.maker >= 0;
    if (!only || draft_.layers[static_cast<std::size_t>(from.maker)].op != "matrix-product" ||
        from.shape.size() != 3 || to.shape != Dimensions{from.shape[1], from.shape[0] * from.shape[2]}) {
      continue;
    }
    DraftLayer& maker = draft_.layers[static_cast<std::size_t>(from.maker)];
    maker.keys += ", merge: true";
    maker.outputs = layer.outputs;
    draft_.tensor(layer.outputs[0]).maker = from.maker;
    draft_.tensor(layer.outputs[0]).name = from.name;
    dropped[i] = true;
  }
  drop(dropped);
}

std::string Lowering::unique(const std::string& name) {
  const std::string wanted = plain(name);
  std::string result = wanted;
  int& next = next_[wanted];
  while (!names_.insert(result).second) {
    result = fmt::format("{}_{}", wanted, ++next + 1);
  }
  return result;
}

int Lowering::new_tensor(const std::string& name, const Dimensions& shape, std::int64_t bits) {
  DraftTensor tensor;
  tensor.name = name;
  tensor.shape = shape;
  tensor.bits = bits;
  draft_.tensors.push_back(std::move(tensor));
  return static_cast<int>(draft_.tensors.size()) - 1;
}

}  // namespace inlay::importers::onnx_graph
