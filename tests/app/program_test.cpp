// How tests run the program, and what every run has in common: help, version, unknown words.
#include "app/program.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

extern char** environ;

namespace inlay::test {

namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder() {
  std::string name = (fs::temp_directory_path() / "inlay-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw std::runtime_error("no temporary folder can be made");
  }
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code error;
  fs::remove_all(path_, error);
}

std::string TemporaryFolder::write(const std::string& name, const std::string& content) const {
  const fs::path file = path_ / name;
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << content;
  return file.string();
}

std::string read(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    if (entry.is_regular_file()) {
      files.push_back(entry.path());
    }
  }
  return files;
}

namespace {

/// Output goes to files outside of the folder, so that no pipe can fill up and the folder stays as it was.
Outcome spawn(const std::string& program, const std::vector<std::string>& arguments, const fs::path& folder) {
  const TemporaryFolder captured;
  const std::string out = (captured.path() / "out").string();
  const std::string err = (captured.path() / "err").string();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT, 0600);
  posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), O_WRONLY | O_CREAT, 0600);
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  std::vector<std::string> words = {program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  pid_t child = 0;
  const int error = ::posix_spawn(&child, program.c_str(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    throw std::runtime_error("cannot run " + program);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read(out), read(err)};
}

}  // namespace

Outcome run_inlay(const std::vector<std::string>& arguments, const fs::path& folder) {
  return spawn(INLAY_PROGRAM, arguments, folder);
}

Outcome run_shell(const std::string& line, const fs::path& folder) {
  const std::string path = fs::path(INLAY_PROGRAM).parent_path().string();
  return spawn("/bin/sh", {"-c", "PATH=\"" + path + ":$PATH\"; " + line}, folder);
}

std::vector<std::string> commands() {
  const TemporaryFolder folder;
  std::istringstream help(run_inlay({"--help"}, folder.path()).out);
  std::vector<std::string> names;
  bool inside = false;
  for (std::string line; std::getline(help, line);) {
    if (inside && line.starts_with("  ") && line[2] != ' ') {
      names.push_back(line.substr(2, line.find(' ', 2) - 2));
    }
    inside = line == "Subcommands:" || (inside && !line.empty());
  }
  return names;
}

namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

Outcome run(const std::vector<std::string>& arguments) {
  const TemporaryFolder folder;
  return run_inlay(arguments, folder.path());
}

TEST(Program, TellsItsVersion) {
  const Outcome outcome = run({"--version"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, ::testing::MatchesRegex("inlay [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST(Program, EveryCommandHasHelpWithAnExample) {
  ASSERT_GE(commands().size(), 7U);
  for (const std::string& command : commands()) {
    const Outcome outcome = run({command, "--help"});
    EXPECT_EQ(outcome.code, 0) << command;
    EXPECT_THAT(outcome.out, HasSubstr("Example:\n  inlay " + command + " ")) << command;
    EXPECT_EQ(outcome.err, "") << command;
  }
}

TEST(Program, RefusesWhatItDoesNotKnowAndSaysWhatIsNear) {
  struct Case {
    std::vector<std::string> arguments;
    std::string told;
  };
  const std::vector<Case> cases = {
      {{}, "--help"},
      {{"schedul", "--help"}, "did you mean 'schedule'?"},
      {{"schedul"}, "did you mean 'schedule'?"},
      {{"schedule"}, "SCENARIO"},
      {{"schedule", "gpt2-small-resnet50"}, "--package"},
      {{"schedule", "gpt2-small-resnet50", "--packag", "x"}, "did you mean '--package'?"},
      {{"schedule", "gpt2-smal-resnet50", "--package", "het-sides-2x2"},
       "did you mean 'gpt2-small-resnet50'?"},
      {{"schedule", "gpt2-small-resnet50", "--package", "het-side-2x2"}, "did you mean 'het-sides-2x2'?"},
      {{"schedule", "resnet-18", "--package", "het-sides-2x2", "--objective", "enrgy"},
       "did you mean 'energy'?"},
      {{"schedule", "resnet-18", "--package", "het-sides-2x2", "--strategy", "exakt"},
       "did you mean 'exact'?"},
      {{"schedule", "resnet-18", "--package", "het-sides-2x2", "--engine", "mastro"},
       "did you mean 'maestro'?"},
      {{"schedule", "resnet-18", "--package", "het-sides-2x2", "--communication", "papr"},
       "did you mean 'paper'?"},
      {{"schedule", "resnet-18", "--package", "het-sides-2x2", "--overlap", "seriel"},
       "did you mean 'serial'?"},
      {{"schedule", "resnet-18", "--package", "het-sides-2x2", "--time-limit", "30"}, "for example 30s"},
      {{"schedule", "resnet-18", "--package", "het-sides-2x2", "--gap", "5 apples"}, "for example 1%"},
      {{"schedule", "resnet-18", "--package", "het-sides-2x2", "--splits", "-1"}, "--splits"},
      {{"compare", "resnet-18", "--package", "het-sides-2x2", "--strategy", "standalon"},
       "did you mean 'standalone'?"},
      {{"cost", "resnet-18", "--chiplet", "nvdla-ws-409"}, "did you mean 'nvdla-ws-4096'?"},
      {{"list", "modells"}, "did you mean 'models'?"},
      {{"show", "ykp_oss"}, "did you mean 'ykp_os'?"},
      {{"check", "--as", "modell", "x.yaml"}, "did you mean 'model'?"},
  };
  for (const Case& one : cases) {
    const Outcome outcome = run(one.arguments);
    EXPECT_EQ(outcome.code, 2) << ::testing::PrintToString(one.arguments);
    EXPECT_EQ(outcome.out, "") << ::testing::PrintToString(one.arguments);
    EXPECT_THAT(outcome.err, StartsWith("inlay: error: "));
    EXPECT_THAT(outcome.err, HasSubstr(one.told));
  }
}

TEST(Program, ListsEverythingItShipsAndEachCanBeShown) {
  for (const std::string room : {"models", "scenarios", "packages", "chiplets", "dataflows"}) {
    const Outcome listed = run({"list", room, "--json"});
    ASSERT_EQ(listed.code, 0) << listed.err;
    const auto entries = nlohmann::json::parse(listed.out);
    EXPECT_GT(entries.size(), 1U) << room;
    const std::string kind = room.substr(0, room.size() - 1);
    for (const auto& entry : entries) {
      const std::string name = entry.is_object() ? entry["name"] : entry;
      const Outcome shown = run({"show", name, "--as", kind});
      EXPECT_EQ(shown.code, 0) << name << shown.err;
      EXPECT_THAT(shown.out, HasSubstr(name));
    }
  }
}

TEST(Program, ShippedFilesAreRight) {
  std::vector<std::string> arguments = {"check"};
  for (const fs::path& file : files_below(fs::path(SOURCE_DIR) / "data")) {
    if (file.extension() == ".yaml") {  // the measurements in CSV are read by the study that holds them
      arguments.push_back(file.string());
    }
  }
  const Outcome outcome = run(arguments);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n') + 1,
            static_cast<std::ptrdiff_t>(arguments.size()));
}

}  // namespace
}  // namespace inlay::test
