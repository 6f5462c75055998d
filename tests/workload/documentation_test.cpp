// What docs/formats-models.md shows must work and must be complete.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "inlay/base/file.hpp"
#include "inlay/workload/model_file.hpp"
#include "inlay/workload/operators.hpp"
#include "inlay/workload/scenario_file.hpp"

namespace inlay::workload {
namespace {

std::string page() {
  return base::read_file(std::string(SOURCE_DIR) + "/docs/formats-models.md");
}

std::vector<std::string> examples() {
  const std::string text = page();
  const std::string fence = "```yaml\n";
  std::vector<std::string> found;
  for (std::size_t at = text.find(fence); at != std::string::npos; at = text.find(fence, at)) {
    at += fence.size();
    found.push_back(text.substr(at, text.find("```", at) - at));
  }
  return found;
}

TEST(Documentation, ExamplesAreRead) {
  ASSERT_EQ(examples().size(), 2U);
  const Model model = parse_model(examples()[0], "formats-models.md");
  EXPECT_EQ(parameters(model), 49'946);
  EXPECT_EQ(macs(model), 33'112'064);
  EXPECT_THAT(page(), testing::HasSubstr("49,946 parameters"));
  EXPECT_THAT(page(), testing::HasSubstr("33,112,064 multiply-accumulates"));

  const Scenario scenario = parse_scenario(examples()[1], "formats-models.md");
  ASSERT_EQ(scenario.models.size(), 3U);
  EXPECT_EQ(scenario.models[1].name, "long-text");
  EXPECT_EQ(scenario.models[1].model.settings.at("sequence"), 512);
}

TEST(Documentation, ListsEveryOperatorWithItsCost) {
  const VectorOperators operators = load_vector_operators();
  for (const std::string& name : operator_names(operators)) {
    const std::string row_begin = "\n| `" + name + "` |";
    const std::size_t at = page().find(row_begin);
    ASSERT_NE(at, std::string::npos) << name;
    const std::string row = page().substr(at + 1, page().find('\n', at + 1) - at - 1);
    const std::string cost = row.substr(row.rfind("| ", row.size() - 2) + 2);
    const auto described = operators.find(name);
    EXPECT_EQ(std::atoll(cost.c_str()), described == operators.end() ? 0 : described->second.operations)
        << row;
  }
}

}  // namespace
}  // namespace inlay::workload
