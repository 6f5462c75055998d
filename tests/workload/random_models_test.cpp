// Random graphs, written as YAML beside an independent account of what they contain.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "inlay/workload/description.hpp"
#include "inlay/workload/model_file.hpp"
#include "inlay/workload/scenario_file.hpp"

namespace inlay::workload {
namespace {

struct RandomTensor {
  std::string name;
  std::int64_t channels = 1;
  std::int64_t side = 1;
  std::set<int> users;
};

struct RandomModel {
  std::string text;
  std::vector<RandomTensor> tensors;  // the input, then one for each layer
  std::int64_t macs = 0;
  std::int64_t parameters = 0;
};

std::int64_t pick(std::int64_t lowest, std::int64_t highest) {
  return *rc::gen::inRange(lowest, highest + 1);
}

/// Appends one layer that reads tensors made before, and keeps account of it.
void add_layer(RandomModel& model, int index) {
  const auto source = static_cast<std::size_t>(pick(0, index));
  RandomTensor made{
      "l" + std::to_string(index), model.tensors[source].channels, model.tensors[source].side, {}};
  std::set<std::size_t> read = {source};
  std::string keys;
  switch (pick(0, 3)) {
    case 0: {
      const std::int64_t kernel = 1 + 2 * pick(0, 1);
      const std::int64_t stride = pick(1, 2);
      const std::int64_t in = made.channels;
      made.channels = pick(1, 6);
      made.side = (made.side - 1) / stride + 1;  // "same" padding with an odd kernel
      model.macs += made.channels * in * kernel * kernel * made.side * made.side;
      model.parameters += made.channels * (in * kernel * kernel + 1);
      keys = "op: convolution, kernel: " + std::to_string(kernel) + ", stride: " + std::to_string(stride) +
             ", padding: " + std::to_string(kernel / 2) + ", channels: " + std::to_string(made.channels);
      break;
    }
    case 1:
      keys = "op: relu";
      break;
    case 2:
      keys = "op: add";
      for (std::size_t other = 0; other < model.tensors.size(); ++other) {
        if (model.tensors[other].channels == made.channels && model.tensors[other].side == made.side &&
            pick(0, 1) == 1) {
          read.insert(other);
        }
      }
      break;
    default:
      keys = "op: concat";
      for (std::size_t other = 0; other < model.tensors.size() && made.channels < 20; ++other) {
        if (other != source && model.tensors[other].side == made.side && pick(0, 1) == 1) {
          read.insert(other);
          made.channels += model.tensors[other].channels;
        }
      }
  }
  std::string inputs;
  for (const std::size_t tensor : read) {
    inputs += (inputs.empty() ? "" : ", ") + model.tensors[tensor].name;
    model.tensors[tensor].users.insert(index);
  }
  if (read.size() == 1 && (keys == "op: add" || keys == "op: concat")) {
    keys = "op: relu";
  }
  model.text += "- {name: " + made.name + ", " + keys + ", inputs: [" + inputs + "]}\n";
  model.tensors.push_back(made);
}

RandomModel random_model() {
  RandomModel model;
  const std::int64_t channels = pick(1, 4);
  const std::int64_t side = pick(1, 9);
  model.tensors.push_back({"x", channels, side, {}});
  const int layers = static_cast<int>(pick(1, 20));
  for (int i = 0; i < layers; ++i) {
    add_layer(model, i);
  }
  std::string outputs;
  for (const RandomTensor& tensor : model.tensors) {
    if (tensor.users.empty() && tensor.name != "x") {
      outputs += (outputs.empty() ? "" : ", ") + tensor.name;
    }
  }
  model.text = "name: m\nfuse: false\ninputs: {x: [" + std::to_string(channels) + ", " +
               std::to_string(side) + ", " + std::to_string(side) + "]}\noutputs: [" + outputs +
               "]\nlayers:\n" + model.text;
  return model;
}

TEST(RandomModels, HoldWhatWasWritten) {
  EXPECT_TRUE(rc::check([] {
    const RandomModel expected = random_model();
    RC_PRE(!expected.tensors[0].users.empty());
    const Model model = parse_model(expected.text, "m.yaml");
    check_consistency(model);
    RC_ASSERT(model.tensors.size() == expected.tensors.size());
    std::int64_t bytes = 0;
    for (std::size_t i = 0; i < model.tensors.size(); ++i) {
      const RandomTensor& wanted = expected.tensors[i];
      RC_ASSERT(model.tensors[i].name == wanted.name);
      RC_ASSERT(model.tensors[i].dimensions == (std::vector{wanted.channels, wanted.side, wanted.side}));
      RC_ASSERT(model.tensors[i].users == std::vector<int>(wanted.users.begin(), wanted.users.end()));
      RC_ASSERT(model.tensors[i].is_output == wanted.users.empty());
      bytes += wanted.channels * wanted.side * wanted.side;
    }
    RC_ASSERT(macs(model) == expected.macs);
    RC_ASSERT(parameters(model) == expected.parameters);
    RC_ASSERT(weight_bytes(model) == expected.parameters);  // no table, no tie, no norm, 8 bits
    RC_ASSERT(activation_bytes(model) == bytes);
  }));
}

TEST(RandomModels, SumsOverLayersAndBatchesAgree) {
  EXPECT_TRUE(rc::check([] {
    const RandomModel expected = random_model();
    RC_PRE(!expected.tensors[0].users.empty());
    Scenario scenario;
    for (int i = 0; i < 2; ++i) {
      scenario.models.push_back({std::to_string(i), parse_model(expected.text, "m.yaml"), pick(1, 64)});
    }
    std::int64_t per_layer = 0;
    for (const ScenarioModel& entry : scenario.models) {
      std::int64_t sample = 0;
      for (const LayerRow& row : layer_table(entry.model)) {
        sample += row.macs;
      }
      RC_ASSERT(sample == macs(entry.model));
      per_layer += entry.batch * sample;
    }
    RC_ASSERT(macs(scenario) == per_layer);
  }));
}

TEST(RandomModels, BlocksAreTheLayersWrittenOut) {
  EXPECT_TRUE(rc::check([] {
    const std::int64_t count = pick(1, 6);
    const std::string width = std::to_string(pick(1, 9));
    const std::string head = "name: m\ninputs: {x: [5, " + width + "]}\n";
    const Model a =
        parse_model(head +
                        "blocks:\n  b:\n    arguments: {f: required}\n    inputs: [x]\n    layers:\n"
                        "    - {name: g, op: gemm, features: f + index}\n    - {name: n, op: layer-norm}\n"
                        "    - {name: p, op: gemm, features: f}\n    - {name: s, op: add, inputs: [p, x]}\n"
                        "layers:\n- {name: u, block: b, count: " +
                        std::to_string(count) + ", arguments: {f: " + width + "}}\n",
                    "m.yaml");
    std::string layers = "layers:\n";
    std::string before = "x";
    for (std::int64_t i = 0; i < count; ++i) {
      const std::string at = std::to_string(i);
      layers += "- {name: g" + at + ", op: gemm, features: " + width + " + " + at + "}\n- {name: n" + at +
                ", op: layer-norm}\n- {name: p" + at + ", op: gemm, features: " + width + "}\n- {name: s" +
                at + ", op: add, inputs: [p" + at + ", " + before + "]}\n";
      before = "s" + at;
    }
    const Model b = parse_model(head + layers, "m.yaml");  // the same but for names
    RC_ASSERT(a.layers.size() == b.layers.size());
    for (std::size_t i = 0; i < a.layers.size(); ++i) {
      RC_ASSERT(a.layers[i].shape == b.layers[i].shape);
      RC_ASSERT(a.layers[i].inputs == b.layers[i].inputs);
      RC_ASSERT(a.layers[i].outputs == b.layers[i].outputs);
      RC_ASSERT(a.layers[i].parameters == b.layers[i].parameters);
    }
    RC_ASSERT(a.tensors.size() == b.tensors.size());
    for (std::size_t i = 0; i < a.tensors.size(); ++i) {
      RC_ASSERT(a.tensors[i].users == b.tensors[i].users);
      RC_ASSERT(a.tensors[i].dimensions == b.tensors[i].dimensions);
    }
  }));
}

}  // namespace
}  // namespace inlay::workload
