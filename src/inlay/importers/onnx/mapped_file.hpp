#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

namespace inlay::importers {

/// A file in memory of which only those pages are read that are looked at.
class MappedFile {
 public:
  /// Throws base::InputError for what is missing, no regular file, empty or unreadable.
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  std::string_view bytes() const { return {static_cast<const char*>(address_), size_}; }

 private:
  void* address_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace inlay::importers
