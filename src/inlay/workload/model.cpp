#include "inlay/workload/model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/workload/transposed.hpp"

namespace inlay::workload {
namespace {

std::int64_t macs_of(const ConvolutionShape& shape) {
  const auto [rows, columns] = products_along(shape);
  return base::checked_product(shape.images, shape.out_channels, shape.in_channels / shape.groups, rows,
                               columns);
}

std::int64_t macs_of(const GemmShape& shape) {
  return base::checked_product(shape.m, shape.n, shape.k, shape.repeats);
}

std::int64_t macs_of(const VectorShape&) {
  return 0;
}

bool is_sound(const ConvolutionShape& shape) {
  const auto [groups, out_channels, in_channels, height, width, kernel_y, kernel_x, stride_y, stride_x,
              dilation_y, dilation_x, padding_y, padding_x, in_height, in_width, upsample_y, upsample_x,
              images] = shape;
  const bool plain = !is_transposed(shape);
  const bool spread = stride_y == 1 && stride_x == 1 && std::min(in_height, in_width) >= 1 &&
                      upsample_y <= kLargestUpsampling && upsample_x <= kLargestUpsampling / upsample_y;
  return std::min({groups, out_channels, in_channels, height, width, kernel_y, kernel_x, stride_y, stride_x,
                   dilation_y, dilation_x, upsample_y, upsample_x, images}) >= 1 &&
         std::min({padding_y, padding_x, in_height, in_width}) >= 0 && out_channels % groups == 0 &&
         in_channels % groups == 0 && (plain || spread);
}

bool is_sound(const GemmShape& shape) {
  return std::min({shape.m, shape.n, shape.k, shape.repeats}) >= 1;
}

bool is_sound(const VectorShape& shape) {
  return std::min({shape.operations, shape.read_elements, shape.written_elements}) >= 0;
}

/// Sum of `member(item)` over all items, checked.
template <typename Items, typename Member>
std::int64_t sum(const Items& items, Member member) {
  std::int64_t total = 0;
  for (const auto& item : items) {
    total = base::checked_add(total, member(item));
  }
  return total;
}

void expect(bool condition, const Model& model, const std::string& what) {
  if (!condition) {
    throw base::DefectError(fmt::format("model '{}': {}", model.name, what));
  }
}

bool is_index(int index, std::size_t size) {
  return index >= 0 && static_cast<std::size_t>(index) < size;
}

bool contains(const std::vector<int>& indices, int wanted) {
  return std::find(indices.begin(), indices.end(), wanted) != indices.end();
}

void check_layer(const Model& model, std::size_t at) {
  const Layer& layer = model.layers[at];
  const int self = static_cast<int>(at);
  const auto say = [&](const std::string& what) { return fmt::format("layer '{}' {}", layer.name, what); };
  expect(std::visit([](const auto& shape) { return is_sound(shape); }, layer.shape), model,
         say("has an unsound shape"));
  expect(std::min({layer.parameters, layer.weight_bytes, layer.gathered_bytes}) >= 0, model,
         say("has negative weights"));
  expect(layer.fused_operations >= 0, model, say("has negative operations"));
  expect(!layer.inputs.empty() && !layer.outputs.empty(), model, say("has no input or no output"));
  for (const int input : layer.inputs) {
    expect(is_index(input, model.tensors.size()), model, say("reads a tensor that does not exist"));
    const Tensor& tensor = model.tensors[static_cast<std::size_t>(input)];
    expect(tensor.producer < self, model, say(fmt::format("reads '{}' before it is made", tensor.name)));
    expect(contains(tensor.users, self), model,
           say(fmt::format("is no user of '{}', which it reads", tensor.name)));
  }
  for (const int output : layer.outputs) {
    expect(is_index(output, model.tensors.size()), model, say("makes a tensor that does not exist"));
    const Tensor& tensor = model.tensors[static_cast<std::size_t>(output)];
    expect(tensor.producer == self, model, say(fmt::format("is not the producer of '{}'", tensor.name)));
  }
}

void check_tensor(const Model& model, std::size_t at) {
  const Tensor& tensor = model.tensors[at];
  const int self = static_cast<int>(at);
  const auto say = [&](const std::string& what) { return fmt::format("tensor '{}' {}", tensor.name, what); };
  expect(tensor.bits >= 1 && tensor.bytes >= 1, model, say("has no size"));
  expect(std::all_of(tensor.dimensions.begin(), tensor.dimensions.end(), [](auto size) { return size >= 1; }),
         model, say("has a dimension below 1"));
  expect(tensor.producer == -1 ||
             (is_index(tensor.producer, model.layers.size()) &&
              contains(model.layers[static_cast<std::size_t>(tensor.producer)].outputs, self)),
         model, say("is not made by its producer"));
  expect(std::adjacent_find(tensor.users.begin(), tensor.users.end(), std::greater_equal<>{}) ==
             tensor.users.end(),
         model, say("has users out of order"));
  for (const int user : tensor.users) {
    expect(is_index(user, model.layers.size()) &&
               contains(model.layers[static_cast<std::size_t>(user)].inputs, self),
           model, say("is not read by its user"));
  }
}

}  // namespace

std::int64_t macs(const Shape& shape) {
  return std::visit([](const auto& one) { return macs_of(one); }, shape);
}

std::int64_t macs(const Model& model) {
  return sum(model.layers, [](const Layer& layer) { return macs(layer.shape); });
}

std::int64_t parameters(const Model& model) {
  return sum(model.layers, [](const Layer& layer) { return layer.parameters; });
}

std::int64_t weight_bytes(const Model& model) {
  return sum(model.layers, [](const Layer& layer) { return layer.weight_bytes; });
}

std::int64_t activation_bytes(const Model& model) {
  return sum(model.tensors, [](const Tensor& tensor) { return tensor.bytes; });
}

void check_consistency(const Model& model) {
  expect(!model.layers.empty(), model, "has no layer");
  std::set<std::string> names;
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    check_layer(model, i);
    expect(names.insert(model.layers[i].name).second, model,
           fmt::format("two layers are called '{}'", model.layers[i].name));
  }
  for (const Layer& layer : model.layers) {
    expect(layer.tied_to.empty() || names.count(layer.tied_to) == 1, model,
           fmt::format("layer '{}' is tied to no layer", layer.name));
  }
  for (std::size_t i = 0; i < model.tensors.size(); ++i) {
    check_tensor(model, i);
  }
}

}  // namespace inlay::workload
