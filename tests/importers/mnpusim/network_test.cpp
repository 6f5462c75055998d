// Networks of mNPUsim: topologies whose rows have a type.
#include "inlay/importers/mnpusim/network.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inlay/base/error.hpp"
#include "inlay/workload/model_file.hpp"

namespace inlay::importers {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kHeader =
    "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides, "
    "Type, "
    "IFMAP Base Addr, Filter Base Addr, Ofmap Base Addr,\n";

workload::Model model_of(const std::string& rows) {
  return workload::parse_model(mnpusim::mnpusim_yaml(kHeader + rows, "net.csv", "net.csv"), "model.yaml");
}

std::string refusal(const std::string& rows) {
  try {
    mnpusim::mnpusim_yaml(kHeader + rows, "net.csv", "net.csv");
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(MnpusimNetwork, RowsOfAllTypes) {
  const workload::Model model = model_of(
      "c,8,8,3,3,2,6,1,Conv,-1,-1,-1,\n"
      "p,6,6,2,2,6,6,2,Pool,-1,-1,-1,\n"
      "i,3,3,1,1,6,4,1,Im2col_conv,-1,-1,-1,\n"
      "bn,9,4,1,1,1,1,128,Other,-1,-2,-1,\n"
      "g,9,4,4,7,1,1,1,Gemm,-1,-1,-1,\n"
      "d,5,7,7,2,1,1,1,Dir_Gemm,-2,-2,-1,\n");
  std::vector<std::string> operators;
  for (const workload::Layer& layer : model.layers) {
    if (layer.op != "reshape") {
      operators.push_back(layer.op);
    }
  }
  EXPECT_THAT(operators, ElementsAre("convolution", "max-pool", "convolution", "vector", "gemm", "gemm"));
  EXPECT_EQ(workload::macs(model), 36 * 6 * 18 + 9 * 6 * 4 + 9 * 4 * 7 + 5 * 7 * 2);
  EXPECT_EQ(workload::parameters(model), 6 * 18 + 24 + 28 + 14);
}

TEST(MnpusimNetwork, NormsHaveNoProducts) {
  const workload::Model model = model_of("bn1, 16, 8, 1, 1, 1, 1, 1, Other, -1, -2, -1,\n");
  EXPECT_EQ(workload::macs(model), 0);
  EXPECT_EQ(std::get<workload::VectorShape>(model.layers[0].shape).operations, 128);
}

TEST(MnpusimNetwork, AddressesSayWhatIsRead) {
  const workload::Model model = model_of(
      "a,4,4,4,4,1,1,1,Gemm,-1,-1,-1,\nb,4,4,4,4,1,1,1,Gemm,-1,-1,-1,\nc,4,4,4,8,1,1,1,Gemm,0,-1,-1,\n");
  EXPECT_EQ(model.layers[2].inputs, model.layers[1].inputs);  // both read what a makes
  EXPECT_THAT(refusal("a,4,4,4,4,1,1,1,Gemm,0,-1,-1,\n"), AllOf(HasSubstr("net.csv:2:22"), HasSubstr("'0'")));
  EXPECT_THAT(refusal("a,4,4,4,4,1,1,1,Gemm,x,-1,-1,\n"), HasSubstr("IFMAP Base Addr"));
}

TEST(MnpusimNetwork, WhatIsWrongIsNamed) {
  EXPECT_THAT(refusal("a,4,4,4,4,1,1,1,Gem,-1,-1,-1,\n"), HasSubstr("did you mean 'Gemm'"));
  EXPECT_THAT(refusal("a,4,4,5,4,1,1,1,Gemm,-1,-1,-1,\n"), HasSubstr("a product of 4 x 4 by a matrix"));
  EXPECT_THAT(refusal("a,4,4,5,4,1,1,1,Conv,-1,-1,-1,\n"), HasSubstr("larger than its input"));
  EXPECT_THAT(refusal("a,4,0,5,4,1,1,1,Conv,-1,-1,-1,\n"), HasSubstr("IFMAP Width"));
  EXPECT_FALSE(mnpusim::is_mnpusim_network(
      "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num "
      "Filter, Strides,\na"));
}

}  // namespace
}  // namespace inlay::importers
