#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "inlay/base/yaml.hpp"

namespace inlay::hardware {

/// Names of the YAML files in data/`room`, sorted.
std::vector<std::string> shipped_names(const std::string& room);

/// The file that a value inside another file names: a plain word is one that Inlay ships in data/`room`; a
/// path (with a slash or ending in .yaml) starts at the folder of the file in which it is written. Throws
/// base::InputError with the position of the value and the nearest spelling.
std::filesystem::path referenced_file(const base::YamlNode& value, const std::string& room);

/// A name that is safe in tables, files and on a command line: letters, digits, '_', '-', '.', at most 64 of
/// them. Throws base::InputError.
std::string plain_name(const base::YamlNode& value);
/// The same for a name that is a key; `place` is what the error points at.
void check_plain_name(const std::string& name, const base::YamlNode& place);

/// The number that belongs to the name. Throws base::InputError naming `what` (such as "chiplet"), the
/// nearest spelling and, where they are few, all names.
int index_of_name(const base::YamlNode& value, const std::map<std::string, int>& names,
                  const std::string& what);

}  // namespace inlay::hardware
