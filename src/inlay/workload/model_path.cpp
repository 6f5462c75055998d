#include "inlay/workload/model_path.hpp"

#include <fmt/format.h>

#include <system_error>

#include "inlay/base/file.hpp"

namespace inlay::workload {

std::filesystem::path find_model_file(const base::YamlNode& node) {
  const std::string name = node.name();
  const std::filesystem::path given(name);
  if (base::may_be_shipped(name)) {
    try {
      return base::find_data_file(name, "models");
    } catch (const base::InputError& error) {
      node.fail(error.what());
    }
  }
  const std::filesystem::path path = std::filesystem::path(node.position().file).parent_path() / given;
  if (std::error_code error; !std::filesystem::exists(path, error)) {
    node.fail(fmt::format("{}: no such file", path.string()));
  }
  return path;
}

}  // namespace inlay::workload
