#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "inlay/base/file.hpp"

namespace inlay::studies {

/// The finished searches of a study on disk, so that a run that was interrupted goes on where it ended. One
/// line of JSON each, behind a line that names what they depend on: of other settings they are worth nothing.
class Journal {
 public:
  /// Keeps nothing.
  Journal() = default;
  /// Reads what a former run left in `file`, if it had the same settings; else begins the file anew. Of a
  /// file that ends in the middle of a line the lines before it count. Throws base::InputError if it cannot
  /// be written.
  Journal(std::filesystem::path file, const std::string& settings_hash);

  /// The JSON text that was added under this key.
  std::optional<std::string> find(const std::string& key) const;
  /// `value`: JSON on one line. On disk when this returns; safe to call from several threads. Throws
  /// base::InputError if it cannot be written.
  void add(const std::string& key, const std::string& value);
  bool kept_on_disk() const { return !file_.empty(); }
  /// For the message that a study was interrupted.
  std::string what_becomes_of_it() const;

 private:
  std::filesystem::path file_;
  std::map<std::string, std::string> values_;
  mutable std::mutex mutex_;
};

/// The journal of a study in this file, or one that keeps nothing if there is none. Its settings are all that
/// was read so far and the versions of these engines and of the program.
std::unique_ptr<Journal> open_journal(const std::filesystem::path& file, const base::ReadLog& log,
                                      const std::vector<std::string>& engines);

}  // namespace inlay::studies
