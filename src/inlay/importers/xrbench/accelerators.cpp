#include "inlay/importers/xrbench/accelerators.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "inlay/importers/word_reader.hpp"

namespace inlay::importers::xrbench {
namespace {

constexpr std::int64_t kInt32 = std::numeric_limits<std::int32_t>::max();

struct Key {
  const char* name;
  std::int64_t Accelerator::*field;  // none: read and passed over, as XRBench does
  bool required;
};

/// XRBench's NoC has two levels; its cost model takes the bandwidth of the upper one.
constexpr Key kKeys[] = {
    {"num_pes", &Accelerator::pes, true},
    {"top_noc_bw", &Accelerator::noc_bandwidth, true},
    {"top_noc_latency", &Accelerator::noc_latency, false},
    {"PE_local_memory", &Accelerator::l1_bytes, true},
    {"global_shared_memory", &Accelerator::l2_bytes, true},
    {"offchip_bw", &Accelerator::offchip_bandwidth, false},
    {"col_noc_bw", nullptr, false},
    {"col_noc_latency", nullptr, false},
};
/// Read and passed over, too.
constexpr const char* kFlags[] = {"top_noc_multicast", "col_noc_multicast"};

std::vector<std::string> key_names() {
  std::vector<std::string> names;
  for (const Key& key : kKeys) {
    names.emplace_back(key.name);
  }
  names.insert(names.end(), std::begin(kFlags), std::end(kFlags));
  return names;
}

std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void read_flag(WordReader& words, const Word& key) {
  const Word& value = words.take("True or False");
  if (value.text != "True" && value.text != "False") {
    words.fail(value, fmt::format("'{}' is True or False, not '{}'", key.text, value.text));
  }
}

void read_value(WordReader& words, const Word& word, Accelerator& accelerator) {
  if (std::find(std::begin(kFlags), std::end(kFlags), word.text) != std::end(kFlags)) {
    read_flag(words, word);
    return;
  }
  const Key* key = std::find_if(std::begin(kKeys), std::end(kKeys),
                                [&word](const Key& one) { return word.text == one.name; });
  if (key == std::end(kKeys)) {
    words.fail(word, fmt::format("unknown key '{}' in an accelerator; {}", word.text,
                                 base::allowed_values(word.text, key_names())));
  }
  const bool latency = word.text.ends_with("latency");
  const std::int64_t value =
      words.number(fmt::format("the value of '{}'", word.text), latency ? 0 : 1, kInt32);
  if (key->field != nullptr) {
    accelerator.*(key->field) = value;
  }
}

Accelerator read_accelerator(WordReader& words) {
  words.expect("Accelerator", "at the start of an accelerator");
  const Word name = words.take("the accelerator's name");
  Accelerator accelerator;
  accelerator.name = name.text;
  const auto plain = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.';
  };
  if (name.text.size() > 64 || name.text.front() == '.' ||
      !std::all_of(name.text.begin(), name.text.end(), plain)) {
    words.fail(name, fmt::format("'{}' is no name of a chiplet: letters, digits, '_' and '.', at most 64",
                                 name.text.substr(0, 40)));
  }
  words.expect("{", "behind the accelerator's name");
  std::set<std::string> seen;
  while (!words.sees("}")) {
    const Word key = words.take("a key or '}'");
    if (!seen.insert(key.text).second) {
      words.fail(key, fmt::format("'{}' stands here a second time", key.text));
    }
    read_value(words, key, accelerator);
  }
  const Word end = words.take("'}'");
  for (const Key& key : kKeys) {
    if (key.required && seen.count(key.name) == 0) {
      words.fail(end, fmt::format("accelerator '{}' does not state {}", name.text, key.name));
    }
  }
  return accelerator;
}

std::string chiplet_text(const Accelerator& accelerator, const std::string& dataflow,
                         const std::string& source) {
  const std::string offchip =
      accelerator.offchip_bandwidth > 0
          ? fmt::format(" Its {} bytes per cycle to the outside are a package's matter.",
                        accelerator.offchip_bandwidth)
          : std::string();
  const std::string told = fmt::format(
      "{}, a hardware file of XRBench (MLSys 2023). Clock: 1 GHz, as XRBench's program has it. NoC: the "
      "upper "
      "one of its two levels, whose bandwidth its cost model takes.{} Dataflow: chosen when the file was "
      "imported.",
      source, offchip);
  return fmt::format(
      "name: {}\nsource: {}\ndataflow: {}\npes: {}\nl1: {} B\nl2: {} B\nnoc_bandwidth: {} B/cycle\n"
      "noc_hops: {}\nclock: 1 GHz\nenergy: xrbench\n",
      quoted(accelerator.name), quoted(told), quoted(dataflow), accelerator.pes, accelerator.l1_bytes,
      accelerator.l2_bytes, accelerator.noc_bandwidth, accelerator.noc_latency);
}

}  // namespace

bool is_xrbench_hardware(std::string_view text, const std::string& file) {
  return WordReader(text, file).sees("Accelerator");
}

std::vector<Accelerator> read_xrbench_hardware(std::string_view text, const std::string& file) {
  WordReader words(text, file);
  std::vector<Accelerator> accelerators;
  do {
    const Word start = words.peek();
    accelerators.push_back(read_accelerator(words));
    const auto same = [&accelerators](const Accelerator& other) {
      return other.name == accelerators.back().name;
    };
    if (std::count_if(accelerators.begin(), accelerators.end(), same) > 1) {
      words.fail(start, fmt::format("two accelerators are called '{}'", accelerators.back().name));
    }
  } while (!words.at_end());
  return accelerators;
}

std::vector<ImportedFile> xrbench_chiplets(std::string_view text, const std::string& file,
                                           const std::string& source,
                                           const std::vector<std::string>& dataflows) {
  const std::vector<Accelerator> accelerators = read_xrbench_hardware(text, file);
  if (dataflows.size() != 1 && dataflows.size() != accelerators.size()) {
    throw base::InputError(fmt::format(
        "{}: a file of accelerators names no dataflow: say --dataflow NAME, such as ws_tuned, once for "
        "all {} or once for each; it is said {} times",
        file, accelerators.size(), dataflows.size()));
  }
  std::vector<ImportedFile> files;
  for (std::size_t i = 0; i < accelerators.size(); ++i) {
    const std::string& dataflow = dataflows.size() == 1 ? dataflows.front() : dataflows[i];
    files.push_back({accelerators[i].name + ".yaml", chiplet_text(accelerators[i], dataflow, source)});
  }
  return files;
}

}  // namespace inlay::importers::xrbench
