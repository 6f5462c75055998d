#include "inlay/importers/maestro/mapping_file.hpp"

#include <fmt/format.h>

#include <limits>

#include "inlay/base/file.hpp"
#include "inlay/importers/maestro/layer_reader.hpp"

namespace inlay::importers::maestro {
namespace {

void read_constant(WordReader& words, Constants& constants) {
  const Word name = words.take("the constant's name");
  if (is_number(name.text) || name.text == "Sz" || name.text == "{" || name.text == "}") {
    words.fail(name, fmt::format("'{}' cannot be the name of a constant", name.text));
  }
  const auto value =
      words.number(fmt::format("the value of '{}'", name.text), 0, std::numeric_limits<std::int32_t>::max());
  if (!constants.emplace(name.text, static_cast<std::int32_t>(value)).second) {
    words.fail(name, fmt::format("the constant '{}' is defined a second time", name.text));
  }
}

void read_network(WordReader& words, const Constants& constants, MappingFile& result) {
  const Word name = words.take("the network's name");
  if (name.text == "{") {
    words.fail(name, "expected the network's name, found '{'");
  }
  result.network = name.text;
  words.expect("{", "behind the network's name");
  BatchRule batched;
  while (!words.sees("}")) {
    const Word keyword = words.take("Layer or '}'");
    if (keyword.text != "Layer") {
      words.fail(keyword, fmt::format("expected Layer or '}}', found '{}'; {}", keyword.text,
                                      base::allowed_values(keyword.text, {"Layer", "}"})));
    }
    result.layers.push_back(LayerReader(words, constants, batched).read(keyword));
  }
  words.take("'}'");
  if (result.layers.empty()) {
    words.fail(name, fmt::format("network '{}' has no layer", name.text));
  }
}

}  // namespace

MappingFile read_maestro_mapping(std::string_view text, const std::string& file) {
  WordReader words(text, file);
  MappingFile result;
  result.file = file;
  Constants constants;
  while (result.layers.empty()) {
    const Word keyword = words.take("Constant or Network");
    if (keyword.text == "Constant") {
      read_constant(words, constants);
    } else if (keyword.text == "Network") {
      read_network(words, constants, result);
    } else {
      words.fail(keyword, fmt::format("expected Constant or Network, found '{}'; {}", keyword.text,
                                      base::allowed_values(keyword.text, {"Constant", "Network"})));
    }
  }
  if (!words.at_end()) {
    const Word rest = words.take("");
    words.fail(
        rest, fmt::format("nothing may follow the network, found '{}'; a file holds one network", rest.text));
  }
  return result;
}

MappingFile load_maestro_mapping(const std::filesystem::path& path) {
  return read_maestro_mapping(base::read_file(path), path.string());
}

}  // namespace inlay::importers::maestro
