#include "inlay/hardware/reference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "inlay/base/file.hpp"

namespace inlay::hardware {

namespace fs = std::filesystem;

std::vector<std::string> shipped_names(const std::string& room) {
  std::error_code error;
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(base::data_folder() / room, error)) {
    if (entry.path().extension() == ".yaml") {
      names.push_back(entry.path().stem().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

fs::path referenced_file(const base::YamlNode& value, const std::string& room) {
  const std::string name = value.name();
  if (name.find('/') != std::string::npos || name.ends_with(".yaml")) {
    const fs::path beside = fs::path(value.position().file).parent_path() / name;
    std::error_code error;
    if (!fs::exists(beside, error)) {
      value.fail(fmt::format("{}: no such file", beside.string()));
    }
    return beside;
  }
  const fs::path shipped = base::data_folder() / room / (name + ".yaml");
  std::error_code error;
  if (fs::exists(shipped, error)) {
    return shipped;
  }
  value.fail(
      fmt::format("'{}' is not among the files in data/{} that Inlay ships (one of yours is written with its "
                  "ending .yaml); {}",
                  name, room, base::allowed_values(name, shipped_names(room))));
}

std::string plain_name(const base::YamlNode& value) {
  std::string name = value.name();
  check_plain_name(name, value);
  return name;
}

void check_plain_name(const std::string& name, const base::YamlNode& place) {
  constexpr std::size_t kLongest = 64;
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
  });
  if (!plain || name.empty() || name.size() > kLongest) {
    place.fail(fmt::format("'{}' is not a plain name: letters, digits, '_', '-' and '.', at most {} of them",
                           name.substr(0, kLongest), kLongest));
  }
}

int index_of_name(const base::YamlNode& value, const std::map<std::string, int>& names,
                  const std::string& what) {
  constexpr std::size_t kFew = 16;
  const std::string name = value.name();
  if (const auto found = names.find(name); found != names.end()) {
    return found->second;
  }
  std::vector<std::string> candidates;
  for (const auto& [candidate, index] : names) {
    candidates.push_back(candidate);
  }
  if (candidates.size() <= kFew) {
    value.fail(fmt::format("there is no {} '{}'; {}", what, name, base::allowed_values(name, candidates)));
  }
  const std::string near = base::nearest_spelling(name, candidates);
  value.fail(fmt::format("there is no {} '{}' among the {}{}", what, name, candidates.size(),
                         near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
}

}  // namespace inlay::hardware
