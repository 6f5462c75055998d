// The examples of docs/commands.md and of --help are run as they stand.
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "app/program.hpp"

namespace inlay::test {
namespace {

/// One line after "$ " in a block that is marked as `console`, and the output shown below it.
struct Example {
  std::string command;
  std::vector<std::string> shown;
};

std::vector<Example> examples_in(const std::string& markdown) {
  std::vector<Example> examples;
  bool inside = false;
  std::istringstream lines(markdown);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) {
      inside = line == "```console";
    } else if (inside && line.starts_with("$ ")) {
      examples.push_back({line.substr(2), {}});
    } else if (inside && !examples.empty()) {
      examples.back().shown.push_back(line);
    }
  }
  return examples;
}

/// Shown lines must come in this order; "..." stands for any lines.
void expect_shown(const Example& example, const std::string& output) {
  std::istringstream lines(output);
  bool any = false;
  for (const std::string& wanted : example.shown) {
    if (wanted == "...") {
      any = true;
      continue;
    }
    std::string line;
    bool found = false;
    while (!found && std::getline(lines, line)) {
      found = line == wanted;
      if (!found && !any) {
        break;
      }
    }
    ASSERT_TRUE(found) << example.command << "\nshows not: " << wanted << "\nbut:\n" << output;
    any = false;
  }
}

void run_examples_of(const std::string& page, std::size_t at_least) {
  const std::vector<Example> examples = examples_in(read(std::filesystem::path(SOURCE_DIR) / page));
  ASSERT_GE(examples.size(), at_least);
  const TemporaryFolder folder;
  for (const Example& example : examples) {
    const Outcome outcome = run_shell(example.command, folder.path());
    EXPECT_EQ(outcome.code, 0) << example.command << "\n" << outcome.err;
    expect_shown(example, outcome.out);
  }
}

TEST(Docs, ExamplesOfCommandsRunInOrder) {
  run_examples_of("docs/commands.md", 9);
}

TEST(Docs, ExamplesOfObjectivesRunInOrder) {
  run_examples_of("docs/objectives.md", 1);
}

TEST(Docs, ExamplesOfConstraintsRunInOrder) {
  run_examples_of("docs/constraints.md", 7);
}

TEST(Docs, ExamplesOfReplayRunInOrder) {
  run_examples_of("docs/replay.md", 3);
}

TEST(Docs, ExamplesOfMappingFilesRunInOrder) {
  run_examples_of("docs/formats-mappings.md", 5);
}

// The README's figures are those of this version, or this fails.
TEST(Docs, ExamplesOfReadmeRunInOrder) {
  run_examples_of("README.md", 4);
}

TEST(Docs, ExampleOfEveryHelpRuns) {
  const TemporaryFolder folder;
  // Files that the examples name.
  const std::filesystem::path data = std::filesystem::path(SOURCE_DIR) / "data";
  folder.write("my-model.yaml", read(data / "models/resnet-18.yaml"));
  folder.write("my-package.yaml", read(data / "packages/het-sides-2x2.yaml"));
  folder.write("my-network.m",
               "Network mine { Layer a { Type CONV Dimensions { K 8 C 3 R 3 S 3 Y 9 X 9 } } }");
  ASSERT_EQ(
      run_inlay({"schedule", "resnet-18", "--package", "het-sides-2x2", "--out", "inlay-out"}, folder.path())
          .code,
      0);
  for (const std::string& command : commands()) {
    const std::string help = run_inlay({command, "--help"}, folder.path()).out;
    const std::size_t at = help.find("Example:\n  ");
    ASSERT_NE(at, std::string::npos) << command;
    const std::string line = help.substr(at + 11, help.find('\n', at + 11) - at - 11);
    const Outcome outcome = run_shell(line, folder.path());
    EXPECT_EQ(outcome.code, 0) << line << "\n" << outcome.err;
  }
}

}  // namespace
}  // namespace inlay::test
