#include "inlay/importers/maestro/hardware_file.hpp"

#include <fmt/format.h>

#include <functional>
#include <limits>
#include <set>
#include <vector>

#include "inlay/base/file.hpp"
#include "inlay/importers/word_reader.hpp"

namespace inlay::importers::maestro {
namespace {

constexpr std::int64_t kInt32 = std::numeric_limits<std::int32_t>::max();

struct Key {
  const char* name;
  const char* in_gamma;  // what GAMMA's hw_config.m calls it; null: it has none
  std::int64_t lowest;
  std::int64_t highest;
  std::function<void(HardwareFile&, std::int64_t)> store;
};

const std::vector<Key>& keys() {
  static const std::vector<Key> kKeys = {
      {"num_pes", "NumPEs", 1, std::int64_t{1} << 30,
       [](auto& file, auto value) { file.hardware.pes = value; }},
      {"noc_bw_cstr", "NoC_BW", 1, kInt32,
       [](auto& file, auto value) { file.hardware.noc_bandwidth = value; }},
      {"NoC_NumHops", nullptr, 0, kInt32, [](auto& file, auto value) { file.hardware.noc_hops = value; }},
      {"offchip_bw_cstr", nullptr, 1, kInt32,
       [](auto& file, auto value) { file.hardware.offchip_bandwidth = value; }},
      {"l1_size_cstr", "L1Size", 0, kInt32, [](auto& file, auto value) { file.l1_bytes = value; }},
      {"l2_size_cstr", "L2Size", 0, kInt32, [](auto& file, auto value) { file.l2_bytes = value; }},
  };
  return kKeys;
}

const Key& find_key(const WordReader& words, const Word& word) {
  std::vector<std::string> names;
  for (const Key& key : keys()) {
    if (word.text == key.name || (key.in_gamma != nullptr && word.text == key.in_gamma)) {
      return key;
    }
    names.emplace_back(key.name);
    if (key.in_gamma != nullptr) {
      names.emplace_back(key.in_gamma);
    }
  }
  if (word.text == "Accelerator") {
    words.fail(
        word,
        "a file of accelerators, as XRBench has them, is no hardware file of MAESTRO (key: value); 'inlay "
        "import' makes chiplets of it");
  }
  words.fail(word, fmt::format("unknown key '{}'; {}", word.text, base::allowed_values(word.text, names)));
}

}  // namespace

HardwareFile read_maestro_hardware(std::string_view text, const std::string& file) {
  WordReader words(text, file, '#');
  HardwareFile result;
  std::set<std::string> seen;
  while (!words.at_end()) {
    const Word word = words.take("a key");
    const Key& key = find_key(words, word);
    if (!seen.insert(key.name).second) {
      words.fail(word, fmt::format("'{}' stands here a second time", word.text));
    }
    key.store(result, words.number(fmt::format("the value of '{}'", word.text), key.lowest, key.highest));
  }
  if (seen.empty()) {
    throw base::InputError({file, 1, 1}, "", "no key is given; expected lines such as 'num_pes: 256'");
  }
  return result;
}

HardwareFile load_maestro_hardware(const std::filesystem::path& path) {
  return read_maestro_hardware(base::read_file(path), path.string());
}

}  // namespace inlay::importers::maestro
