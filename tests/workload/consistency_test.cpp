// check_consistency must find whatever is broken in a model that was sound.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/workload/model_file.hpp"

namespace inlay::workload {
namespace {

/// What check_consistency says of a small sound model after `breakage`.
std::string verdict(const std::function<void(Model&)>& breakage) {
  Model model = parse_model(
      "name: m\nfuse: false\ninputs: {x: [8, 4, 4]}\nlayers:\n"
      "- {name: a, op: convolution, channels: 8, kernel: 3, padding: 1}\n"
      "- {name: b, op: relu}\n"
      "- {name: c, op: add, inputs: [b, x]}\n",
      "m.yaml");
  breakage(model);
  try {
    check_consistency(model);
  } catch (const base::DefectError& error) {
    return error.what();
  }
  return "sound";
}

TEST(Consistency, FindsWhatIsBroken) {
  EXPECT_EQ(verdict([](Model&) {}), "sound");
  const auto expect = [](const std::function<void(Model&)>& breakage, const std::string& what) {
    EXPECT_THAT(verdict(breakage), testing::HasSubstr(what));
  };
  expect([](Model& m) { m.layers.clear(); }, "has no layer");
  expect([](Model& m) { m.layers[1].name = m.layers[0].name; }, "two layers are called 'a'");
  expect([](Model& m) { m.layers[1].tied_to = m.name; }, "layer 'b' is tied to no layer");
  expect([](Model& m) { m.layers[1].inputs.clear(); }, "layer 'b' has no input or no output");
  expect([](Model& m) { m.layers[1].inputs = {9}; }, "layer 'b' reads a tensor that does not exist");
  expect([](Model& m) { m.layers[1].outputs = {-1}; }, "layer 'b' makes a tensor that does not exist");
  expect([](Model& m) { std::swap(m.layers[0], m.layers[1]); }, "layer 'b' reads 'a' before it is made");
  expect([](Model& m) { m.tensors[1].users.clear(); }, "layer 'b' is no user of 'a', which it reads");
  expect([](Model& m) { m.tensors[3].producer = 0; }, "layer 'c' is not the producer of 'c'");
  expect([](Model& m) { m.tensors[1].users = {1, 2}; }, "tensor 'a' is not read by its user");
  expect([](Model& m) { m.tensors[0].users = {2, 0}; }, "tensor 'x' has users out of order");
  expect(
      [](Model& m) {
        m.tensors.push_back({"y", {1}, 8, 1, 0, {}, true});
      },
      "tensor 'y' is not made by its producer");
  expect([](Model& m) { m.tensors[1].bytes = 0; }, "tensor 'a' has no size");
  expect([](Model& m) { m.tensors[1].dimensions[0] = 0; }, "tensor 'a' has a dimension below 1");
  expect([](Model& m) { m.layers[0].weight_bytes = -1; }, "layer 'a' has negative weights");
  expect([](Model& m) { std::get<ConvolutionShape>(m.layers[0].shape).groups = 3; },
         "layer 'a' has an unsound shape");
  expect([](Model& m) { std::get<ConvolutionShape>(m.layers[0].shape).stride_y = 0; },
         "layer 'a' has an unsound shape");
  expect([](Model& m) { m.layers[1].shape = GemmShape{1, 0, 1, 1, true}; }, "layer 'b' has an unsound shape");
  expect([](Model& m) { m.layers[1].shape = VectorShape{-1}; }, "layer 'b' has an unsound shape");
}

TEST(Consistency, MacsNeverWrapAround) {
  constexpr std::int64_t kBig = std::int64_t{1} << 32U;
  EXPECT_EQ(macs(Shape{GemmShape{kBig, kBig / 4, 1, 1, true}}), std::int64_t{1} << 62U);
  EXPECT_THROW(macs(Shape{GemmShape{kBig, kBig, 1, 1, true}}), base::OverflowError);
}

}  // namespace
}  // namespace inlay::workload
