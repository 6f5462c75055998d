#include "inlay/base/file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <vector>

#include "inlay/base/error.hpp"

namespace inlay::base {

namespace fs = std::filesystem;

namespace {
thread_local ReadLog* innermost_log = nullptr;
}  // namespace

ReadLog::ReadLog() : outer_(innermost_log) {
  innermost_log = this;
}

ReadLog::~ReadLog() {
  innermost_log = outer_;
}

void ReadLog::note(const fs::path& path, std::string_view content) {
  const fs::path place = path.lexically_normal();
  const auto same = [&place](const Entry& entry) { return entry.path == place; };
  if (std::none_of(entries_.begin(), entries_.end(), same)) {
    entries_.push_back({place, content_hash(content)});
  }
}

void note_read(const fs::path& path, std::string_view content) {
  for (ReadLog* log = innermost_log; log != nullptr; log = log->outer_) {
    log->note(path, content);
  }
}

std::string read_file(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) {
    throw InputError(fmt::format("{}: no such file", path.string()));
  }
  if (fs::is_directory(status)) {
    throw InputError(fmt::format("{}: is a directory, a file is expected", path.string()));
  }
  // Counted while reading, too: a device has no size.
  constexpr std::size_t kLargest = std::size_t{1} << 30U;
  std::ifstream stream(path, std::ios::binary);
  std::string content;
  std::vector<char> chunk(std::size_t{1} << 16U);
  while (stream.good() && content.size() <= kLargest) {
    stream.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    content.append(chunk.data(), static_cast<std::size_t>(stream.gcount()));
  }
  if (content.size() > kLargest) {
    throw InputError(fmt::format("{}: larger than 1 GiB", path.string()));
  }
  if (!stream.eof()) {
    throw InputError(fmt::format("{}: cannot be read ({})", path.string(), std::strerror(errno)));
  }
  note_read(path, content);
  return content;
}

void write_file(const fs::path& path, std::string_view content) {
  std::error_code error;
  if (path.has_parent_path()) {
    fs::create_directories(path.parent_path(), error);
    if (error) {
      throw InputError(fmt::format("{}: cannot be made ({})", path.parent_path().string(), error.message()));
    }
  }
  const fs::path temporary = path.string() + fmt::format(".part{}", ::getpid());
  {
    std::ofstream stream(temporary, std::ios::binary | std::ios::trunc);
    stream.write(content.data(), static_cast<std::streamsize>(content.size()));
    stream.close();
    if (!stream) {
      fs::remove(temporary, error);
      throw InputError(fmt::format("{}: cannot be written ({})", path.string(), std::strerror(errno)));
    }
  }
  fs::rename(temporary, path, error);
  if (error) {
    const std::string reason = error.message();
    fs::remove(temporary, error);
    throw InputError(fmt::format("{}: cannot be written ({})", path.string(), reason));
  }
}

std::string content_hash(std::string_view content) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : content) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  return fmt::format("{:016x}", hash);
}

fs::path data_folder() {
  std::error_code error;
  if (const char* folder = std::getenv("INLAY_DATA"); folder != nullptr && *folder != '\0') {
    if (!fs::is_directory(folder, error)) {
      throw InputError(fmt::format("$INLAY_DATA is '{}', which is no folder", folder));
    }
    return folder;
  }
  const fs::path beside = fs::read_symlink("/proc/self/exe", error).parent_path();
  const std::array<fs::path, 5> places = {(beside / "../share/inlay").lexically_normal(), beside / "data",
                                          INLAY_SOURCE_DATA, INLAY_INSTALLED_DATA, "/usr/share/inlay"};
  std::vector<std::string> names;
  for (const fs::path& place : places) {
    // Other programs may have a folder `data`; ours has models.
    if (fs::is_directory(place / "models", error)) {
      return place;
    }
    names.push_back(place.string());
  }
  throw InputError(
      fmt::format("the data folder is at none of {}; name it by the environment variable INLAY_DATA",
                  fmt::join(names, ", ")));
}

bool may_be_shipped(const std::string& name) {
  const std::string ending = fs::path(name).extension().string();
  const bool is_ending = ending.size() > 1 && (ending[1] < '0' || ending[1] > '9');
  return name.find('/') == std::string::npos && !is_ending;
}

namespace {

/// "; it is one of the models" where a name is that of a file of another room; else nothing.
std::string room_that_has(const std::string& name) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(data_folder(), error)) {
    if (fs::exists(entry.path() / (name + ".yaml"), error)) {
      return fmt::format("; it is one of the {}", entry.path().filename().string());
    }
  }
  return "";
}

}  // namespace

fs::path find_data_file(const std::string& name, const std::string& room) {
  const fs::path given(name);
  std::error_code error;
  if (fs::exists(given, error) || !may_be_shipped(name)) {
    return given;
  }
  const fs::path folder = data_folder() / room;
  fs::path shipped = folder / (name + ".yaml");
  if (fs::exists(shipped, error)) {
    return shipped;
  }
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".yaml") {
      names.push_back(entry.path().stem().string());
    }
  }
  std::sort(names.begin(), names.end());
  throw InputError(fmt::format("'{}' is neither a file nor one of the {} that Inlay ships{}; {}", name, room,
                               room_that_has(name), allowed_values(name, names)));
}

}  // namespace inlay::base
