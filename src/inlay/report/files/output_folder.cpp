#include "inlay/report/files/output_folder.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"

namespace inlay::report::files {
namespace {

namespace fs = std::filesystem;

/// How the files that Inlay writes begin; blanks and line feeds do not count.
constexpr std::array<std::string_view, 7> kBeginnings = {
    R"({"format":"inlay-)",      "window,model,stage,chiplet,",     "package,strategy,latency_s,",
    "point,latency_s,energy_j,", "model,layer,chiplet,mini_batch,", "<!DOCTYPEhtml><!--inlay-report1-->",
    "<!--inlay-report1--><svg",
};

/// MAESTRO's result file begins the same, but has a blank behind each comma.
constexpr std::string_view kMaestroCsv = "Neural Network Name,Layer Number,NumPEs,";

/// Found out before the computation, not after it.
void require_writable(const fs::path& folder) {
  fs::path existing = fs::absolute(folder);
  std::error_code error;
  while (!fs::exists(existing, error) && existing.has_relative_path()) {
    existing = existing.parent_path();
  }
  if (!fs::is_directory(existing, error) || ::access(existing.c_str(), W_OK | X_OK) != 0) {
    throw base::InputError(fmt::format("{}: cannot be written, as '{}' is no folder that can be",
                                       folder.string(), existing.string()));
  }
}

}  // namespace

bool is_ours(const std::string& content) {
  if (content.starts_with(kMaestroCsv)) {
    return true;
  }
  constexpr std::size_t kEnough = 256;
  std::string start = content.substr(0, kEnough);
  std::erase_if(start, [](char c) { return c == ' ' || c == '\n' || c == '\r'; });
  return std::any_of(kBeginnings.begin(), kBeginnings.end(),
                     [&start](std::string_view beginning) { return start.starts_with(beginning); });
}

void refuse_foreign_file(const fs::path& file) {
  if (file.empty()) {
    throw base::InputError("the name of a file to write is empty");
  }
  std::error_code error;
  if (!fs::exists(file, error)) {
    require_writable(fs::absolute(file).parent_path());
    return;
  }
  if (fs::is_directory(file, error)) {
    throw base::InputError(fmt::format("{}: is a directory, the name of a file is expected", file.string()));
  }
  if (!fs::is_regular_file(file, error)) {
    throw base::InputError(
        fmt::format("{}: is a device or a pipe, the name of a file is expected", file.string()));
  }
  if (!is_ours(base::read_file(file))) {
    throw base::InputError(fmt::format(
        "{}: exists and was not written by Inlay, so it is left alone; choose another place or move it away",
        file.string()));
  }
}

OutputFolder::OutputFolder(fs::path folder, const std::vector<std::string>& names)
    : folder_(std::move(folder)), names_(names) {
  if (folder_.empty()) {
    throw base::InputError("the name of the folder to write to is empty");
  }
  std::error_code error;
  if (fs::exists(folder_, error) && !fs::is_directory(folder_, error)) {
    throw base::InputError(fmt::format("{}: is a file, a folder is expected", folder_.string()));
  }
  require_writable(folder_);
  for (const std::string& name : names_) {
    refuse_foreign_file(folder_ / name);
  }
}

void OutputFolder::write(const std::string& name, const std::string& content) const {
  if (std::find(names_.begin(), names_.end(), name) == names_.end()) {
    throw base::DefectError(fmt::format("output file '{}' was not announced", name));
  }
  base::write_file(folder_ / name, content);
}

}  // namespace inlay::report::files
