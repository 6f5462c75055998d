#include "inlay/importers/xrbench/scenario.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "inlay/base/counted.hpp"
#include "inlay/importers/maestro/layer_reader.hpp"
#include "inlay/importers/maestro/network.hpp"

namespace inlay::importers::xrbench {
namespace {

using namespace cost::maestro;

constexpr std::int64_t kHighestRate = 1'000'000;

/// A network of a scenario and when its frames come.
struct Network {
  maestro::MappingFile mapping;
  base::SourcePosition position;
  std::int64_t rate = 0;  // frames per second; 0: not said
  double probability = 1;
  std::vector<std::string> dependencies;
  int widened = 0;  // layers whose filter is larger than their input
};

std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

class ScenarioReader {
 public:
  ScenarioReader(std::string_view text, const std::string& file) : words_(text, file), file_(file) {}

  std::vector<Network> read() {
    std::vector<Network> networks;
    std::set<std::string> names;
    while (!words_.at_end()) {
      words_.expect("Network", "at the head of a network");
      networks.push_back(read_network());
      const Network& network = networks.back();
      for (const std::string& needed : network.dependencies) {
        if (names.count(needed) == 0) {
          throw base::InputError(
              network.position, "",
              fmt::format("'{}' depends on '{}', which is no network before it; {}", network.mapping.network,
                          needed, base::allowed_values(needed, {names.begin(), names.end()})));
        }
      }
      if (!names.insert(network.mapping.network).second) {
        throw base::InputError(network.position, "",
                               fmt::format("two networks are called '{}'", network.mapping.network));
      }
    }
    if (networks.empty()) {
      throw base::InputError(fmt::format("{}: no network", file_));
    }
    return networks;
  }

 private:
  Network read_network() {
    Network network;
    const Word name = words_.take("the network's name");
    network.position = words_.position(name);
    network.mapping.file = file_;
    network.mapping.network = name.text;
    words_.expect("{", "behind the network's name");
    maestro::BatchRule batched;
    while (!words_.sees("}")) {
      read_entry(network, batched);
    }
    words_.take("'}'");
    if (network.mapping.layers.empty()) {
      words_.fail(name, fmt::format("network '{}' has no layer", name.text));
    }
    return network;
  }

  void read_entry(Network& network, maestro::BatchRule& batched) {
    const Word word = words_.take("Layer, FPS, Probability, Dependency or '}'");
    if (word.text == "Layer") {
      network.mapping.layers.push_back(maestro::LayerReader(words_, constants_, batched).read(word));
      widen(network);
    } else if (word.text == "FPS") {
      network.rate = words_.number("the frames per second", 1, kHighestRate);
    } else if (word.text == "Probability") {
      network.probability = probability();
    } else if (word.text == "Dependency") {
      words_.expect("{", "behind Dependency");
      while (!words_.sees("}")) {
        network.dependencies.push_back(words_.take("a network's name or '}'").text);
      }
      words_.take("'}'");
    } else {
      words_.fail(
          word, fmt::format("unknown word '{}' in a network; {}", word.text,
                            base::allowed_values(word.text, {"Layer", "FPS", "Probability", "Dependency"})));
    }
  }

  /// XRBench states inputs without padding; a filter that is larger reads as much of it as it needs.
  static void widen(Network& network) {
    Sizes& sizes = network.mapping.layers.back().mapped.sizes;
    if (sizes[kR] > sizes[kY] || sizes[kS] > sizes[kX]) {
      sizes[kY] = std::max(sizes[kY], sizes[kR]);
      sizes[kX] = std::max(sizes[kX], sizes[kS]);
      ++network.widened;
    }
  }

  double probability() {
    const Word word = words_.take("a probability");
    double value = -1;
    const auto [end, error] = std::from_chars(word.text.data(), word.text.data() + word.text.size(), value);
    if (error != std::errc() || end != word.text.data() + word.text.size() || !(value >= 0 && value <= 1)) {
      words_.fail(word, fmt::format("a probability of 0 to 1 is expected, found '{}'", word.text));
    }
    return value;
  }

  WordReader words_;
  const std::string& file_;
  maestro::Constants constants_;
};

/// One second of work. XRBench's period is a whole number of milliseconds, and a frame is due one period
/// after it has come: the last one of a batch, batch x period after the beginning.
std::string entry_of(const Network& network, const std::string& file) {
  std::string text = fmt::format("  - {{name: {}, model: {}, batch: {}", quoted(network.mapping.network),
                                 quoted("./" + file), std::max<std::int64_t>(network.rate, 1));
  if (network.rate > 0) {
    text += fmt::format(", rate: {}", network.rate);
    if (const std::int64_t period = 1000 / network.rate; period > 0) {
      text += fmt::format(", deadline: {} ms", network.rate * period);
    }
  }
  if (network.probability < 1) {
    text += fmt::format(", probability: {}", network.probability);
  }
  std::vector<std::string> needed;
  for (const std::string& name : network.dependencies) {
    if (std::find(needed.begin(), needed.end(), quoted(name)) == needed.end()) {
      needed.push_back(quoted(name));
    }
  }
  if (!needed.empty()) {
    text += fmt::format(", depends_on: [{}]", fmt::join(needed, ", "));
  }
  return text + "}\n";
}

std::string description_of(const std::vector<Network>& networks) {
  std::string text =
      "A usage scenario of XRBench: one second of work, a sample for each frame. A frame is due when the "
      "next "
      "one comes, so that the deadline of a batch is that of its last frame.";
  for (const Network& network : networks) {
    if (network.rate == 0) {
      text += fmt::format(" {} has no rate.", network.mapping.network);
    }
    if (network.widened > 0) {
      text += fmt::format(" {}: {} with a filter larger than the input, which is padded to it.",
                          network.mapping.network, base::counted(network.widened, "layer"));
    }
  }
  return text;
}

/// A file name of what a network is called.
std::string file_name(const std::string& network) {
  std::string name = network;
  std::replace_if(
      name.begin(), name.end(),
      [](unsigned char c) { return std::isalnum(c) == 0 && c != '_' && c != '-' && c != '.'; }, '_');
  return (name.front() == '.' ? "network" + name : name) + ".yaml";
}

}  // namespace

bool is_xrbench_scenario(std::string_view text, const std::string& file) {
  WordReader words(text, file);
  int networks = 0;
  while (!words.at_end()) {
    const std::string word = words.take("a word").text;
    networks += word == "Network" ? 1 : 0;
    if (word == "FPS" || networks > 1) {
      return true;
    }
  }
  return false;
}

std::vector<ImportedFile> xrbench_files(std::string_view text, const std::string& file,
                                        const std::string& source) {
  const std::vector<Network> networks = ScenarioReader(text, file).read();
  std::string models;
  std::vector<ImportedFile> files(1);
  for (const Network& network : networks) {
    const std::string name = file_name(network.mapping.network);
    const auto same = [&name](const ImportedFile& other) { return other.name == name; };
    if (std::any_of(files.begin(), files.end(), same)) {
      throw base::InputError(network.position, "",
                             fmt::format("two networks would be written to '{}'", name));
    }
    files.push_back({name, maestro::network_yaml(network.mapping, source)});
    models += entry_of(network, name);
  }
  const std::string stem = std::filesystem::path(source).stem().string();
  files[0].name = (stem.empty() ? "scenario" : stem) + ".yaml";
  files[0].text = fmt::format("name: {}\nsource: {}\ndescription: {}\nmodels:\n{}",
                              quoted(stem.empty() ? "scenario" : stem), quoted(source),
                              quoted(description_of(networks)), models);
  return files;
}

}  // namespace inlay::importers::xrbench
