// What 'inlay list models' and 'inlay show MODEL' print of a model.
#include "inlay/report/text/model_views.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "inlay/workload/model_file.hpp"

namespace inlay::report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

workload::Model small_model() {
  return workload::parse_model(
      "name: 'a \"small\" model'\n"
      "source: a test (2026; twice); made up\n"
      "inputs: {x: [2, 4, 4]}\n"
      "outputs: [sum, relu]\n"
      "layers:\n"
      "- {name: conv, op: convolution, channels: 2, kernel: 3, padding: 1}\n"
      "- {name: relu, op: relu}\n"
      "- {name: sum, op: add, inputs: [relu, x]}\n",
      "m.yaml");
}

/// A graph in Graphviz' language, as far as model_dot uses it: identifiers are strings in quotes.
struct Dot {
  std::set<std::string> nodes;
  std::vector<std::pair<std::string, std::string>> edges;
};

/// The string that begins at `at`, in which a backslash takes the next character as it is; moves behind it.
std::string read_string(const std::string& line, std::size_t& at) {
  std::string text;
  EXPECT_EQ(line.at(at), '"') << line;
  for (++at; line.at(at) != '"'; ++at) {
    at += line[at] == '\\' ? 1 : 0;
    text += line.at(at);
  }
  ++at;
  return text;
}

Dot read_dot(const std::string& text) {
  Dot dot;
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  EXPECT_THAT(line, ::testing::StartsWith("digraph \""));
  EXPECT_THAT(line, ::testing::EndsWith("\" {"));
  while (std::getline(lines, line) && line != "}") {
    if (line == "  node [shape=box];") {
      continue;
    }
    std::size_t at = 2;
    const std::string first = read_string(line, at);
    if (line.compare(at, 4, " -> ") == 0) {
      at += 4;
      dot.edges.emplace_back(first, read_string(line, at));
    } else {
      dot.nodes.insert(first);
    }
    EXPECT_EQ(line.compare(at, 2, " ["), 0) << line;
    EXPECT_THAT(line, ::testing::EndsWith("];"));
  }
  EXPECT_EQ(line, "}");
  return dot;
}

TEST(ModelViews, GraphHasEveryLayerInputAndOutput) {
  const std::string text = text::model_dot(small_model());
  EXPECT_THAT(text, HasSubstr(R"(digraph "a \"small\" model" {)"));
  EXPECT_THAT(text, HasSubstr(R"("conv" [label="conv\nconvolution + relu\n2x6x6 -> 2x4x4, kernel 3x3"];)"));
  const Dot dot = read_dot(text);
  EXPECT_THAT(dot.nodes, ElementsAre("conv", "input x", "output relu", "output sum", "sum"));
  EXPECT_THAT(dot.edges,
              ::testing::UnorderedElementsAre(std::pair("input x", "conv"), std::pair("input x", "sum"),
                                              std::pair("conv", "sum"), std::pair("conv", "output relu"),
                                              std::pair("sum", "output sum")));
}

TEST(ModelViews, GraphOfALargeModelNamesOnlyWhatIsThere) {
  const workload::Model model = workload::load_model("sdxl-unet");
  const Dot dot = read_dot(text::model_dot(model));
  EXPECT_EQ(dot.nodes.size(), model.layers.size() + 4 + 1);
  for (const auto& [from, to] : dot.edges) {
    EXPECT_EQ(dot.nodes.count(from) + dot.nodes.count(to), 2U) << from << " -> " << to;
  }
}

TEST(ModelViews, JsonHasTotalsAndLayers) {
  const workload::Model model = small_model();
  const nlohmann::ordered_json json = text::model_json(model);
  EXPECT_EQ(json["totals"]["layers"], 2);
  EXPECT_EQ(json["totals"]["macs"], 2 * 2 * 9 * 16);
  EXPECT_EQ(json["totals"]["parameters"], 2 * 2 * 9 + 2);
  EXPECT_EQ(json["totals"]["weight_bytes"], 2 * 2 * 9 + 2);
  EXPECT_EQ(json["totals"]["activation_bytes"], 3 * 32);
  EXPECT_EQ(json["layers"][0]["macs"], 576);
  EXPECT_EQ(json["layers"][0]["fused"][0], "relu");
  EXPECT_EQ(json["layers"][1]["macs"], 0);
  EXPECT_EQ(json["tensors"][json["layers"][1]["inputs"][1].get<std::size_t>()]["name"], "x");
}

TEST(ModelViews, ListHasFiguresAndThePublication) {
  const std::vector<text::NamedModel> models = {{"small", small_model()}};
  const nlohmann::ordered_json json = text::models_json(models);
  EXPECT_EQ(json[0], (nlohmann::ordered_json{{"name", "small"},
                                             {"layers", 2},
                                             {"macs", 576},
                                             {"parameters", 38},
                                             {"activation_bytes", 96},
                                             {"source", "a test (2026; twice); made up"}}));
  const std::string text = text::models_text(models);
  EXPECT_THAT(text, HasSubstr("small"));
  EXPECT_THAT(text, HasSubstr("a test (2026; twice)\n"));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("made up")));
}

}  // namespace
}  // namespace inlay::report
