#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace inlay::report::files {

/// A folder that results are written to. Nothing that a user put there is lost: a file is replaced only if it
/// is one of Inlay's own, which is decided before anything is computed.
class OutputFolder {
 public:
  /// `names`: files that will be written. Throws base::InputError if `folder` is no folder and cannot become
  /// one, or if one of the files exists and is not Inlay's.
  OutputFolder(std::filesystem::path folder, const std::vector<std::string>& names);

  /// Throws base::InputError if it cannot be written, base::DefectError for a name that was not announced.
  void write(const std::string& name, const std::string& content) const;

 private:
  std::filesystem::path folder_;
  std::vector<std::string> names_;
};

/// The same rule for a single file: throws base::InputError if it exists and is not Inlay's, is a folder, or
/// cannot be made.
void refuse_foreign_file(const std::filesystem::path& file);

/// Whether content was written by Inlay: JSON that begins with its "format", CSV whose header is one of
/// Inlay's, or a page or drawing of a report.
bool is_ours(const std::string& content);

}  // namespace inlay::report::files
