#include "inlay/importers/onnx/mapped_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "inlay/base/error.hpp"

namespace inlay::importers {

namespace fs = std::filesystem;

MappedFile::MappedFile(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error)) {
    throw base::InputError(fmt::format("{}: no such file", path.string()));
  }
  if (!fs::is_regular_file(path, error)) {
    throw base::InputError(fmt::format("{}: is no regular file", path.string()));
  }
  size_ = fs::file_size(path, error);
  if (error || size_ == 0) {
    throw base::InputError(fmt::format("{}: is empty", path.string()));
  }
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor >= 0) {
    address_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, descriptor, 0);
    ::close(descriptor);
  }
  if (descriptor < 0 || address_ == MAP_FAILED) {
    throw base::InputError(fmt::format("{}: cannot be read ({})", path.string(), std::strerror(errno)));
  }
}

MappedFile::~MappedFile() {
  ::munmap(address_, size_);
}

}  // namespace inlay::importers
