#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace inlay::base {

/// The whole file. Throws InputError for a missing file, a directory, an unreadable or over-large (1 GiB)
/// one.
std::string read_file(const std::filesystem::path& path);

/// Writes to a temporary name beside `path` and renames, so that no reader ever sees half a file.
/// Throws InputError if the folder cannot be made or written.
void write_file(const std::filesystem::path& path, std::string_view content);

/// 64-bit FNV-1a of the content as 16 hexadecimal digits: names an input in outputs, no security.
std::string content_hash(std::string_view content);

/// While it lives, notes every file that this thread reads with read_file, or says by note_read that it has
/// read: what an output depends on.
class ReadLog {
 public:
  struct Entry {
    std::filesystem::path path;
    std::string hash;  // content_hash
  };
  ReadLog();
  ~ReadLog();
  ReadLog(const ReadLog&) = delete;
  ReadLog& operator=(const ReadLog&) = delete;
  /// In the order of the first reading, each file once.
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  friend void note_read(const std::filesystem::path& path, std::string_view content);
  void note(const std::filesystem::path& path, std::string_view content);
  std::vector<Entry> entries_;
  ReadLog* outer_;  // logs may be nested; each notes all
};

/// For what is read by other means than read_file. Nothing is hashed while no log lives.
void note_read(const std::filesystem::path& path, std::string_view content);

/// Folder of the shipped YAML, the first that exists: $INLAY_DATA (no other, if it is set), `../share/inlay`
/// and `data` beside the program, the source tree's `data/`, the places of an installation and of the Debian
/// package. Throws InputError that names them all.
std::filesystem::path data_folder();

/// Whether it can be the bare name of a shipped file: no slash, and no ending such as .yaml. What begins with
/// a digit is none, but a part of the name, as in llama-3.1-8b.
bool may_be_shipped(const std::string& name);

/// `name` itself if it is an existing path, or cannot be a bare name; else data_folder()/room/name.yaml.
/// Throws InputError with the nearest spelling if there is none.
std::filesystem::path find_data_file(const std::string& name, const std::string& room);

}  // namespace inlay::base
