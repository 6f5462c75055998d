#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace inlay::test {

/// What a run of the program left behind.
struct Outcome {
  int code = -1;  // exit code, or -1 if a signal ended it
  std::string out;
  std::string err;
};

/// A folder of its own that is deleted at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  /// Writes a file into it and returns its path.
  std::string write(const std::string& name, const std::string& content) const;

 private:
  std::filesystem::path path_;
};

/// Runs the program in `folder`.
Outcome run_inlay(const std::vector<std::string>& arguments, const std::filesystem::path& folder);

/// Runs a command line in `folder` by the shell, which finds the program as `inlay`.
Outcome run_shell(const std::string& line, const std::filesystem::path& folder);

/// All subcommands, as the program's help lists them.
std::vector<std::string> commands();

std::string read(const std::filesystem::path& file);

/// All files below a folder.
std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder);

}  // namespace inlay::test
